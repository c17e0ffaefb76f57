"""An iCalendar stream (RFC 5545) of shifts. Pure.

Moments are written in UTC («form #2», section 3.3.5): they need no VTIMEZONE, and a night shift is right over midnight and in
whatever zone the phone is.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec

#: Octets of a line before it is folded (section 3.1), without its line break.
WIDEST = 75
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Event(msgspec.Struct, frozen=True):
    """One shift of one person."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str


def calendar(name: str, host: str, events: Iterable[Event], made_at: datetime) -> bytes:
    """The whole stream; `host` makes the ids unique in the world, `name` is how phones call the calendar."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tanggap//Jadwal//ID", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        f"NAME:{escaped(name)}", f"X-WR-CALNAME:{escaped(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ]  # fmt: skip
    for event in events:
        lines += _event(event, host, made_at)
    return "".join(f"{part}\r\n" for line in [*lines, "END:VCALENDAR"] for part in folded(line)).encode()


def _event(event: Event, host: str, made_at: datetime) -> Sequence[str]:
    return [
        "BEGIN:VEVENT", f"UID:{event.id}@{escaped(host)}", f"DTSTAMP:{moment(made_at)}", f"DTSTART:{moment(event.starts_at)}",
        f"DTEND:{moment(event.ends_at)}", f"SUMMARY:{escaped(event.title)}", f"LOCATION:{escaped(event.place)}",
        "TRANSP:OPAQUE", "END:VEVENT",
    ]  # fmt: skip


def moment(at: datetime) -> str:
    """A moment in UTC: 20261126T150000Z."""
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def escaped(text: str) -> str:
    """A text value (section 3.3.11)."""
    plain = _CONTROLS.sub("", text.replace("\r\n", "\n"))
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> list[str]:
    """A content line in parts of at most 75 octets, each but the first begun by a space; no character is cut in two."""
    parts, part, room = [], "", WIDEST
    for char in line:
        size = len(char.encode())
        if size > room:
            parts.append(part)
            part, room = " ", WIDEST - 1
        part += char
        room -= size
    return [*parts, part]
