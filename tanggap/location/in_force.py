"""The entries of a gazetteer by number, by id and by where they lie; what a change leaves alone is shared with the one before."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tanggap.location import places
from tanggap.location.model import Entry

#: Half the width of the first band in which the nearest places are looked for, degrees: half a kilometre.
FIRST_BAND = 0.005


class Built:
    """The entries that an index was built of; never changed."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.entries = entries
        self.number = {entry.id: at for at, entry in enumerate(entries)}
        self.lat = np.radians([entry.lat for entry in entries])
        self.lon = np.radians([entry.lon for entry in entries])
        self.kelurahan = kelurahan_of(entries)

    @cached_property
    def kinds(self) -> Counter[str]:
        """How many places of each kind there are."""
        return Counter(entry.kind for entry in self.entries)

    @cached_property
    def northwards(self) -> NDArray[np.int64]:
        """Entries from south to north."""
        return np.argsort(self.lat, kind="stable")


class InForce:
    """The entries of one gazetteer: those it was built of, less those that are hidden, and those added behind them."""

    def __init__(self, built: Built, added: tuple[Entry, ...] = (), hidden: frozenset[int] = frozenset()) -> None:
        self.built = built
        self.added = added
        self.hidden = hidden
        self.entries = (*built.entries, *added) if added else built.entries
        self.kelurahan = {**built.kelurahan, **kelurahan_of(added)} if added else built.kelurahan
        self._number = {entry.id: at for at, entry in enumerate(added, len(built.entries))}
        self._lat = np.concatenate((built.lat, np.radians([entry.lat for entry in added])))
        self._lon = np.concatenate((built.lon, np.radians([entry.lon for entry in added])))

    def __len__(self) -> int:
        return len(self.entries) - len(self.hidden)

    def with_changes(self, changed: Sequence[Entry], removed: Collection[str]) -> "InForce":
        """With entries added, put in the place of older ones, or left out."""
        newer = {entry.id: entry for entry in (*self.added, *changed)}
        known = self.built.number
        hidden = self.hidden | {known[gone] for gone in (*newer, *removed) if gone in known}
        return InForce(self.built, tuple(entry for entry in newer.values() if entry.id not in removed), hidden)

    def each(self) -> Iterator[Entry]:
        """All entries that are in force."""
        return (entry for at, entry in enumerate(self.entries) if at not in self.hidden)

    def at(self, place: str) -> int | None:
        """The number of the entry with this id."""
        at = self._number.get(place)
        if at is None:
            at = self.built.number.get(place)
        return None if at is None or at in self.hidden else at

    @cached_property
    def kinds(self) -> Counter[str]:
        """How many places of each kind are in force."""
        kinds = self.built.kinds.copy()
        kinds.update(entry.kind for entry in self.added)
        kinds.subtract(Counter(self.entries[at].kind for at in self.hidden))
        return +kinds

    @cached_property
    def _northwards(self) -> NDArray[np.int64]:
        ordered, size = self.built.northwards, len(self.built.entries)
        added = size + np.argsort(self._lat[size:], kind="stable")
        return np.insert(ordered, np.searchsorted(self._lat[ordered], self._lat[added]), added)

    def nearest(self, lat: float, lon: float, count: int) -> list[tuple[int, float]]:
        """The `count` nearest entries with their metres: looked for in a band of latitude that widens until it has them."""
        here, ordered, band = np.radians(lat), self._northwards, np.radians(FIRST_BAND)
        south_to_north = self._lat[ordered]
        while True:
            low, high = np.searchsorted(south_to_north, (here - band, here + band))
            inside = ordered[low:high]
            east = (self._lon[inside] - np.radians(lon)) * np.cos(here)
            metres = places.EARTH_M * np.hypot(self._lat[inside] - here, east)
            sure = int(np.count_nonzero(metres <= places.EARTH_M * band))
            if sure >= count or len(inside) == len(ordered):
                nearest = np.argsort(metres)[:count]
                return list(zip(inside[nearest].tolist(), metres[nearest].tolist(), strict=True))
            band *= 2


def kelurahan_of(entries: Sequence[Entry]) -> dict[str, str]:
    """The names of the kelurahan among some entries, by code."""
    return {entry.area: entry.name for entry in entries if entry.kind == "kelurahan" and entry.area}
