"""Stage 4: the names that agree are held against each other: narrowings, neighbours, what was named first.

«Kelurahan Wua-Wua, kompleks Puri Pradana» is the housing complex, because it lies in the kelurahan; «Lippo Plaza, dekat lampu
merah Wua-Wua» is Lippo Plaza, because it was named first.
"""

from collections.abc import Sequence

import msgspec
import numpy as np

from tanggap.location import places
from tanggap.location.confidence import Evidence, probability
from tanggap.location.model import Candidate, Relation
from tanggap.location.phrases import Phrases
from tanggap.location.reasons import reasons
from tanggap.location.stretches import AGREES, AREA_BESIDE_PLACE, AREAS, DISAGREES, Known, Scored, Stretches

#: Both names of a pair must be known this well.
PAIRED = 0.4
#: What is left of a score when the place only narrows, and for each place named before it.
NARROWING_ONLY, LATER = 0.75, 0.9
#: Places this close, in metres, and of one name are one place.
SAME_M = 120.0
#: Scores this close say the same.
AS_WELL = 0.005
#: Places of one name told at most: who must choose among more is asked for the kelurahan.
NAMESAKES = 3
#: Candidates told at most.
MOST = 10


class Finder:
    """Finds the candidates for one text."""

    def __init__(self, known: Known, is_typing: bool = False) -> None:
        self._known = known
        self._entries = known.entries
        self._stretches = Stretches(known, is_typing)
        self._count = sum(len(layer.forms) for layer in known.layers)

    def candidates(self, phrases: Phrases) -> list[Candidate]:
        """All candidates, best first."""
        pairs = self._pairs(phrases)
        pieces = [piece for piece in phrases.pieces if not piece.unless or not self._stretches.names_a_place(piece.unless)]
        found = pairs or self._singles([self._stretches.scored(piece, order) for order, piece in enumerate(pieces)])
        return _none_surer_than_a_better_one(found)

    def _singles(self, scored: list[list[Scored]]) -> list[Candidate]:
        """One list of all stretches' entries: targets before narrowings, what agrees with the others before what does not."""
        has_place = any(found and found[0].score > 0.75 and self._entries[found[0].entry].kind not in AREAS for found in scored)
        pool = [(self._in_context(one, scored, has_place), one) for found in scored for one in found]
        chosen = self._each_once(sorted(pool, key=lambda one: -one[0]))
        return [self._candidate(value, one, chosen, scored) for value, one in chosen]

    def _in_context(self, one: Scored, scored: list[list[Scored]], has_place: bool) -> float:
        value = one.score * (1.0 if one.piece.is_target else NARROWING_ONLY)
        value *= LATER ** sum(1 for found in scored[: one.order] if found and not _overlaps(found[0], one))
        if has_place and self._entries[one.entry].kind in AREAS:
            value *= AREA_BESIDE_PLACE
        for other in scored:
            if other and other[0].order != one.order and other[0].score > 0.6 and not _overlaps(other[0], one):
                near = any(self._stretches.near(one.entry, neighbour.entry) for neighbour in other[:3])
                value *= 1 + AGREES if near else 1 - DISAGREES / 3
        return value

    def _each_once(self, pool: list[tuple[float, Scored]]) -> list[tuple[float, Scored]]:
        """Each place once: entries of one name at one spot are the same place."""
        chosen: list[tuple[float, Scored]] = []
        for value, one in pool:
            entry = self._entries[one.entry]
            namesakes = sum(self._entries[other.entry].name == entry.name for _, other in chosen)
            if namesakes < NAMESAKES and not any(self._same(one.entry, other.entry) for _, other in chosen):
                chosen.append((value, one))
            if len(chosen) == MOST:
                break
        return chosen

    def _same(self, at: int, other: int) -> bool:
        one, two = self._entries[at], self._entries[other]
        return at == other or (one.name == two.name and one.kind == two.kind and places.apart_m(one, two) < SAME_M)

    def _candidate(self, value: float, one: Scored, pool: list[tuple[float, Scored]], scored: list[list[Scored]]) -> Candidate:
        entry = self._entries[one.entry]
        direction = next((found[0] for found in scored if found and found[0].piece.relation is Relation.ALONG), None)
        if direction is not None and direction is not one and one.piece.is_target:
            spot = places.along(entry, self._entries[direction.entry], one.piece.distance_m)
        else:
            spot = places.beside(entry, one.piece.relation)
        why = reasons(one.asked, one.match)
        return self._known.told(entry, spot, self._sure(value, one, pool, scored), why)

    def _sure(self, value: float, one: Scored, pool: list[tuple[float, Scored]], scored: list[list[Scored]]) -> float:
        """Its probability; shared with others that the words mean as well, elsewhere: two places of one name."""
        as_well = sum(1 for other, two in pool if abs(other - value) < AS_WELL and self._is_elsewhere(one, two))
        return probability(self.evidence(value, one, pool, scored)) / (1 + as_well)

    def _is_elsewhere(self, one: Scored, two: Scored) -> bool:
        first, second = self._entries[one.entry], self._entries[two.entry]
        apart = places.apart_m(first, second)
        return apart > max(SAME_M, first.uncertainty_m, second.uncertainty_m) and not self._are_one_name(one, two)

    def evidence(self, value: float, one: Scored, pool: list[tuple[float, Scored]], scored: list[list[Scored]]) -> Evidence:
        """What the match of an entry says of itself, among its rivals and beside what else was said."""
        rival = max((other for other, two in pool if two.entry != one.entry and not self._are_one_name(one, two)), default=0.0)
        agreements = one.match.agreements
        likeness = sum(each.likeness for each in agreements) / len(agreements) if agreements else 0.0
        said = one.score / max(one.match.of_name**0.8, 0.01)
        elsewhere = any(
            found[0].asked.elsewhere(one.match.used if found[0].order == one.order else 0) for found in scored if found
        )
        return Evidence(
            one.match.of_name, min(1.0, said), max(-0.5, value - rival), min(2.0, one.match.mass), likeness,
            float(np.log10(self._count + 1)), one.asked.left_weight(one.match.used), float(elsewhere), one.match.contradicted,
        )  # fmt: skip

    def _are_one_name(self, one: Scored, two: Scored) -> bool:
        """A kelurahan and the kecamatan of the same name do not speak against each other."""
        first, second = self._entries[one.entry], self._entries[two.entry]
        return first.name == second.name and {first.kind, second.kind} == AREAS

    # ── two places that name one spot ──

    def _pairs(self, phrases: Phrases) -> list[Candidate]:
        """«antara A dan B», «perempatan A – B»: the reading whose two places are both known best; then each place alone."""
        best: tuple[float, list[Scored], list[Scored]] | None = None
        for one, two in phrases.pairs:
            first, second = self._stretches.scored(one, 0), self._stretches.scored(two, 1)
            if first and second:
                value = min(first[0].score, second[0].score)
                if best is None or value > best[0]:
                    best = (value, first, second)
        if best is None or best[0] < PAIRED:
            return []
        _, first, second = best
        found = [self._pair(one, second[0], first, second) for one in first[:3]]
        ranked = [(one.score * LATER, one) for one in second[:3]]
        alone = [self._candidate(value, one, ranked, [first, second]) for value, one in ranked]
        return [found[0], *sorted((*found[1:], *alone), key=lambda one: -one.p)]

    def _pair(self, one: Scored, two: Scored, first: list[Scored], second: list[Scored]) -> Candidate:
        a, b = self._entries[one.entry], self._entries[two.entry]
        spot = (places.junction if one.piece.relation is Relation.JUNCTION else places.between)(a, b)
        if places.apart_m(a, b) > places.FARTHEST_M:
            spot = places.beside(a, Relation.NEAR)
        both = ((one, first), (two, second))
        sure = min(self._sure(each.score, each, [(rival.score, rival) for rival in found], [found]) for each, found in both)
        why = (*reasons(one.asked, one.match), *reasons(two.asked, two.match))
        return msgspec.structs.replace(self._known.told(a, spot, sure, why), also=(b.id,), name=f"{a.name} – {b.name}")


def _none_surer_than_a_better_one(found: Sequence[Candidate]) -> list[Candidate]:
    least, told = 1.0, []
    for one in found:
        least = min(least, one.p)
        told.append(one if one.p == least else msgspec.structs.replace(one, p=least))
    return told


def _overlaps(one: Scored, other: Scored) -> bool:
    """Whether two stretches share words: two readings of the same."""
    return not {*map(id, one.piece.tokens)}.isdisjoint(map(id, other.piece.tokens))
