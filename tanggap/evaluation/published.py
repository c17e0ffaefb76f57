"""Open data: the figures of a whole month as anybody may read them, without what could tell of single people."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from tanggap.city.model import Catalogue
from tanggap.city.territory import AreaKind
from tanggap.evaluation.disclosure import SMALL, ShareTold, may_be_told, share_told, told, withheld
from tanggap.evaluation.figures import FIGURES, By, Figure, Group, Measure, Performance, Unit

#: The figures that are published for each kelurahan, category and agency.
TOLD_APART = ("acknowledged_in_time", "arrival", "resolution", "finished", "in_time")

Cells = dict[str, int | None]


class Counts(msgspec.Struct, frozen=True):
    """How many, in all and by one thing after another; None where nothing is told."""

    total: int | None
    by: dict[str, Cells]


class LevelTold(msgspec.Struct, frozen=True):
    """How many of the cases reached a level that the city wants."""

    code: str
    wanted: float
    within: int | None
    reached: ShareTold | None


class FigureTold(msgspec.Struct, frozen=True):
    """One figure; a duration in seconds or working days."""

    figure: str
    unit: Unit
    p50: int | None
    p90: int | None
    share: ShareTold | None
    mean: float | None
    levels: tuple[LevelTold, ...]


class OpenData(msgspec.Struct, frozen=True):
    """A month of the city, as it is published."""

    city: str
    month: str
    calls: Counts
    reports: Counts
    incidents: Counts
    figures: tuple[FigureTold, ...]
    told_apart: dict[By, dict[str, tuple[FigureTold, ...]]]  # dimension → key → figures


def counts(tables: Mapping[str, Mapping[str, int]]) -> Counts:
    """Tables that count the same things, as they may be published together."""
    if not may_be_told(tables.values()):
        return Counts(None, {name: dict.fromkeys(cells) for name, cells in tables.items()})
    total = sum(next(iter(tables.values()), {}).values())
    return Counts(total, {name: told(cells) for name, cells in tables.items()})


def figure_told(figure: Figure, one: Measure) -> FigureTold:
    """One figure, when enough was counted."""
    enough = one.n >= SMALL
    levels = tuple(LevelTold(level.code, level.share, level.within, share_told(level.met, level.n)) for level in one.levels)
    return FigureTold(
        figure.code, figure.unit, one.p50 if enough else None, one.p90 if enough else None,
        share_told(one.met, one.n) if figure.unit is Unit.SHARE else None,
        round(one.mean, 1) if enough and one.mean is not None else None, levels,
    )  # fmt: skip


def published(
    month: str, catalogue: Catalogue, whole: Performance, apart: Mapping[By, Performance], outcomes: Sequence[str],
    dispositions: Sequence[str], channels: Sequence[str],
) -> OpenData:  # fmt: skip
    """Open data from the figures of a month and of the same month told apart by hour, kelurahan, category and agency.

    Every key that there could be stands in its table, also with nothing: an empty cell can hide a small one.
    """
    areas = [area.code for area in catalogue.areas if area.kind is AreaKind.KELURAHAN and area.active]
    categories = [category.code for category in catalogue.categories if category.active]
    totals = whole.totals
    incidents = {
        By.CATEGORY.value: _cells(categories, {one.key: one.incidents for one in apart[By.CATEGORY].groups}),
        By.AREA.value: _cells(areas, {one.key: one.incidents for one in apart[By.AREA].groups}),
    }
    hours = {one.key: one for one in apart[By.HOUR].groups}
    every_hour = [str(hour) for hour in range(24)]
    return OpenData(
        city=catalogue.city.code,
        month=month,
        calls=counts(
            {"outcome": _cells(outcomes, totals.calls), "hour": _cells(every_hour, {k: one.calls for k, one in hours.items()})}
        ),
        reports=counts({"disposition": _cells(dispositions, totals.reports), "channel": _cells(channels, totals.channels)}),
        incidents=counts(incidents),
        figures=tuple(figure_told(figure, whole.all.measures[figure.code]) for figure in FIGURES),
        told_apart={by: _apart(by, apart[by].groups, incidents.get(by.value)) for by in (By.AREA, By.CATEGORY, By.AGENCY)},
    )


def _cells(keys: Iterable[str], found: Mapping[str, int]) -> dict[str, int]:
    return {key: found.get(key, 0) for key in dict.fromkeys([*keys, *found])}


def _apart(by: By, groups: Sequence[Group], cells: Mapping[str, int] | None) -> dict[str, tuple[FigureTold, ...]]:
    """Figures of the keys whose number is told; of an agency, those with enough assignments."""
    hidden = withheld(cells) if cells is not None else {one.key for one in groups if one.assignments < SMALL}
    return {
        one.key: tuple(figure_told(figure, one.measures[figure.code]) for figure in FIGURES if figure.code in TOLD_APART)
        for one in groups
        if one.key and one.key not in hidden
    }
