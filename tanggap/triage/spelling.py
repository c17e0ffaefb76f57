"""Stage 1: what was said as plain words in one spelling, as people in Kendari write and speak, with what is negated marked."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import msgspec

#: Longer texts are cut to their beginning and their end: time must be bounded, and what matters may be said last.
MOST_CHARACTERS = 1_200
#: So many of these are taken from the end.
LAST_CHARACTERS = 400
#: So many words after «bukan» are negated at most.
NEGATED_WORDS = 3
#: Ends a clause.
STOP = ","

_PARTS = re.compile(r"[a-z_]+2?|\d+|[,;.!?]+")
_PARTICLES = ("mi", "ji", "pi")
_ENDINGS = ("nya", "ku", "mu", "kah", "lah", "an", "kan", "i")
_BEGINNINGS = (
    "meng", "mem", "men", "meny", "me", "peng", "pem", "pen", "pe", "di", "ber", "ter", "ke", "se", "be", "te", "ba", "ta",
)  # fmt: skip
#: A stem keeps so many letters at least.
SHORTEST_STEM = 4


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How people of one language write what happened (`words/id.toml`)."""

    same: dict[str, str]
    phrases: dict[str, str]
    fillers: dict[str, list[str]]
    negation: dict[str, list[str]]

    @classmethod
    def load(cls) -> "Words":
        """The words that come with Tanggap."""
        text = files("tanggap.triage").joinpath("words/id.toml").read_text("utf-8")
        return msgspec.convert(tomllib.loads(text), cls)


WORDS = Words.load()
FILLERS = frozenset(WORDS.fillers["words"])
_NEGATORS = frozenset(WORDS.negation["words"])
_ENDS = frozenset(WORDS.negation["ends"])
_PHRASES: Mapping[tuple[str, ...], str] = {tuple(said.split()): counts_as for said, counts_as in WORDS.phrases.items()}
_LONGEST_PHRASE = max(map(len, _PHRASES))


class Token(NamedTuple):
    """One word as it is compared, as it was said, and whether it was negated."""

    text: str
    said: str
    negated: bool = False


def cut(said: str) -> str:
    """The part of `said` that is read."""
    if len(said) <= MOST_CHARACTERS:
        return said
    return f"{said[: MOST_CHARACTERS - LAST_CHARACTERS]} , {said[-LAST_CHARACTERS:]}"


def tokens(said: str, places: frozenset[str] = frozenset()) -> list[Token]:
    """The words of `said`, spelled one way; `places` are names of the city that say where, not what, and are left out."""
    plain = unicodedata.normalize("NFKD", cut(said).casefold()).encode("ascii", "ignore").decode().lower().replace("-", " ")
    found = [token for part in _PARTS.findall(plain) for token in _spelled(part)]
    return list(_negated(_joined(_without(found, places))))


def _spelled(part: str) -> Iterable[Token]:
    if not part[0].isalnum() and part[0] != "_":
        yield Token(STOP, part)
        return
    if part.isdigit():
        yield Token(part if len(part) <= 3 else "0", part)
        return
    twice = part.removesuffix("2")
    yield Token(_one_spelling(twice), part)


@lru_cache(maxsize=16384)
def _one_spelling(word: str) -> str:
    for form in (word, re.sub(r"(.)\1{2,}", r"\1", word)):
        if form in WORDS.same:
            return WORDS.same[form]
        bare = form.removesuffix("x")
        if bare != form and len(bare) > 2:  # «bau-x»: -nya
            return WORDS.same.get(bare, bare)
    return re.sub(r"(.)\1{2,}", r"\1", word)


def _without(found: Sequence[Token], places: frozenset[str]) -> list[Token]:
    return [token for token in found if token.text not in places]


def _joined(found: Sequence[Token]) -> list[Token]:
    """Phrases as one word."""
    out: list[Token] = []
    at = 0
    while at < len(found):
        for length in range(min(_LONGEST_PHRASE, len(found) - at), 1, -1):
            counts_as = _PHRASES.get(tuple(token.text for token in found[at : at + length]))
            if counts_as is not None:
                out.append(Token(counts_as, " ".join(token.said for token in found[at : at + length])))
                at += length
                break
        else:
            out.append(found[at])
            at += 1
    return out


def _negated(found: Sequence[Token]) -> Iterable[Token]:
    """What follows «bukan» is marked, up to a comma, «tapi», or `NEGATED_WORDS` words."""
    left = 0
    for at, token in enumerate(found):
        opens = token.text in _NEGATORS or (token.text == "ada" and at > 0 and found[at - 1].text == "tidak")
        if opens:
            left = NEGATED_WORDS
            yield token
        elif token.text == STOP or token.text in _ENDS:
            left = 0
            yield token
        elif left > 0:
            if token.text not in FILLERS:
                left -= 1
            yield token._replace(negated=True)
        else:
            yield token


@lru_cache(maxsize=32768)
def stem(word: str) -> str:
    """A word without its usual endings and beginnings: «tetangganya» and «tetangga», «menyembur» and «sembur»."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            word = word[: -len(ending)]
            break
    for beginning in _BEGINNINGS:
        if word.startswith(beginning) and len(word) - len(beginning) >= SHORTEST_STEM:
            return word[len(beginning) :]
    return word
