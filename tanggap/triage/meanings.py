"""Words that mean a like thing (`words/meanings.toml`), so that what was learned of one word is known of its kin."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from tanggap.triage.spelling import Token, stem, tokens

Sequences = Mapping[tuple[str, ...], Sequence[str]]


class Spot(NamedTuple):
    """Where in the words something known stands: from which word, how many, and what it is."""

    at: int
    length: int
    names: Sequence[str]


@cache
def meanings() -> Sequences:
    """The meanings that come with Tanggap, by the stems of their words."""
    text = files("tanggap.triage").joinpath("words/meanings.toml").read_text("utf-8")
    found: dict[tuple[str, ...], set[str]] = {}
    for meaning, words in tomllib.loads(text)["meanings"].items():
        for word in words.split():
            said = word.replace("_", " ") if "_" in word else word
            key = tuple(stem(token.text) for token in tokens(said))
            found.setdefault(key, set()).add(meaning)
    return {key: tuple(sorted(names)) for key, names in found.items() if key}


def spots(found: Sequence[Token], stems: Sequence[str], known: Sequences) -> Iterator[Spot]:
    """All that is `known` in the words, negated or not."""
    longest = max(map(len, known), default=0)
    for at in range(len(found)):
        for length in range(1, min(longest, len(found) - at) + 1):
            names = known.get(tuple(stems[at : at + length]))
            if names:
                yield Spot(at, length, names)
