"""Outlines of RFC 5491 as a centre with a radius and, for the map, as GeoJSON."""

import math
from typing import Any

import msgspec
import shapely
from shapely.geometry.base import BaseGeometry

from tanggap.location.plane import Plane

#: Corners of a drawn curve; a chord leaves a circle by 0.2 % of its radius.
CORNERS = 48

#: (lat, lon) of corners, degrees.
Ring = list[tuple[float, float]]


class Shape(msgspec.Struct, frozen=True):
    """A centre, the radius of the circle that holds the whole shape, metres, and the shape itself unless it is that circle."""

    lat: float
    lon: float
    radius_m: float
    geometry: dict[str, Any] | None = None


def ellipse(lat: float, lon: float, major_m: float, minor_m: float, orientation: float) -> Shape:
    """An ellipse by its half axes; `orientation` is the major axis', degrees clockwise from north."""
    turn = math.radians(orientation)
    plane = Plane(lat, lon)
    ring = []
    for corner in range(CORNERS):
        along, across = major_m * math.cos(_turn(corner)), minor_m * math.sin(_turn(corner))
        east, north = along * math.sin(turn) + across * math.cos(turn), along * math.cos(turn) - across * math.sin(turn)
        ring.append(plane.degrees(east, north))
    return Shape(lat, lon, max(major_m, minor_m), _geometry(ring))


def _turn(corner: int) -> float:
    return 2 * math.pi * corner / CORNERS


def arc_band(lat: float, lon: float, inner_m: float, outer_m: float, start: float, opening: float) -> Shape:
    """A slice of a ring, as a cell's sector with its timing advance; angles are degrees clockwise from north."""
    plane = Plane(lat, lon)
    opening = min(max(opening, 1.0), 360.0)
    turns = [math.radians(start + opening * step / CORNERS) for step in range(CORNERS + 1)]
    outside = [plane.degrees(outer_m * math.sin(turn), outer_m * math.cos(turn)) for turn in turns]
    inside = [plane.degrees(inner_m * math.sin(turn), inner_m * math.cos(turn)) for turn in reversed(turns)]
    if opening >= 360:
        return Shape(lat, lon, outer_m, _geometry(outside))
    drawn = polygon(outside + (inside if inner_m else [(lat, lon)]))
    return drawn or Shape(lat, lon, outer_m)


def polygon(ring: Ring) -> Shape | None:
    """A polygon by its corners; None when they enclose nothing."""
    plane = Plane(*ring[0])
    flat = [plane.metres(lat, lon) for lat, lon in ring]
    shape: BaseGeometry = shapely.Polygon(flat)
    if not shape.is_valid:
        shape = shapely.convex_hull(shapely.MultiPoint(flat))
    if shape.area < 1:
        return None
    centre = shape.centroid
    radius_m = max(math.hypot(east - centre.x, north - centre.y) for east, north in flat)
    return Shape(*plane.degrees(centre.x, centre.y), radius_m, _geometry(ring))


def _geometry(ring: Ring) -> dict[str, Any]:
    closed = ring if ring[0] == ring[-1] else [*ring, ring[0]]
    return {"type": "Polygon", "coordinates": [[[round(lon, 7), round(lat, 7)] for lat, lon in closed]]}
