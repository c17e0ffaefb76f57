"""Stage 5: from the places that the words name to a point, how uncertain it is, and what to draw."""

import math
from typing import Any

import msgspec

from tanggap.location.model import Entry, Relation
from tanggap.location.plane import distance_m

EARTH_M = 6_371_008.8

#: What a relation adds to the uncertainty of the place, in metres: people say «depan» for the other side of the street, and
#: «dekat» for what is in sight. Proposed; to be replaced by what a city's own corrected points say.
ADDS_M = {
    Relation.AT: 0.0, Relation.FRONT: 20.0, Relation.BESIDE: 30.0, Relation.BEHIND: 40.0, Relation.OPPOSITE: 40.0,
    Relation.NEAR: 75.0, Relation.BEFORE: 75.0, Relation.AFTER: 75.0, Relation.INTO: 50.0, Relation.BETWEEN: 0.0,
    Relation.ALONG: 50.0, Relation.JUNCTION: 0.0,
}  # fmt: skip
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
    return Spot(entry.lat, entry.lon, entry.uncertainty_m + ADDS_M[relation], entry.outline)


def between(one: Entry, other: Entry) -> Spot:
    """Between two places: the middle, uncertain enough to reach both."""
    apart = apart_m(one, other)
    reach = apart / 2 + min(one.uncertainty_m, other.uncertainty_m, 200.0)
    return Spot((one.lat + other.lat) / 2, (one.lon + other.lon) / 2, max(reach, one.uncertainty_m), _line(one, other))


def junction(one: Entry, other: Entry) -> Spot:
    """Where two streets meet: of their lines where they are known, else between their points."""
    crossing = _crossing(one, other)
    return crossing or between(one, other)


def along(one: Entry, other: Entry, metres: float | None) -> Spot:
    """`metres` from one place in the direction of another; without a distance, near the first."""
    apart = apart_m(one, other)
    if metres is None or apart == 0:
        return Spot(one.lat, one.lon, one.uncertainty_m + ADDS_M[Relation.ALONG], _line(one, other))
    share = min(1.0, metres / apart)
    lat, lon = one.lat + (other.lat - one.lat) * share, one.lon + (other.lon - one.lon) * share
    return Spot(lat, lon, one.uncertainty_m + max(0.5 * metres, ADDS_M[Relation.ALONG]), _line(one, other))


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
