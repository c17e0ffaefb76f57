"""Putting the counts of a period together."""

from collections import Counter

from tanggap.evaluation import store
from tanggap.evaluation.model import Figures, Period
from tanggap.platform.database import Connection


async def figures(conn: Connection, city: str, period: Period, zone: str) -> Figures:
    """Everything that the coordinator's page counts for one period."""
    dispositions: Counter[str] = Counter()
    channels: Counter[str] = Counter()
    hours = [0] * 24
    for disposition, channel, hour, n in await store.report_counts(conn, city, period, zone):
        dispositions[disposition] += n
        channels[channel] += n
        hours[hour] += n
    by: dict[str, Counter[str]] = {name: Counter() for name in ("category", "area", "state", "priority")}
    reopened = 0
    for row in await store.incident_counts(conn, city, period):
        reopened += row["reopened"]
        for name, counter in by.items():
            counter[row[name]] += row["n"]
    stars_mean, stars_count = await store.stars(conn, city, period)
    return Figures(
        period=period,
        reports=dispositions.total(),
        calls=channels["call"],
        by_disposition=dict(dispositions.most_common()),
        by_channel=dict(channels.most_common()),
        by_hour=hours,
        incidents=by["state"].total(),
        by_category=dict(by["category"].most_common()),
        by_area=dict(by["area"].most_common()),
        by_state=dict(by["state"]),
        by_priority=dict(by["priority"]),
        agencies=await store.agency_figures(conn, city, period),
        hand_over_median_s=await store.hand_over_median_s(conn, city, period),
        reopened=reopened,
        stars_mean=stars_mean,
        stars_count=stars_count,
    )
