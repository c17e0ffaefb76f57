"""Putting the counts of a period together."""

from collections import Counter
from datetime import datetime
from typing import Any

import msgspec

from tanggap.city.model import Catalogue
from tanggap.evaluation import store
from tanggap.evaluation.facts import store as facts
from tanggap.evaluation.facts.keeping import source_of
from tanggap.evaluation.facts.source import Source
from tanggap.evaluation.figures import (
    FIGURES,
    By,
    Days,
    Figure,
    Grain,
    Group,
    Measure,
    Performance,
    Reached,
    Totals,
    days_of,
)
from tanggap.evaluation.model import Figures, Funnel, Period
from tanggap.platform.clock import utcnow
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


async def performance(
    conn: Connection, catalogue: Catalogue, period: Period, by: By | None = None, *, now: datetime | None = None
) -> Performance:
    """The figures of a period, and told apart by one dimension when one is named.

    All of it is counted from the views figure_call, figure_report, figure_incident and figure_assignment. `now` decides which
    unfinished incidents are late.
    """
    days, at = days_of(period, catalogue), now or utcnow()
    source = await source_of(conn, catalogue.city.code, days)
    found = await _counted(conn, catalogue, days, source, None, at)
    whole = Performance(
        period=period,
        totals=_totals({grain: one.tallies or [] for grain, one in found.items()}),
        all=next(iter(_groups(found, None, catalogue)), group_of("", {}, (None, None), None, catalogue)),
    )
    return told_apart(whole, by, await groups(conn, catalogue, period, by, now=at)) if by else whole


async def groups(
    conn: Connection, catalogue: Catalogue, period: Period, by: By, *, now: datetime | None = None
) -> tuple[Group, ...]:
    """The figures of a period by the keys of a dimension, and only those."""
    days = days_of(period, catalogue)
    source = await source_of(conn, catalogue.city.code, days)
    return tuple(_groups(await _counted(conn, catalogue, days, source, by, now or utcnow()), by, catalogue))


def told_apart(whole: Performance, by: By, groups: tuple[Group, ...]) -> Performance:
    """The figures of a period with their groups beside them."""
    return msgspec.structs.replace(whole, by=by, groups=groups)


async def _counted(
    conn: Connection, catalogue: Catalogue, days: Days, source: Source, by: By | None, now: datetime
) -> dict[Grain, facts.Counted]:
    grains = [grain for grain in Grain if by is not By.AGENCY or grain in (Grain.INCIDENT, Grain.ASSIGNMENT)]
    return {grain: await facts.counted(conn, grain, by, source, days, catalogue, now) for grain in grains}


def _groups(found: dict[Grain, facts.Counted], by: By | None, catalogue: Catalogue) -> list[Group]:
    """The figures by the keys of a dimension, in the order of the keys."""
    answers = {row["key"]: (row["p50"], row["p90"]) for one in found.values() for row in one.times or ()}
    rows: dict[str, dict[Grain, dict[str, Any]]] = {}
    for grain, one in found.items():
        for row in one.counts or ():
            rows.setdefault(row["key"], {})[grain] = row
    place = {shift.code: n for n, shift in enumerate(catalogue.shifts)} if by is By.SHIFT else {}

    def order(entry: tuple[str, Any]) -> tuple[bool, int, str]:
        return entry[0] not in place, place.get(entry[0], _number(entry[0])), entry[0]

    return [group_of(key, of, answers.get(key, (None, None)), by, catalogue) for key, of in sorted(rows.items(), key=order)]


def _number(key: str) -> int:
    return int(key) if key.isdigit() and len(key) <= 2 else 0


def _totals(tallies: dict[Grain, list[dict[str, Any]]]) -> Totals:
    """All that came in, whatever it turned out to be."""
    assignments: dict[str, dict[str, int]] = {}
    for row in tallies[Grain.ASSIGNMENT]:
        assignments.setdefault(row["agency"], {})[row["state"]] = row["n"]
    return Totals(
        calls=_summed(tallies[Grain.CALL], "outcome"),
        calls_by_disposition=_summed(tallies[Grain.CALL], "disposition"),
        reports=_summed(tallies[Grain.REPORT], "disposition"),
        channels=_summed(tallies[Grain.REPORT], "channel"),
        incidents=_summed(tallies[Grain.INCIDENT], "state"),
        assignments=assignments,
    )


def _summed(rows: list[Any], name: str) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for row in rows:
        sums[row[name]] += row["n"]
    return dict(sums.most_common())


def group_of(
    key: str, rows: dict[Grain, dict[str, Any]], answers: tuple[int | None, int | None], by: By | None, catalogue: Catalogue
) -> Group:
    """One key's figures, from the counts of each grain; a grain without rows counts nothing."""
    measures = {
        figure.code: _measure(figure, rows.get(figure.grain, {}), answers, catalogue)
        for figure in FIGURES
        if by is None or figure.can_be_told_by(by)
    }
    count = {grain: rows.get(grain, {}).get("facts", 0) for grain in Grain}
    return Group(key, count[Grain.CALL], count[Grain.REPORT], count[Grain.INCIDENT], count[Grain.ASSIGNMENT], measures)


def _measure(figure: Figure, row: dict[str, Any], answers: tuple[int | None, int | None], catalogue: Catalogue) -> Measure:
    code, n = figure.code, row.get(f"{figure.code}_n", 0)
    percentiles = answers if figure.grain is Grain.CALL else row.get(f"{code}_p") or (None, None)
    total = row.get(f"{code}_sum")
    levels = tuple(
        Reached(one.code, one.share, one.within, row.get(f"{one.code}_level_n", 0), row.get(f"{one.code}_level_met", 0))
        for one in catalogue.service_levels
        if one.active and one.figure == code
    )
    p50, p90 = percentiles if figure.is_duration else (None, None)
    return Measure(code, n, row.get(f"{code}_met", 0), p50, p90, total / n if n and total is not None else None, levels)
