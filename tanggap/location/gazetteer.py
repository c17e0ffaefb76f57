"""The engine: every name of a city in memory, and from words to candidates with their reasons.

Stages, each a file: spelling (1) → phrases (2) → vocabulary, names, ranking (3) → finding: what agrees with its narrowings and
its neighbours (4) → places: a point, a radius, something to draw (5) → confidence: how sure.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from tanggap.city.boundaries import AreaFound
from tanggap.location import places
from tanggap.location.confidence import CONFIDENT
from tanggap.location.finding import Finder
from tanggap.location.in_force import Built, InForce
from tanggap.location.model import Ask, Candidate, Entry, Found, Mention, NearBorder, Reason, Understood
from tanggap.location.names import Form, Names, NamesFile
from tanggap.location.phrases import Phrases, understand
from tanggap.location.ranking import Asked
from tanggap.location.recalled import Recalled
from tanggap.location.spelling import ELSEWHERE, FILLERS, WORDS, WORDS_MARK, words
from tanggap.location.stretches import AREA_NAMED, AREAS

#: How an index file is written and by which words its names were folded; another is built anew. Count up with the layout.
FORM = f"tanggap-gazetteer-3-{WORDS_MARK}"
#: A place known only to within this is no answer to «what is here?», metres.
VAGUE_M = 400.0
#: Words that the name of another city has at most.
LONGEST_BEYOND = 4


class Areas(Protocol):
    """Whoever knows which kelurahan a point lies in, and what lies beyond the border."""

    @property
    def beyond(self) -> Collection[str]:
        """Names of the neighbours and of their places."""

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
        built = Built(tuple(entries))
        self._set(InForce(built), (Names.of(built.entries, words(city)),), areas, city)

    def _set(
        self, in_force: InForce, layers: Sequence[Names], areas: Areas | None, city: str, of_areas: Sequence[Form] | None = None
    ) -> None:
        self._in_force = in_force
        self.entries = in_force.entries
        self.areas = areas
        self.city = city
        self.layers: tuple[Names, ...] = tuple(layers)
        self._of_areas = self._naming_areas(self.layers[0].forms) if of_areas is None else of_areas
        newer = (self._naming_areas(layer.forms) for layer in self.layers[1:])
        self._area_forms = [[form for form in self._of_areas if not self.is_hidden(form.entry)], *newer]
        self._recalled = Recalled()
        self._beyond = ELSEWHERE.union(map(words, areas.beyond if areas else ()))

    def _naming_areas(self, forms: Sequence[Form]) -> list[Form]:
        return [form for form in forms if self.entries[form.entry].kind in AREAS]

    def __len__(self) -> int:
        return len(self._in_force)

    @property
    def kinds(self) -> Counter[str]:
        """How many places of each kind are in force; counted once, as a gazetteer never changes."""
        return self._in_force.kinds

    def entry(self, place: str) -> Entry | None:
        """The entry with this id."""
        at = self._in_force.at(place)
        return None if at is None else self.entries[at]

    def with_changes(self, changed: Sequence[Entry], removed: Collection[str] = ()) -> "Gazetteer":
        """Another gazetteer, with entries added, put in the place of older ones, or left out."""
        base, older = self.layers[0], self._in_force
        newer = older.with_changes(changed, removed)
        layers = (base, Names.of(newer.added, words(self.city), len(newer.built.entries), base)) if newer.added else (base,)
        other = Gazetteer.__new__(Gazetteer)
        other._set(newer, layers, self.areas, self.city, self._of_areas)
        gone = (self.entry(place) for place in (*removed, *(entry.id for entry in changed)))
        other._recalled = self._recalled.after([*changed, *filter(None, gone)], base)
        return other

    def save(self, path: Path) -> None:
        """Write entries and index to a file that `load` reads in a fraction of the time to build them."""
        is_whole = len(self.layers) == 1 and not self._in_force.hidden
        whole = self if is_whole else Gazetteer(self._in_force.each(), self.areas, self.city)
        path.write_bytes(msgspec.msgpack.encode(_File(FORM, whole.entries, whole.layers[0].written())))

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
            loaded._set(InForce(Built(file.entries)), (Names.read(file.names),), areas, city)
        except (msgspec.MsgspecError, LookupError, TypeError) as error:
            raise ValueError(f"no index file of a gazetteer: {type(error).__name__}") from error
        return loaded

    def find(self, said: str, most: int = 10, *, is_typing: bool = False) -> Found:
        """Places that `said` may mean, best first, and whether the best may be relied on.

        `is_typing` takes the last word for the beginning of one. Never raises; the time is bounded for any text.
        """
        phrases = understand(said)
        offered = tuple(Finder(self, is_typing).candidates(phrases)[:most])
        texts = words(said)
        doubt = self._doubt(texts, offered)
        confident = bool(offered) and offered[0].p >= CONFIDENT and doubt is None
        return Found(offered, confident, None if confident else doubt or _ask(offered), _understood(phrases))

    def _doubt(self, said: Sequence[str], offered: Sequence[Candidate]) -> Ask | None:
        """The question to ask however well a name agrees: only the city was named, or a place beyond its border."""
        city_words = self.layers[0].city_words
        if not city_words.isdisjoint(said) and all(word in city_words or word == "kota" or word in FILLERS for word in said):
            return Ask.KELURAHAN
        if self._names_beyond(said) and not (offered and self._says_all_of(offered[0], said)):
            return Ask.CITY
        return None

    def _says_all_of(self, one: Candidate, said: Sequence[str]) -> bool:
        """Whether every word of one of a place's names was said."""
        entry = self.entry(one.place)
        return entry is not None and any(set(words(name)).issubset(said) for name in (entry.name, *entry.names))

    def _names_beyond(self, said: Sequence[str]) -> bool:
        """Whether words name another city, a neighbour or a place there."""
        runs = (tuple(said[at : at + length]) for at in range(len(said)) for length in range(1, LONGEST_BEYOND + 1))
        return not self._beyond.isdisjoint(runs)

    def recalled(self, said: str, most: int = 10) -> Found:
        """As `find`, kept for who asks again; handed on by `with_changes` where no change could be found by these words."""
        found = self._recalled.get(said, most)
        if found is None:
            found = self.find(said, most)
            self._recalled.keep(said, most, found)
        return found

    def reverse(self, lat: float, lon: float, most: int = 3) -> tuple[Nearby, ...]:
        """«What is here?»: known places nearest to a point (degrees WGS 84), areas left out, nearest first."""
        if not self.entries:
            return ()
        found = []
        for at, away in self._in_force.nearest(lat, lon, 40 * most):
            entry = self.entries[at]
            if entry.kind not in AREAS and entry.uncertainty_m <= VAGUE_M and not self.is_hidden(at):
                where = places.wind(entry.lat, entry.lon, lat, lon)
                found.append(Nearby(entry.id, entry.name, entry.kind, round(away, 1), where))
        return tuple(found[:most])

    # ── what the finder asks ──

    def kind_of(self, at: int) -> str | None:
        """The class of an entry's kind."""
        return WORDS.entry_kinds.get(self.entries[at].kind)

    def is_hidden(self, at: int) -> bool:
        """Whether an entry is no longer in force."""
        return at in self._in_force.hidden

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
            self._in_force.kelurahan.get(area or ""), district, round(p, 3), why, near, spot.drawn,
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
