"""An OpenStreetMap extract of a city that never was, as large as asked, for measuring and testing imports."""

import math
import random
from collections.abc import Iterator
from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Relation, Way

#: A box inside Kendari: south, west, north, east.
BOX = (-4.06, 122.45, -3.95, 122.60)
SYLLABLES = (
    "ka",
    "le",
    "po",
    "wu",
    "nda",
    "ra",
    "to",
    "mba",
    "si",
    "ho",
    "lu",
    "ngga",
    "me",
    "ti",
    "a",
    "nu",
    "ba",
    "so",
    "wa",
    "ke",
)
POINTS = (
    ("amenity", "cafe", "Kedai"), ("amenity", "school", "SD Negeri"), ("amenity", "place_of_worship", "Masjid"),
    ("shop", "convenience", "Toko"), ("amenity", "clinic", "Klinik"), ("office", "government", "Kantor"),
    ("amenity", "fuel", "SPBU"), ("amenity", "bank", "Bank"),
)  # fmt: skip
#: Of a hundred named objects: points, parts of streets, housing areas; the rest are rivers, relations and bus routes.
SHARES = (60, 28, 9, 1, 1, 1)


def write_extract(path: Path, objects: int, seed: int = 112) -> None:
    """Write `objects` named objects, and the unnamed points that ways need. The same seed writes the same."""
    rng = random.Random(seed)
    points, streets, areas, rivers, relations, routes = (objects * share // 100 for share in SHARES)
    points += objects - sum((points, streets, areas, rivers, relations, routes))
    ids = _Ids()
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for number in range(points):
            key, value, word = POINTS[number % len(POINTS)]
            name = f"{word} {_name(rng)} {number}"
            tags = {key: value, "name": name} | ({"alt_name": f"{word} {_name(rng)};{_name(rng)}"} if number % 5 == 0 else {})
            writer.add_node(Node(id=ids.node(), location=_somewhere(rng), tags=tags, version=1))
        ways: list[Way] = []
        names = [f"Jalan {_name(rng)} {number}" for number in range(max(1, streets // 4))]
        starts = [_somewhere(rng) for _ in names]
        for number in range(streets):
            at = number % len(names)
            line = list(_walk(rng, starts[at], 8))
            starts[at] = line[-1]
            ways.append(_way(writer, ids, line, {"highway": "residential", "name": names[at]}))
        for _ in range(areas):
            tags = {"landuse": "residential", "name": f"Perumahan {_name(rng)}"}
            ways.append(_way(writer, ids, _square(_somewhere(rng)), tags))
        for _ in range(rivers):
            tags = {"waterway": "river", "name": f"Sungai {_name(rng)}"}
            ways.append(_way(writer, ids, list(_walk(rng, _somewhere(rng), 30)), tags))
        rings = [_way(writer, ids, _square(_somewhere(rng), 0.002), {}) for _ in range(relations)]
        for way in (*ways, *rings):
            writer.add_way(way)
        for ring in rings:
            tags = {"type": "multipolygon", "amenity": "university", "name": f"Universitas {_name(rng)}"}
            writer.add_relation(Relation(id=ids.relation(), members=[("w", ring.id, "outer")], tags=tags, version=1))
        for number in range(routes):
            members = [("w", rng.choice(ways).id, "") for _ in range(6)]
            tags = {"type": "route", "route": "bus", "name": f"Trayek {number}"}
            writer.add_relation(Relation(id=ids.relation(), members=members, tags=tags, version=1))


class _Ids:
    """Counts up, for each kind of object."""

    def __init__(self) -> None:
        self._last = {"node": 0, "way": 0, "relation": 0}

    def node(self) -> int:
        return self._next("node")

    def way(self) -> int:
        return self._next("way")

    def relation(self) -> int:
        return self._next("relation")

    def _next(self, kind: str) -> int:
        self._last[kind] += 1
        return self._last[kind]


def _way(writer: osmium.SimpleWriter, ids: _Ids, line: list[tuple[float, float]], tags: dict[str, str]) -> Way:
    """Write the points of a way; the way itself comes after all points."""
    closed = line[0] == line[-1]
    nodes = []
    for point in line[:-1] if closed else line:
        nodes.append(ids.node())
        writer.add_node(Node(id=nodes[-1], location=point, version=1))
    return Way(id=ids.way(), nodes=[*nodes, nodes[0]] if closed else nodes, tags=tags, version=1)


def _name(rng: random.Random) -> str:
    return "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(2, 4))).capitalize()


def _somewhere(rng: random.Random) -> tuple[float, float]:
    south, west, north, east = BOX
    return rng.uniform(west, east), rng.uniform(south, north)


def _walk(rng: random.Random, start: tuple[float, float], steps: int) -> Iterator[tuple[float, float]]:
    """A line that wanders, with steps of about 50 m."""
    lon, lat = start
    heading = rng.uniform(0, 2 * math.pi)
    yield lon, lat
    for _ in range(steps):
        heading += rng.uniform(-0.4, 0.4)
        lon, lat = lon + 0.00045 * math.cos(heading), lat + 0.00045 * math.sin(heading)
        yield lon, lat


def _square(corner: tuple[float, float], side: float = 0.001) -> list[tuple[float, float]]:
    lon, lat = corner
    return [(lon, lat), (lon + side, lat), (lon + side, lat + side), (lon, lat + side), (lon, lat)]
