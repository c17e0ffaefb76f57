"""Which confirmed reports teach, what is left of their words, and how a model that learned from them is held against another."""

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from tanggap.city.kinds import Priority
from tanggap.city.model import Catalogue
from tanggap.city.said import GENUINE, LONGEST, NOT_GENUINE, Said
from tanggap.platform.text import fold
from tanggap.triage.meanings import meanings
from tanggap.triage.reader import Reader, phrases_of
from tanggap.triage.spelling import stem, tokens

#: Every so manieth confirmed report teaches nothing: on those, two models are held against each other.
FOLDS = 5
#: A proposal needs so many sentences that teach, and so many reports to try it on.
LEAST_TAUGHT, LEAST_TRIED = 10, 20
#: A word that is in no sentence of the pack is kept when so many callers have used it: who is alone with it may be named by it.
LEAST_CALLERS = 3
#: A sentence that is left needs so many words.
_LEAST_WORDS = 2
#: Numbers of more digits are telephone numbers, plates, house numbers.
_MOST_DIGITS = 2
#: What is said after these is a name.
_NAMING = frozenset(("nama", "namanya", "bernama", "an", "panggil", "dipanggil", "saudara", "sdr", "sdri", "atas"))
_PARTS = re.compile(r"[^\W\d_]+|\d+|[,.!?;]+")


class GrowthState(StrEnum):
    """How far a version is."""

    ASKED = "asked"  # the worker has not learned it yet
    TOO_FEW = "too_few"  # there was not enough to learn from
    PROPOSED = "proposed"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Confirmed(msgspec.Struct, frozen=True):
    """A report of which people have said what it was: `category` of its incident, or the kind of a call that was none."""

    id: UUID
    caller: UUID | None
    words: str
    kind: str
    category: str | None
    priority: Priority | None

    @property
    def teaches(self) -> bool:
        """Whether it may teach; the others are tried on."""
        return self.id.int % FOLDS != 0


class Figures(msgspec.Struct, frozen=True):
    """What a model made of the reports tried. Counts."""

    first: int  # the right category first
    three: int  # among the first three
    p1: int  # of those of priority 1, warned of danger
    false_p1: int  # warned, though of another priority
    not_genuine: int  # of those that were none, rated below even


class SideBySide(msgspec.Struct, frozen=True):
    """Two models on the same reports, none of which taught either."""

    tried: int
    genuine: int
    p1: int
    now: Figures
    new: Figures


class Growth(msgspec.Struct, frozen=True):
    """A version: its sentences, and what they would change."""

    version: int
    state: GrowthState
    sentences: tuple[Said, ...]
    basis: SideBySide | None
    made_at: datetime
    decided_at: datetime | None


def vocabulary(said: Sequence[Said], catalogue: Catalogue) -> frozenset[str]:
    """Stems that name nobody: those of the pack's sentences, of the words of like meaning, of the catalogue's phrases."""
    known = {stem(token.text) for one in said for token in tokens(one.words)}
    known.update(part for phrase in (*meanings(), *phrases_of(catalogue)) for part in phrase)
    return frozenset(known)


def shared_words(reports: Sequence[Confirmed]) -> frozenset[str]:
    """Stems that at least `LEAST_CALLERS` callers have used."""
    users: defaultdict[str, set[UUID]] = defaultdict(set)
    for one in reports:
        for token in tokens(one.words):
            users[stem(token.text)].add(one.caller or one.id)
    return frozenset(word for word, by in users.items() if len(by) >= LEAST_CALLERS)


def scrubbed(words: str, known: Collection[str]) -> str:
    """`words` without numbers, without names, and without any word that is not `known`; "" when too little is left."""
    left: list[str] = []
    names = 0
    for part in _PARTS.findall(words):
        if not part[0].isalnum():
            left += [part] if left and left[-1][0].isalnum() else []
            names = 0
        elif part.isdigit():
            left += [part] if len(part) <= _MOST_DIGITS else []
        elif names > 0:
            names -= 1
        elif fold(part) in _NAMING:
            names = 2
        elif all(stem(token.text) in known for token in tokens(part)):
            left.append(part.casefold())
    text = re.sub(r" ([,.!?;])", r"\1", " ".join(left)).strip(" ,.;")[:LONGEST]
    return text if sum(part[0].isalpha() for part in left) >= _LEAST_WORDS else ""


def sentences(reports: Sequence[Confirmed], reader: Reader, pack: Sequence[Said], catalogue: Catalogue) -> tuple[Said, ...]:
    """What the reports teach: the words, scrubbed, of those that people called otherwise than the reader does."""
    known = vocabulary(pack, catalogue) | shared_words(reports)
    seen = {one.words.casefold() for one in pack}
    found = []
    for one in reports:
        if not one.teaches or not _corrected(one, reader):
            continue
        words = scrubbed(one.words, known)
        if not words or words in seen:
            continue
        seen.add(words)
        own = catalogue.category(one.category).priority if one.category else None
        # a higher priority teaches, a lower one does not: the danger may have been over when somebody came
        raised = one.priority if one.priority and own and one.priority < own else None
        found.append(Said(words, one.category, raised, one.kind))
    return tuple(found)


def _corrected(one: Confirmed, reader: Reader) -> bool:
    reading = reader.read(one.words)
    if reading is None:
        return True
    if one.kind != GENUINE:
        return reading.genuine >= 0.5
    return not reading.categories or reading.categories[0].code != one.category


def side_by_side(reports: Sequence[Confirmed], now: Reader, new: Reader) -> SideBySide:
    """What two readers make of the reports that teach nothing."""
    tried = [one for one in reports if not one.teaches]
    genuine = sum(one.kind == GENUINE for one in tried)
    p1 = sum(one.priority is Priority.P1 for one in tried)
    return SideBySide(len(tried), genuine, p1, _figures(tried, now), _figures(tried, new))


def _figures(tried: Sequence[Confirmed], reader: Reader) -> Figures:
    first = three = p1 = false_p1 = not_genuine = 0
    for one in tried:
        reading = reader.read(one.words)
        if reading is None:
            continue
        codes = [guess.code for guess in reading.categories]
        first += one.category is not None and one.category in codes[:1]
        three += one.category is not None and one.category in codes
        p1 += reading.is_p1 and one.priority is Priority.P1
        false_p1 += reading.is_p1 and one.priority is not Priority.P1
        not_genuine += one.kind in NOT_GENUINE and reading.genuine < 0.5
    return Figures(first, three, p1, false_p1, not_genuine)
