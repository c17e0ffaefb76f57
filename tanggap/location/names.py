"""Stage 3b: every name of every entry as the words it is compared by, and from each word the names that have it.

A word weighs what it tells: rare ones much, common ones little (inverse document frequency over the names, scaled to 0–1). Words
for a kind of place weigh less still, since callers leave them out; numbers never weigh little, since they tell schools apart.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from tanggap.location.model import Entry
from tanggap.location.spelling import COMMA, DASH, WORDS, Token, tokens
from tanggap.location.vocabulary import Vocabulary

#: What is left of the weight of a word for a kind of place, of a status («negeri»), and of the city's own name.
OF_KIND, OF_STATUS, OF_CITY = 0.45, 0.2, 0.25
#: A number weighs at least this.
OF_NUMBER = 0.6

_BRACKETS = re.compile(r"\(([^)]*)\)")
_AREAS = {"kelurahan": "kelurahan", "kecamatan": "kecamatan"}


class Form(msgspec.Struct, frozen=True, gc=False):
    """One name of one entry as word numbers."""

    entry: int
    words: tuple[int, ...]
    has_number: bool


class Names:
    """All names of a gazetteer, indexed by word."""

    def __init__(self, entries: Sequence[Entry], city_words: Iterable[str] = ()) -> None:
        number: dict[str, int] = {}
        self.forms: list[Form] = []
        for at, entry in enumerate(entries):
            for form in forms_of(entry):
                ids = tuple(number.setdefault(word, len(number)) for word in form)
                self.forms.append(Form(at, ids, any(word.isdigit() for word in form)))
        self.vocabulary = Vocabulary(list(number))
        self.weight = self._weights(frozenset(city_words))
        self._index()

    def _weights(self, city_words: frozenset[str]) -> list[float]:
        having = Counter(word for form in self.forms for word in set(form.words))
        count = len(self.forms)
        scale = math.log1p(count) or 1.0
        weights = []
        for at, word in enumerate(self.vocabulary.words):
            weight = min(1.0, math.log1p(count / having[at]) / scale)
            if word in city_words:
                weight *= OF_CITY
            elif word in WORDS.kinds:
                weight *= OF_STATUS if WORDS.kinds[word] == "status" else OF_KIND
            elif word.isdigit():
                weight = max(weight, OF_NUMBER)
            weights.append(weight)
        return weights

    def _index(self) -> None:
        """From each word to its forms, as one flat array with offsets; and each form's whole weight."""
        having: dict[int, list[int]] = defaultdict(list)
        for at, form in enumerate(self.forms):
            for word in set(form.words):
                having[word].append(at)
        self.having: list[NDArray[np.int32]] = [np.array(having[word], np.int32) for word in range(len(self.vocabulary.words))]
        self.whole = np.array([sum(self.weight[word] for word in form.words) or 1.0 for form in self.forms])


def forms_of(entry: Entry) -> list[tuple[str, ...]]:
    """The names of an entry as compared words, each once: with and without what stands in brackets, doubled words both ways."""
    texts: list[str] = []
    for name in (entry.name, *entry.names):
        texts.append(name)
        inside = _BRACKETS.search(name)
        if inside:
            bare = _BRACKETS.sub(" ", name)
            texts += [bare, f"{bare.split()[0]} {inside.group(1)}" if bare.split() else inside.group(1)]
    if entry.kind in _AREAS:
        texts += [f"{_AREAS[entry.kind]} {name}" for name in (entry.name, *entry.names)]
    found: dict[tuple[str, ...], None] = {}
    for text in texts:
        for form in _both_ways([token for token in tokens(text) if token.text not in (COMMA, DASH)]):
            if form:
                found.setdefault(form)
    return list(found)


def _both_ways(said: Sequence[Token]) -> list[tuple[str, ...]]:
    """«Wua-Wua» as «wua 2», and as «wua wua» for callers whose second word has a slip."""
    folded = tuple(token.text for token in said)
    apart = tuple(said[at - 1].text if at and _repeats(token) else token.text for at, token in enumerate(said))
    return [folded] if apart == folded else [folded, apart]


def _repeats(token: Token) -> bool:
    """Whether a 2 stands for a word said twice, not for a number."""
    return token.text == "2" and not any(map(str.isdigit, token.said)) and token.said not in WORDS.numbers
