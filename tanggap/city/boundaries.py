"""Where the city's areas lie: which kelurahan a point is in, how near a border, and their outlines for the map."""

import math
from functools import lru_cache

import msgspec
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from tanggap.city.model import Catalogue
from tanggap.city.territory import Area

#: Metres in a degree of latitude (WGS 84 mean meridian); over a city the flat plane is off by less than a metre a kilometre.
METRES_PER_DEGREE = 111_195.0

#: A border closer than this to a point is worth saying: sets of kelurahan outlines disagree by about as much.
NEAR_M = 150.0

#: A point this far outside all outlines still counts to the nearest: piers, bridges, and outlines that are not exact.
SHORE_M = 500.0

#: Without an outline, a centre answers for points up to this many radii (of a disc of the area's size) away.
CENTRE_RADII = 3.0

#: For the map of the whole city, corners that enclose less than a square of this side are left out (about 55 m).
SIMPLIFY_DEGREES = 0.0005


class NearArea(msgspec.Struct, frozen=True):
    """Another area whose border is close to the point."""

    area: Area
    distance_m: float


class AreaFound(msgspec.Struct, frozen=True):
    """The kelurahan of a point, and how sure that is."""

    area: Area
    source: str  # boundary: by its outline | centre: the nearest centre, for want of an outline
    inside: bool  # whether the outline contains the point; with source `centre` always false
    uncertainty_m: float  # 0 inside an outline; else the distance to it, or the radius of the area
    near: tuple[NearArea, ...] = ()


class AreaIndex:
    """The kelurahan of one catalogue on a flat plane of metres around the city's centre."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._origin = np.array([catalogue.city.centre_lon, catalogue.city.centre_lat])
        self._scale = np.array([METRES_PER_DEGREE * math.cos(math.radians(catalogue.city.centre_lat)), METRES_PER_DEGREE])
        self._west_east = float(self._origin[0]), float(self._scale[0])
        self._south_north = float(self._origin[1]), float(self._scale[1])
        self._outlined = [area for area in catalogue.kelurahan if area.geometry]
        self._bare = [area for area in catalogue.kelurahan if not area.geometry]
        self._shapes = [shapely.transform(shape_of(area), self._plane) for area in self._outlined]
        self._tree = shapely.STRtree(self._shapes)
        #: Names of the neighbours and of their places, as callers say them.
        self.beyond: tuple[str, ...] = ()
        for neighbour in catalogue.city.neighbours:
            self.beyond += (neighbour.name, *neighbour.aliases)
            self.beyond += tuple(name for place in neighbour.places for name in (place.name, *place.aliases))
        # Plain numbers: for some dozen centres a loop is quicker than the vector's overhead.
        self._centres = self._plane(np.array([(area.lon, area.lat) for area in self._bare]).reshape(-1, 2)).tolist()

    def at(self, lat: float, lon: float) -> AreaFound | None:
        """The kelurahan of a point (degrees WGS 84), or None when it lies outside the city."""
        x = (lon - self._west_east[0]) * self._west_east[1]
        y = (lat - self._south_north[0]) * self._south_north[1]
        return self._by_outline(x, y) or self._by_centre(x, y)

    def away_m(self, lat: float, lon: float) -> float:
        """Metres from a point to the city: to the nearest outline, or to the disc of an area that has none; 0 inside."""
        x = (lon - self._west_east[0]) * self._west_east[1]
        y = (lat - self._south_north[0]) * self._south_north[1]
        outlined = float(shapely.distance(self._shapes, shapely.Point(x, y)).min()) if self._outlined else math.inf
        discs = zip(self._bare, self._centres, strict=True)
        return min([outlined, *(max(0.0, math.hypot(east - x, north - y) - area.radius_m) for area, (east, north) in discs)])

    def _by_outline(self, x: float, y: float) -> AreaFound | None:
        if not self._outlined:
            return None
        point = shapely.Point(x, y)
        within = self._tree.query(point, predicate="dwithin", distance=SHORE_M)
        if not len(within):
            return None
        away = sorted((float(shapely.distance(self._shapes[i], point)), float(self._shapes[i].area), int(i)) for i in within)
        distance, _, nearest = away[0]
        near = tuple(NearArea(self._outlined[i], round(far, 1)) for far, _, i in away[1:] if far <= NEAR_M)
        return AreaFound(self._outlined[nearest], "boundary", distance == 0, round(distance, 1), near)

    def _by_centre(self, x: float, y: float) -> AreaFound | None:
        if not self._bare:
            return None
        away = [math.hypot(east - x, north - y) for east, north in self._centres]
        nearest, *next_ones = sorted(range(len(away)), key=away.__getitem__)[:4]
        distance = away[nearest]
        area = self._bare[nearest]
        radius = area.radius_m
        if distance > CENTRE_RADII * radius:
            return None
        others = [(away[place], self._bare[place]) for place in next_ones]
        near = tuple(NearArea(other, round(far, 1)) for far, other in others if far <= CENTRE_RADII * other.radius_m)
        return AreaFound(area, "centre", False, round(max(radius, distance), 1), near)

    def _plane(self, degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        plane: NDArray[np.float64] = (degrees - self._origin) * self._scale
        return plane


def shape_of(area: Area) -> BaseGeometry:
    """An area's stored outline, in degrees (lon, lat)."""
    return shapely.from_geojson(msgspec.json.encode(area.geometry))


@lru_cache(maxsize=16)
def index_of(catalogue: Catalogue) -> AreaIndex:
    """The index of a catalogue, made once."""
    return AreaIndex(catalogue)


def area_at(catalogue: Catalogue, lat: float, lon: float) -> AreaFound | None:
    """The kelurahan of a point (degrees WGS 84), how sure that is, and the borders close by; None outside the city.

    By the outlines where there are any, else by the nearest centre.
    """
    return index_of(catalogue).at(lat, lon)


@lru_cache(maxsize=16)
def areas_geojson(catalogue: Catalogue) -> bytes:
    """The kelurahan as GeoJSON for the map: simplified outlines, shared borders stay shared; a centre where there is none."""
    outlined = [area for area in catalogue.kelurahan if area.geometry]
    simple: dict[str, BaseGeometry] = {}
    if outlined:
        shapes = shapely.coverage_simplify([shape_of(area) for area in outlined], SIMPLIFY_DEGREES)
        simple = dict(zip((area.code for area in outlined), shapely.set_precision(shapes, 1e-5, mode="pointwise"), strict=True))
    features: list[dict[str, object]] = []
    for area in catalogue.kelurahan:
        shape = simple.get(area.code, shapely.Point(area.lon, area.lat))
        features.append(
            {
                "type": "Feature",
                "id": len(features) + 1,  # MapLibre's feature states want a number
                "properties": {
                    "kode": area.code,
                    "nama": area.name,
                    "kecamatan": catalogue.kecamatan_of(area.code).name,
                    "centre": [area.inner_lon, area.inner_lat],
                },
                "geometry": msgspec.Raw(shapely.to_geojson(shape).encode()),
            }
        )
    return msgspec.json.encode({"type": "FeatureCollection", "features": features})
