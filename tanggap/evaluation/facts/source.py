"""Where the rows of a period are read: kept days from the kept rows, all others from the views. The same rows either way."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec

from tanggap.evaluation.figures import Days, Grain

#: What a view's row says beside city, id, at and day, in the order of the kept table.
COLUMNS: dict[Grain, tuple[str, ...]] = {
    Grain.CALL: ("hour", "category", "priority", "area", "outcome", "disposition", "is_decided", "answer_s", "shift"),
    Grain.REPORT: ("hour", "category", "priority", "area", "channel", "disposition", "was_reversed", "stars", "shift"),
    Grain.INCIDENT: (
        "hour", "category", "priority", "area", "agency", "state", "is_missed_duplicate", "processing_s", "first_answer_days",
        "resolution_s", "was_moved", "is_finished", "is_in_time", "late_after", "was_reopened", "is_confirmed", "shift",
    ),
    Grain.ASSIGNMENT: (
        "hour", "category", "priority", "area", "agency", "role", "state", "acknowledgement_s", "is_acknowledged_in_time",
        "turnout_s", "arrival_s", "was_right", "shift",
    ),
}  # fmt: skip
#: Rows of these that are alike are kept as one, with their number.
COUNTED = (Grain.CALL, Grain.REPORT)


class Kept(msgspec.Struct, frozen=True):
    """Which days are kept, `until` excluded, and up to which transaction."""

    since: date
    until: date
    xid: str


#: The views are asked for at most so many spans of time; days between those that are nearest are read from the views, too.
MOST_SPANS = 6


class Source(msgspec.Struct, frozen=True):
    """How a period is read: its kept days, without `changed`, and spans of time that the views are asked for."""

    kept_from: date
    kept_to: date  # excluded
    changed: tuple[date, ...]
    spans: tuple[tuple[datetime, datetime], ...]


def begin_of(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which one of the city's days begins."""
    return datetime.combine(day, time.min, zone)


def whole(kept: Kept | None, changed: list[date], days: Days) -> Source:
    """How a period is read, given which days are kept and which of them have changed since."""
    start, end, zone = days.period.start, days.period.end, days.zone
    first = start.astimezone(zone).date()
    first += timedelta(days=start > begin_of(first, zone))  # a day that has begun before is not whole
    last = end.astimezone(zone).date()
    if kept is None or (lo := max(first, kept.since)) >= (hi := min(last, kept.until)):
        return Source(first, first, (), ((start, end),) if start < end else ())
    spans = [(start, begin_of(lo, zone))]
    inside = _fewer(sorted({day for day in changed if lo <= day < hi}))
    spans += [(begin_of(day, zone), begin_of(day + timedelta(days=1), zone)) for day in inside]
    spans.append((begin_of(hi, zone), end))
    return Source(lo, hi, tuple(inside), tuple(joined(spans)))


def _fewer(changed: list[date]) -> list[date]:
    """The days and, where they lie in too many places, also those between the nearest ones."""
    gaps = sorted(((b - a).days, a) for a, b in pairwise(changed) if (b - a).days > 1)
    filled = gaps[: max(0, len(gaps) + 1 - MOST_SPANS)]
    return sorted([*changed, *(day + timedelta(days=n) for length, day in filled for n in range(1, length))])


def joined(spans: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Spans in their order, those that touch made one and empty ones left out."""
    found: list[tuple[datetime, datetime]] = []
    for a, b in spans:
        if a >= b:
            continue
        if found and found[-1][1] == a:
            found[-1] = (found[-1][0], b)
        else:
            found.append((a, b))
    return found
