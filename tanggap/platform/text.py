"""Free text as it was said, made storable: nothing is refused, what cannot be stored is shown by a visible sign."""

import re
import unicodedata
from typing import NamedTuple

#: Characters that change how the text around them is shown; kept out of stored text (Unicode TR36, bidirectional spoofing).
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Cleaned(NamedTuple):
    """Text fit for storing, and what had to be done to it (flags: control_characters, overlong)."""

    text: str
    flags: tuple[str, ...]


def _visible(char: str) -> str:
    if char in "\n\t":
        return char
    if char == "\r":
        return ""
    point = ord(char)
    if point < 0x20:
        return chr(0x2400 + point)
    if point == 0x7F:
        return "\u2421"
    if 0xD800 <= point <= 0xDFFF or char in _BIDI_CONTROLS or unicodedata.category(char) == "Cc":
        return "\ufffd"
    return char


def clean_text(said: str, limit: int) -> Cleaned:
    """`said` with control characters, lone surrogates and direction overrides made visible, cut at `limit` characters.

    NUL becomes «␀» (PostgreSQL stores no NUL), so that a reader sees what came in.
    """
    flags = []
    text = said
    if not said.isprintable():
        text = "".join(map(_visible, said.replace("\r\n", "\n")))
        if text != said.replace("\r\n", "\n"):
            flags.append("control_characters")
    if len(text) > limit:
        text = text[: limit - 1] + "…"
        flags.append("overlong")
    return Cleaned(text, tuple(flags))


_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_REDUPLICATED = re.compile(r"\b([a-z]{2,})2\b")


def fold(said: str) -> str:
    """`said` as plain lower-case words with single spaces: accents dropped, «wua2» and «wua-wua» both «wua wua»."""
    plain = unicodedata.normalize("NFKD", said.casefold()).encode("ascii", "ignore").decode()
    return _NOT_A_WORD.sub(" ", _REDUPLICATED.sub(r"\1 \1", plain)).strip()
