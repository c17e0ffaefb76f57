"""Months that never were, for tests of what is said of them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from tanggap.city.kinds import Priority
from tanggap.city.model import Catalogue
from tanggap.city.pack import pack_folder, read_pack
from tanggap.evaluation.figures import Group, Measure, Performance, Totals
from tanggap.evaluation.model import AgencyFigures, Figures, Funnel, Period
from tanggap.evaluation.monthly.model import Month, Unfinished, month_before, reported_month
from tanggap.incident.model import IncidentState

WITA = ZoneInfo("Asia/Makassar")
AFTERWARDS = datetime(2026, 2, 3, 1, tzinfo=UTC)
NOTHING = Figures(
    Period("", AFTERWARDS, AFTERWARDS), reports=0, calls=0, by_disposition={}, by_channel={}, by_outcome={}, calls_in_time=0,
    by_hour=[0] * 24, by_hour_disposition={}, funnel=Funnel(0, 0, 0, 0, 0, 0, 0), incidents=0, by_category={}, by_area={},
    by_state={}, by_priority={}, agencies=[], hand_over_median_s=None, reopened=0, stars_mean=None, stars_count=0,
    by_stars=[0] * 5,
)  # fmt: skip


@cache
def kendari() -> Catalogue:
    """Kendari's catalogue, from its pack."""
    pack = read_pack(pack_folder("kendari"))
    return Catalogue(
        pack.city, 0, pack.agencies, pack.categories, pack.areas, pack.targets, pack.phrases, service_levels=pack.service_levels
    )


def figures(**counted: Any) -> Figures:
    """Figures that are nothing but these."""
    calls: Mapping[str, int] = counted.get("by_outcome", {})
    return msgspec.structs.replace(NOTHING, **{"reports": sum(calls.values()), **counted})


def performance(period: Period, **measures: Measure) -> Performance:
    """Only these figures."""
    nothing = Totals({}, {}, {}, {}, {}, {})
    return Performance(period, nothing, Group("", 0, 0, 0, 0, measures))


def agency(code: str, asked: int, done: int, **more: int) -> AgencyFigures:
    """An agency that was asked, and finished so much; what nothing else is said of waits."""
    counts = {"waiting": asked - done - sum(more.values()), "at_work": 0, "rejected": 0, "expired": 0, "withdrawn": 0} | more
    return AgencyFigures(
        agency=code, asked=asked, acknowledged=done, done=done, within_target=done, acknowledge_median_s=None, done_median_s=None,
        **counts,
    )  # fmt: skip


def unfinished(number: int = 1, days: int = 3, **more: Any) -> Unfinished:
    """An incident that was open when January 2026 ended, since so many days."""
    opened = datetime(2026, 2, 1, tzinfo=WITA) - timedelta(days=days)
    one = Unfinished(number, opened, "flood", Priority.P2, "", IncidentState.ASSIGNED, ("bpbd",), None, None)
    return msgspec.structs.replace(one, **more)


def january(
    now: Figures,
    before: Figures = NOTHING,
    *left: Unfinished,
    counted_at: datetime = AFTERWARDS,
    measures: Mapping[str, Measure] | None = None,
    measures_before: Mapping[str, Measure] | None = None,
    **more: Any,
) -> Month:
    """January 2026 beside December 2025."""
    period = reported_month("2026-01", counted_at, WITA)
    earlier = month_before(period, counted_at, WITA)
    found, was = performance(period, **measures or {}), performance(earlier, **measures_before or {})
    rest: dict[str, Any] = {"unfinished_before": 0, "has_examples": False} | more
    return Month(period, earlier, now, before, found, was, left, counted_at=counted_at, **rest)
