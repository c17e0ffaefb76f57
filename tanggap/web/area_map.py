"""A map of the kelurahan as a drawing in the page itself: outlines where the city has loaded them, else discs of their size.

It needs no tiles, no script and no network, prints as it is, and weighs little enough for a phone.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from tanggap.city.model import Catalogue
from tanggap.city.territory import Area

#: The drawing is so wide; its height follows.
WIDTH = 1000.0
#: Outlines are drawn to this, as a share of the width: finer than a pixel on a phone is weight for nothing.
FINENESS = 0.002
#: Shades of a map: 0 for nothing, 5 for the most.
SHADES = 5
METRES_PER_DEGREE = 111_320.0


class Outline(NamedTuple):
    """One kelurahan as it is drawn: a path, or a disc when that is empty."""

    code: str
    name: str
    path: str
    x: float
    y: float
    r: float


class Drawing(NamedTuple):
    """All kelurahan of a city."""

    height: float
    outlines: tuple[Outline, ...]


class Shaded(NamedTuple):
    """A kelurahan with what it says."""

    outline: Outline
    shade: int
    said: str


#: By city, the catalogue that was drawn last.
_DRAWN: dict[str, tuple[Catalogue, Drawing]] = {}


def drawing(catalogue: Catalogue) -> Drawing:
    """The city's kelurahan, drawn once for each version of its catalogue."""
    found = _DRAWN.get(catalogue.city.code)
    if found is None or found[0] is not catalogue:
        found = _DRAWN[catalogue.city.code] = (catalogue, _draw(catalogue.kelurahan))
    return found[1]


def _draw(areas: Sequence[Area]) -> Drawing:
    if not areas:
        return Drawing(WIDTH, ())
    middle = sum(area.lat for area in areas) / len(areas)
    narrow = math.cos(math.radians(middle))
    known = {area.code: shape(area.geometry) for area in areas if area.geometry}
    boxes = [_box(area, known.get(area.code), narrow) for area in areas]
    west, south = min(box[0] for box in boxes), min(box[1] for box in boxes)
    east, north = max(box[2] for box in boxes), max(box[3] for box in boxes)
    scale = WIDTH / max((east - west) * narrow, 1e-9)

    def at(lon: float, lat: float) -> tuple[float, float]:
        return (lon - west) * narrow * scale, (north - lat) * scale

    outlines = []
    for area in areas:
        x, y = at(area.lon, area.lat)
        path = _path(known[area.code].simplify(FINENESS * WIDTH / scale), at) if area.code in known else ""
        outlines.append(Outline(area.code, area.name, path, x, y, _degrees(area) * scale * 0.8))
    return Drawing((north - south) * scale, tuple(outlines))


def _degrees(area: Area) -> float:
    return area.radius_m / METRES_PER_DEGREE


def _box(area: Area, geometry: BaseGeometry | None, narrow: float) -> tuple[float, float, float, float]:
    if geometry is not None:
        west, south, east, north = geometry.bounds
        return west, south, east, north
    r = _degrees(area)
    return area.lon - r / narrow, area.lat - r, area.lon + r / narrow, area.lat + r


def _path(geometry: BaseGeometry, at: Any) -> str:
    parts = getattr(geometry, "geoms", [geometry])
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    return "".join(
        "M" + " ".join(f"{x:.0f},{y:.0f}" for x, y in (at(lon, lat) for lon, lat, *_ in ring.coords)) + "Z" for ring in rings
    )


def shaded(catalogue: Catalogue, values: Mapping[str, float], said: Mapping[str, str]) -> list[Shaded]:
    """Each kelurahan shaded by its value's share of the greatest. The largest are drawn first, so that none is hidden."""
    most = max(values.values(), default=0) or 1
    found = []
    for outline in sorted(drawing(catalogue).outlines, key=lambda one: -one.r):
        value = values.get(outline.code, 0)
        found.append(Shaded(outline, min(SHADES, math.ceil(SHADES * value / most)), said.get(outline.code, "–")))
    return found
