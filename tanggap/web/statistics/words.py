"""Open data as people read it: tables with names, figures with units, and the rows of the CSV."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tanggap.city.model import Catalogue
from tanggap.evaluation.disclosure import ShareTold
from tanggap.evaluation.figures import FIGURES_BY_CODE, By, Pillar, Unit
from tanggap.evaluation.published import Cells, Counts, FigureTold, OpenData
from tanggap.incident.model import Disposition
from tanggap.platform.i18n import N_, Locale, translator
from tanggap.web.area_map import drawing, shaded
from tanggap.web.coordinator.csv import Cell
from tanggap.web.coordinator.view import OUTCOME_WORDS
from tanggap.web.figure_words import NOTHING, amount, decimal, key_name, percent
from tanggap.web.timeline import CHANNEL_WORDS, DISPOSITION_WORDS

LICENCE = "CC BY 4.0"
LICENCE_ADDRESS = "https://creativecommons.org/licenses/by/4.0/"
#: What each table counts, and by what: of calls, reports and incidents.
TABLES: dict[str, dict[str, str]] = {
    "calls": {"outcome": N_("Panggilan menurut hasil"), "hour": N_("Panggilan menurut jam")},
    "reports": {"disposition": N_("Laporan menurut hasil verifikasi"), "channel": N_("Laporan menurut saluran")},
    "incidents": {"category": N_("Kejadian menurut kategori"), "area": N_("Kejadian menurut kelurahan")},
}
TOTALS = {"calls": N_("Panggilan"), "reports": N_("Laporan"), "incidents": N_("Kejadian")}
#: What a cell of which nothing is told says.
WITHHELD = N_("tidak ditampilkan")


class Row(NamedTuple):
    """One cell of a table: None where nothing is told."""

    name: str
    n: int | None
    key: str


class Table(NamedTuple):
    """One table of counts; `withheld` says of how many cells nothing is told."""

    code: str
    title: str
    rows: list[Row]
    withheld: int
    most: int


class FigureRow(NamedTuple):
    """One figure with its value and levels in words."""

    name: str
    said: str
    value: str
    ninety: str
    levels: list[str]


def key_said(table: str, key: str, catalogue: Catalogue, locale: Locale) -> str:
    """What a key of a table stands for."""
    translate = translator(locale)
    if table == "outcome":
        return translate(OUTCOME_WORDS.get(key, key))
    if table == "channel":
        return translate(CHANNEL_WORDS.get(key, key))
    if table == "disposition":
        return translate(DISPOSITION_WORDS[Disposition(key)] if key else N_("belum ada hasil"))
    return key_name(By(table), key, catalogue, locale)


def share_said(share: ShareTold | None, locale: Locale) -> str:
    """A share in words: 84 %, or < 5 %."""
    if share is None:
        return NOTHING
    said = percent(share.percent / 100, locale)
    return f"{share.bound} {said}" if share.bound else said


def figure_row(one: FigureTold, locale: Locale) -> FigureRow:
    """One figure in words."""
    figure, translate = FIGURES_BY_CODE[one.figure], translator(locale)
    if figure.is_duration:
        value = amount(figure, one.p50, locale)
    elif figure.unit is Unit.STARS:
        value = NOTHING if one.mean is None else decimal(f"{one.mean:.1f}", locale)
    else:
        value = share_said(one.share, locale)
    levels = [
        " ".join(filter(None, [
            share_said(level.reached, locale),
            f"{translate(N_('dalam'))} {amount(figure, level.within, locale)}" if level.within is not None else "",
            f"({translate(N_('target'))} {percent(level.wanted, locale)})",
        ]))
        for level in one.levels
    ]  # fmt: skip
    ninety = amount(figure, one.p90, locale) if figure.is_duration else ""
    return FigureRow(translate(figure.name), translate(figure.said), value, ninety, levels)


def table_of(name: str, title: str, cells: Cells, catalogue: Catalogue, locale: Locale) -> Table:
    """A table, the most first; hours in their order. What nothing is told of, and what is empty, is only counted."""
    rows = [Row(key_said(name, key, catalogue, locale), n, key) for key, n in cells.items()]
    shown = [row for row in rows if row.n or name == "hour"]
    if name != "hour":
        shown.sort(key=lambda row: (-(row.n or 0), row.name))
    return Table(
        name, translator(locale)(title), shown, sum(row.n is None for row in rows), max((row.n or 0 for row in rows), default=0)
    )


def page_parts(found: OpenData, catalogue: Catalogue, locale: Locale) -> dict[str, Any]:
    """What the page shows of a month."""
    kinds: Mapping[str, Counts] = {"calls": found.calls, "reports": found.reports, "incidents": found.incidents}
    translate = translator(locale)
    areas = found.incidents.by["area"]
    known = {key: n for key, n in areas.items() if n is not None}
    said = {key: str(n) if n is not None else translate(WITHHELD) for key, n in areas.items()}
    return {
        "totals": [(translate(TOTALS[kind]), one.total) for kind, one in kinds.items()],
        "tables": [
            table_of(name, title, kinds[kind].by[name], catalogue, locale)
            for kind, tables in TABLES.items()
            for name, title in tables.items()
        ],
        "pillars": [
            (
                pillar.value.upper(),
                [figure_row(one, locale) for one in found.figures if FIGURES_BY_CODE[one.figure].pillar is pillar],
            )
            for pillar in Pillar
        ],
        "areas": shaded(catalogue, known, said),
        "map_height": drawing(catalogue).height,
    }


def rows_of(found: OpenData, catalogue: Catalogue, locale: Locale) -> Iterator[list[Cell]]:
    """All of a month as rows; an empty value is one of which nothing is told."""
    translate = translator(locale)
    yield [translate(word) for word in (N_("Ukuran"), N_("Menurut"), N_("Rincian"), N_("Nilai"), N_("Satuan"))]
    kinds: Mapping[str, Counts] = {"calls": found.calls, "reports": found.reports, "incidents": found.incidents}
    for kind, tables in TABLES.items():
        yield [translate(TOTALS[kind]), "", "", kinds[kind].total, ""]
        for name, title in tables.items():
            for key, n in kinds[kind].by[name].items():
                yield [translate(title), name, key_said(name, key, catalogue, locale), n, ""]
    for one in found.figures:
        yield from _figure_cells(one, "", "", translate)
    for by, keys in found.told_apart.items():
        for key, figures in keys.items():
            for one in figures:
                yield from _figure_cells(one, by.value, key_name(by, key, catalogue, locale), translate)
    yield [translate(N_("Lisensi")), LICENCE, LICENCE_ADDRESS]


def _figure_cells(one: FigureTold, by: str, key: str, translate: Any) -> Iterator[list[Cell]]:
    figure = FIGURES_BY_CODE[one.figure]
    start: list[Cell] = [translate(figure.name), by, key]
    if figure.is_duration:
        unit = translate(N_("detik")) if figure.unit is Unit.SECONDS else translate(N_("hari kerja"))
        yield [*start, one.p50, f"{unit}, {translate(N_('median'))}"]
        yield [*start, one.p90, f"{unit}, P90"]
    elif figure.unit is Unit.STARS:
        yield [*start, one.mean, translate(N_("bintang"))]
    else:
        yield [*start, *_share_cells(one.share)]
    for level in one.levels:
        value, unit = _share_cells(level.reached)
        yield [*start, value, f"{unit}, {translate(N_('dalam target'))} {level.code}"]


def _share_cells(share: ShareTold | None) -> tuple[Cell, str]:
    return (None, "%") if share is None else (share.percent, f"{share.bound}%")
