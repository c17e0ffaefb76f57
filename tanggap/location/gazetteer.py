"""The engine: every name of a city in memory, and from words to candidates with their reasons.

Stages, each a file: spelling (1) → phrases (2) → vocabulary, names, ranking (3) → finding: what agrees with its narrowings and
its neighbours (4) → places: a point, a radius, something to draw (5) → confidence: how sure.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from tanggap.city.boundaries import AreaFound
from tanggap.location import places
from tanggap.location.confidence import CONFIDENT
from tanggap.location.finding import AREA_NAMED, AREAS, Finder
from tanggap.location.model import Ask, Candidate, Entry, Found, Mention, NearBorder, Reason, Understood
from tanggap.location.names import Names, NamesFile
from tanggap.location.phrases import Phrases, understand
from tanggap.location.ranking import Asked
from tanggap.location.spelling import WORDS, WORDS_MARK, words

#: Half the width of the first band in which the nearest places are looked for, degrees: half a kilometre.
FIRST_BAND = 0.005
#: How an index file is written and by which words its names were folded; another is built anew. Count up with the layout.
FORM = f"tanggap-gazetteer-3-{WORDS_MARK}"
#: A place known only to within this is no answer to «what is here?», metres.
VAGUE_M = 400.0


class Areas(Protocol):
    """Whoever knows which kelurahan a point lies in."""

    def at(self, lat: float, lon: float) -> AreaFound | None:
        """The kelurahan of a point, degrees WGS 84."""


class Nearby(msgspec.Struct, frozen=True):
    """A known place near a point, for «what is here?»."""

    place: str
    name: str
    kind: str
    distance_m: float
    wind: str  # from the place to the point: «barat laut»


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    form: str
    entries: tuple[Entry, ...]
    names: NamesFile


class Gazetteer:
    """All places of a city. Never changed: a change makes another one (`with_changes`), which shares what stays.

    Changes go into a second layer of names over the first, so that one new name among 100,000 costs milliseconds.
    """

    def __init__(self, entries: Iterable[Entry], areas: Areas | None = None, city: str = "") -> None:
        self._set(tuple(entries), (), frozenset(), areas, city)

    def _set(
        self, entries: tuple[Entry, ...], layers: Sequence[Names], hidden: frozenset[int], areas: Areas | None, city: str
    ) -> None:
        self.entries = entries
        self.areas = areas
        self.city = city
        self._hidden = hidden
        self.layers: tuple[Names, ...] = tuple(layers) or (Names.of(entries, words(city)),)
        self._number = {entry.id: at for at, entry in enumerate(entries)}
        self._lat = np.radians([entry.lat for entry in entries])
        self._lon = np.radians([entry.lon for entry in entries])
        self._kelurahan = {entry.area: entry.name for entry in entries if entry.kind == "kelurahan" and entry.area}
        self._area_forms = [[form for form in layer.forms if entries[form.entry].kind in AREAS and form.entry not in hidden]
                            for layer in self.layers]  # fmt: skip

    def __len__(self) -> int:
        return len(self.entries) - len(self._hidden)

    @cached_property
    def kinds(self) -> Counter[str]:
        """How many places of each kind are in force; counted once, as a gazetteer never changes."""
        return Counter(entry.kind for entry in self._in_force())

    def entry(self, place: str) -> Entry | None:
        """The entry with this id."""
        at = self._number.get(place)
        return None if at is None or at in self._hidden else self.entries[at]

    def with_changes(self, changed: Sequence[Entry], removed: Collection[str] = ()) -> "Gazetteer":
        """Another gazetteer, with entries added, put in the place of older ones, or left out."""
        base = self.layers[0]
        size = base.forms[-1].entry + 1 if base.forms else 0
        newer = {entry.id: entry for at, entry in enumerate(self.entries[size:], size) if at not in self._hidden}
        newer.update((entry.id, entry) for entry in changed)
        gone = {*newer, *removed}
        kept = self.entries[:size]
        hidden = frozenset(at for at in range(size) if at in self._hidden or kept[at].id in gone)
        added = tuple(entry for entry in newer.values() if entry.id not in removed)
        other = Gazetteer.__new__(Gazetteer)
        layers = (base, Names.of(added, words(self.city), size, base)) if added else (base,)
        other._set((*kept, *added), layers, hidden, self.areas, self.city)
        if {"kinds", "_northwards"} <= self.__dict__.keys():  # whoever asked for them will ask again, and not wait then
            _ = other.kinds, other._northwards
        return other

    def save(self, path: Path) -> None:
        """Write entries and index to a file that `load` reads in a fraction of the time to build them."""
        whole = self if len(self.layers) == 1 and not self._hidden else Gazetteer(self._in_force(), self.areas, self.city)
        path.write_bytes(msgspec.msgpack.encode(_File(FORM, whole.entries, whole.layers[0].written())))

    def _in_force(self) -> Iterable[Entry]:
        return (entry for at, entry in enumerate(self.entries) if at not in self._hidden)

    @classmethod
    def load(cls, path: Path, areas: Areas | None = None, city: str = "") -> "Gazetteer":
        """Read what `save` wrote.

        Raises:
            OSError: there is none.
            ValueError: it is of another form, cut off, or contradicts itself.
        """
        try:
            file = msgspec.msgpack.decode(path.read_bytes(), type=_File)
            if file.form != FORM:
                raise ValueError(f"the index file is of the form {file.form[:60]}, not {FORM}")
            loaded = cls.__new__(cls)
            loaded._set(file.entries, (Names.read(file.names),), frozenset(), areas, city)
        except (msgspec.MsgspecError, LookupError, TypeError) as error:
            raise ValueError(f"no index file of a gazetteer: {type(error).__name__}") from error
        return loaded

    def find(self, said: str, most: int = 10, *, is_typing: bool = False) -> Found:
        """Places that `said` may mean, best first, and whether the best may be relied on.

        `is_typing` takes the last word for the beginning of one. Never raises; the time is bounded for any text.
        """
        phrases = understand(said)
        offered = tuple(Finder(self, is_typing).candidates(phrases)[:most])
        if not offered:
            return Found((), False, Ask.LANDMARK, _understood(phrases))
        confident = offered[0].p >= CONFIDENT
        return Found(offered, confident, None if confident else _ask(offered), _understood(phrases))

    def reverse(self, lat: float, lon: float, most: int = 3) -> tuple[Nearby, ...]:
        """«What is here?»: known places nearest to a point (degrees WGS 84), areas left out, nearest first."""
        if not self.entries:
            return ()
        found = []
        for at, away in self._nearest(lat, lon, 40 * most):
            entry = self.entries[at]
            if entry.kind not in AREAS and entry.uncertainty_m <= VAGUE_M and at not in self._hidden:
                where = places.wind(entry.lat, entry.lon, lat, lon)
                found.append(Nearby(entry.id, entry.name, entry.kind, round(away, 1), where))
        return tuple(found[:most])

    @cached_property
    def _northwards(self) -> NDArray[np.int64]:
        """Entries from south to north."""
        return np.argsort(self._lat, kind="stable")

    def _nearest(self, lat: float, lon: float, count: int) -> list[tuple[int, float]]:
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

    # ── what the finder asks ──

    def kind_of(self, at: int) -> str | None:
        """The class of an entry's kind."""
        return WORDS.entry_kinds.get(self.entries[at].kind)

    def is_hidden(self, at: int) -> bool:
        """Whether an entry is no longer in force."""
        return at in self._hidden

    def areas_named(self, asked: Asked) -> list[tuple[int, int]]:
        """Kelurahan and kecamatan that the words name: (bits of the words, entry)."""
        found = []
        for form in self._area_forms[self.layers.index(asked.names)]:
            used = 0
            for word in form.words:
                bits, likeness = asked.best(word, used) if word in asked.options else (0, 0.0)
                if likeness <= AREA_NAMED:
                    break
                used |= bits
            else:
                found.append((used, form.entry))
        return found

    def told(self, entry: Entry, spot: places.Spot, p: float, why: tuple[Reason, ...]) -> Candidate:
        """A candidate with its kelurahan, and the borders close by."""
        area, district = entry.area, entry.district
        near: tuple[NearBorder, ...] = ()
        found = self.areas.at(spot.lat, spot.lon) if self.areas and entry.kind not in AREAS else None
        if found is not None:
            area = found.area.code
            near = tuple(NearBorder(one.area.code, one.area.name, one.distance_m) for one in found.near)
        return Candidate(
            entry.id, entry.name, entry.kind, spot.lat, spot.lon, round(spot.uncertainty_m, 1), area,
            self._kelurahan.get(area or ""), district, round(p, 3), why, near, spot.drawn,
        )  # fmt: skip


def _understood(phrases: Phrases) -> Understood:
    mentions = tuple(
        Mention(tuple(token.text for token in piece.tokens), piece.relation, piece.distance_m, piece.is_target)
        for piece in phrases.pieces
    )
    hints = tuple(" ".join(mention.words) for mention in mentions if not mention.is_target)
    return Understood(mentions, hints, phrases.details, phrases.fillers)


def _ask(offered: Sequence[Candidate]) -> Ask:
    """The question that would help most: which one, when several are as likely; else where, or a landmark."""
    if len(offered) > 1 and offered[0].p > 0.3 and offered[1].name == offered[0].name:
        return Ask.WHICH
    if len(offered) > 1 and offered[0].p - offered[1].p < 0.1 and offered[0].p > 0.3:
        return Ask.KELURAHAN
    return Ask.LANDMARK
