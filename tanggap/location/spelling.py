"""Stage 1: what was typed as plain words, each in the one form in which it is compared.

Both sides of a comparison go through here, so abbreviations, number words, doubled words and glued digits fold alike: «wua2»,
«Wua-Wua», «wuawua» and «wua dua» are all «wua 2».
"""

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import msgspec
from rapidfuzz.distance import OSA

#: Longer texts are cut: an address is a sentence, and the time for an answer must be bounded.
MOST_CHARACTERS = 400
#: Marks that separate places: a comma, and a dash between spaces.
COMMA, DASH = ",", "-"
#: Two words that stand for one, even with others between them or the other way round.
SAID_APART = {("rumah", "sakit"): "rs", ("sulawesi", "tenggara"): "sultra"}

#: «dua ratus tiga puluh lima»: words that one number may have.
LONGEST_NUMBER = 5
#: «dapu2ra»: the word again, with an ending.
_DOUBLED_WITH_ENDING = re.compile(r"\b([a-z]{3,})2([a-z]{1,3})\b")

#: Small words that are written without the space after them: «dijalan», «kepasar».
GLUED = frozenset({"di", "ke"})

_PARTS = re.compile(r"[a-z]+|\d+|[,;]| - ")


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How people of one language write places down (`words/id.toml`)."""

    same: dict[str, str]
    phrases: dict[str, str]
    split: dict[str, str]
    kinds: dict[str, str]
    kin: dict[str, float]
    relations: dict[str, str]
    joins: dict[str, list[str]]
    denials: dict[str, list[str]]
    corrections: dict[str, list[str]]
    fillers: dict[str, list[str]]
    details: dict[str, str]
    colours: dict[str, list[str]]
    counts: dict[str, int]
    numbers: dict[str, str]
    entry_kinds: dict[str, str]
    elsewhere: dict[str, list[str]]

    @classmethod
    def load(cls) -> "Words":
        """The words that come with Tanggap."""
        return msgspec.convert(tomllib.loads(_written()), cls)


def _written() -> str:
    return files("tanggap.location").joinpath("words/id.toml").read_text("utf-8")


WORDS = Words.load()
#: Names the words, so that an index which was folded by others is not used.
WORDS_MARK = hashlib.sha256(_written().encode()).hexdigest()[:12]
FILLERS = frozenset(WORDS.fillers["words"])
JOINS = frozenset(WORDS.joins["words"])
DENIALS = frozenset(WORDS.denials["words"])
CORRECTIONS = frozenset(WORDS.corrections["words"])
COLOURS = frozenset(WORDS.colours["words"])
#: Names of other places, each as its words: one, or one and its repetition.
ELSEWHERE = frozenset(tuple(name.split()) for name in WORDS.elsewhere["words"])
_PHRASES: Mapping[tuple[str, ...], str] = {tuple(said.split()): counts_as for said, counts_as in WORDS.phrases.items()}
_LONG_KINDS = tuple(word for word in {**WORDS.same, **WORDS.kinds} if len(word) > 6 and word.isalpha())
_LONGEST_PHRASE = max(map(len, _PHRASES))


class Token(NamedTuple):
    """One word as it is compared, and as it was said."""

    text: str
    said: str

    @property
    def is_number(self) -> bool:
        """Digits are told apart exactly: SD 12 is not SD 13."""
        return self.text.isdigit()

    @property
    def kind(self) -> str | None:
        """The class of place that the word names, such as street or school."""
        return WORDS.kinds.get(self.text)

    @property
    def is_filler(self) -> bool:
        """Whether the word finds no place by itself."""
        return self.text in FILLERS


def plain(said: str) -> str:
    """`said` in lower case without accents, at most `MOST_CHARACTERS` long. Plain twice changes nothing."""
    return unicodedata.normalize("NFKD", said[:MOST_CHARACTERS].casefold()).encode("ascii", "ignore").decode().lower()


@lru_cache(maxsize=4096)
def tokens(said: str) -> tuple[Token, ...]:
    """The words of `said` in the form in which they are compared; separators stay in as `COMMA` and `DASH`."""
    parts = [COMMA if part == ";" else part.strip() for part in _PARTS.findall(_DOUBLED_WITH_ENDING.sub(r"\1 \1\2", plain(said)))]
    return tuple(_doubled(_ways(_numbered(_spelled(parts)))))


def words(said: str) -> tuple[str, ...]:
    """The compared words of a name, without separators."""
    return tuple(token.text for token in tokens(said) if token.text not in (COMMA, DASH))


def _spelled(parts: Sequence[str]) -> list[Token]:
    """Phrases and abbreviations written out."""
    found: list[Token] = []
    at = 0
    while at < len(parts):
        for length in range(min(_LONGEST_PHRASE, len(parts) - at), 1, -1):
            counts_as = _PHRASES.get(tuple(parts[at : at + length]))
            if counts_as is not None:
                found.append(Token(counts_as, " ".join(parts[at : at + length])))
                at += length
                break
        else:
            found += [Token(word, parts[at]) for word in _written_out(parts[at])]
            at += 1
    return _gathered(found)


def _gathered(found: list[Token]) -> list[Token]:
    """«hati rumah mulia sakit»: the two words of one kind, said apart."""
    texts = [token.text for token in found]
    for (one, two), counts_as in SAID_APART.items():
        if one in texts and two in texts:
            found[texts.index(one)] = Token(counts_as, f"{one} {two}")
            del found[texts.index(two)]
            return found
    return found


def _written_out(word: str) -> tuple[str, ...]:
    for form in (word, undoubled(word)):
        if form in WORDS.split:
            return tuple(WORDS.split[form].split())
        if form in WORDS.same:
            return (WORDS.same[form],)
        if form in WORDS.kinds or form in WORDS.relations:
            return (form,)
    if word[:2] in GLUED and len(word) > 5 and (word[2:] in WORDS.kinds or word[2:] in WORDS.relations):
        return word[:2], word[2:]
    return (_slipped(word),) if len(word) > 5 else (word,)


def _slipped(word: str) -> str:
    """A long word for a kind of place with one slip in it: «pombensi», «perumahn»."""
    near = next((known for known in _LONG_KINDS if OSA.distance(word, known, score_cutoff=1) <= 1), None)
    return word if near is None else WORDS.same.get(near, near)


def _numbered(found: Sequence[Token]) -> list[Token]:
    """Numbers as digits without leading zeros: «lima», «05», «V» after a word are 5, «dua puluh tiga» is 23."""
    out: list[Token] = []
    at = 0
    while at < len(found):
        value, end = _counted([token.text for token in found[at : at + LONGEST_NUMBER]])
        if end:
            out.append(Token(str(value), " ".join(token.said for token in found[at : at + end])))
            at += end
        else:
            out.append(Token(_number(found[at].text), found[at].said))
            at += 1
    return out


def _ways(found: Sequence[Token]) -> list[Token]:
    """«simpang tiga THR», «simpang 4 Wua-Wua»: how many ways meet is no part of the name, where there is one."""
    last = len(found) - 1
    return [
        token for at, token in enumerate(found)
        if not (token.text in ("3", "4") and 0 < at < last and found[at - 1].text == "simpang" and found[at + 1].text.isalpha())
    ]  # fmt: skip


def _counted(said: Sequence[str]) -> tuple[int, int]:
    """The number that words of counting begin with, and how many words it takes: none where nothing is counted in tens."""
    value, at = 0, 0
    for count in ("ratus", "puluh"):
        if said[at : at + 1] == ["se" + count]:
            value, at = value + WORDS.counts[count], at + 1
        elif at + 1 < len(said) and _digit(said[at]) and WORDS.counts.get(said[at + 1]) == WORDS.counts[count]:
            if said[at + 1] == "belas":
                return value + 10 + _digit(said[at]), at + 2
            value, at = value + _digit(said[at]) * WORDS.counts[count], at + 2
    if at and at < len(said) and said[at] not in ("i", "v", "x"):
        last = _number(said[at])
        if last.isdigit() and (int(last) < 10 or (value % 100 == 0 and int(last) < 12)):
            return value + int(last), at + 1
    return value, at


def _digit(word: str) -> int:
    """1 to 9, or 0 for what is none of them."""
    number = _number(word)
    return int(number) if len(number) == 1 and number.isdigit() else 0


def _number(word: str) -> str:
    if word.isdigit():
        return word.lstrip("0") or "0"
    return WORDS.numbers.get(word, word)


@lru_cache(maxsize=4096)
def misheard_number(word: str) -> str | None:
    """The number that a word sounds like: «tua» may have been «dua»."""
    return _NUMBER_SOUNDS.get(sound(word)) if len(word) > 2 else None


def _doubled(found: Sequence[Token]) -> list[Token]:
    """A word said twice is the word and 2, written apart, hyphenated or glued."""
    out: list[Token] = []
    for at, token in enumerate(found):
        if token.text == DASH and 0 < at < len(found) - 1 and found[at - 1].text == found[at + 1].text:
            continue  # «Lumba - Lumba»
        bare = token.text.removesuffix("h") if len(token.text) % 2 else token.text
        half = len(bare) // 2
        if out and token.text == out[-1].text and len(token.text) > 1 and not token.is_number and token.text.isalpha():
            if not token.is_filler and token.kind is None:
                out.append(Token("2", token.said))
        elif len(bare) >= 6 and bare[:half] * 2 == bare:
            out += [Token(bare[:half], token.said), Token("2", "")]
        else:
            out.append(token)
    return out


_UNDOUBLED = re.compile(r"(.)\1+")


def undoubled(word: str) -> str:
    """Letters that follow themselves, once: «smaan» is «sman»."""
    return _UNDOUBLED.sub(r"\1", word)


#: Old spelling and sounds that Indonesian and the languages of Southeast Sulawesi write one for the other.
#: Sources: Ejaan Soewandi 1947 and Ejaan Yang Disempurnakan 1972 (oe, dj, tj, j); Tolaki and Bugis speakers' p/b/f/v, t/d, k/g.
_SOUNDS = (
    ("oe", "u"), ("dj", "j"), ("tj", "c"), ("kh", "k"), ("ph", "p"), ("th", "t"), ("dh", "d"), ("sy", "s"), ("sh", "s"),
    ("ch", "c"), ("ng", "n"), ("ny", "n"), ("x", "ks"), ("q", "k"), ("f", "p"), ("v", "p"), ("b", "p"), ("d", "t"), ("g", "k"),
    ("z", "s"), ("y", "i"), ("e", "i"), ("o", "u"), ("h", ""), ("ck", "k"), ("cl", "kl"), ("cr", "kr"),
)  # fmt: skip


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """How a word sounds over a bad line: words of one key are hard to tell apart. Digits stay; w stays, for «Wua-Wua»."""
    key = word
    for said, heard in _SOUNDS:
        key = key.replace(said, heard)
    return undoubled(key)


_VOWELS = re.compile(r"(?<=.)[aiueo]")


@lru_cache(maxsize=65536)
def skeleton(word: str) -> str:
    """A word without the vowels after its first letter: «kntr» for «kantor»."""
    return undoubled(_VOWELS.sub("", word))


_NUMBER_SOUNDS = {sound(word): number for word, number in WORDS.numbers.items() if len(word) > 3 or word == "dua"}
