"""Streets, lanes and rivers: the parts of one name joined, one entry for each kelurahan and each part of the city."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from tanggap.city.boundaries import METRES_PER_DEGREE
from tanggap.location.imports.kinds import LINES
from tanggap.location.imports.model import Place
from tanggap.location.imports.shapes import spot_of, tidied
from tanggap.location.spelling import words

#: Parts of one name this close are one street; further apart they are two of one name.
JOINED_M = 250.0
#: A line is cut at a border between points this far apart, metres.
STEP_M = 100.0
#: A shorter line whose ends and middle lie in one kelurahan is not looked at closer, metres.
SHORT_M = 800.0
#: Less than this beyond a border is the border's fault, if the street goes on elsewhere.
SLIVER_M = 60.0
MOST_NAMES = 20

AreaAt = Callable[[float, float], str | None]  # latitude, longitude → code of the kelurahan


class Part(NamedTuple):
    """A part of a line within one kelurahan."""

    line: BaseGeometry
    of: Place


@lru_cache(maxsize=200_000)
def spoken(name: str) -> str:
    """A name as it is compared: «Jl. A. Yani» and «jalan a yani» are one."""
    return " ".join(words(name)) or name.casefold()


def joined(places: Iterable[Place], area_at: AreaAt) -> Iterator[Place]:
    """The places; lines of one name and kind joined and cut, after the others."""
    lines: defaultdict[tuple[str, str], list[Place]] = defaultdict(list)
    for place in places:
        if place.kind in LINES and place.shape is not None and "Line" in place.shape.geom_type:
            lines[place.kind, spoken(place.name)].append(place)
        else:
            yield place
    for (kind, name), parts in sorted(lines.items()):
        yield from _entries(f"{kind}/{name}", parts, area_at)


def _entries(name: str, places: Sequence[Place], area_at: AreaAt) -> Iterator[Place]:
    by_area: defaultdict[str | None, list[Part]] = defaultdict(list)
    for place in places:
        for area, line in _cut(place, area_at):
            by_area[area].append(Part(line, place))
    found = [(area, cluster) for area, parts in sorted(by_area.items(), key=str) for cluster in _clusters(parts)]
    longest = max(_metres(cluster) for _, cluster in found)
    numbers: Counter[str | None] = Counter()
    for area, cluster in found:
        if longest > SLIVER_M >= _metres(cluster):
            continue
        numbers[area] += 1
        number = f"/{numbers[area]}" if numbers[area] > 1 else ""
        yield _entry(f"{name}/{area or 'outside'}{number}"[:160], area, cluster)


def _entry(code: str, area: str | None, parts: Sequence[Part]) -> Place:
    first = min((part.of for part in parts), key=lambda place: place.number)
    name = Counter(part.of.name for part in parts).most_common(1)[0][0]
    others = dict.fromkeys(other for part in parts for other in (part.of.name, *part.of.names) if other != name)
    line = shapely.line_merge(shapely.union_all([part.line for part in parts]))
    spot = spot_of(line)
    return msgspec.structs.replace(
        first, id=code, name=name, names=tuple(others)[:MOST_NAMES], lat=round(spot.lat, 6), lon=round(spot.lon, 6),
        uncertainty_m=round(spot.reach_m, 1), area=area, shape=tidied(line),
    )  # fmt: skip


def _cut(place: Place, area_at: AreaAt) -> Iterator[tuple[str | None, BaseGeometry]]:
    """A line's parts by kelurahan."""
    for line in shapely.get_parts(place.shape):
        ends = shapely.get_coordinates(shapely.line_interpolate_point(line, (0.0, 0.5, 1.0), normalized=True)).tolist()
        at_ends = {area_at(lat, lon) for lon, lat in ends}
        if len(at_ends) == 1 and line.length * METRES_PER_DEGREE < SHORT_M:
            yield at_ends.pop(), line
            continue
        points = shapely.get_coordinates(shapely.segmentize(line, STEP_M / METRES_PER_DEGREE))
        middles = (points[:-1] + points[1:]) / 2
        areas = [area_at(lat, lon) for lon, lat in middles.tolist()]
        start = 0
        for at in range(1, len(areas) + 1):
            if at == len(areas) or areas[at] != areas[start]:
                yield areas[start], shapely.LineString(points[start : at + 1])
                start = at


def _clusters(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Parts that lie together, the westernmost cluster first."""
    if len(parts) == 1:
        yield list(parts)
        return
    lines = np.array([part.line for part in parts])
    near, other = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=JOINED_M / METRES_PER_DEGREE)
    leader = list(range(len(parts)))

    def lead(at: int) -> int:
        while leader[at] != at:
            leader[at] = leader[leader[at]]
            at = leader[at]
        return at

    for one, two in zip(near.tolist(), other.tolist(), strict=True):
        leader[lead(one)] = lead(two)
    clusters: defaultdict[int, list[Part]] = defaultdict(list)
    for at, part in enumerate(parts):
        clusters[lead(at)].append(part)
    yield from sorted(clusters.values(), key=lambda cluster: min(part.line.bounds[0] for part in cluster))


def _metres(parts: Sequence[Part]) -> float:
    """Length of the parts together; a degree is shorter from west to east, by less than a hundredth in Indonesia."""
    return math.fsum(float(part.line.length) for part in parts) * METRES_PER_DEGREE
