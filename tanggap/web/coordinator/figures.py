"""The figures of a period as cards, hours, kelurahan and rows: for the coordinator's page, its drill-down and its CSV."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from tanggap.city.model import Catalogue
from tanggap.evaluation.figures import FIGURES, FIGURES_BY_CODE, By, Figure, Group, Measure, Performance, Pillar
from tanggap.evaluation.model import Period
from tanggap.evaluation.remembered import RememberedFigures
from tanggap.platform.i18n import N_, Locale, format_day, translator
from tanggap.scene import Scene
from tanggap.web.area_map import Shaded, shaded
from tanggap.web.coordinator.csv import Cell
from tanggap.web.figure_words import Level, amount, count_of, key_name, level_of, value_of
from tanggap.web.house import House

_REMEMBERED: WeakKeyDictionary[House, RememberedFigures] = WeakKeyDictionary()


def remembered(house: House, scene: Scene) -> RememberedFigures:
    """The figures that this process remembers of its city."""
    kept = _REMEMBERED.get(house)
    zone = scene.catalogue.city.timezone
    if kept is None or kept.zone != zone:
        kept = _REMEMBERED[house] = RememberedFigures(house.db, house.city, zone)
    return kept


async def performance_of(house: House, scene: Scene, period: Period, by: By | None = None) -> Performance:
    """The figures of a period, counted anew only when something has happened."""
    return await remembered(house, scene).performance(scene.catalogue, period, by, house.now())


class Card(NamedTuple):
    """One figure as it stands on the page."""

    figure: Figure
    n: int
    value: str
    ninety: str  # of a duration
    levels: list[Level]
    earlier: str
    change: str  # better, worse, same; empty when one of the two is nothing


def card_of(figure: Figure, now: Measure, earlier: Measure, catalogue: Catalogue, locale: Locale) -> Card:
    """A figure beside what it was in the period before."""
    value, was = value_of(figure, now), value_of(figure, earlier)
    said, before = amount(figure, value, locale), amount(figure, was, locale)
    change = ""
    if value is not None and was is not None:
        change = "same" if said == before else "better" if (value > was) == figure.more_is_better else "worse"
    ninety = amount(figure, now.p90, locale) if figure.is_duration else ""
    return Card(figure, now.n, said, ninety, [level_of(figure, one, catalogue, locale) for one in now.levels], before, change)


def cards(found: Performance, earlier: Performance, catalogue: Catalogue, locale: Locale) -> dict[Pillar, list[Card]]:
    """Every figure, under its pillar."""
    return {
        pillar: [
            card_of(figure, found.all.measures[figure.code], earlier.all.measures[figure.code], catalogue, locale)
            for figure in FIGURES
            if figure.pillar is pillar
        ]
        for pillar in Pillar
    }


class Bar(NamedTuple):
    """One key of a small multiple: how high (0–1), and what it says."""

    key: str
    name: str
    height: float
    said: str
    n: int


class Multiple(NamedTuple):
    """One picture among several that share their keys."""

    title: str
    below: str
    bars: list[Bar]


def value_bars(figure: Figure, by: By, groups: Sequence[Group], catalogue: Catalogue, locale: Locale) -> list[Bar]:
    """A figure's value for each key, the highest one full."""
    rows = [(one, value_of(figure, one.measures[figure.code])) for one in groups]
    most = max((value for _, value in rows if value is not None), default=0) or 1
    return [
        Bar(one.key, key_name(by, one.key, catalogue, locale), (value or 0) / most, amount(figure, value, locale),
            one.measures[figure.code].n)
        for one, value in rows
    ]  # fmt: skip


def reached_bars(code: str, by: By, groups: Sequence[Group], catalogue: Catalogue, locale: Locale) -> list[Bar]:
    """The share of a figure's first level that was reached, for each key."""
    figure = FIGURES_BY_CODE[code]
    bars = []
    for one in groups:
        levels = one.measures[code].levels
        level = level_of(figure, levels[0], catalogue, locale) if levels else None
        share, said, n = (level.share, level.reached, level.n) if level else (None, "–", 0)
        bars.append(Bar(one.key, key_name(by, one.key, catalogue, locale), share or 0, said, n))
    return bars


def hours(found: Performance, catalogue: Catalogue, locale: Locale) -> list[Multiple]:
    """A day in 24 bars, several times: what comes in, and how quickly it is answered and handed on."""
    translate = translator(locale)
    by_key = {one.key: one for one in found.groups}
    empty = Group("", 0, 0, 0, 0, {figure.code: Measure(figure.code) for figure in FIGURES})
    groups = [by_key.get(str(hour)) or _at(str(hour), empty) for hour in range(24)]
    most = max((one.calls for one in groups), default=0) or 1
    most_reports = max((one.reports for one in groups), default=0) or 1

    def count(name: str, numbers: list[int], top: int) -> Multiple:
        names = [key_name(By.HOUR, one.key, catalogue, locale) for one in groups]
        bars = [Bar(g.key, said, n / top, str(n), n) for g, said, n in zip(groups, names, numbers, strict=True)]
        return Multiple(translate(name), str(sum(numbers)), bars)

    found_of = [
        count(N_("Panggilan"), [one.calls for one in groups], most),
        count(N_("Laporan"), [one.reports for one in groups], most_reports),
    ]
    for code, title in (("answer", N_("Dijawab dalam target")), ("processing", N_("Diteruskan (median)"))):
        figure = FIGURES_BY_CODE[code]
        reached = found.all.measures[code].levels
        is_share = code == "answer" and bool(reached)
        bars = (reached_bars if is_share else _values)(code, By.HOUR, groups, catalogue, locale)
        below = level_of(figure, reached[0], catalogue, locale).reached if is_share else amount(
            figure, found.all.measures[code].p50, locale
        )  # fmt: skip
        found_of.append(Multiple(translate(title), below, bars))
    return found_of


def _values(code: str, by: By, groups: Sequence[Group], catalogue: Catalogue, locale: Locale) -> list[Bar]:
    return value_bars(FIGURES_BY_CODE[code], by, groups, catalogue, locale)


def _at(key: str, group: Group) -> Group:
    return Group(key, group.calls, group.reports, group.incidents, group.assignments, group.measures)


class AreaMap(NamedTuple):
    """One map of the kelurahan, with its numbers."""

    figure: str  # the figure to drill into
    title: str
    areas: list[Shaded]
    rows: list[tuple[str, str]]


def area_cards(found: Performance, catalogue: Catalogue, locale: Locale) -> list[AreaMap]:
    """Maps of the kelurahan: how many incidents, how long until they were finished, and which part of them was."""
    translate = translator(locale)
    groups = sorted(found.groups, key=lambda one: -one.incidents)
    names = {one.key: key_name(By.AREA, one.key, catalogue, locale) for one in groups}
    counts = {one.key: (float(one.incidents), str(one.incidents)) for one in groups}
    maps = [AreaMap("", translate(N_("Kejadian")), *_mapped(counts, names, catalogue))]
    for code in ("arrival", "resolution", "finished"):
        figure = FIGURES_BY_CODE[code]
        values = {one.key: value_of(figure, one.measures[code]) for one in groups}
        said = {key: (value, amount(figure, value, locale)) for key, value in values.items() if value is not None}
        maps.append(AreaMap(code, translate(figure.name), *_mapped(said, names, catalogue)))
    return maps


def _mapped(
    values: Mapping[str, tuple[float, str]], names: Mapping[str, str], catalogue: Catalogue
) -> tuple[list[Shaded], list[tuple[str, str]]]:
    heights, said = {key: value for key, (value, _) in values.items()}, {key: said for key, (_, said) in values.items()}
    return shaded(catalogue, heights, said), [(names[key], said[key]) for key in values]


class Line(NamedTuple):
    """One key of a drill-down."""

    key: str
    name: str
    facts: int
    card: Card
    bar: float


def lines(figure: Figure, by: By, found: Performance, earlier: Performance, catalogue: Catalogue, locale: Locale) -> list[Line]:
    """A figure told apart: what was counted most first, hours and shifts in their order."""
    was = {one.key: one.measures[figure.code] for one in earlier.groups}
    bars = {bar.key: bar.height for bar in value_bars(figure, by, found.groups, catalogue, locale)}
    rows = [
        Line(
            one.key, key_name(by, one.key, catalogue, locale), count_of(figure, one),
            card_of(figure, one.measures[figure.code], was.get(one.key, Measure(figure.code)), catalogue, locale), bars[one.key],
        )
        for one in found.groups
    ]  # fmt: skip
    return rows if by in (By.HOUR, By.SHIFT) else sorted(rows, key=lambda row: (-row.card.n, -row.facts, row.name))


HEADINGS = (
    N_("Ukuran"), N_("Menurut"), N_("Rincian"), N_("Dihitung"), N_("Terpenuhi"), N_("Bagian"), N_("Median"), N_("P90"),
    N_("Rata-rata"), N_("Satuan"), N_("Target"), N_("Dalam"), N_("Dinilai terhadap target"), N_("Dalam target"),
)  # fmt: skip
UNITS = {"s": N_("detik"), "workdays": N_("hari kerja"), "share": N_("bagian"), "stars": N_("bintang")}


def measure_rows(found: Performance, catalogue: Catalogue, locale: Locale, only: str | None = None) -> Iterator[list[Cell]]:
    """Every figure as rows, one for each level that it is held against; all together, then by key."""
    translate = translator(locale)
    yield [translate(heading) for heading in HEADINGS]
    by = found.by
    groups = [("", "", found.all)]
    groups += [(by.value, key_name(by, one.key, catalogue, locale), one) for one in found.groups] if by else []
    for dimension, key, group in groups:
        for figure in FIGURES:
            measure = group.measures.get(figure.code)
            if measure is None or only not in (None, figure.code):
                continue
            share = measure.share if figure.unit.value == "share" else None
            start: list[Cell] = [
                translate(figure.name), dimension, key, measure.n, measure.met if share is not None else None, share,
                measure.p50, measure.p90, measure.mean, translate(UNITS[figure.unit.value]),
            ]  # fmt: skip
            for level in measure.levels or (None,):
                yield start + ([level.share, level.within, level.n, level.met] if level else [None] * 4)


def span_title(period: Period, zone: ZoneInfo, locale: Locale) -> str:
    """1 Nov 2026 – 15 Nov 2026, or the one day."""
    first, last = (format_day(at, zone, locale) for at in (period.start, period.end - timedelta(seconds=1)))
    return first if first == last else f"{first} – {last}"
