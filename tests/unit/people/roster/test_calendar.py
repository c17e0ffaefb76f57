"""The calendar that phones read: every line as RFC 5545 wants it, every moment in UTC."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tanggap.people.roster.calendar.writer import WIDEST, Event, calendar, folded

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=300)


def read(stream: bytes) -> list[tuple[str, str]]:
    """Names and raw values of a stream's lines, unfolded as section 3.1 says."""
    text = stream.decode()
    assert text.endswith("\r\n")
    lines = text.removesuffix("\r\n").replace("\r\n ", "").split("\r\n")
    return [(name, value) for name, _, value in (line.partition(":") for line in lines)]


def plain(value: str) -> str:
    """A text value without its escapes."""
    out, chars = "", iter(value)
    for char in chars:
        said = next(chars) if char == "\\" else char
        out += "\n" if char == "\\" and said in "nN" else said
    return out


def test_a_night_shift_is_right_over_midnight_in_every_zone() -> None:
    wita = ZoneInfo("Asia/Makassar")
    starts = datetime(2026, 11, 23, 23, 0, tzinfo=wita)
    event = Event(UUID(int=7), starts, starts + timedelta(hours=8), "Malam · petugas", "112 Kota Kendari")
    lines = read(calendar("Jadwal", "112.example", [event], NOW))
    assert ("DTSTART", "20261123T150000Z") in lines
    assert ("DTEND", "20261123T230000Z") in lines
    assert ("UID", "00000000-0000-0000-0000-000000000007@112.example") in lines
    assert lines[0] == ("BEGIN", "VCALENDAR")
    assert lines[-1] == ("END", "VCALENDAR")
    names = [name for name, _ in lines]
    assert {"VERSION", "PRODID", "DTSTAMP", "UID"} <= set(names)


@settings(max_examples=80, deadline=None)
@given(TEXTS, TEXTS)
def test_whatever_is_said_comes_back_and_no_line_is_too_wide(title: str, words: str) -> None:
    stream = calendar("Jadwal", "x", [Event(UUID(int=1), NOW, NOW, title, words)], NOW)
    assert all(len(line) <= WIDEST for line in stream.split(b"\r\n"))
    found = dict(read(stream))
    kept = "".join(char for char in title.replace("\r\n", "\n") if char in "\n\t" or not (ord(char) < 32 or ord(char) == 127))
    assert plain(found["SUMMARY"]) == kept
    assert "LOCATION" in found


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=400))
def test_a_folded_line_is_the_same_line(line: str) -> None:
    parts = folded(line)
    assert parts[0] + "".join(part[1:] for part in parts[1:]) == line
    assert all(part.startswith(" ") for part in parts[1:])


def test_an_empty_calendar_is_a_calendar() -> None:
    assert ("END", "VCALENDAR") in read(calendar("Jadwal", "x", [], NOW))
