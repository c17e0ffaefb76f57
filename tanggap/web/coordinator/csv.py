"""Tables as CSV that opens by a double click where people work: Excel with Indonesian settings.

There the list separator is a semicolon and the decimal sign a comma; a byte order mark says UTF-8. Times are the city's own,
as 2026-11-24 11:03:05, which every spreadsheet reads. A cell of somebody's words never begins as a formula does: an
apostrophe stands before = + - @ (OWASP, CSV injection).
"""

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

BYTE_ORDER_MARK = "\ufeff"
#: The framework adds the character set.
MEDIA_TYPE = "text/csv"
#: How a formula may begin, also in its full-width form; and what a spreadsheet skips before it looks.
FORMULA = tuple("=+-@|%＝＋－＠")
SKIPPED = " \t\r\n\v\f\0\u00a0\u200b\ufeff"

Cell = str | int | float | datetime | None


def lines_of(rows: Iterable[Iterable[Cell]], zone: ZoneInfo) -> str:
    """Rows as lines of CSV."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([cell_of(value, zone) for value in row] for row in rows)
    return text.getvalue()


def cell_of(value: Cell, zone: ZoneInfo) -> str:
    """One value as a spreadsheet with Indonesian settings reads it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".").replace(".", ",")
    if isinstance(value, int):
        return str(value)
    return harmless(value)


def harmless(text: str) -> str:
    """`text`, when a spreadsheet will not take it for a formula; else with an apostrophe before it."""
    return f"'{text}" if text.lstrip(SKIPPED).startswith(FORMULA) or text[:1] in ("\t", "\r", "\n") else text
