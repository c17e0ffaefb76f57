"""Stage 2: what is counted of the words: words, stems, pairs of stems, groups of letters, phrases of the catalogue."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tanggap.triage.meanings import Sequences, meanings, spots
from tanggap.triage.spelling import FILLERS, STOP, Token, stem

#: Letters that a group has, at least and at most; a word's edges count as letters.
SHORTEST_GROUP, LONGEST_GROUP = 3, 5
#: How much one of each kind weighs before a report's weights are brought to one length.
WORD, STEM, PAIR, GROUP, PHRASE = 1.0, 1.0, 0.8, 0.25, 1.2
MEANING, MEANINGS, CONSONANTS = 1.2, 0.5, 0.5
#: Two meanings belong together when so many words lie between them at most.
NEAR = 6
#: Meanings that turn what is said beside them, however far: whether it is so, over, feared, asked, told or mistaken …
_TURNING = (
    "negated", "finished", "past", "now", "ask", "request", "small", "living", "feared", "unhurt", "calm", "dealt_with",
    "worsening", "last_time", "right_now", "next_time", "told_by_others", "mistaken", "wish_know",
)  # fmt: skip
#: … and whom it befalls.
_BEFALLEN = ("person", "family", "child", "inside", "trapped", "helpless", "no_answer", "body", "wound", "hurt_verb")
SCOPES = frozenset(_TURNING + _BEFALLEN)
SCOPE = 0.3
_LONGEST_WORD = 24
#: Of the consonants of a word, as people shorten it, so many at least.
LEAST_CONSONANTS = 3


class Feature(NamedTuple):
    """One thing counted, its weight, and the words as said that made it."""

    name: str
    weight: float
    said: str


def features(found: Sequence[Token], phrases: Sequences, note: bool) -> list[Feature]:
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
        if consonants := _consonants(token.text):
            out.append(Feature(f"v{consonants}", CONSONANTS, token.said))
        edged = f"<{token.text[:_LONGEST_WORD]}>"
        for length in range(SHORTEST_GROUP, LONGEST_GROUP + 1):
            out += [Feature(edged[at : at + length], GROUP, token.said) for at in range(len(edged) - length + 1)]
    out += _phrases(found, stems, phrases)
    out += _meanings(found, stems)
    return out


def _consonants(word: str) -> str:
    """What is left of a word when it is written in haste: «lstrk» of «listrik». Empty where that says too little."""
    left = "".join(letter for letter in word if letter not in "aeiou_")
    return left if len(left) >= LEAST_CONSONANTS else ""


def _phrases(found: Sequence[Token], stems: Sequence[str], phrases: Sequences) -> list[Feature]:
    out = []
    for at, length, codes in spots(found, stems, phrases):
        if not found[at].negated:
            said = " ".join(one.said for one in found[at : at + length])
            out += [Feature(f"@{code}", PHRASE * length**0.5, said) for code in codes]
    return out


def _meanings(found: Sequence[Token], stems: Sequence[str]) -> list[Feature]:
    """Each meaning, each two that stand near each other in a clause, in their order, and each with those that turn it."""
    out = []
    first: dict[str, tuple[int, str]] = {}
    clause = 0
    clauses = [clause := clause + (token.text == STOP) for token in found]
    seen: list[tuple[int, int, Sequence[str], str]] = []
    for at, length, names in spots(found, stems, meanings()):
        said = " ".join(one.said for one in found[at : at + length])
        if found[at].negated:
            out += [Feature(f"!c{name}", MEANING / len(names) ** 0.5, f"bukan {said}") for name in names]
            continue
        for name in names:
            out.append(Feature(f"c{name}", MEANING / len(names) ** 0.5, said))
            first.setdefault(name, (at, said))
        for before, its_clause, its_names, its_said in seen[-2 * NEAR :]:
            if at - before <= NEAR and its_clause == clauses[at] and before < at:
                weight = MEANINGS / (len(names) * len(its_names)) ** 0.5
                both = f"{its_said} … {said}"
                out += [Feature(f"d{one} {other}", weight, both) for one in its_names for other in names]
        seen.append((at, clauses[at], names, said))
    return out + _scopes(first)


def _scopes(first: Mapping[str, tuple[int, str]]) -> list[Feature]:
    """Each of `SCOPES` with every other meaning. `first`: where each meaning stands first, and the words for it."""
    out = []
    for one in SCOPES & first.keys():
        for other, spot in first.items():
            if other != one:
                (_, begin), (_, end) = sorted((first[one], spot))
                out.append(Feature(f"z{one}|{other}", SCOPE, begin if begin == end else f"{begin} … {end}"))
    return out
