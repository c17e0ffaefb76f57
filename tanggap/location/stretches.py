"""Stage 3d: what one stretch of words may mean: the entries whose names agree with it, once the words left over are explained.

«Jalan MT Haryono, Lippo Plaza» in one breath is Lippo Plaza; the street beside it explains the rest.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from tanggap.location import places
from tanggap.location.model import Candidate, Entry, Reason, Relation
from tanggap.location.names import Names
from tanggap.location.phrases import Piece
from tanggap.location.ranking import Asked, Match, says_only_the_city
from tanggap.location.spelling import Token

#: Entries of one stretch of words that are compared with those of the others.
KEPT = 10
#: A name that was said is known from this score on; below it nothing is offered.
LEAST_SCORE = 0.34
#: What a neighbour that agrees adds to a score, and a narrowing that disagrees takes.
AGREES, DISAGREES = 0.10, 0.10
#: Words name an area when each of its words agrees this well.
AREA_NAMED = 0.8
#: What is left of an area's score beside a place.
AREA_BESIDE_PLACE = 0.85
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
AREAS = frozenset({"kelurahan", "kecamatan"})
WAYS = frozenset({"street", "lane"})


class Known(Protocol):
    """What is asked of the gazetteer."""

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


class Stretches:
    """Reads stretches of words, each by itself."""

    def __init__(self, known: Known, is_typing: bool) -> None:
        self._known = known
        self._entries = known.entries
        self._is_typing = is_typing

    def names_a_place(self, said: tuple[Token, ...]) -> bool:
        """Whether some words are more than the story of the event."""
        found = self.scored(Piece(said, Relation.AT), 0)
        return bool(found) and found[0].score > TELLS_NO_PLACE

    def scored(self, piece: Piece, order: int) -> list[Scored]:
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
            agrees = self.agrees(at, area)
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
                self._entries[other_at].kind in WAYS and self._entries[at].kind not in WAYS and self.near(at, other_at)
            )
            if other.of_name > SURELY and asked.starts_at(other.used) < first and not is_its_street:
                factor = SECOND
                break
        if places_said and self._entries[at].kind in AREAS:
            factor *= AREA_BESIDE_PLACE
        if self._entries[at].kind in WAYS and any(
            self._entries[other_at].kind not in WAYS and other.of_name > SURELY and self.near(at, other_at)
            for other_at, other in places_said
        ):
            factor *= STREET_BESIDE_PLACE
        return factor

    def agrees(self, at: int, area: int) -> bool:
        """Whether an entry lies in an area, or so near that sets of outlines may disagree."""
        entry, within = self._entries[at], self._entries[area]
        if within.kind == "kecamatan" and entry.district is not None and entry.district == within.district:
            return True
        if within.kind == "kelurahan" and entry.area is not None and entry.area == within.area:
            return True
        return places.apart_m(entry, within) <= within.uncertainty_m + min(entry.uncertainty_m, 400.0)

    def near(self, at: int, other: int) -> bool:
        """Whether two entries may be named together: as near as such places are, or one within the other."""
        one, two = self._entries[at], self._entries[other]
        if two.kind in AREAS:
            return self.agrees(at, other)
        return places.apart_m(one, two) <= NEAR_M + one.uncertainty_m + two.uncertainty_m
