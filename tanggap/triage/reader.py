"""Reads what a caller says: category, danger to life, and whether the words are those of a real report, each with its words."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from tanggap.city.kinds import Priority
from tanggap.city.model import Catalogue
from tanggap.city.said import NOT_GENUINE
from tanggap.triage.features import Feature, features
from tanggap.triage.learned import Heard, Model
from tanggap.triage.spelling import Token, cut, stem, tokens

Floats = NDArray[Any]
Phrases = Mapping[tuple[str, ...], Sequence[str]]

#: Words that turn a call: what stands behind them is read by itself too, since a real report may begin as a test call.
_TURN = re.compile(
    r"\b(?:tapi|tetapi|ternyata|eh|tiba[- ]?tiba|padahal|sekarang|skarang|serius|betul|sungguhan)\b", re.IGNORECASE
)
#: Shorter rests say too little to be read by themselves, in words.
_LEAST_REST = 3
#: Names of places that are words for things too.
_ALSO_WORDS = frozenset(
    (
        "barat", "timur", "utara", "selatan", "mata", "kampung", "gunung", "jati", "mangga", "baru", "pasar", "jaya", "kota",
        "lama", "dapur", "salo", "air", "laut",
    )
)  # fmt: skip
#: A report is shown with so many words for each answer.
MOST_WORDS = 4
#: In front of the words for a category, the share of all that speaks for it which a word needs.
_LEAST_SHARE = 0.08


#: Silence says nothing for or against: a caller may be unable to speak. A question or talk is no test and no prank.
_LEAST_REAL_OF = {"silent": 0.5, "information": 0.25, "counselling_talk": 0.25}
#: Words alone never say «probably test or prank» (p < 0.2), whatever they are: on unseen sentences the model would be
#: wrong about one real report in a hundred there. Only the ledger may, with other evidence beside them.
LEAST_REAL = 0.2


class Guess(msgspec.Struct, frozen=True):
    """A category, its probability, and the words that speak for it."""

    code: str
    p: float
    why: tuple[str, ...]


class Reading(msgspec.Struct, frozen=True):
    """What the words of a report say."""

    categories: tuple[Guess, ...]
    priority: Priority | None
    p1: float  # probability of danger to life
    is_p1: bool
    genuine: float  # probability by the words alone
    not_genuine: str | None  # the likeliest kind of call, when it is not genuine
    why_p1: tuple[str, ...]
    why_genuine: tuple[str, ...]  # the words that speak most for or against


def tokens_of(said: str, places: frozenset[str]) -> list[Token]:
    """The words of a report without the city's names of places."""
    return tokens(said, places)


def phrases_of(catalogue: Catalogue) -> Phrases:
    """The catalogue's phrases by their stems, with the categories that they stand for."""
    found: dict[tuple[str, ...], set[str]] = {}
    for category in catalogue.categories:
        if category.active:
            for phrase in (*category.words, category.name_id):
                found.setdefault(tuple(stem(token.text) for token in tokens(phrase)), set()).add(category.code)
    return {phrase: tuple(sorted(codes)) for phrase, codes in found.items() if phrase}


def places_of(catalogue: Catalogue) -> frozenset[str]:
    """Words that name an area of the city and nothing else."""
    names = (name for area in catalogue.areas for name in (area.name, *area.aliases))
    return frozenset(token.text for name in names for token in tokens(name) if len(token.text) > 3) - _ALSO_WORDS


def counted(found: Sequence[Feature]) -> dict[str, float]:
    """Each feature's weight; what is said again counts by its square root."""
    sums: dict[str, float] = {}
    for name, weight, _ in found:
        sums[name] = sums.get(name, 0.0) + weight
    return {name: math.sqrt(weight) if weight > 1 else weight for name, weight in sums.items()}


class Reader:
    """Reads words by a model. `read` takes about a millisecond; what is longer than the spelling's limit is cut."""

    def __init__(self, model: Model, catalogue: Catalogue) -> None:
        self._model = model
        self._index = {name: at for at, name in enumerate(model.names)}
        self._phrases = phrases_of(catalogue)
        self._places = places_of(catalogue)
        self._categories = catalogue.categories_by_code
        active = [at for at, code in enumerate(model.codes) if code in self._categories and self._categories[code].active]
        self._active = np.array(active, dtype=np.int64)
        own = [self._categories[code].priority if code in self._categories else Priority.P4 for code in model.codes]
        self._priorities = own

    def read(self, said: str, most: int = 3) -> Reading | None:
        """What `said` means; None when there is no word in it that is known."""
        text = cut(said)
        whole = self._one(text)
        if whole is None:
            return None
        turn = list(_TURN.finditer(text))
        rest = None
        if turn and len(text[turn[0].end() :].split()) >= _LEAST_REST:
            rest = self._one(text[turn[0].end() :])
        p1, real = whole.p1, whole.real
        leading = whole
        if rest is not None:
            if rest.real > whole.real and whole.real < 0.5:
                leading = rest
            p1, real = max(p1, rest.p1), max(real, rest.real)
        return self._reading(leading, whole, p1, real, most)

    def _reading(self, leading: "_Scores", whole: "_Scores", p1: float, real: float, most: int) -> Reading:
        model = self._model
        shares = leading.spread[self._active]
        shares = shares / max(float(shares.sum()), 1e-9)
        order = np.argsort(-shares, kind="stable")[:most]
        guesses = tuple(
            Guess(model.codes[at], round(float(shares[one]), 4), self._why(leading, int(at)))
            for one, at in ((int(one), int(self._active[one])) for one in order)
        )
        is_p1 = p1 >= model.p1_threshold
        first = self._priorities[int(self._active[order[0]])] if len(order) else None
        priority = Priority.P1 if is_p1 else (Priority.P2 if first is Priority.P1 else first)
        kinds = whole.spread[len(model.codes) :]
        kind = NOT_GENUINE[int(np.argmax(kinds))] if real < 0.5 else None
        real = max(real, _LEAST_REAL_OF.get(kind or "", LEAST_REAL))
        against = len(model.codes) + int(np.argmax(kinds))
        why_real = self._why(leading, int(self._active[order[0]])) if real >= 0.5 else self._why(whole, against)
        return Reading(
            guesses,
            priority,
            round(p1, 4),
            is_p1,
            round(real, 4),
            kind,
            self._why(leading, model.danger) if is_p1 else (),
            why_real,
        )

    def _one(self, text: str) -> "_Scores | None":
        found = features(tokens_of(text, self._places), self._phrases, text.strip().startswith("("))
        row = counted(found)
        known = [(self._index[name], value) for name, value in row.items() if name in self._index]
        if not known:
            return None
        model = self._model
        at = np.array([one for one, _ in known], dtype=np.int64)
        values = np.array([value for _, value in known]) * model.rarity[at]
        values /= max(float(np.sqrt(values @ values)), 1e-9)
        heard = model.hear(at, values)
        spread = model.spread(heard.answers[None])
        places = {int(feature): place for place, feature in enumerate(at)}
        sayings: dict[str, int] = {}
        said = [
            (places[self._index[one.name]], sayings.setdefault(one.said, len(sayings)))
            for one in found
            if one.name in self._index
        ]
        p1, real = float(model.p1_of(heard.answers[None])[0]), float(model.real_of(spread)[0])
        return _Scores(tuple(sayings), np.array(said), heard, spread[0], p1, real)

    def _why(self, scores: "_Scores", column: int) -> tuple[str, ...]:
        """The words that speak most for an answer: the sum of what all their features bring."""
        feature, saying = scores.said.T
        brings = self._model.brings(scores.heard, column)
        words = np.bincount(saying, (brings / np.bincount(feature))[feature], len(scores.sayings))
        least = _LEAST_SHARE * float(words[words > 0].sum())
        chosen: list[str] = []
        for at in np.argsort(-words):
            said = scores.sayings[int(at)]
            if words[at] <= least or len(chosen) == MOST_WORDS:
                break
            if not any(said in other.split() or set(said.replace(" …", "").split()) <= set(other.split()) for other in chosen):
                chosen.append(said)
        return tuple(chosen)


class _Scores(NamedTuple):
    sayings: tuple[str, ...]
    said: Floats  # for each thing counted: which feature of the row it is, and which saying made it
    heard: Heard
    spread: Floats
    p1: float
    real: float
