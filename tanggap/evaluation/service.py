"""Putting the counts of a period together."""

from collections import Counter
from typing import Any

from tanggap.evaluation import store
from tanggap.evaluation.model import Figures, Funnel, Period
from tanggap.platform.database import Connection

STARS = (1, 2, 3, 4, 5)


async def figures(conn: Connection, city: str, period: Period, zone: str) -> Figures:
    """Everything that the coordinator's page counts for one period."""
    return put_together(
        period,
        await store.report_counts(conn, city, period, zone),
        await store.incident_counts(conn, city, period),
        await store.progress(conn, city, period),
        await store.stars(conn, city, period),
        await store.call_counts(conn, city, period),
        agencies=await store.agency_figures(conn, city, period),
        hand_over_median_s=await store.hand_over_median_s(conn, city, period),
    )


def put_together(
    period: Period,
    reports: list[tuple[str, str, int, int]],
    incidents: list[Any],
    progress: tuple[int, int],
    stars: dict[int, int],
    calls: list[tuple[str, int, int]],
    **rest: Any,
) -> Figures:
    """The figures, from the counts of one period as `store` reads them."""
    dispositions: Counter[str] = Counter()
    channels: Counter[str] = Counter()
    hours: dict[str, list[int]] = {}
    for disposition, channel, hour, n in reports:
        dispositions[disposition] += n
        channels[channel] += n
        hours.setdefault(disposition, [0] * 24)[hour] += n
    by: dict[str, Counter[str]] = {name: Counter() for name in ("category", "area", "state", "priority")}
    sums: Counter[str] = Counter()
    for row in incidents:
        for name in ("reopened", "handed_over", "resolved"):
            sums[name] += row[name]
        for name, counter in by.items():
            counter[row[name]] += row["n"]
    acknowledged, confirmed = progress
    count = by["state"].total()
    funnel = Funnel(
        received=dispositions.total(), verified=dispositions.total() - dispositions[""], incidents=count,
        handed_over=sums["handed_over"], acknowledged=acknowledged, resolved=sums["resolved"], confirmed=confirmed,
    )  # fmt: skip
    given = sum(stars.values())
    return Figures(
        period=period,
        reports=dispositions.total(),
        calls=channels["call"],
        by_disposition=dict(dispositions.most_common()),
        by_channel=dict(channels.most_common()),
        by_outcome={outcome: n for outcome, n, _ in sorted(calls, key=lambda one: -one[1])},
        calls_in_time=sum(in_time for _, _, in_time in calls),
        by_hour=[sum(column) for column in zip(*hours.values(), strict=True)] or [0] * 24,
        by_hour_disposition={disposition: hours[disposition] for disposition, _ in dispositions.most_common()},
        funnel=funnel,
        incidents=count,
        by_category=dict(by["category"].most_common()),
        by_area=dict(by["area"].most_common()),
        by_state=dict(by["state"]),
        by_priority=dict(by["priority"]),
        reopened=sums["reopened"],
        stars_mean=sum(value * n for value, n in stars.items()) / given if given else None,
        stars_count=given,
        by_stars=[stars.get(value, 0) for value in STARS],
        **rest,
    )
