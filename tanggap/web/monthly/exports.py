"""The monthly report as numbers: CSV for a spreadsheet, JSON for a program. The same numbers as on paper, without rounding."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from tanggap.city.model import Catalogue
from tanggap.evaluation.model import Figures
from tanggap.evaluation.monthly.model import Month, Unfinished
from tanggap.evaluation.monthly.sentences import Wording, changes, stuck
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
        month.unfinished,
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
    for one in month.unfinished:
        named = f"{words.number_of(catalogue.city, one.number)} {words.category_name(catalogue, one.category, locale)}"
        yield [say(N_("Masih terbuka pada akhir bulan (hari)")), named, (month.ends_at - one.opened_at).days, None]
