"""Holidays as a coordinator pastes or uploads them: a pack's file, a spreadsheet's lines, one day a line as people write it."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date

import msgspec

from tanggap.city.kinds import Provenance
from tanggap.city.ladder import HolidayKind
from tanggap.city.ladder_checks import YEARS
from tanggap.city.pack_ladder import HolidayEntry
from tanggap.city.rules.model import HolidaysUnclear
from tanggap.platform.i18n import LONG_MONTHS, MONTHS
from tanggap.platform.text import clean_text

#: More than a year's holidays many times over; whoever sends more has sent something else.
MOST_LINES, MOST_TEXT = 400, 100_000
MOST_NAME = 200

_MONTHS: Mapping[str, int] = {
    name.lower(): number
    for names in (*MONTHS.values(), *LONG_MONTHS.values(), ("agt", "ags", "nop"))
    for number, name in (enumerate(names, 1) if len(names) == 12 else zip((8, 8, 11), names, strict=True))
}
_DATE = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
    r"|(?P<day2>\d{1,2})[-/.](?P<month2>\d{1,2})[-/.](?P<year2>\d{4})"
    r"|(?P<day3>\d{1,2})\s+(?P<name>[A-Za-z]{3,9})\.?\s+(?P<year3>\d{4})"
)
_KINDS: Mapping[str, HolidayKind] = {
    "libur nasional": HolidayKind.NATIONAL, "nasional": HolidayKind.NATIONAL, "national": HolidayKind.NATIONAL,
    "cuti bersama": HolidayKind.JOINT_LEAVE, "cuti": HolidayKind.JOINT_LEAVE, "joint_leave": HolidayKind.JOINT_LEAVE,
    "libur kota": HolidayKind.LOCAL, "libur daerah": HolidayKind.LOCAL, "kota": HolidayKind.LOCAL, "local": HolidayKind.LOCAL,
}  # fmt: skip
_HEADINGS = ("tanggal", "date", "tgl")


def read_holidays(text: str, source: str) -> tuple[HolidayEntry, ...]:
    """The days that a text names, in its order; `source` is the decree that names them, where the text does not say.

    Raises:
        HolidaysUnclear: with the first line that is no holiday. Nothing of the text is used then.
    """
    if len(text) > MOST_TEXT or text.count("\n") > MOST_LINES:
        raise HolidaysUnclear(line=1, said=f"{text[:40]}…")
    found = tuple(_of_file(text) if "[[holiday]]" in text else _of_lines(text, source))
    if not found:
        raise HolidaysUnclear(line=1, said=text.strip()[:60])
    seen: set[date] = set()
    for number, one in enumerate(found, 1):
        if one.date in seen or one.date.year not in YEARS:
            raise HolidaysUnclear(line=number, said=f"{one.date.isoformat()} {one.id}"[:60])
        seen.add(one.date)
    return found


def _of_file(text: str) -> Iterator[HolidayEntry]:
    """The entries of holidays.toml; of one that is wrong its place in the file counts as the line."""
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise HolidaysUnclear(line=int(line[1]) if line else 1, said="TOML") from error
    sources, listed = read.get("sources", {}), read.get("holiday")
    for place, entry in enumerate(listed if isinstance(listed, list) else [listed], 1):
        try:
            one = msgspec.convert(entry, HolidayEntry)
        except msgspec.ValidationError as error:
            raise HolidaysUnclear(line=place, said=f"[[holiday]] {place}") from error
        said = sources.get(one.source, one.source) if isinstance(sources, dict) else one.source
        yield msgspec.structs.replace(one, source=str(said)[:1000])


def _of_lines(text: str, source: str) -> Iterator[HolidayEntry]:
    for number, raw in enumerate(text.splitlines(), 1):
        line = clean_text(raw, 1_000).text.strip().strip("\ufeff").replace('"', "")
        if not line or line.startswith("#") or line.lower().startswith(_HEADINGS):
            continue
        match = _DATE.match(line)
        day = _day(match) if match else None
        parts = [part.strip() for part in re.split(r"[;|\t]", line[match.end() :].strip(" ;|,:–-\t"))] if match else []
        if len(parts) == 1 and parts[0].rpartition(",")[2].strip().lower() in _KINDS:
            parts = [part.strip() for part in parts[0].rsplit(",", 1)]
        name, kind = (parts[0][:MOST_NAME] if parts else ""), _kind(parts)
        if day is None or not name or kind is None:
            raise HolidaysUnclear(line=number, said=line[:60])
        yield HolidayEntry(day, name, name, kind, Provenance.SOURCED, source)


def _day(match: re.Match[str]) -> date | None:
    said = match.groupdict()
    year = said["year"] or said["year2"] or said["year3"]
    month = said["month"] or said["month2"] or _MONTHS.get((said["name"] or "").lower(), 0)
    try:
        return date(int(year), int(month), int(said["day"] or said["day2"] or said["day3"]))
    except ValueError:
        return None


def _kind(parts: list[str]) -> HolidayKind | None:
    """What kind of day a line says it is: by its last part, else by its name; None for words that are no kind."""
    if len(parts) > 1 and parts[-1]:
        return _KINDS.get(parts[-1].lower())
    return HolidayKind.JOINT_LEAVE if parts and parts[0].lower().startswith("cuti bersama") else HolidayKind.NATIONAL
