"""Shapes of a file's rows: made whole, turned into degrees, set where the city is, and reduced to a point and its reach."""

import math
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from tanggap.city.boundaries import METRES_PER_DEGREE
from tanggap.city.territory import BoundingBox
from tanggap.location.imports.model import Projection, RefusedError
from tanggap.location.imports.projections import degrees, utm_of

#: Outside the city's box by more than this, a row is of another place, or in other coordinates: about 2 km.
MARGIN_DEGREES = 0.02
#: Stored to 0.1 m; corners that lie within 3 m of the line without them are left out, of a huge shape within 20 m.
GRID_DEGREES, TIDY_DEGREES, COARSE_DEGREES = 1e-6, 0.00003, 0.0002
MOST_POINTS = 2_000
#: Mending takes ever longer with the number of crossings; no place of a city has so many corners.
MOST_MENDED = 20_000
#: How exact a drawn line is itself, metres.
DRAWN_M = 15.0


class Spot(NamedTuple):
    """A point that stands for a shape, and the circle around it in which the shape lies."""

    lat: float
    lon: float
    reach_m: float


class Ground:
    """The city's box and its grid: where rows must lie, and what rows that do not are suspected of."""

    def __init__(self, box: BoundingBox, projection: Projection | None) -> None:
        self.projection = projection
        margin = MARGIN_DEGREES
        self.box = shapely.box(box.west - margin, box.south - margin, box.east + margin, box.north + margin)
        shapely.prepare(self.box)
        self._grid = utm_of((box.south + box.north) / 2, (box.west + box.east) / 2)
        self._turn = math.cos(math.radians((box.south + box.north) / 2))

    def placed(self, shape: BaseGeometry) -> tuple[BaseGeometry, str]:
        """A shape in degrees where the city is, and a sentence on what was mended ('' when nothing was).

        Raises:
            RefusedError: it lies elsewhere; the reason says what is probably wrong.
        """
        west, south, east, north = shape.bounds
        if west == east == south == north == 0:
            raise RefusedError("its coordinates are 0, 0: the file does not know where it is")
        metres = max(abs(west), abs(east), abs(south), abs(north)) > 360
        if self.projection is not None and metres:
            return self._from_grid(shape, self.projection)
        if metres:
            raise RefusedError(self._metres(shape))
        return self._from_degrees(shape)

    def _from_degrees(self, shape: BaseGeometry) -> tuple[BaseGeometry, str]:
        if self.box.intersects(shape):
            return self._cut(shape), ""
        if self.box.intersects(turned := _turned(shape)):
            return self._cut(turned), "latitude and longitude were swapped"
        x, y = shape.centroid.coords[0] if not shape.is_empty else (0.0, 0.0)
        if not (-180 <= x <= 180 and -90 <= y <= 90):
            raise RefusedError(f"its coordinates {x:.5g}, {y:.5g} are no point on Earth")
        raise RefusedError(f"it lies {self.away_km(x, y):,.0f} km outside the city's box")

    def _from_grid(self, shape: BaseGeometry, grid: Projection) -> tuple[BaseGeometry, str]:
        for candidate, mended in ((shape, ""), (_turned(shape), "east and north were swapped")):
            if self.box.intersects(turned := _to_degrees(candidate, grid)):
                return self._cut(turned), mended
        if self.box.intersects(_to_degrees(shape, self._grid)):
            raise RefusedError(f"read as {grid.name} it lies outside the city, as {self._grid.name} inside: {self._hint()}")
        x, y = _to_degrees(shape, grid).centroid.coords[0]
        raise RefusedError(f"read as {grid.name} it lies {self.away_km(x, y):,.0f} km outside the city's box")

    def _metres(self, shape: BaseGeometry) -> str:
        near = any(self.box.intersects(_to_degrees(one, self._grid)) for one in (shape, _turned(shape)))
        if near:
            return f"its coordinates are metres, probably {self._grid.name}: {self._hint()}"
        return "its coordinates are metres of an unknown grid: say which UTM zone with --zone"

    def _hint(self) -> str:
        return f"if so, import with --zone {self._grid.name.removeprefix('UTM ')}"

    def _cut(self, shape: BaseGeometry) -> BaseGeometry:
        return shape if self.box.covers(shape) else shapely.intersection(shape, self.box)

    def away_km(self, lon: float, lat: float) -> float:
        """How far a point lies outside the box, kilometres."""
        west, south, east, north = self.box.bounds
        x = max(west - lon, 0, lon - east) * self._turn
        y = max(south - lat, 0, lat - north)
        return math.hypot(x, y) * METRES_PER_DEGREE / 1000


def whole(shape: BaseGeometry) -> tuple[BaseGeometry, str]:
    """A shape without heights that crosses itself nowhere, and what was mended; of a mixture its largest kind.

    Raises:
        RefusedError: nothing is left of it.
    """
    flat = shapely.force_2d(shape)
    if not np.isfinite(shapely.get_coordinates(flat)).all():
        raise RefusedError("its coordinates are not all numbers")
    mended = ""
    if not flat.is_valid:
        if shapely.get_num_coordinates(flat) > MOST_MENDED:
            raise RefusedError("its outline crosses itself, and is too long to be mended here")
        flat, mended = shapely.make_valid(flat), "its outline crossed itself"
    if flat.geom_type == "GeometryCollection":
        parts = shapely.get_parts(flat)
        most = max((int(shapely.get_dimensions(part)) for part in parts), default=-1)
        flat = shapely.union_all([part for part in parts if int(shapely.get_dimensions(part)) == most])
    if flat.is_empty:
        raise RefusedError("it has no coordinates")
    return flat, mended


def spot_of(shape: BaseGeometry) -> Spot:
    """The middle of a shape in degrees: of a line a point on it, of an area one inside it."""
    if isinstance(shape, shapely.Point):
        return Spot(shape.y, shape.x, 0.0)
    flat = _squared(shape, shape.centroid.y)
    middle = _middle(flat)
    reach = float(shapely.hausdorff_distance(flat, middle)) * METRES_PER_DEGREE
    turn = math.cos(math.radians(shape.centroid.y))
    return Spot(middle.y, middle.x / turn, reach + DRAWN_M)


def tidied(shape: BaseGeometry) -> BaseGeometry | None:
    """A line or an area as it is stored: without needless corners; none for points."""
    if shape.geom_type in ("Point", "MultiPoint"):
        return None
    simple = shapely.simplify(shape, TIDY_DEGREES)
    if shapely.get_num_coordinates(simple) > MOST_POINTS:
        simple = shapely.simplify(simple, COARSE_DEGREES)
    rounded = shapely.set_precision(simple, GRID_DEGREES)
    return None if rounded.is_empty else shapely.normalize(rounded)


def _middle(flat: BaseGeometry) -> shapely.Point:
    if isinstance(flat, shapely.LineString):
        return shapely.Point(shapely.line_interpolate_point(flat, 0.5, normalized=True))
    centre = flat.centroid
    if flat.geom_type == "MultiPoint" or flat.contains(centre):
        return centre
    if flat.geom_type == "MultiLineString":
        return shapely.Point(shapely.get_coordinates(shapely.shortest_line(flat, centre))[0])
    return flat.point_on_surface()


def _squared(shape: BaseGeometry, lat: float) -> BaseGeometry:
    turn = math.cos(math.radians(lat))
    return shapely.transform(shape, lambda points: points * (turn, 1.0))


def _turned(shape: BaseGeometry) -> BaseGeometry:
    return shapely.transform(shape, lambda points: points[:, ::-1])


def _to_degrees(shape: BaseGeometry, grid: Projection) -> BaseGeometry:
    def turn(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.nan_to_num(degrees(points, grid), nan=0.0, posinf=0.0, neginf=0.0)

    return shapely.transform(shape, turn)
