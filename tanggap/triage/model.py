"""What kind and how urgent: suggestions with their reasons, and the questions that may raise the priority."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from tanggap.city.categories import Category
from tanggap.city.kinds import Priority
from tanggap.city.model import Catalogue
from tanggap.incident.model import IncidentState
from tanggap.platform.text import fold
from tanggap.triage.reader import Reader, Reading
from tanggap.triage.spelling import cut

#: Metres within which an open incident or a report may be the same thing: two callers, each up to 300 m off, and some more.
NEAR_M = 800.0

_EARTH_M = 6_371_008.8


class Suggestion(msgspec.Struct, frozen=True):
    """A category that the words point to, how strongly (0–1, relative to the best), and which words did it."""

    category: str
    priority: Priority
    weight: float
    because: tuple[str, ...]


class Nearby(msgspec.Struct, frozen=True):
    """An open incident or waiting report that may be the same thing."""

    incident: UUID | None
    report: UUID | None
    number: int | None
    state: IncidentState | None
    category: str | None
    priority: Priority | None
    words: str
    place: str
    opened_at: datetime
    distance_m: float | None
    same_kind: bool
    p: float = 0.0  # how probably it is the same thing
    because: tuple[tuple[str, dict[str, int]], ...] = ()  # gettext sentences with their numbers, the strongest first
    is_waiting: bool = False  # a report that nobody has taken


def distance_m(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance in metres between two points in degrees WGS 84 (haversine, mean Earth radius of IUGG)."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half = math.sin((phi2 - phi1) / 2) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_M * math.asin(math.sqrt(half))


class Suggester:
    """Finds categories by a learned reader, or while there is none by the words of the catalogue.

    There, a phrase counts by its length and by how few categories share it.
    """

    def __init__(self, catalogue: Catalogue, reader: Reader | None = None) -> None:
        self.reader = reader
        owners: dict[str, set[str]] = {}
        for category in filter(lambda entry: entry.active, catalogue.categories):
            for phrase in (*category.words, category.name_id):
                folded = fold(phrase)
                if folded:
                    owners.setdefault(folded, set()).add(category.code)
        self._categories: Mapping[str, Category] = {category.code: category for category in catalogue.categories}
        self._phrases: dict[str, list[tuple[tuple[str, ...], set[str]]]] = {}
        for phrase, codes in owners.items():
            words = tuple(phrase.split())
            self._phrases.setdefault(words[0], []).append((words, codes))

    def read(self, said: str, most: int = 3) -> Reading | None:
        """All that the words say, by the reader; None without one, or when no word is known."""
        return self.reader.read(said, most) if self.reader is not None else None

    def suggest(self, said: str, most: int = 3) -> list[Suggestion]:
        """The categories that `said` points to, best first; none when no word is known."""
        reading = self.read(said, most)
        return self.by_keywords(said, most) if reading is None else self.suggestions(reading)

    def suggestions(self, reading: Reading) -> list[Suggestion]:
        """The categories of a reading, as suggestions."""
        best = max((guess.p for guess in reading.categories), default=1.0) or 1.0
        return [
            Suggestion(guess.code, self._categories[guess.code].priority, guess.p / best, guess.why)
            for guess in reading.categories
        ]

    def by_keywords(self, said: str, most: int = 3) -> list[Suggestion]:
        """The categories whose words stand in `said`."""
        words = fold(cut(said)).split()
        weights: dict[str, float] = {}
        because: dict[str, list[str]] = {}
        for start, word in enumerate(words):
            for phrase, codes in self._phrases.get(word, ()):
                if tuple(words[start : start + len(phrase)]) != phrase:
                    continue
                for code in codes:
                    weights[code] = weights.get(code, 0.0) + len(phrase) ** 1.5 / len(codes)
                    because.setdefault(code, []).append(" ".join(phrase))
        if not weights:
            return []
        best = max(weights.values())
        ranked = sorted(weights, key=lambda code: (-weights[code], self._categories[code].priority, code))
        return [
            Suggestion(code, self._categories[code].priority, weights[code] / best, tuple(dict.fromkeys(because[code])))
            for code in ranked[:most]
        ]


def never_lower(read: Priority | None, chosen: Priority | None) -> Priority | None:
    """The priority to show when a call taker has chosen one: words may raise it, and never lower it."""
    return min((one for one in (read, chosen) if one is not None), default=None)


def kindred(category: str | None, others: Sequence[str], catalogue: Catalogue) -> set[str]:
    """Those of `others` that may be the same thing as `category`: the same one, or one of its group."""
    known = catalogue.categories_by_code.get(category or "")
    if known is None:
        return set()
    groups = {other: catalogue.categories_by_code.get(other) for other in others}
    return {other for other, found in groups.items() if found is not None and found.group == known.group}
