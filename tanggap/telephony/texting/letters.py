"""What was typed letter by letter as lines that a person reads (T.140): corrected, without control characters. Pure."""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from tanggap.platform.text import clean_text
from tanggap.telephony.texting.rtp import BOM, LOST

BACKSPACE: Final = "\b"
BELL: Final = "\a"
#: How a bell is shown.
BELL_SHOWN: Final = "🔔"
#: Whoever goes on after the other side has written, and after this pause, begins a new line.
PAUSE: Final = timedelta(seconds=5)
#: Letters of one line, and lines of one conversation, that are shown.
LONGEST_LINE: Final = 2_000
MOST_LINES: Final = 500
#: Of one control sequence: what is longer is no sequence.
LONGEST_CONTROL: Final = 64


class Side(StrEnum):
    """Who wrote."""

    CALLER = "caller"
    DESK = "desk"


class Piece(msgspec.Struct, frozen=True):
    """A few letters, as they came."""

    at: datetime
    side: Side
    text: str
    person: UUID | None = None
    name: str = ""  # of that person


class Line(msgspec.Struct):
    """A line of one side, which may still be written on."""

    at: datetime
    side: Side
    text: str
    person: UUID | None
    name: str
    last: datetime
    is_over: bool = False


class Cleaner:
    """Letters of one stream without what only machines read; it remembers what was cut between two packets."""

    def __init__(self) -> None:
        self._after_return = False
        self._control = ""  # what has begun: ESC, CSI or SOS, and what followed

    def clean(self, text: str) -> str:
        """Letters, line ends as «\\n», BACKSPACE and BELL."""
        return "".join(map(self._one, text))

    def _one(self, letter: str) -> str:
        if self._control:
            return self._in_control(letter)
        was_return, self._after_return = self._after_return, letter == "\r"
        if letter in "\r\n\u2028\u2029\x85":
            return "" if was_return and letter == "\n" else "\n"
        if letter in "\x1b\x9b\x98":
            self._control = letter
            return ""
        if letter in (BACKSPACE, BELL, LOST):
            return letter
        if letter == BOM or unicodedata.category(letter) in ("Cc", "Cs"):
            return ""
        return letter if clean_text(letter, 1).text == letter else ""  # what turns the text around it is left out, too

    def _in_control(self, letter: str) -> str:
        """Colours and the like (ISO 6429) say nothing to us."""
        kind = self._control[0]
        self._control += letter
        ends = {"\x1b": letter != "[", "\x9b": "@" <= letter <= "~", "\x98": letter == "\x9c"}[kind]
        if kind == "\x1b" and letter == "[":
            self._control = "\x9b"
        elif ends or len(self._control) > LONGEST_CONTROL:
            self._control = ""
        return ""


def lines_of(pieces: Iterable[Piece]) -> list[Line]:
    """The conversation as it stands: lines in the order in which they were begun, the last ones perhaps still being written."""
    lines: list[Line] = []
    for piece in pieces:
        for letter in piece.text:
            _write(lines, piece, letter)
    return [line for line in lines if line.text][-MOST_LINES:]


def _write(lines: list[Line], piece: Piece, letter: str) -> None:
    open_line = _open(lines, piece)
    if letter == BACKSPACE:
        # Also over the end of a line: what was ended by mistake is open again.
        if open_line is not None and not open_line.text:
            lines[:] = [line for line in lines if line is not open_line]
            open_line = None
        mine = open_line or _last(lines, piece.side)
        if mine is not None:
            mine.text, mine.is_over, mine.last = mine.text[:-1], False, piece.at
        return
    if letter == "\n":
        if open_line is not None:
            open_line.is_over = True
        return
    if open_line is None:
        open_line = Line(piece.at, piece.side, "", piece.person, piece.name, piece.at)
        lines.append(open_line)
    open_line.text += BELL_SHOWN if letter == BELL else letter
    open_line.last = piece.at
    open_line.is_over = len(open_line.text) >= LONGEST_LINE


def _open(lines: Sequence[Line], piece: Piece) -> Line | None:
    """The line on which a side goes on; None: it begins a new one."""
    for line in reversed(lines):
        if line.side is piece.side:
            is_other = line.person != piece.person and piece.side is Side.DESK
            has_paused = line is not lines[-1] and piece.at - line.last > PAUSE
            return None if line.is_over or is_other or has_paused else line
    return None


def _last(lines: Sequence[Line], side: Side) -> Line | None:
    return next((line for line in reversed(lines) if line.side is side and line.text), None)


def words_of(lines: Iterable[Line], side: Side) -> str:
    """All that one side has written, a line each."""
    return "\n".join(line.text for line in lines if line.side is side)


def typed(text: str, most: int) -> str:
    """What was typed at a desk, fit for a stream: line ends as «\\n», at most `most` letters."""
    return Cleaner().clean(text)[:most]
