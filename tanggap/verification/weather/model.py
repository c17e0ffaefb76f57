"""Warnings of the weather: what they warn of, where, until when, and how that is told."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from tanggap.city.model import Catalogue
from tanggap.city.territory import Area, AreaKind
from tanggap.platform.i18n import N_

#: A warning longer than this is a mistake in the feed; the longest that BMKG gives by name of kecamatan last some hours.
LONGEST: Final = timedelta(days=3)
#: Of one feed so many warnings are kept at most.
MOST: Final = 200
#: What the weather did is reported afterwards too: water rises, and people come home to it (proposed).
AFTERWARDS: Final = timedelta(hours=3)
#: A feed that has said nothing sound for this long counts for nothing.
STALE: Final = timedelta(hours=2)
LONGEST_NAME: Final = 120


class Peril(StrEnum):
    """What is warned of."""

    RAIN = "rain"
    WIND = "wind"
    WAVE = "wave"
    HEAT = "heat"


#: How the warning is told beside a report, by peril and whether it is only a forecast.
SENTENCES: Final[Mapping[tuple[Peril, bool], str]] = {
    (Peril.RAIN, False): N_("Hujan lebat diperingatkan BMKG untuk {area}, berlaku sampai {until}"),
    (Peril.WIND, False): N_("Angin kencang diperingatkan BMKG untuk {area}, berlaku sampai {until}"),
    (Peril.WAVE, False): N_("Gelombang tinggi atau rob diperingatkan BMKG untuk {area}, berlaku sampai {until}"),
    (Peril.HEAT, False): N_("Panas dan kering diperingatkan BMKG untuk {area}, berlaku sampai {until}"),
    (Peril.RAIN, True): N_("Hujan lebat diprakirakan BMKG untuk {area}, sampai {until}"),
    (Peril.WIND, True): N_("Angin kencang diprakirakan BMKG untuk {area}, sampai {until}"),
    (Peril.WAVE, True): N_("Gelombang tinggi diprakirakan BMKG untuk {area}, sampai {until}"),
    (Peril.HEAT, True): N_("Panas dan kering diprakirakan BMKG untuk {area}, sampai {until}"),
}

#: What is warned of, in a few words.
PERIL_WORDS: Final[Mapping[Peril, str]] = {
    Peril.RAIN: N_("hujan lebat"),
    Peril.WIND: N_("angin kencang"),
    Peril.WAVE: N_("gelombang tinggi atau rob"),
    Peril.HEAT: N_("panas dan kering"),
}

#: Words of an event, by what they warn of; in Indonesian and in English, as BMKG writes both.
_WORDS: Final[Mapping[Peril, tuple[str, ...]]] = {
    Peril.RAIN: ("hujan", "rain", "banjir", "flood", "petir", "thunder"),
    Peril.WIND: ("angin", "wind", "puting beliung", "tornado", "badai", "storm", "siklon", "cyclone"),
    Peril.WAVE: ("gelombang", "wave", "rob", "pasang", "tidal"),
    Peril.HEAT: ("panas", "heat", "kekeringan", "drought", "karhutla", "kebakaran hutan", "fire danger"),
}


class FeedBroken(Exception):  # noqa: N818 - says what is the matter
    """What a feed answered cannot be read; the message says why, for an administrator."""


class Warned(msgspec.Struct, frozen=True):
    """One warning. `areas` are codes of kecamatan; none: the whole city."""

    id: str
    kind: Peril
    event: str
    starts_at: datetime
    ends_at: datetime
    areas: tuple[str, ...] = ()
    is_forecast: bool = False


class Feed(msgspec.Struct, frozen=True):
    """How the feed is: when it was asked, when its answer was last sound, how often it has failed since, and why."""

    asked_at: datetime
    sound_at: datetime | None = None
    fails: int = 0
    flaw: str = ""

    def is_stale(self, now: datetime) -> bool:
        """Whether what it said counts for nothing now."""
        return self.sound_at is None or now - self.sound_at > STALE


def perils_in(words: str) -> tuple[Peril, ...]:
    """What a text warns of."""
    said = f" {words.casefold()} "
    return tuple(peril for peril, known in _WORDS.items() if any(word in said for word in known))


def is_sound(one: Warned, now: datetime) -> bool:
    """Whether its times can be true, and it is not over for good."""
    return one.starts_at < one.ends_at <= one.starts_at + LONGEST and one.ends_at > now - AFTERWARDS


def kecamatan_of(catalogue: Catalogue) -> Sequence[Area]:
    """The areas that a warning may name."""
    return [area for area in catalogue.areas if area.kind is AreaKind.KECAMATAN and area.active]
