"""Where callers are who say so: the model by which true points are drawn for made-up queries. Seeded.

No city has told where its callers really were. What stands here is assumed in the open, apart from the engine: whoever measures
radii measures them against these sentences, and a city that has its own corrected points replaces them.

- A place lies within its stated radius of its stated point, 95 %, normally distributed.
- An event «depan», «dekat» it lies within the relation's reach of the place, 95 %, normally distributed, in any direction.
- «Antara A dan B» is somewhere on the way and rather in the middle (Beta(2, 2) of the way): who is at either end names that end.
  Ways bend: off the straight line by 15 % of its length (one standard deviation) in the middle, by nothing at the ends.
- «200 meter dari A arah B»: a fifth wrong in length and in direction (one standard deviation), as ways bend and nobody measures.
- «Di kelurahan X» is at one of the places that are known to lie in it.
"""

import math
import random
from collections.abc import Sequence

from tanggap.location.model import Entry, Relation
from tanggap.location.places import REACH_M
from tanggap.location.plane import Plane
from tanggap.location.stretches import AREAS
from tanggap.location.uncertainty import radii

#: Off the straight line in the middle of the way, as a share of its length, one standard deviation.
BEND = 0.15
#: How wrong a spoken distance is, as a share of it, and its direction, radians; one standard deviation.
SPOKEN = 0.2
#: A place known this exactly, metres, says whether a kelurahan's circle holds it.
EXACT_M = 150.0

Point = tuple[float, float]


def strayed(rng: random.Random, point: Point, *radii_m: float) -> Point:
    """A point off another by independent errors, each given by its radius at 95 %, metres."""
    sigma = math.hypot(*radii_m) / radii(0.95)
    return Plane(*point).degrees(rng.gauss(0, sigma), rng.gauss(0, sigma))


def at(rng: random.Random, entry: Entry, relation: Relation = Relation.AT) -> Point:
    """Where somebody is who says that he is at, or in front of, or near a place."""
    return strayed(rng, (entry.lat, entry.lon), entry.uncertainty_m, REACH_M.get(relation, REACH_M[Relation.NEAR]))


def between(rng: random.Random, one: Entry, other: Entry) -> Point:
    """Where somebody is who says that he is between two places."""
    start, end = at(rng, one), at(rng, other)
    plane = Plane(*start)
    east, north = plane.metres(*end)
    share = rng.betavariate(2, 2)
    bend = rng.gauss(0, BEND) * 4 * share * (1 - share)
    return plane.degrees(share * east - bend * north, share * north + bend * east)


def along(rng: random.Random, one: Entry, other: Entry, metres: float) -> Point:
    """Where somebody is who says that he is so many metres from one place in the direction of another."""
    start = at(rng, one)
    east, north = Plane(*start).metres(other.lat, other.lon)
    bearing = math.atan2(east, north) + rng.gauss(0, SPOKEN)
    far = metres * (1 + rng.gauss(0, SPOKEN))
    return Plane(*start).degrees(far * math.sin(bearing), far * math.cos(bearing))


def within(area: Entry, entries: Sequence[Entry]) -> list[Point]:
    """The places that are known exactly and to lie in a kelurahan or a kecamatan."""
    return [
        (entry.lat, entry.lon) for entry in entries
        if entry.kind not in AREAS and entry.uncertainty_m <= EXACT_M
        and (entry.area == area.area if area.kind == "kelurahan" else entry.district == area.district)
    ]  # fmt: skip
