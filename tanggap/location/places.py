"""Stage 5: from the places that the words name to a point, how uncertain it is, and what to draw.

Radii are at 95 % (`uncertainty.py`). How exactly a place is known and how far from it the event lies are independent of each
other, so their radii are joined as the sides of a right angle: added up, they would hold nearly everybody.
"""

import math
from typing import Any

import msgspec

from tanggap.location.model import Entry, Relation
from tanggap.location.plane import distance_m

EARTH_M = 6_371_008.8

#: How far the event lies from the place beside which it is told, metres, at 95 %: people say «depan» for the other side of the
#: street, and «dekat» for what is in sight. Proposed; to be replaced by what a city's own corrected points say.
REACH_M = {
    Relation.AT: 0.0, Relation.INTO: 40.0, Relation.FRONT: 60.0, Relation.BESIDE: 60.0, Relation.BEHIND: 80.0,
    Relation.OPPOSITE: 60.0, Relation.NEAR: 150.0, Relation.BEFORE: 150.0, Relation.AFTER: 150.0,
}  # fmt: skip
#: The circle around the middle that holds what lies «between», as a share of the way from one to the other: who is at either end
#: names that end alone. `benchmarks/radii.py` finds it, where the assumption stands as well.
BETWEEN_SHARE = 0.41
#: How far off a spoken distance is, as a share of it, and at least, metres: nobody measures, and no way is straight.
SPOKEN_SHARE, SPOKEN_LEAST_M = 0.5, 40.0
#: Two places further apart than this have nothing «between» them that a crew could search.
FARTHEST_M = 6_000.0


class Spot(msgspec.Struct, frozen=True):
    """A point (degrees WGS 84), the radius around it that holds the true point, metres, and a geometry to draw."""

    lat: float
    lon: float
    uncertainty_m: float
    drawn: dict[str, Any] | None = None


def apart_m(one: Entry, other: Entry) -> float:
    """Metres between the points of two entries."""
    return distance_m(one.lat, one.lon, other.lat, other.lon)


def beside(entry: Entry, relation: Relation) -> Spot:
    """At, in front of, near one place."""
    return Spot(entry.lat, entry.lon, math.hypot(entry.uncertainty_m, REACH_M.get(relation, 0.0)), entry.outline)


def between(one: Entry, other: Entry) -> Spot:
    """Between two places: the middle, within which nineteen of twenty are who say so."""
    return _middle(one, other, BETWEEN_SHARE)


def junction(one: Entry, other: Entry) -> Spot:
    """Where two streets meet: of their lines where they are known, else anywhere from one of their points to the other."""
    return _crossing(one, other) or _middle(one, other, 0.5)


def along(one: Entry, other: Entry, metres: float | None) -> Spot:
    """`metres` from one place in the direction of another; without a distance, near the first."""
    apart = apart_m(one, other)
    if metres is None or apart == 0:
        return Spot(one.lat, one.lon, math.hypot(one.uncertainty_m, REACH_M[Relation.NEAR]), _line(one, other))
    share = min(1.0, metres / apart)
    lat, lon = one.lat + (other.lat - one.lat) * share, one.lon + (other.lon - one.lon) * share
    off_m = max(SPOKEN_SHARE * metres, SPOKEN_LEAST_M)
    return Spot(lat, lon, math.hypot(one.uncertainty_m, off_m), _line(one, other))


def _middle(one: Entry, other: Entry, share: float) -> Spot:
    """Halfway; the two places' own errors are halved there, and independent of each other."""
    reach = math.hypot(share * apart_m(one, other), one.uncertainty_m / 2, other.uncertainty_m / 2)
    return Spot((one.lat + other.lat) / 2, (one.lon + other.lon) / 2, reach, _line(one, other))


def _line(one: Entry, other: Entry) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": [[one.lon, one.lat], [other.lon, other.lat]]}


def _crossing(one: Entry, other: Entry) -> Spot | None:
    """The vertices of two lines that are closest, when they are within a street's width."""
    nearest = min(
        ((distance_m(y, x, v, u), (y + v) / 2, (x + u) / 2) for x, y in _vertices(one) for u, v in _vertices(other)), default=None
    )
    if nearest is None or nearest[0] > 40.0:
        return None
    return Spot(nearest[1], nearest[2], 30.0, {"type": "Point", "coordinates": [nearest[2], nearest[1]]})


def _vertices(entry: Entry) -> list[list[float]]:
    outline = entry.outline or {}
    lines = {"LineString": [outline.get("coordinates", [])], "MultiLineString": outline.get("coordinates", [])}
    return [vertex for line in lines.get(str(outline.get("type")), []) for vertex in line][:400]


_WINDS = ("utara", "timur laut", "timur", "tenggara", "selatan", "barat daya", "barat", "barat laut")


def wind(lat: float, lon: float, lat2: float, lon2: float) -> str:
    """The direction from the first point to the second, one of eight, as it is said."""
    east = (lon2 - lon) * math.cos(math.radians(lat))
    return _WINDS[round(math.degrees(math.atan2(east, lat2 - lat)) / 45) % 8]
