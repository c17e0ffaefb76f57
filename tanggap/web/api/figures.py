"""CEPAT, TEPAT and TUNTAS for machines: the numbers of the coordinator's page."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, Response
from litestar.types import ControllerRouterHandler

from tanggap.city.model import Catalogue
from tanggap.evaluation.figures import By, Group, Measure, Performance, Totals
from tanggap.evaluation.periods import chosen, first_and_last
from tanggap.people.permissions import Act
from tanggap.platform.i18n import Locale
from tanggap.web.api.door import Query, door, get, json_answer, one_of
from tanggap.web.coordinator.figures import performance_of
from tanggap.web.figure_words import key_name
from tanggap.web.house import House
from tanggap.web.templating import locale_of

BY = Query("by", "Told apart by this, too.", {"type": "string", "enum": [one.value for one in By]})
PERIOD = Query("period", "`today`, a month as 2026-11, or a year; this month when absent.")
FIRST = Query("from", "The first day, as 2026-11-01, of the city; then `period` is not looked at.", {"type": "string"})
LAST = Query("to", "The last day, included.", {"type": "string"})


class LevelOut(msgspec.Struct, frozen=True):
    """How a figure stands against a level: `met` of `n` within so long, where the share `wanted` is wanted."""

    code: str
    wanted: float
    within: int | None
    n: int
    met: int
    is_reached: bool | None


class MeasureOut(msgspec.Struct, frozen=True):
    """One figure. Durations have `p50` and `p90` (seconds, or working days), shares have `met` and `share`, stars a `mean`."""

    n: int
    met: int
    share: float | None
    p50: int | None
    p90: int | None
    mean: float | None
    levels: tuple[LevelOut, ...]


class GroupOut(msgspec.Struct, frozen=True):
    """Everything, or all that has one key."""

    key: str
    name: str
    calls: int
    reports: int
    incidents: int
    assignments: int
    figures: dict[str, MeasureOut]


class FiguresOut(msgspec.Struct, frozen=True):
    """The figures of a period of the city's days, `last` included."""

    first: date
    last: date
    totals: Totals
    all: GroupOut
    by: By | None
    groups: tuple[GroupOut, ...]


@get(
    "/api/figures",
    **door(
        Act.SEE_STATISTICS, answer=FiguresOut, query=(PERIOD, FIRST, LAST, BY), refusals=(400,), tag="figures",
        said="Each figure is a column of one SQL view; docs/develop/figures.md says what each counts.",
    ),
)  # fmt: skip
async def show_figures(request: Request[Any, Any, Any]) -> Response[bytes]:
    """How fast, how right, how finished: the figures of a period."""
    house: House = request.app.state.house
    scene, asked = await house.scene(), request.query_params
    zone = ZoneInfo(scene.catalogue.city.timezone)
    by = one_of(request, "by", [one.value for one in By])
    period = chosen(asked.get("period"), asked.get("from"), asked.get("to"), house.now(), zone)
    found = await performance_of(house, scene, period, By(by) if by else None)
    return json_answer(figures_out(found, scene.catalogue, zone, locale_of(request)))


def figures_out(found: Performance, catalogue: Catalogue, zone: ZoneInfo, locale: Locale) -> FiguresOut:
    """A performance as it is sent."""
    first, last = first_and_last(found.period, zone)
    by = found.by
    groups = tuple(_group(one, key_name(by, one.key, catalogue, locale)) for one in found.groups) if by else ()
    return FiguresOut(first, last, found.totals, _group(found.all, ""), by, groups)


def _group(group: Group, name: str) -> GroupOut:
    figures = {code: _measure(one) for code, one in group.measures.items()}
    return GroupOut(group.key, name, group.calls, group.reports, group.incidents, group.assignments, figures)


def _measure(one: Measure) -> MeasureOut:
    levels = tuple(LevelOut(x.code, x.share, x.within, x.n, x.met, x.is_reached) for x in one.levels)
    return MeasureOut(one.n, one.met, one.share, one.p50, one.p90, one.mean, levels)


ROUTES: list[ControllerRouterHandler] = [show_figures]
