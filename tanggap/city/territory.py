"""Where a city is: its areas and places, and the neighbours beyond its border."""

import math
from enum import StrEnum
from typing import Any

import msgspec

from tanggap.city.kinds import Provenance


class AreaKind(StrEnum):
    """The two levels below a city."""

    KECAMATAN = "kecamatan"
    KELURAHAN = "kelurahan"


class BoundingBox(msgspec.Struct, frozen=True):
    """Degrees WGS 84."""

    south: float
    west: float
    north: float
    east: float

    def contains(self, lat: float, lon: float) -> bool:
        """Whether the point lies in the box, its edges included."""
        return self.south <= lat <= self.north and self.west <= lon <= self.east


class NeighbourPlace(msgspec.Struct, frozen=True):
    """A district or town of a neighbour that callers of this city name."""

    name: str
    lat: float  # about its middle, degrees WGS 84
    lon: float
    reach_m: float  # how far it reaches from there, in metres, roughly
    aliases: tuple[str, ...] = ()


class Neighbour(msgspec.Struct, frozen=True):
    """A city or regency next to this one, and who answers the calls there."""

    code: str  # the ministry's: 74.05
    name: str
    lat: float  # its seat, degrees WGS 84
    lon: float
    answers: str  # who answers at `number`
    number: str  # to be called from anywhere, or at least from there
    places: tuple[NeighbourPlace, ...]
    provenance: Provenance
    source: str
    aliases: tuple[str, ...] = ()


class Area(msgspec.Struct, frozen=True):
    """A kecamatan or a kelurahan, with the ministry's code. Its geometry comes in by `tanggap import areas`, not by the pack."""

    code: str
    kind: AreaKind
    name: str
    parent: str | None  # the kecamatan of a kelurahan
    lat: float  # centre
    lon: float
    inner_lat: float  # a point surely inside
    inner_lon: float
    area_km2: float
    provenance: Provenance
    source: str
    aliases: tuple[str, ...] = ()
    active: bool = True
    geometry: dict[str, Any] | None = None  # GeoJSON Polygon or MultiPolygon
    geometry_source: str | None = None

    @property
    def radius_m(self) -> float:
        """The radius of a disc as large as the area, in metres: how uncertain a point is of which only the area is known."""
        return math.sqrt(self.area_km2 * 1e6 / math.pi)


class Place(msgspec.Struct, frozen=True):
    """A public place that callers name: a market, a bridge, a hospital, a main street."""

    code: str
    kind: str
    name: str
    aliases: tuple[str, ...]
    lat: float
    lon: float
    uncertainty_m: float
    area: str | None  # kelurahan
    provenance: Provenance
    source: str
    active: bool = True
