"""The same place twice: within a file it becomes one, beside a place that is there it adds its names to that one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tanggap.location.imports.kinds import LINES
from tanggap.location.imports.lines import spoken
from tanggap.location.imports.model import Place
from tanggap.location.plane import distance_m

#: Two places of one name and kind are the same within this distance, metres, or within what either may be off.
SAME_M = 100.0
#: However vague both are: farther apart than this they are two.
APART_M = 2_000.0
MOST_NAMES = 20


class Known(NamedTuple):
    """A place that is in the gazetteer already, of another owner or data set."""

    code: str
    kind: str
    name: str
    names: Sequence[str]
    lat: float
    lon: float
    uncertainty_m: float
    area: str | None


class Twins:
    """Places by the names they are compared by."""

    def __init__(self) -> None:
        self._named: defaultdict[tuple[str, str], list[Known | Place]] = defaultdict(list)

    def add(self, place: Known | Place, names: Iterable[str]) -> None:
        """Let it be found under these names."""
        for name in names:
            self._named[place.kind, name].append(place)

    def of(self, place: Place, name: str) -> Known | Place | None:
        """The nearest that is the same as `place`, whose compared name is `name`."""
        near = ((distance_m(place.lat, place.lon, other.lat, other.lon), at, other)
                for at, other in enumerate(self._named.get((place.kind, name), ())) if _may_be_one(place, other))  # fmt: skip
        found = min(near, default=None)
        if found is None:
            return None
        distance, _, other = found
        within = min(APART_M, max(SAME_M, place.uncertainty_m, other.uncertainty_m))
        return other if distance <= within else None


def _may_be_one(one: Place, two: Known | Place) -> bool:
    """Parts of one street in two kelurahan are two entries."""
    return one.kind not in LINES or one.area is None or two.area is None or one.area == two.area


def merged(places: Iterable[Place]) -> Iterator[Place]:
    """The places of a file, each once; a later one adds its names to the first, and its outline where that has none."""
    twins = Twins()
    for place in places:
        if place.same_as is not None:
            yield place
            continue
        name = spoken(place.name)
        first = twins.of(place, name)
        if isinstance(first, Place):
            _take(first, place)
        else:
            twins.add(place, [name])
            yield place


def _take(first: Place, other: Place) -> None:
    names = dict.fromkeys(name for name in (*first.names, other.name, *other.names) if name != first.name)
    first.names = tuple(names)[:MOST_NAMES]
    if first.shape is None and other.shape is not None:
        first.shape, first.lat, first.lon = other.shape, other.lat, other.lon
        first.uncertainty_m = other.uncertainty_m


def named_after(places: Iterable[Place], known: Iterable[Known]) -> int:
    """Mark the places that are there already (`same_as`); how many."""
    twins = Twins()
    for one in known:
        twins.add(one, dict.fromkeys(spoken(name) for name in (one.name, *one.names)))
    count = 0
    for place in places:
        if place.same_as is None:
            other = twins.of(place, spoken(place.name))
            if isinstance(other, Known):
                place.same_as = other.code
                count += 1
    return count
