"""The nouns of location: an entry of the gazetteer, what was understood of the words, a candidate and why, an estimate."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from tanggap.incident.model import Location
from tanggap.platform.i18n import N_


class Geometry(StrEnum):
    """How far a place reaches."""

    POINT = "point"
    LINE = "line"  # a street, a river, a bus route
    AREA = "area"  # a kelurahan, a housing complex, a campus


class Entry(msgspec.Struct, frozen=True):
    """One place of the gazetteer, with every name that people give it."""

    id: str
    kind: str  # kelurahan, kecamatan, street, lane, housing, junction, bridge, river, school, hospital, market, cafe …
    name: str
    names: tuple[str, ...]  # alternative and colloquial names, without `name`
    lat: float  # degrees WGS 84
    lon: float
    uncertainty_m: float  # the true point lies within this distance of (lat, lon)
    area: str | None = None  # kelurahan code
    district: str | None = None  # kecamatan name
    outline: dict[str, Any] | None = None  # GeoJSON geometry of a line or an area, where one is known
    source: str = ""
    licence: str = ""


class Relation(StrEnum):
    """How the words place the event relative to a place that they name."""

    AT = "at"
    NEAR = "near"  # dekat, sekitar
    FRONT = "front"  # depan
    BESIDE = "beside"  # samping, sebelah
    BEHIND = "behind"  # belakang
    OPPOSITE = "opposite"  # seberang
    BETWEEN = "between"  # antara A dan B
    ALONG = "along"  # 200 meter dari A arah B
    JUNCTION = "junction"  # perempatan A – B
    BEFORE = "before"  # sebelum
    AFTER = "after"  # sesudah, lewat
    INTO = "into"  # masuk lorong


class Mention(msgspec.Struct, frozen=True):
    """One place that the words name, as they name it."""

    words: tuple[str, ...]  # normalised
    relation: Relation
    distance_m: float | None = None
    #: False for «arah B»: B only says in which direction.
    is_target: bool = True


class Understood(msgspec.Struct, frozen=True):
    """The words, taken apart."""

    mentions: tuple[Mention, ...]
    hints: tuple[str, ...]  # kelurahan or kecamatan that narrow the search, normalised
    details: Mapping[str, str]  # number, block, rt, rw, floor, colour: kept for the crew, they find no place
    fillers: tuple[str, ...]


class Reason(msgspec.Struct, frozen=True):
    """One sentence of «why»: a gettext key with named gaps, and what fills them."""

    sentence: str
    filled: Mapping[str, str] = {}


class NearBorder(msgspec.Struct, frozen=True):
    """A kelurahan whose border is so close that the point may lie in it."""

    area: str  # kelurahan code
    name: str
    distance_m: float


class Candidate(msgspec.Struct, frozen=True):
    """A place that the words may mean: a point, how uncertain it is, and why."""

    place: str  # the entry's id; of several for «between», the first
    name: str
    kind: str
    lat: float
    lon: float
    uncertainty_m: float
    area: str | None  # kelurahan code
    kelurahan: str | None  # its name
    district: str | None  # kecamatan name
    p: float  # probability that it is the place meant, calibrated, 0–1
    why: tuple[Reason, ...] = ()
    near: tuple[NearBorder, ...] = ()
    #: GeoJSON geometry to draw beside the circle: the line from A to B, a street, an outline.
    drawn: dict[str, Any] | None = None
    #: The other entries that the point was made from: B of «antara A dan B».
    also: tuple[str, ...] = ()

    def as_location(self) -> Location:
        """The candidate as a report's location, found by words."""
        return Location(self.lat, self.lon, self.uncertainty_m, "words", self.name, self.area)


class Ask(StrEnum):
    """What to ask the caller when the words are not enough; the values are questions to be read out."""

    LANDMARK = N_("Dekat apa? Sebutkan masjid, sekolah, toko, atau kantor yang terlihat.")
    WHICH = N_("Yang mana? Ada beberapa dengan nama itu.")
    KELURAHAN = N_("Di kelurahan atau kecamatan mana?")
    CITY = N_("Apakah di dalam kota ini?")


class Found(msgspec.Struct, frozen=True):
    """The answer for some words: candidates, best first, and whether the first may be relied on."""

    candidates: tuple[Candidate, ...]
    confident: bool
    ask: Ask | None
    understood: Understood
