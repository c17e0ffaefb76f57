"""The monthly report as numbers: CSV for a spreadsheet, JSON for a program. The same numbers as on paper, without rounding."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from tanggap.city.model import Catalogue
from tanggap.evaluation.figures import FIGURES, Measure, Unit
from tanggap.evaluation.model import Figures
from tanggap.evaluation.monthly.model import Month, Unfinished
from tanggap.evaluation.monthly.sentences import changes
from tanggap.evaluation.monthly.stuck import stuck
from tanggap.evaluation.monthly.wording import Wording
from tanggap.platform.i18n import N_, Locale, translator
from tanggap.web import words
from tanggap.web.coordinator.csv import BYTE_ORDER_MARK, Cell, lines_of
from tanggap.web.coordinator.view import figure_rows


class MonthOut(msgspec.Struct, frozen=True):
    """The JSON of a report. Codes are the catalogue's; `text` is the report's own."""

    city: str
    month: str
    counted_at: datetime
    is_over: bool
    has_examples: bool
    text: list[str]
    figures: Figures
    before: Figures
    performance: dict[str, Measure]
    performance_before: dict[str, Measure]
    unfinished: tuple[Unfinished, ...]


def csv_of(month: Month, catalogue: Catalogue, locale: Locale) -> bytes:
    """What is counted, of what, this month and the month before; then what was left open, with its days."""
    zone = ZoneInfo(catalogue.city.timezone)
    return (BYTE_ORDER_MARK + lines_of(_rows(month, catalogue, locale), zone)).encode()


def json_of(month: Month, catalogue: Catalogue, locale: Locale) -> bytes:
    """The same for a program."""
    wording = Wording(catalogue, locale)
    text = [*changes(month, wording), *stuck(month, wording)]
    name = month.period.start.strftime("%Y-%m")
    out = MonthOut(
        catalogue.city.code, name, month.counted_at, month.is_over, month.has_examples, text, month.figures, month.before,
        month.found.all.measures, month.found_before.all.measures, month.unfinished,
    )  # fmt: skip
    return msgspec.json.format(msgspec.json.encode(out), indent=2) + b"\n"


def _rows(month: Month, catalogue: Catalogue, locale: Locale) -> Iterator[list[Cell]]:
    say = translator(locale)
    now, before = (list(figure_rows(figures, catalogue, say, locale)) for figures in (month.figures, month.before))
    what, of = 0, 1
    was = {(row[what], row[of]): row[-1] for row in before[1:]}
    yield [*now[0], say(N_("Bulan sebelumnya"))]
    for row in now[1:]:
        yield [*row, was.pop((row[what], row[of]), 0)]
    for (counted, detail), value in was.items():
        yield [counted, detail, 0, value]
    yield from _measured(month, locale)
    for one in month.unfinished:
        named = f"{words.number_of(catalogue.city, one.number)} {words.category_name(catalogue, one.category, locale)}"
        yield [say(N_("Masih terbuka pada akhir bulan (hari)")), named, (month.ends_at - one.opened_at).days, None]


def _measured(month: Month, locale: Locale) -> Iterator[list[Cell]]:
    """Each figure of CEPAT, TEPAT and TUNTAS: durations in seconds or working days, shares from 0 to 1."""
    say = translator(locale)
    for figure in FIGURES:
        name, now, before = say(figure.name), month.measure(figure.code), month.measure_before(figure.code)
        unit = say(N_("hari kerja") if figure.unit is Unit.WORKDAYS else N_("detik"))
        yield [name, say(N_("jumlah yang dinilai")), now.n, before.n]
        if figure.is_duration:
            yield [name, f"{say(N_('median'))} ({unit})", now.p50, before.p50]
            yield [name, f"{say(N_('9 dari 10 dalam'))} ({unit})", now.p90, before.p90]
        elif figure.unit is Unit.STARS:
            yield [name, say(N_("rata-rata")), now.mean, before.mean]
        else:
            yield [name, say(N_("bagian")), now.share, before.share]
        was = {one.code: one for one in before.levels}
        for one in now.levels:
            earlier = was.get(one.code)
            shares = (one.met / one.n if one.n else None, earlier.met / earlier.n if earlier and earlier.n else None)
            within = f"{one.within} {unit}" if one.within is not None else ""
            yield [name, f"{say(N_('target'))} {100 * one.share:.0f} % {within} ({one.code})".replace("  ", " "), *shares]
