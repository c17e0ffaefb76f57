"""The engine: every name of a city in memory, and from words to candidates with their reasons.

Stages, each a file: spelling (1) → phrases (2) → vocabulary, names, ranking (3) → here: what agrees with its narrowings and its
neighbours (4) → places: a point, a radius, something to draw (5) → confidence: how sure.
"""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec
import numpy as np

from tanggap.city.boundaries import AreaFound
from tanggap.location import places
from tanggap.location.confidence import CONFIDENT, Evidence, probability
from tanggap.location.model import Ask, Candidate, Entry, Found, Mention, NearBorder, Reason, Relation, Understood
from tanggap.location.names import Names
from tanggap.location.phrases import Phrases, Piece, understand
from tanggap.location.ranking import Asked, Match
from tanggap.location.reasons import reasons
from tanggap.location.spelling import WORDS, words

#: Candidates of one stretch of words that are compared with those of the others.
KEPT = 10
#: A name that was said is known from this score on; below it nothing is offered.
LEAST_SCORE = 0.34
#: What a narrowing that agrees adds to a score, and one that disagrees takes.
AGREES, DISAGREES = 0.10, 0.10
#: Places this close, in metres, and of one name are one place.
SAME_M = 120.0
#: Words name an area when each of its words agrees this well.
AREA_NAMED = 0.8
#: Both names of a pair must be known this well.
PAIRED = 0.4
#: What is left of a score when the place only narrows, for each place named before it, and for an area beside a place.
NARROWING_ONLY, LATER, AREA_BESIDE_PLACE = 0.75, 0.9, 0.85
#: What is left of a score when another place was named before it in the same breath.
SECOND = 0.85
#: How much an area suffers from words that it leaves unexplained: they name the place that it narrows.
AREA_ALONE = 0.5
#: What is left of a street's score beside a place that was named on it.
STREET_BESIDE_PLACE = 0.9
#: A name of which this share was said is surely named.
SURELY = 0.9
#: Two places named together are expected within this distance, metres, beyond their uncertainties.
NEAR_M = 700.0
#: Candidates told at most.
MOST = 10
#: A place known only to within this is no answer to «what is here?», metres.
VAGUE_M = 400.0
_AREAS = frozenset({"kelurahan", "kecamatan"})
_WAYS = frozenset({"street", "lane"})


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


class Scored(NamedTuple):
    """An entry that a stretch of words may mean."""

    entry: int
    score: float
    match: Match
    asked: Asked
    piece: Piece
    order: int  # of its stretch among the others


class Gazetteer:
    """All places of a city. Never changed: a change makes another one (`with_changes`)."""

    def __init__(self, entries: Iterable[Entry], areas: Areas | None = None, city: str = "") -> None:
        self.entries = tuple(entries)
        self.areas = areas
        self.city = city
        self._number = {entry.id: at for at, entry in enumerate(self.entries)}
        self._class = [WORDS.entry_kinds.get(entry.kind) for entry in self.entries]
        self._names = Names(self.entries, words(city))
        self._lat = np.radians([entry.lat for entry in self.entries])
        self._lon = np.radians([entry.lon for entry in self.entries])
        self._kelurahan = {entry.area: entry.name for entry in self.entries if entry.kind == "kelurahan" and entry.area}
        self._area_forms = [form for form in self._names.forms if self.entries[form.entry].kind in _AREAS]

    def __len__(self) -> int:
        return len(self.entries)

    def entry(self, place: str) -> Entry | None:
        """The entry with this id."""
        at = self._number.get(place)
        return None if at is None else self.entries[at]

    def with_changes(self, changed: Sequence[Entry], removed: Collection[str] = ()) -> "Gazetteer":
        """Another gazetteer, with entries added, put in the place of older ones, or left out."""
        kept = {entry.id: entry for entry in self.entries if entry.id not in removed}
        kept.update((entry.id, entry) for entry in changed)
        return Gazetteer(kept.values(), self.areas, self.city)

    def save(self, path: Path) -> None:
        """Write the entries to a file that `load` reads."""
        path.write_bytes(msgspec.msgpack.encode(self.entries))

    @classmethod
    def load(cls, path: Path, areas: Areas | None = None, city: str = "") -> "Gazetteer":
        """Read what `save` wrote."""
        return cls(msgspec.msgpack.decode(path.read_bytes(), type=tuple[Entry, ...]), areas, city)

    def find(self, said: str, most: int = 10, *, is_typing: bool = False) -> Found:
        """Places that `said` may mean, best first, and whether the best may be relied on.

        `is_typing` takes the last word for the beginning of one. Never raises; the time is bounded for any text.
        """
        phrases = understand(said)
        scored = [self._scored(piece, order, is_typing) for order, piece in enumerate(phrases.pieces)]
        candidates = self._pairs(phrases, is_typing) or self._singles(scored)
        if not candidates:
            return Found((), False, Ask.LANDMARK, _understood(phrases))
        offered = tuple(candidates[:most])
        confident = offered[0].p >= CONFIDENT
        return Found(offered, confident, None if confident else _ask(offered), _understood(phrases))

    # ── one stretch of words ──

    def _scored(self, piece: Piece, order: int, is_typing: bool = False) -> list[Scored]:
        """The entries that a stretch of words may mean, each once, best first."""
        has_name = any(not (token.kind or token.is_filler) and token.text.isalnum() for token in piece.tokens)
        asked = Asked(piece.tokens, self._names, is_typing)
        best: dict[int, Match] = {}
        for at in asked.candidates():
            entry = self._names.forms[at].entry
            match = asked.match(at, self._class[entry])
            if not has_name and (match.of_name < 0.95 or len(match.agreements) < 2):
                continue  # «pasar», «kopi di situ» name nothing; «Kopi Kita» does
            if entry not in best or match.score > best[entry].score:
                best[entry] = match
        ordered = sorted(best.items(), key=lambda one: -one[1].score)[: 2 * KEPT]
        narrowing = self._areas_in(asked)
        found = [Scored(entry, self._explained(entry, match, asked, narrowing, best), match, asked, piece, order)
                 for entry, match in ordered]  # fmt: skip
        return sorted((one for one in found if one.score >= LEAST_SCORE), key=lambda one: -one.score)[:KEPT]

    def _areas_in(self, asked: Asked) -> list[tuple[int, int]]:
        """Kelurahan and kecamatan that the words name: (bits of the words, entry)."""
        found = []
        for form in self._area_forms:
            used, is_named = 0, True
            for word in form.words:
                bits, likeness = asked.best(word, used)
                is_named = is_named and likeness > AREA_NAMED
                used |= bits
            if is_named:
                found.append((used, form.entry))
        return found

    def _explained(
        self, at: int, match: Match, asked: Asked, narrowing: list[tuple[int, int]], others: dict[int, Match]
    ) -> float:
        """The score once the words left over are explained: by the area it lies in, or by another name in the same breath."""
        left = asked.left_weight(match.used)
        first = asked.starts_at(match.used)
        explained, factor, rest = 0.0, 1.0, match.used
        is_area = self.entries[at].kind in _AREAS
        for bits, area in sorted(narrowing, key=lambda one: -one[0].bit_count()):
            if bits & rest or area == at:
                continue
            rest |= bits
            weight = asked.left_weight(~bits & asked.every)
            agrees = self._agrees(at, area)
            explained += weight * (0.9 if agrees else 0.3)
            factor *= 1.0 if agrees else 1 - DISAGREES
            if agrees and self.entries[at].kind == "kecamatan" and self.entries[area].kind == "kelurahan":
                factor *= AREA_BESIDE_PLACE
        others_said = [(other_at, other) for other_at, other in others.items()
                       if other_at != at and not other.used & match.used and other.of_name > 0.8]  # fmt: skip
        also = (other.of_name * asked.left_weight(~other.used & asked.every) for _, other in others_said if not other.used & rest)
        explained += 0.9 * match.of_name * max(also, default=0.0)
        if any(
            asked.starts_at(other.used) < first and self.entries[other_at].kind not in _AREAS for other_at, other in others_said
        ):
            factor *= SECOND
        if is_area and any(self.entries[other_at].kind not in _AREAS for other_at, _ in others_said):
            factor *= AREA_BESIDE_PLACE
        of_said = asked.of_said(match, max(0.0, left - explained))
        if is_area:
            factor *= of_said**AREA_ALONE
        return match.score * (of_said / match.of_said) ** 0.7 * factor if match.of_said else 0.0

    def _agrees(self, at: int, area: int) -> bool:
        """Whether an entry lies in an area, or so near that sets of outlines may disagree."""
        entry, within = self.entries[at], self.entries[area]
        if within.kind == "kecamatan" and entry.district is not None and entry.district == within.district:
            return True
        if within.kind == "kelurahan" and entry.area is not None and entry.area == within.area:
            return True
        return places.apart_m(entry, within) <= 1.2 * within.uncertainty_m + min(entry.uncertainty_m, 400.0)

    # ── several stretches together ──

    def _singles(self, scored: list[list[Scored]]) -> list[Candidate]:
        """One list of all stretches' entries: targets before narrowings, what agrees with the others before what does not."""
        pool: list[tuple[float, Scored]] = []
        has_place = any(found and found[0].score > 0.75 and self.entries[found[0].entry].kind not in _AREAS for found in scored)
        for found in scored:
            for one in found:
                pool.append((self._in_context(one, scored, has_place), one))
        pool.sort(key=lambda one: -one[0])
        chosen = self._apart(pool)
        return [self._candidate(value, one, chosen, scored) for value, one in chosen]

    def _in_context(self, one: Scored, scored: list[list[Scored]], has_place: bool) -> float:
        value = one.score
        if not one.piece.is_target:
            value *= NARROWING_ONLY
        value *= LATER ** sum(1 for found in scored[: one.order] if found and not _overlaps(found[0], one))
        if has_place and self.entries[one.entry].kind in _AREAS:
            value *= AREA_BESIDE_PLACE
        for other in scored:
            if other and other[0].order != one.order and other[0].score > 0.6 and not _overlaps(other[0], one):
                near = any(self._near(one.entry, neighbour.entry) for neighbour in other[:3])
                value *= 1 + AGREES if near else 1 - DISAGREES / 3
        return value

    def _near(self, at: int, other: int) -> bool:
        one, two = self.entries[at], self.entries[other]
        if two.kind in _AREAS:
            return self._agrees(at, other)
        return places.apart_m(one, two) <= NEAR_M + one.uncertainty_m + two.uncertainty_m

    def _apart(self, pool: list[tuple[float, Scored]]) -> list[tuple[float, Scored]]:
        """Each place once: entries of one name at one spot are the same place."""
        chosen: list[tuple[float, Scored]] = []
        for value, one in pool:
            entry = self.entries[one.entry]
            for _, other in chosen:
                same = self.entries[other.entry]
                if same.id == entry.id or (
                    same.name == entry.name and same.kind == entry.kind and places.apart_m(same, entry) < SAME_M
                ):
                    break
            else:
                chosen.append((value, one))
            if len(chosen) == MOST:
                break
        return chosen

    def _candidate(self, value: float, one: Scored, pool: list[tuple[float, Scored]], scored: list[list[Scored]]) -> Candidate:
        entry = self.entries[one.entry]
        direction = next((found[0] for found in scored if found and found[0].piece.relation is Relation.ALONG), None)
        relation = one.piece.relation
        if direction is not None and direction is not one and one.piece.is_target:
            spot = places.along(entry, self.entries[direction.entry], one.piece.distance_m)
        else:
            spot = places.beside(
                entry, Relation.AT if relation in (Relation.ALONG, Relation.BETWEEN, Relation.JUNCTION) else relation
            )
        return self._told(entry, spot, self._sure(value, one, pool, scored), reasons(self._names, one.asked, one.match))

    def _sure(self, value: float, one: Scored, pool: list[tuple[float, Scored]], scored: list[list[Scored]]) -> float:
        rival = max((other for other, two in pool if two.entry != one.entry and not self._same_name_area(one, two)), default=0.0)
        agreements = one.match.agreements
        likeness = sum(a.likeness for a in agreements) / len(agreements) if agreements else 0.0
        left = one.asked.left_weight(one.match.used)
        said = one.score / max(one.match.of_name**0.8, 0.01)
        elsewhere = any(
            found and found[0].asked.elsewhere(one.match.used if found[0].order == one.order else 0) for found in scored
        )
        return probability(
            Evidence(one.match.of_name, min(1.0, said), max(-0.5, value - rival), min(2.0, one.match.mass), likeness,
                     float(np.log10(len(self._names.forms) + 1)), left, float(elsewhere))
        )  # fmt: skip

    def _same_name_area(self, one: Scored, two: Scored) -> bool:
        """A kelurahan and the kecamatan of the same name do not speak against each other."""
        first, second = self.entries[one.entry], self.entries[two.entry]
        return first.name == second.name and {first.kind, second.kind} == _AREAS

    def _pairs(self, phrases: Phrases, is_typing: bool) -> list[Candidate]:
        """«antara A dan B», «perempatan A – B»: the reading whose two places are both known best; then each place alone."""
        best: tuple[float, list[Scored], list[Scored]] | None = None
        for one, two in phrases.pairs:
            first, second = self._scored(one, 0, is_typing), self._scored(two, 1, is_typing)
            if first and second:
                value = min(first[0].score, second[0].score)
                if best is None or value > best[0]:
                    best = (value, first, second)
        if best is None or best[0] < PAIRED:
            return []
        _, first, second = best
        found = [self._pair(a, b, [first, second]) for a, b in zip(first[:3], [second[0]] * 3, strict=False)]
        ranked = [(one.score * LATER, one) for one in second[:3]]
        alone = [self._candidate(value, one, ranked, [first, second]) for value, one in ranked]
        return [*found, *(msgspec.structs.replace(one, p=min(one.p, found[0].p)) for one in alone)]

    def _pair(self, one: Scored, two: Scored, scored: list[list[Scored]]) -> Candidate:
        a, b = self.entries[one.entry], self.entries[two.entry]
        spot = (places.junction if one.piece.relation is Relation.JUNCTION else places.between)(a, b)
        if places.apart_m(a, b) > places.FARTHEST_M:
            spot = places.beside(a, Relation.NEAR)
        both = ((one, scored[0]), (two, scored[1]))
        sure = min(self._sure(each.score, each, [(rival.score, rival) for rival in found], [found]) for each, found in both)
        why = (*reasons(self._names, one.asked, one.match), *reasons(self._names, two.asked, two.match))
        told = self._told(a, spot, sure, why)
        return msgspec.structs.replace(told, also=(b.id,), name=f"{a.name} – {b.name}")

    # ── telling ──

    def _told(self, entry: Entry, spot: places.Spot, p: float, why: tuple[Reason, ...]) -> Candidate:
        area, district = entry.area, entry.district
        near: tuple[NearBorder, ...] = ()
        found = self.areas.at(spot.lat, spot.lon) if self.areas and entry.kind not in _AREAS else None
        if found is not None:
            area = found.area.code
            near = tuple(NearBorder(one.area.code, one.area.name, one.distance_m) for one in found.near)
        return Candidate(
            entry.id, entry.name, entry.kind, spot.lat, spot.lon, round(spot.uncertainty_m, 1), area,
            self._kelurahan.get(area or ""), district, round(p, 3), why, near, spot.drawn,
        )  # fmt: skip

    def reverse(self, lat: float, lon: float, most: int = 3) -> tuple[Nearby, ...]:
        """«What is here?»: known places nearest to a point (degrees WGS 84), areas left out, nearest first."""
        if not self.entries:
            return ()
        east = (self._lon - np.radians(lon)) * np.cos(np.radians(lat))
        metres = places.EARTH_M * np.hypot(self._lat - np.radians(lat), east)
        nearest = np.argpartition(metres, min(len(metres) - 1, 4 * most))[: 4 * most + 1]
        found = []
        for at in nearest[np.argsort(metres[nearest])].tolist():
            entry = self.entries[at]
            if entry.kind not in _AREAS and entry.uncertainty_m <= VAGUE_M:
                where = places.wind(entry.lat, entry.lon, lat, lon)
                found.append(Nearby(entry.id, entry.name, entry.kind, round(float(metres[at]), 1), where))
        return tuple(found[:most])


def _overlaps(one: Scored, other: Scored) -> bool:
    """Whether two stretches share words: two readings of the same."""
    return not {*map(id, one.piece.tokens)}.isdisjoint(map(id, other.piece.tokens))


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
