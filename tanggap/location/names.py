"""Stage 3b: every name of every entry as the words it is compared by, and from each word the names that have it.

A word weighs what it tells: rare ones much, common ones little (inverse document frequency over the names, scaled to 0–1). Words
for a kind of place weigh less still, since callers leave them out; numbers never weigh little, since they tell schools apart.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from tanggap.location.model import Entry
from tanggap.location.spelling import COMMA, DASH, WORDS, Token, tokens
from tanggap.location.vocabulary import Vocabulary, VocabularyFile

#: What is left of the weight of a word for a kind of place, of a status («negeri»), and of the city's own name.
OF_KIND, OF_STATUS, OF_CITY = 0.45, 0.2, 0.25
#: What is left of the weight of a single letter: initials are left out («Jalan Supratman»).
OF_LETTER = 0.4
#: A number weighs at least this.
OF_NUMBER = 0.6

_BRACKETS = re.compile(r"\(([^)]*)\)")
_AREAS = {"kelurahan": "kelurahan", "kecamatan": "kecamatan"}


class Form(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One name of one entry as word numbers."""

    entry: int
    words: tuple[int, ...]


class NamesFile(msgspec.Struct, frozen=True):
    """Names as they are written."""

    forms: list[Form]
    vocabulary: VocabularyFile
    weight: list[float]
    city_words: tuple[str, ...]


class Names:
    """All names of some entries, indexed by word."""

    def __init__(
        self, forms: Sequence[Form], vocabulary: Vocabulary, weight: Sequence[float], city_words: Iterable[str] = ()
    ) -> None:
        self.forms = forms
        self.city_words = frozenset(city_words)
        self.vocabulary = vocabulary
        self.weight = list(weight)
        flat = np.fromiter((word for form in forms for word in form.words), np.int32)
        size = np.fromiter((len(form.words) for form in forms), np.int32)
        owner = np.repeat(np.arange(len(forms), dtype=np.int32), size)
        order = np.argsort(flat, kind="stable")
        self._by_word = owner[order]
        self._ends = np.searchsorted(flat[order], np.arange(len(vocabulary.words) + 1))
        #: Each form's whole weight, shape (forms,).
        self.whole = np.maximum(np.bincount(owner, np.asarray(self.weight)[flat], minlength=len(forms)), 1e-6)

    @classmethod
    def of(cls, entries: Sequence[Entry], city_words: Iterable[str] = (), first: int = 0, like: "Names | None" = None) -> "Names":
        """Index the names of `entries`, numbered from `first`; words weigh as in `like`, where it has them."""
        number: dict[str, int] = {}
        forms = [
            Form(at, tuple(number.setdefault(word, len(number)) for word in form))
            for at, entry in enumerate(entries, first)
            for form in forms_of(entry)
        ]
        vocabulary = Vocabulary.of(list(number))
        city = frozenset(city_words)
        weight = _weights(forms, vocabulary, city)
        if like is not None:
            known = like.vocabulary.number
            weight = [like.weight[known[word]] if word in known else own
                      for word, own in zip(vocabulary.words, weight, strict=True)]  # fmt: skip
        return cls(forms, vocabulary, weight, city)

    def having(self, word: int) -> NDArray[np.int32]:
        """The forms that have word number `word`, shape (n,)."""
        return self._by_word[self._ends[word] : self._ends[word + 1]]

    def written(self) -> NamesFile:
        """As they are kept in a file."""
        return NamesFile(list(self.forms), self.vocabulary.written(), self.weight, tuple(sorted(self.city_words)))

    @classmethod
    def read(cls, file: NamesFile) -> "Names":
        """Names as they were written."""
        return cls(file.forms, Vocabulary.read(file.vocabulary), file.weight, file.city_words)


def _weights(forms: Sequence[Form], vocabulary: Vocabulary, city_words: frozenset[str]) -> list[float]:
    having = Counter(word for form in forms for word in set(form.words))
    scale = math.log1p(len(forms)) or 1.0
    weights = []
    for at, word in enumerate(vocabulary.words):
        weight = min(1.0, math.log1p(len(forms) / having[at]) / scale)
        if word in city_words:
            weight *= OF_CITY
        elif word in WORDS.kinds:
            weight *= OF_STATUS if WORDS.kinds[word] == "status" else OF_KIND
        elif len(word) == 1 and word.isalpha():
            weight *= OF_LETTER
        elif word.isdigit():
            weight = max(weight, OF_NUMBER)
        weights.append(weight)
    return weights


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
