"""The nouns of fusing: a source and the places it may mean, what a device said of itself, and the one estimate of all."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from tanggap.location.model import NearBorder, Reason
from tanggap.platform.i18n import N_


class Origin(StrEnum):
    """Where a source has its point from."""

    MAP = "map"  # set by hand, after listening
    WORDS = "words"  # what was said, found in the gazetteer
    DEVICE = "device"  # the caller's browser
    AML = "aml"  # the phone itself, while it called
    PIDF_LO = "pidf_lo"  # the network, or another centre
    NETWORK = "network"  # a cell: a large circle or a sector
    CALLER = "caller"  # where this caller's earlier reports were
    INCIDENT = "incident"  # open incidents nearby


#: How a source is called in a sentence.
ORIGIN_WORDS: Mapping[Origin, str] = {
    Origin.MAP: N_("titik pilihan petugas"),
    Origin.WORDS: N_("kata-kata pelapor"),
    Origin.DEVICE: N_("HP pelapor"),
    Origin.AML: N_("AML dari HP pelapor"),
    Origin.PIDF_LO: N_("lokasi dari jaringan"),
    Origin.NETWORK: N_("sel jaringan"),
    Origin.CALLER: N_("laporan sebelumnya"),
    Origin.INCIDENT: N_("kejadian di dekatnya"),
}


class Fix(msgspec.Struct, frozen=True):
    """A point as a device or a network gave it."""

    lat: float  # degrees WGS 84
    lon: float
    uncertainty_m: float  # radius at 95 %
    stated_m: float | None = None  # the radius as it was stated …
    confidence: float | None = None  # … and at which confidence, 0–1
    shape: dict[str, Any] | None = None  # GeoJSON geometry, where it was no circle


class Heard(msgspec.Struct, frozen=True):
    """A message that says where a device is, as it came and as it was understood; without a `fix` it says of no place."""

    origin: Origin
    raw: str
    fix: Fix | None = None
    measured_at: datetime | None = None
    flaws: tuple[str, ...] = ()  # what was odd, by name: no_fix, odd_point, odd_radius, wrong_length …
    civic: Mapping[str, str] = {}  # a civic address, by the names of RFC 5139
    more: Mapping[str, str] = {}  # everything else that was said
    identity: Mapping[str, str] = {}  # numbers of the SIM, the device, the subscriber: never told, kept in `raw` only


class Spot(msgspec.Struct, frozen=True):
    """One place that a source may mean."""

    lat: float
    lon: float
    uncertainty_m: float  # radius at 95 %
    p: float = 1.0  # how likely it is, among the spots of its source
    label: str = ""


class Source(msgspec.Struct, frozen=True):
    """One witness of where it is: a single spot, or several with their probabilities."""

    origin: Origin
    spots: tuple[Spot, ...]


class Estimate(msgspec.Struct, frozen=True):
    """Where it is, by all that is known."""

    lat: float
    lon: float
    uncertainty_m: float  # radius at 95 %
    used: tuple[Origin, ...]  # the sources that agree with it, the best first
    unused: tuple[Origin, ...]  # the sources that do not
    label: str = ""  # of the spot that stands, when it has a name
    spots: tuple[Spot, ...] = ()  # what else it may be: the other places, heaviest first
    warnings: tuple[Reason, ...] = ()
    area: str | None = None  # kelurahan code; none: outside the city, or not known
    kelurahan: str | None = None
    near: tuple[NearBorder, ...] = ()
    is_outside: bool = False
