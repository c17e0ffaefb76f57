"""Language: Indonesian is the source text, English a catalogue; moments and durations as people say them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Literal
from zoneinfo import ZoneInfo

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

Locale = Literal["id", "en"]
DEFAULT_LOCALE: Locale = "id"
LOCALES: tuple[Locale, ...] = ("id", "en")

MONTHS: dict[Locale, tuple[str, ...]] = {
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
LONG_MONTHS: dict[Locale, tuple[str, ...]] = {
    "id": (
        "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
#: Seconds in a unit, and its name in each language (one, many).
UNITS: tuple[tuple[int, dict[Locale, tuple[str, str]]], ...] = (
    (86_400, {"id": ("hari", "hari"), "en": ("day", "days")}),
    (3_600, {"id": ("jam", "jam"), "en": ("hour", "hours")}),
    (60, {"id": ("menit", "menit"), "en": ("minute", "minutes")}),
    (1, {"id": ("detik", "detik"), "en": ("second", "seconds")}),
)
#: Younger than this is "just now": a list that counts single seconds only flickers.
JUST_NOW = timedelta(seconds=10)


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for «translate this later»
    """Mark a text for the catalogue and return it unchanged; it is translated where it is shown."""
    return text


#: The same mark under the name that the rooms use for their own sentences.
_lazy = N_


def known_locale(text: str | None) -> Locale:
    """The locale meant by a code from outside, or the default."""
    return "en" if text is not None and text.lower()[:2] == "en" else DEFAULT_LOCALE


@cache
def catalogue(locale: Locale) -> dict[str, str]:
    """Source text → translation; empty for Indonesian, which is the source."""
    return {source: said for source, said in _entries(locale) if said}


def untranslated(locale: Locale) -> list[str]:
    """The source texts that the catalogue knows and does not say."""
    return [source for source, said in _entries(locale) if not said]


def _entries(locale: Locale) -> list[tuple[str, str]]:
    path = files("tanggap") / "locale" / locale / "LC_MESSAGES" / "tanggap.po"
    if locale == DEFAULT_LOCALE or not path.is_file():
        return []
    with path.open("rb") as file:
        return [(_key(entry), "" if entry.fuzzy else str(entry.string)) for entry in read_po(file) if entry.id]


def _key(entry: Message) -> str:
    return in_context(entry.context, str(entry.id)) if entry.context else str(entry.id)


def in_context(context: str, text: str) -> str:
    """How the catalogue knows a text that means different things in different places."""
    return f"{context}\x04{text}"


@cache
def translator(locale: Locale) -> Callable[[str], str]:
    """The function that says a source text in `locale`; a text without translation stays Indonesian."""
    entries = catalogue(locale)

    def translate(text: str) -> str:
        return entries.get(text, text)

    return translate


@cache
def translator_in_context(locale: Locale) -> Callable[[str, str], str]:
    """`pgettext`: says a source text whose translation depends on where it stands."""
    entries = catalogue(locale)

    def translate(context: str, text: str) -> str:
        return entries.get(in_context(context, text), text)

    return translate


def format_moment(at: datetime, zone: ZoneInfo, locale: Locale = DEFAULT_LOCALE) -> str:
    """A moment in the city's zone: 23 Nov 2026 22.41 WITA."""
    return f"{format_day(at, zone, locale)} {format_clock(at, zone, locale)} {at.astimezone(zone):%Z}"


def format_day(at: datetime, zone: ZoneInfo, locale: Locale = DEFAULT_LOCALE) -> str:
    """A day in the city's zone: 23 Nov 2026."""
    local = at.astimezone(zone)
    return f"{local.day} {MONTHS[locale][local.month - 1]} {local.year}"


def format_clock(at: datetime, zone: ZoneInfo, locale: Locale = DEFAULT_LOCALE) -> str:
    """A time of day in the city's zone: 22.41 in Indonesian, 22:41 in English."""
    local = at.astimezone(zone)
    return f"{local:%H.%M}" if locale == "id" else f"{local:%H:%M}"


def format_month(year: int, month: int, locale: Locale = DEFAULT_LOCALE) -> str:
    """A month in full: Januari 2026."""
    return f"{LONG_MONTHS[locale][month - 1]} {year}"


def format_number(value: float, locale: Locale = DEFAULT_LOCALE, decimals: int = 0) -> str:
    """A number with its thousands marked: 5.982 and 4,5 in Indonesian, 5,982 and 4.5 in English."""
    said = f"{value:,.{decimals}f}"
    return said.translate(str.maketrans(",.", ".,")) if locale == "id" else said


def format_duration(duration: timedelta | float, locale: Locale = DEFAULT_LOCALE) -> str:
    """A duration in its largest whole unit, and the next one for hours and days: 4 menit, 2 jam 5 menit."""
    seconds = int(duration.total_seconds() if isinstance(duration, timedelta) else duration)
    rest = abs(seconds)
    parts: list[str] = []
    for size, names in UNITS:
        amount, rest = divmod(rest, size)
        if amount and (size >= 60 or not parts):
            parts.append(f"{amount} {names[locale][amount != 1]}")
        if parts and (size <= 60 or len(parts) == 2 or not rest // max(size // 60, 1)):
            break
    return " ".join(parts[:2]) or f"0 {UNITS[-1][1][locale][1]}"


def format_ago(at: datetime, now: datetime, locale: Locale = DEFAULT_LOCALE) -> str:
    """How long ago: baru saja, 4 menit lalu, 3 hari lalu; or how long still: 5 menit lagi."""
    gone = now - at
    if abs(gone) < JUST_NOW:
        return "baru saja" if locale == "id" else "just now"
    said = format_duration(abs(gone), locale).split(" ")
    largest = " ".join(said[:2])
    if gone > timedelta(0):
        return f"{largest} lalu" if locale == "id" else f"{largest} ago"
    return f"{largest} lagi" if locale == "id" else f"in {largest}"
