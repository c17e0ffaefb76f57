"""Stage 2: what is counted of the words: words, stems, pairs of stems, groups of letters, phrases of the catalogue."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tanggap.triage.spelling import FILLERS, STOP, Token, stem

#: Letters that a group has, at least and at most; a word's edges count as letters.
SHORTEST_GROUP, LONGEST_GROUP = 3, 5
#: How much one of each kind weighs before a report's weights are brought to one length.
WORD, STEM, PAIR, GROUP, PHRASE = 1.0, 1.0, 0.8, 0.35, 1.2
_LONGEST_WORD = 24


class Feature(NamedTuple):
    """One thing counted, its weight, and the words as said that made it."""

    name: str
    weight: float
    said: str


def features(found: Sequence[Token], phrases: Mapping[tuple[str, ...], Sequence[str]], note: bool) -> list[Feature]:
    """All that is counted of `found`. `phrases`: the catalogue's, by their stems; `note`: a call taker's note of a sound."""
    out: list[Feature] = [Feature("note", WORD, "(…)")] if note else []
    stems = [stem(token.text) for token in found]
    last: tuple[str, str] | None = None
    before: tuple[str, str] | None = None
    for token, root in zip(found, stems, strict=True):
        if token.text == STOP:
            last = before = None
            continue
        if token.negated:
            out.append(Feature(f"!{root}", WORD, f"bukan {token.said}"))
            last = before = None
            continue
        out.append(Feature(f"w{token.text}", WORD if token.text not in FILLERS else WORD / 2, token.said))
        if token.text in FILLERS:
            continue
        out.append(Feature(f"s{root}", STEM, token.said))
        if last is not None:
            out.append(Feature(f"p{last[0]} {root}", PAIR, f"{last[1]} {token.said}"))
        if before is not None:
            out.append(Feature(f"k{before[0]} {root}", PAIR / 2, f"{before[1]} … {token.said}"))
        before, last = last, (root, token.said)
        edged = f"<{token.text[:_LONGEST_WORD]}>"
        for length in range(SHORTEST_GROUP, LONGEST_GROUP + 1):
            out += [Feature(edged[at : at + length], GROUP, token.said) for at in range(len(edged) - length + 1)]
    out += _phrases(found, stems, phrases)
    return out


def _phrases(found: Sequence[Token], stems: Sequence[str], phrases: Mapping[tuple[str, ...], Sequence[str]]) -> list[Feature]:
    longest = max(map(len, phrases), default=0)
    out = []
    for at, token in enumerate(found):
        if token.negated:
            continue
        for length in range(1, min(longest, len(found) - at) + 1):
            for code in phrases.get(tuple(stems[at : at + length]), ()):
                said = " ".join(one.said for one in found[at : at + length])
                out.append(Feature(f"@{code}", PHRASE * length**0.5, said))
    return out
