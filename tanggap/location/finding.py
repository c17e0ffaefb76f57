"""Stage 4: the names that agree are held against each other: narrowings, neighbours, what was named first.

«Kelurahan Wua-Wua, kompleks Puri Pradana» is the housing complex, because it lies in the kelurahan; «Lippo Plaza, dekat lampu
merah Wua-Wua» is Lippo Plaza, because it was named first.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import msgspec
import numpy as np

from tanggap.location import places
from tanggap.location.confidence import Evidence, probability
from tanggap.location.model import Candidate, Entry, Reason, Relation
from tanggap.location.names import Names
from tanggap.location.phrases import Phrases, Piece
from tanggap.location.ranking import Asked, Match, says_only_the_city
from tanggap.location.reasons import reasons
from tanggap.location.spelling import Token

#: Entries of one stretch of words that are compared with those of the others.
KEPT = 10
#: A name that was said is known from this score on; below it nothing is offered.
LEAST_SCORE = 0.34
#: What a neighbour that agrees adds to a score, and a narrowing that disagrees takes.
AGREES, DISAGREES = 0.10, 0.10
#: Places this close, in metres, and of one name are one place.
SAME_M = 120.0
#: Words name an area when each of its words agrees this well.
AREA_NAMED = 0.8
#: Both names of a pair must be known this well.
PAIRED = 0.4
#: What is left of a score when the place only narrows, for each place named before it, and for an area beside a place.
NARROWING_ONLY, LATER, AREA_BESIDE_PLACE = 0.75, 0.9, 0.85
#: What is left when another place was named before it in the same breath, and of a street's beside a place on it.
SECOND, STREET_BESIDE_PLACE = 0.85, 0.9
#: How much an area suffers from words that it leaves unexplained: they name the place that it narrows.
AREA_ALONE = 0.5
#: Share of what a narrowing, or another name in the same breath, explains of the words left over.
EXPLAINS, EXPLAINS_ELSEWHERE = 0.9, 0.3
#: A name that accounts for all that was said is better than one that needs an explanation for the rest.
NEEDS_EXPLAINING = 0.97
#: Words before «di» that agree with no name better than this tell what happened.
TELLS_NO_PLACE = 0.45
#: A name of which this share was said is named, and surely named.
NAMED, SURELY = 0.8, 0.9
#: Two places named together are expected within this distance, metres, beyond their uncertainties.
NEAR_M = 700.0
#: Scores this close say the same.
AS_WELL = 0.005
#: Places of one name told at most: who must choose among more is asked for the kelurahan.
NAMESAKES = 3
#: Candidates told at most.
MOST = 10
AREAS = frozenset({"kelurahan", "kecamatan"})
WAYS = frozenset({"street", "lane"})


class Known(Protocol):
    """What the finder asks of the gazetteer."""

    @property
    def entries(self) -> Sequence[Entry]:
        """All entries."""

    @property
    def layers(self) -> Sequence[Names]:
        """Their names."""

    def kind_of(self, at: int) -> str | None:
        """The class of an entry's kind."""

    def is_hidden(self, at: int) -> bool:
        """Whether an entry is no longer in force."""

    def areas_named(self, asked: Asked) -> list[tuple[int, int]]:
        """Kelurahan and kecamatan that the words name: bits of the words, entry."""

    def told(self, entry: Entry, spot: places.Spot, p: float, why: tuple[Reason, ...]) -> Candidate:
        """A candidate with its kelurahan and the borders close by."""


class Scored(NamedTuple):
    """An entry that a stretch of words may mean."""

    entry: int
    score: float
    match: Match
    asked: Asked
    piece: Piece
    order: int  # of its stretch among the others


class Finder:
    """Finds the candidates for one text."""

    def __init__(self, known: Known, is_typing: bool = False) -> None:
        self._known = known
        self._entries = known.entries
        self._is_typing = is_typing
        self._count = sum(len(layer.forms) for layer in known.layers)

    def candidates(self, phrases: Phrases) -> list[Candidate]:
        """All candidates, best first."""
        pairs = self._pairs(phrases)
        pieces = [piece for piece in phrases.pieces if not piece.unless or not self._names_a_place(piece.unless)]
        found = pairs or self._singles([self._scored(piece, order) for order, piece in enumerate(pieces)])
        return _none_surer_than_a_better_one(found)

    # ── one stretch of words ──

    def _names_a_place(self, said: tuple[Token, ...]) -> bool:
        """Whether some words are more than the story of the event."""
        found = self._scored(Piece(said, Relation.AT), 0)
        return bool(found) and found[0].score > TELLS_NO_PLACE

    def _scored(self, piece: Piece, order: int) -> list[Scored]:
        """The entries that a stretch of words may mean, each once, best first."""
        best: dict[int, tuple[Match, Asked]] = {}
        for layer in self._known.layers:
            self._match(piece, layer, best)
        ordered = sorted(best.items(), key=lambda one: -one[1][0].score)[: KEPT + 4]
        matches = {at: match for at, (match, _) in best.items()}
        named: dict[int, list[tuple[int, int]]] = {}
        found = []
        for at, (match, asked) in ordered:
            if id(asked) not in named:
                named[id(asked)] = self._known.areas_named(asked)
            score = self._explained(at, match, asked, named[id(asked)], matches)
            if score >= LEAST_SCORE:
                found.append(Scored(at, score, match, asked, piece, order))
        return sorted(found, key=lambda one: -one.score)[:KEPT]

    def _match(self, piece: Piece, layer: Names, best: dict[int, tuple[Match, Asked]]) -> None:
        has_name = any(not (token.kind or token.is_filler) and token.text.isalnum() for token in piece.tokens)
        has_name = has_name and not says_only_the_city(piece.tokens, layer.city_words)
        asked = Asked(piece.tokens, layer, self._is_typing)
        for form in asked.candidates():
            at = layer.forms[form].entry
            if self._known.is_hidden(at):
                continue
            match = asked.match(form, self._known.kind_of(at))
            if not has_name and (match.of_name < 0.95 or len(match.agreements) < 2):
                continue  # «pasar», «kopi di situ» name nothing; «Kopi Kita» does
            if at not in best or match.score > best[at][0].score:
                best[at] = (match, asked)

    def _explained(
        self, at: int, match: Match, asked: Asked, narrowing: list[tuple[int, int]], others: dict[int, Match]
    ) -> float:
        """The score once the words left over are explained: by the area it lies in, or by another name in the same breath."""
        explained, factor, rest = self._narrowed(at, match, asked, narrowing)
        beside = [(other_at, other) for other_at, other in others.items()
                  if other_at != at and not other.used & match.used and other.of_name > NAMED]  # fmt: skip
        also = (other.of_name * asked.left_weight(~other.used & asked.every) for _, other in beside if not other.used & rest)
        explained += EXPLAINS * match.of_name * max(also, default=0.0)
        factor *= self._beside_others(at, asked.starts_at(match.used), asked, beside)
        factor *= NEEDS_EXPLAINING if explained > 0 else 1.0
        of_said = asked.of_said(match, max(0.0, asked.left_weight(match.used) - explained))
        if self._entries[at].kind in AREAS:
            factor *= of_said**AREA_ALONE
        return match.score * (of_said / match.of_said) ** 0.7 * factor if match.of_said else 0.0

    def _narrowed(self, at: int, match: Match, asked: Asked, narrowing: list[tuple[int, int]]) -> tuple[float, float, int]:
        """Weight that areas named beside it explain, what that leaves of the score, and all words accounted for."""
        explained, factor, rest = 0.0, 1.0, match.used
        for bits, area in sorted(narrowing, key=lambda one: -one[0].bit_count()):
            if bits & rest or area == at:
                continue
            rest |= bits
            agrees = self._agrees(at, area)
            explained += asked.left_weight(~bits & asked.every) * (EXPLAINS if agrees else EXPLAINS_ELSEWHERE)
            factor *= 1.0 if agrees else 1 - DISAGREES
            if agrees and self._entries[at].kind == "kecamatan" and self._entries[area].kind == "kelurahan":
                factor *= AREA_BESIDE_PLACE
        return explained, factor, rest

    def _beside_others(self, at: int, first: int, asked: Asked, beside: list[tuple[int, Match]]) -> float:
        """What other places named in the same breath leave of its score."""
        factor = 1.0
        places_said = [(other_at, other) for other_at, other in beside if self._entries[other_at].kind not in AREAS]
        for other_at, other in places_said:
            is_its_street = (
                self._entries[other_at].kind in WAYS and self._entries[at].kind not in WAYS and self._near(at, other_at)
            )
            if other.of_name > SURELY and asked.starts_at(other.used) < first and not is_its_street:
                factor = SECOND
                break
        if places_said and self._entries[at].kind in AREAS:
            factor *= AREA_BESIDE_PLACE
        if self._entries[at].kind in WAYS and any(
            self._entries[other_at].kind not in WAYS and other.of_name > SURELY and self._near(at, other_at)
            for other_at, other in places_said
        ):
            factor *= STREET_BESIDE_PLACE
        return factor

    def _agrees(self, at: int, area: int) -> bool:
        """Whether an entry lies in an area, or so near that sets of outlines may disagree."""
        entry, within = self._entries[at], self._entries[area]
        if within.kind == "kecamatan" and entry.district is not None and entry.district == within.district:
            return True
        if within.kind == "kelurahan" and entry.area is not None and entry.area == within.area:
            return True
        return places.apart_m(entry, within) <= within.uncertainty_m + min(entry.uncertainty_m, 400.0)

    def _near(self, at: int, other: int) -> bool:
        one, two = self._entries[at], self._entries[other]
        if two.kind in AREAS:
            return self._agrees(at, other)
        return places.apart_m(one, two) <= NEAR_M + one.uncertainty_m + two.uncertainty_m

    # ── several stretches together ──

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
                near = any(self._near(one.entry, neighbour.entry) for neighbour in other[:3])
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
            first, second = self._scored(one, 0), self._scored(two, 1)
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
