"""Stage 3a: every word of every name, and which of them a word that was said may be.

A word is found by its letters in threes (an index that forgives typing errors), then judged by edit distance, by how it sounds,
as an abbreviation and as a beginning. Each likeness is between 0 and 1; numbers are alike only when equal.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import msgspec
import numpy as np
from rapidfuzz.distance import OSA

from tanggap.location.groups import Groups, GroupsFile
from tanggap.location.spelling import WORDS, misheard_number, skeleton, sound

#: Likeness of words that are not spelled alike. Set by hand so that the order is: sound, one slip, abbreviation, two slips.
SOUNDS_ALIKE = 0.96
SOUNDS_LIKE = 0.94
ABBREVIATED = 0.82
MISHEARD = 0.84
#: A beginning of a word, while the rest is still being typed: at least this, more the more is typed.
BEGINNING = 0.75
#: Below this two words are not alike at all.
LEAST = 0.64
#: For one word said, at most this many words of the vocabulary are looked at closely, and kept.
LOOKED_AT = 48
KEPT = 14
#: Words up to this length are also found by leaving one letter out (after Garbe's symmetric deletes, 2012).
SHORT = 6
#: Beginnings that stand for more words than this say nothing.
MOST_BEGUN = 400
#: Words looked up are remembered; this bounds the memory.
REMEMBERED = 20_000

Alike = tuple[int, float]  # word number, likeness


def _grams(word: str) -> list[str]:
    padded = f"^{word}$"
    return [padded[at : at + 3] for at in range(len(padded) - 2)] + [padded[at : at + 2] for at in range(len(padded) - 1)]


def _slips(length: int) -> int:
    """How many typing errors a word of this length may have."""
    return 0 if length < 3 else 1 if length < 6 else 2 if length < 9 else 3


class VocabularyFile(msgspec.Struct, frozen=True):
    """A vocabulary as it is written."""

    words: list[str]
    by_sound: GroupsFile
    by_skeleton: GroupsFile
    by_letters: GroupsFile
    by_shortened: GroupsFile


class Vocabulary:
    """The words of a gazetteer, numbered."""

    def __init__(
        self, words: Sequence[str], by_sound: Groups, by_skeleton: Groups, by_letters: Groups, by_shortened: Groups
    ) -> None:
        self.words = list(words)
        self.number = {word: at for at, word in enumerate(self.words)}
        self._by_sound, self._by_skeleton, self._by_letters, self._by_shortened = by_sound, by_skeleton, by_letters, by_shortened
        self._begun = sorted(self.words)
        self._size = np.array([len(word) for word in self.words], np.int32)
        self._remembered: dict[str, tuple[Alike, ...]] = {}

    @classmethod
    def of(cls, words: Sequence[str]) -> "Vocabulary":
        """Index these words."""
        return cls(
            words,
            _grouped(words, lambda word: (sound(word),)),
            _grouped(words, lambda word: (skeleton(word),) if len(word) > 3 else ()),
            _grouped(words, lambda word: set(_grams(word))),
            _grouped(words, _short_keys),
        )

    def written(self) -> VocabularyFile:
        """As it is kept in a file."""
        groups = (self._by_sound, self._by_skeleton, self._by_letters, self._by_shortened)
        return VocabularyFile(self.words, *(one.written() for one in groups))

    @classmethod
    def read(cls, file: VocabularyFile) -> "Vocabulary":
        """A vocabulary as it was written."""
        groups = (file.by_sound, file.by_skeleton, file.by_letters, file.by_shortened)
        return cls(file.words, *map(Groups.read, groups))

    def alike(self, word: str) -> tuple[Alike, ...]:
        """The words that `word` may be, most alike first."""
        found = self._remembered.get(word)
        if found is None:
            if len(self._remembered) > REMEMBERED:
                self._remembered.clear()
            found = self._remembered[word] = self._look_up(word)
        return found

    def begun(self, start: str) -> tuple[Alike, ...]:
        """The words that begin with `start`; none when there are too many to mean anything."""
        low = bisect_left(self._begun, start)
        high = bisect_left(self._begun, start + "\x7f", low)
        if high - low > MOST_BEGUN:
            high = low + MOST_BEGUN
        rest = 1.0 - BEGINNING
        return tuple((self.number[word], BEGINNING + rest * len(start) / len(word)) for word in self._begun[low:high])

    def _look_up(self, word: str) -> tuple[Alike, ...]:
        own = self.number.get(word)
        if word.isdigit():
            return () if own is None else ((own, 1.0),)
        heard = self._by_sound.get(sound(word)).tolist() if len(sound(word)) > 2 else ()
        best: dict[int, float] = {at: SOUNDS_ALIKE - 0.15 * _apart(word, self.words[at]) for at in heard}
        number = self.number.get(misheard_number(word) or "")
        if number is not None:
            best[number] = MISHEARD
        if own is not None:
            best[own] = 1.0
        if len(word) > 2 and skeleton(word) == word:
            for at in self._by_skeleton.get(word).tolist():
                best[at] = max(best.get(at, 0.0), ABBREVIATED)
        if len(word) > 2 and word not in WORDS.kinds and (own is None or len(word) > 3):
            self._forgive(word, best)
        ordered = sorted(best.items(), key=lambda one: -one[1])
        return tuple(ordered[:KEPT])

    def _forgive(self, word: str, best: dict[int, float]) -> None:
        """Add words that are a slip of the hand away, in letters or in sound."""
        likely = self._one_slip(word) if len(word) <= SHORT + 1 else set()
        if len(word) > 4:
            likely |= self._same_letters(word)
        heard = sound(word)
        for at in likely:
            other = self.words[at]
            if other not in WORDS.kinds or len(other) > 4:
                likeness = max(_alike(word, other), SOUNDS_LIKE * _alike(heard, sound(other)))
                if likeness > best.get(at, LEAST):
                    best[at] = likeness

    def _one_slip(self, word: str) -> set[int]:
        """Short words one letter away: those that become the same when one letter of each is left out."""
        return {at for rest in _short_keys(word) for at in self._by_shortened.get(rest).tolist()}

    def _same_letters(self, word: str) -> set[int]:
        """Words that share most groups of letters."""
        found = [self._by_letters.get(gram) for gram in _grams(word)]
        shared = np.bincount(np.concatenate(found), minlength=1)
        likely = np.flatnonzero(shared >= max(3, len(word) // 2))
        if len(likely) > LOOKED_AT:
            share = shared[likely] / (self._size[likely] + len(word))
            likely = likely[np.argpartition(-share, LOOKED_AT)[:LOOKED_AT]]
        return set(likely.tolist())


def _short_keys(word: str) -> set[str]:
    """A short word, and how it sounds, each with one letter left out."""
    if not 2 < len(word) <= SHORT + 1:
        return set()
    heard = sound(word)
    return _shortened(word) | ({f"~{rest}" for rest in _shortened(heard)} if len(heard) > 3 else set())


def _shortened(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def _apart(one: str, other: str) -> float:
    """Share of the letters that differ, 0–1."""
    return OSA.distance(one, other) / max(len(one), len(other))


def _alike(one: str, other: str) -> float:
    longest = max(len(one), len(other))
    most = _slips(min(len(one), len(other)) + (1 if longest > 4 else 0))
    slips = OSA.distance(one, other, score_cutoff=most)
    if slips > most or longest == 0:
        return 0.0
    first = 0.0 if one[:1] == other[:1] else 0.04
    return 1.0 - slips / longest * 0.9 - first


def _grouped(words: Sequence[str], keys: Callable[[str], Iterable[str]]) -> Groups:
    found: dict[str, list[int]] = defaultdict(list)
    for at, word in enumerate(words):
        if not word.isdigit():
            for key in keys(word):
                found[key].append(at)
    return Groups.of(found)
