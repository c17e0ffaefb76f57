"""Stage 3c: names held against one stretch of words: which words agree, which are left over on either side."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from tanggap.location.names import Form, Names
from tanggap.location.spelling import ELSEWHERE, GLUED, JOINS, WORDS, Token

#: Names looked at closely for one stretch of words.
LOOKED_AT = 30
#: What a word weighs that stands in no name; and a filler, or the name of the city itself.
OF_UNKNOWN, OF_FILLER = 0.8, 0.04
#: How much the words left over count against the words matched.
LEFT_OVER = 0.55
#: A name whose number is another than the one said; one whose number was not said; a kind that was said is another.
OTHER_NUMBER, NUMBER_UNSAID, OTHER_KIND = 0.25, 0.8, 0.72
#: What each word in between takes from a score, and the least that is left.
PER_GAP, LEAST_TOGETHER = 0.06, 0.75
#: Names that share less than this of what the best shares are not looked at.
FAINT = 0.15
#: A word that is at least this much like a known one is not two words.
SPLIT_BELOW = 0.8
#: «Kantor Lurah X» without «kantor» is the kelurahan.
OFFICE_UNSAID = 0.75
#: «pertigaan SPBU Martandu», «lorong hotel Claro»: these, said before a kind, are what stands there, and contradict nothing.
STANDS_THERE = frozenset({"street", "lane", "junction", "house", "shop", "eatery", "bridge", "gate"})
_KIN = {frozenset(pair.split()): likeness for pair, likeness in WORDS.kin.items()}


class Agreement(NamedTuple):
    """One word of a name and the words said that agree with it."""

    said: int  # bits of the positions
    word: int
    likeness: float


class Match(NamedTuple):
    """One name held against the words said."""

    form: Form
    score: float  # 0–1
    of_name: float  # share of the name's weight that was said
    of_said: float  # share of the weight of what was said that is the name's
    agreements: tuple[Agreement, ...]
    used: int  # bits of the words said that the name accounts for
    mass: float  # weight that agrees; how much was recognised at all
    contradicted: float  # 0–1: another kind or another number was said


class Asked:
    """A stretch of words with what each may be in the vocabulary."""

    def __init__(self, said: Sequence[Token], names: Names, is_typing: bool = False) -> None:
        self.names = names
        self.tokens = split(said, names)
        self.kinds = [token.kind for token in self.tokens]
        self.options: dict[int, list[tuple[int, float]]] = defaultdict(list)  # word → (bits, likeness)
        self.weight: list[float] = []
        vocabulary = names.vocabulary
        for at, token in enumerate(self.tokens):
            alike = vocabulary.alike(token.text)
            if token.is_filler:
                alike = tuple(one for one in alike if one[1] == 1.0)
            if is_typing and at == len(self.tokens) - 1 and len(token.text) > 1 and not token.is_number:
                alike = (*alike, *vocabulary.begun(token.text))
            for word, likeness in alike:
                self.options[word].append((1 << at, likeness))
            own = vocabulary.number.get(token.text)
            known = names.weight[own] if own is not None else max((names.weight[w] for w, _ in alike[:1]), default=OF_UNKNOWN)
            says_nothing = token.is_filler or token.text in JOINS or not token.text.isalnum() or self._is_the_city(at)
            self.weight.append(OF_FILLER if says_nothing else known)
        self._joined()

    def _is_the_city(self, at: int) -> bool:
        """«Kendari», «Kota Kendari»: where everybody is."""
        city = self.names.city_words
        said = self.tokens[at].text
        return said in city or (said == "kota" and at + 1 < len(self.tokens) and self.tokens[at + 1].text in city)

    def _joined(self) -> None:
        """«bungku toko» is also «bungkutoko»."""
        vocabulary = self.names.vocabulary
        for at in range(len(self.tokens) - 1):
            one, two = self.tokens[at].text, self.tokens[at + 1].text
            if one.isalpha() and two.isalpha() and len(one) + len(two) > 5:
                own = vocabulary.number.get(one + two)
                if own is not None:
                    self.options[own].append((3 << at, 0.97))

    def candidates(self) -> list[int]:
        """The forms that share most with the words, best first."""
        names = self.names
        found, shares = [], []
        for word, ways in self.options.items():
            token_is_filler = all(self._is_filler(bits) for bits, _ in ways)
            likeness = max(likeness for _, likeness in ways)
            having = names.having(word)
            found.append(having)
            weight = names.weight[word] * likeness * likeness * (0.3 if token_is_filler else 1.0)
            shares.append(np.full(len(having), weight))
        if not found:
            return []
        shared = np.bincount(np.concatenate(found), np.concatenate(shares), minlength=1)
        touched = np.flatnonzero(shared > FAINT * shared.max())
        got = shared[touched]
        value = (got + 1.0) * got / names.whole[touched] + 0.6 * got
        if len(touched) > LOOKED_AT:
            best = np.argpartition(-value, LOOKED_AT)[:LOOKED_AT]
            touched, value = touched[best], value[best]
        ordered: list[int] = touched[np.argsort(-value)].tolist()
        return ordered

    def _is_filler(self, bits: int) -> bool:
        """Whether words find no place by themselves; the city's own name does."""
        said = (token for at, token in enumerate(self.tokens) if bits >> at & 1)
        return all(token.is_filler or token.text in JOINS or not token.text.isalnum() for token in said)

    def match(self, at: int, kind: str | None) -> Match:
        """Hold form number `at` against the words; `kind` is the class of its entry."""
        names, weight = self.names, self.names.weight
        form = names.forms[at]
        agreements: list[Agreement] = []
        used, agreed, whole = 0, 0.0, 0.0
        missed_number = False
        unsaid_kind = None
        for word in sorted(form.words, key=lambda one: -weight[one]):
            whole += weight[word]
            bits, likeness = self.best(word, used)
            if bits:
                used |= bits
                agreed += weight[word] * likeness
                agreements.append(Agreement(bits, word, likeness))
            elif names.vocabulary.words[word].isdigit():
                missed_number = True
            elif names.vocabulary.words[word] in WORDS.kinds:
                named = WORDS.kinds[names.vocabulary.words[word]]
                unsaid_kind = "office" if "office" in (named, unsaid_kind) else named
        of_name = agreed / whole if whole else 0.0
        left, factor = self._left_over(used, unsaid_kind or kind)
        if missed_number:
            factor *= OTHER_NUMBER if self._has_number_left(used) else NUMBER_UNSAID
        of_said = agreed / (agreed + LEFT_OVER * left) if agreed else 0.0
        contradicted = 1 - factor
        if unsaid_kind == "office":
            factor *= OFFICE_UNSAID
        factor *= max(LEAST_TOGETHER, 1 - PER_GAP * self._gaps(used))
        score = of_name**0.8 * of_said**0.7 * factor
        return Match(form, score, of_name, of_said, tuple(agreements), used, agreed, contradicted)

    def best(self, word: int, used: int) -> tuple[int, float]:
        """The words said, not yet `used`, that agree best with word number `word`: bits and likeness."""
        best = (0, 0.0)
        beside = used << 1 | used >> 1
        for bits, likeness in self.options.get(word, ()):
            if not bits & used and (likeness > best[1] or (likeness == best[1] and bits & beside and not best[0] & beside)):
                best = (bits, likeness)
        return best

    def _left_over(self, used: int, kind: str | None) -> tuple[float, float]:
        """Weight of the words left over, and what a kind said of another kind leaves."""
        left, factor = 0.0, 1.0
        first = (used & -used).bit_length() - 1  # a kind is said before its name; behind it another name begins
        for at, weight in enumerate(self.weight):
            if used >> at & 1:
                continue
            said = self.kinds[at]
            if said in STANDS_THERE and used >> (at + 1) & 1 and self.kinds[at + 1] not in (None, "status", "area"):
                continue
            if said is not None and kind is not None and said != "status" and first - 1 <= at < used.bit_length():
                kin = 1.0 if said == kind else _KIN.get(frozenset((said, kind)), 0.0)
                factor = min(factor, OTHER_KIND + (1 - OTHER_KIND) * kin)
                left += weight * (1 - kin)
            else:
                left += weight
        return left, factor

    def _gaps(self, used: int) -> int:
        """Content words between the first and the last of those used that are not used."""
        inside = range((used & -used).bit_length(), used.bit_length())
        return sum(1 for at in inside if not used >> at & 1 and self.weight[at] > OF_FILLER)

    def _has_number_left(self, used: int) -> bool:
        return any(token.is_number and not used >> at & 1 for at, token in enumerate(self.tokens))

    @property
    def every(self) -> int:
        """Bits of all words."""
        return (1 << len(self.tokens)) - 1

    def starts_at(self, used: int) -> int:
        """Content words that stand before the first of `used` that is a name, not a kind."""
        names = [at for at, token in enumerate(self.tokens) if used >> at & 1 and self.kinds[at] is None]
        first = min(names, default=(used & -used).bit_length() - 1)
        return sum(1 for at in range(first) if self.weight[at] > OF_FILLER and self.kinds[at] is None)

    @staticmethod
    def of_said(match: Match, left: float) -> float:
        """Share of what was said that `match` explains, when only `left` of the weight stays unexplained."""
        return match.mass / (match.mass + LEFT_OVER * left) if match.mass else 0.0

    def left_weight(self, used: int) -> float:
        """Weight of the words that `used` does not account for."""
        return sum(weight for at, weight in enumerate(self.weight) if not used >> at & 1)

    def elsewhere(self, used: int) -> bool:
        """Whether a word left over names another city."""
        texts = [token.text for token in self.tokens]
        return any(
            not used >> at & 1 and not ELSEWHERE.isdisjoint((tuple(texts[at : at + 1]), tuple(texts[at : at + 2])))
            for at in range(len(texts))
        )


def says_only_the_city(said: Sequence[Token], city_words: Collection[str]) -> bool:
    """«Kota Kendari»: where everybody is; a place of that name is not meant."""
    texts = [token.text for token in said if token.text.isalnum() and not token.is_filler]
    return "kota" in texts and all(text == "kota" or text in city_words for text in texts)


def split(said: Sequence[Token], names: Names) -> list[Token]:
    """«catursakti» is «catur sakti», when it is no word and both halves are; «dilapulu» is «di lapulu»."""
    found: list[Token] = []
    vocabulary = names.vocabulary
    for token in said:
        word = token.text
        if len(word) >= 6 and word.isalpha() and not token.is_filler and word not in vocabulary.number:
            parts = _glued(word, names) or _halves(word, names)
            if parts and max((likeness for _, likeness in vocabulary.alike(word)), default=0.0) < SPLIT_BELOW:
                found += [Token(part, token.said) for part in parts]
                continue
        found.append(token)
    return found


def _glued(word: str, names: Names) -> tuple[str, str] | None:
    return (word[:2], word[2:]) if word[:2] in GLUED and word[2:] in names.vocabulary.number else None


def _halves(word: str, names: Names) -> tuple[str, str] | None:
    number = names.vocabulary.number
    for at in range(3, len(word) - 2):
        if word[:at] in number and word[at:] in number:
            return word[:at], word[at:]
    return None
