"""Where the rows of a period are read: kept days from the kept rows, all others from the views. The same rows either way."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from tanggap.evaluation.figures import Days, Grain

#: What a view's row says beside city, id, at and day, in the order of the kept table.
COLUMNS: dict[Grain, tuple[str, ...]] = {
    Grain.CALL: ("hour", "category", "priority", "area", "outcome", "disposition", "is_decided", "answer_s"),
    Grain.REPORT: ("hour", "category", "priority", "area", "channel", "disposition", "was_reversed", "stars"),
    Grain.INCIDENT: (
        "hour", "category", "priority", "area", "agency", "state", "is_missed_duplicate", "processing_s", "first_answer_days",
        "resolution_s", "was_moved", "is_finished", "is_in_time", "late_after", "was_reopened", "is_confirmed",
    ),
    Grain.ASSIGNMENT: (
        "hour", "category", "priority", "area", "agency", "role", "state", "acknowledgement_s", "is_acknowledged_in_time",
        "turnout_s", "arrival_s", "was_right",
    ),
}  # fmt: skip
#: Rows of these that are alike are kept as one, with their number.
COUNTED = (Grain.CALL, Grain.REPORT)


class Kept(msgspec.Struct, frozen=True):
    """Which days are kept, `until` excluded, and up to which transaction."""

    since: date
    until: date
    xid: str


class Source(msgspec.Struct, frozen=True):
    """How a period is read: its kept days, without `changed`, and spans of time that the views are asked for."""

    kept_from: date
    kept_to: date  # excluded
    changed: tuple[date, ...]
    spans: tuple[tuple[datetime, datetime], ...]

    @property
    def values(self) -> list[Any]:
        """The parameters after the city."""
        return [self.kept_from, self.kept_to, list(self.changed), [a for a, _ in self.spans], [b for _, b in self.spans]]


#: The number of parameters that `fact_rows` takes: the city and `Source.values`.
PARAMETERS = 6


def fact_rows(grain: Grain) -> str:
    """A query for the rows of a grain, as FROM (…): its columns and `n`."""
    columns = ", ".join(COLUMNS[grain])
    return f"""SELECT {columns}, n FROM kept_{grain.value}
        WHERE city = $1 AND day >= $2 AND day < $3 AND day <> ALL ($4::date[])
        UNION ALL
        SELECT {", ".join(f"v.{name}" for name in COLUMNS[grain])}, 1
        FROM unnest($5::timestamptz[], $6::timestamptz[]) AS span(a, b)
        JOIN figure_{grain.value} v ON v.city = $1 AND v.at >= span.a AND v.at < span.b"""  # noqa: S608 - constants of this file


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
    inside = sorted({day for day in changed if lo <= day < hi})
    spans += [(begin_of(day, zone), begin_of(day + timedelta(days=1), zone)) for day in inside]
    spans.append((begin_of(hi, zone), end))
    return Source(lo, hi, tuple(inside), tuple(joined(spans)))


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
