"""A month's counts for the ministry that watches the 112 services of all cities.

The ministry's own format is not public. So what a city can tell stands in one record, `MinistryMonth`, and how it is written
stands behind one interface, `MinistryFormat`: today as CSV and as JSON; the day its format is known, one class is added to
`FORMATS`. Counts only: nothing of it is about one caller or one incident.
"""

import csv
import io
from collections import Counter
from collections.abc import Mapping
from typing import Protocol

import msgspec

from tanggap.city.kinds import Priority
from tanggap.city.model import Catalogue
from tanggap.evaluation.model import AgencyFigures, Figures
from tanggap.evaluation.monthly.model import Month, calls
from tanggap.incident.model import Disposition, IncidentState

#: Raised when a field changes its meaning or goes; a field that is added does not raise it.
VERSION = 1
#: The outcomes of a call, all of them, so that a zero is said and not left out.
OUTCOMES = ("answered", "overflowed", "abandoned", "unanswered", "called_back")


class AgencyCount(msgspec.Struct, frozen=True):
    """What one agency was asked for in the month, and how far it is."""

    agency: str
    name: str
    asked: int
    open: int
    done: int
    rejected: int
    expired: int
    answered_in_target: int


class FigureCount(msgspec.Struct, frozen=True):
    """One figure of CEPAT, TEPAT or TUNTAS, as evaluation/figures.py lists them."""

    n: int  # how many were measured or judged
    met: int  # of a share: how many it is true of
    p50: int | None  # of a duration, in seconds; of the first answer, in working days
    p90: int | None
    mean: float | None  # of stars


class LevelCount(msgspec.Struct, frozen=True):
    """A level that the city wants to reach: so large a share within so many seconds (or working days)."""

    figure: str
    share: float
    within: int | None
    n: int
    met: int


class MinistryMonth(msgspec.Struct, frozen=True):
    """Everything that is told of a month. Durations in seconds; codes as in the city's catalogue; areas are kecamatan."""

    version: int
    city: str
    city_name: str
    number: str  # 112
    month: str  # 2026-01
    complete: bool  # the month had ended when it was counted
    counted_at: str  # ISO 8601, the city's time
    calls: int
    calls_by_outcome: dict[str, int]
    reports: int
    reports_by_disposition: dict[str, int]
    reports_by_channel: dict[str, int]
    incidents: int
    incidents_by_category: dict[str, int]
    incidents_by_kecamatan: dict[str, int]
    incidents_by_priority: dict[str, int]
    incidents_by_state: dict[str, int]
    open_at_end_of_month: int
    resolved: int
    reopened: int
    figures: dict[str, FigureCount]
    levels: dict[str, LevelCount]
    agencies: list[AgencyCount]


class MinistryFormat(Protocol):
    """A way to write a month."""

    name: str  # as it stands in an address and on the command line, and as the file's ending
    media_type: str

    def write(self, month: MinistryMonth) -> bytes:
        """The month's file."""


class Json:
    """One object; its fields are those of `MinistryMonth`."""

    name = "json"
    media_type = "application/json"

    def write(self, month: MinistryMonth) -> bytes:
        """UTF-8, indented by two spaces, a line end at its end."""
        return msgspec.json.format(msgspec.json.encode(month), indent=2) + b"\n"


class Csv:
    """RFC 4180 with a header: city, month, measure, item, value. One line a number; commas, decimal points, no mark of bytes."""

    name = "csv"
    media_type = "text/csv"

    def write(self, month: MinistryMonth) -> bytes:
        """UTF-8. An empty value: nothing was there to measure."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(("city", "month", "measure", "item", "value"))
        for measure, value in msgspec.to_builtins(month).items():
            if measure in ("city", "month"):
                continue
            for item, number in _items(measure, value):
                writer.writerow((month.city, month.month, measure, item, number))
        return text.getvalue().encode()


FORMATS: Mapping[str, MinistryFormat] = {one.name: one for one in (Csv(), Json())}


def ministry_month(month: Month, catalogue: Catalogue) -> MinistryMonth:
    """What is told of a month. Every known code has its number, also where it is 0."""
    figures, city, measures = month.figures, catalogue.city, month.found.all.measures
    names = {agency.code: agency.name for agency in catalogue.agencies}
    return MinistryMonth(
        version=VERSION, city=city.code, city_name=city.name, number=city.emergency_number,
        month=month.period.start.strftime("%Y-%m"), complete=month.is_over,
        counted_at=month.counted_at.astimezone(month.period.start.tzinfo).isoformat(timespec="seconds"),
        calls=calls(figures), calls_by_outcome=_all(OUTCOMES, figures.by_outcome),
        reports=figures.reports, reports_by_disposition=_all([one.value for one in Disposition], figures.by_disposition),
        reports_by_channel=_all([], figures.by_channel),
        incidents=figures.incidents,
        incidents_by_category=_all([one.code for one in catalogue.categories if one.active], figures.by_category),
        incidents_by_kecamatan=_by_kecamatan(figures, catalogue),
        incidents_by_priority=_all([one.value for one in Priority], figures.by_priority),
        incidents_by_state=_all([one.value for one in IncidentState], figures.by_state),
        open_at_end_of_month=len(month.unfinished), resolved=figures.funnel.resolved, reopened=figures.reopened,
        figures={one.figure: FigureCount(one.n, one.met, one.p50, one.p90, one.mean) for one in measures.values()},
        levels={
            level.code: LevelCount(one.figure, level.share, level.within, level.n, level.met)
            for one in measures.values() for level in one.levels
        },
        agencies=[_agency(one, names.get(one.agency, one.agency)) for one in figures.agencies],
    )  # fmt: skip


def _agency(one: AgencyFigures, name: str) -> AgencyCount:
    is_open = one.waiting + one.at_work
    return AgencyCount(one.agency, name, one.asked, is_open, one.done, one.rejected, one.expired, one.within_target)


def _all(codes: list[str] | tuple[str, ...], counted: Mapping[str, int]) -> dict[str, int]:
    """Every code with its number; what has none yet is called «none»."""
    found = dict.fromkeys(codes, 0) | {code or "none": n for code, n in counted.items()}
    return dict(sorted(found.items()))


def _by_kecamatan(figures: Figures, catalogue: Catalogue) -> dict[str, int]:
    sums = Counter({area.code: 0 for area in catalogue.kecamatan})
    for code, n in figures.by_area.items():
        sums[catalogue.kecamatan_of(code).code if code in catalogue.areas_by_code else "none"] += n
    return dict(sorted(sums.items()))


def _items(measure: str, value: object) -> list[tuple[str, object]]:
    """The lines of one measure: its items, or itself; of each agency every number."""
    if measure == "agencies" and isinstance(value, list):
        counts = [name for name in AgencyCount.__struct_fields__ if name not in ("agency", "name")]
        return [(f"{one['agency']}.{name}", one[name]) for one in value for name in counts]
    if isinstance(value, dict):
        return [
            (f"{item}.{name}" if name else item, n)
            for item, one in value.items()
            for name, n in (one.items() if isinstance(one, dict) else [("", one)])
        ]
    return [("", int(value) if isinstance(value, bool) else value)]
