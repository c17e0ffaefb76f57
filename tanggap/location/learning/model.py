"""The nouns of learning: what one confirmed report teaches, and a proposal that a coordinator decides on."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from tanggap.incident.model import Report
from tanggap.incident.refusals import TanggapRefusal
from tanggap.location.model import Candidate, Found, Mention
from tanggap.location.places import REACH_M
from tanggap.platform.i18n import N_

#: A run of digits this long may be somebody's number.
NUMBER_DIGITS = 5
#: «rumah» and the like are somebody's home, unless one of these follows.
HOMES = frozenset({"rumah", "rumahnya", "rmh", "rmhnya", "kos", "kosan", "kost", "kediaman", "kontrakan"})
PUBLIC_HOUSES = frozenset(
    {"sakit", "makan", "ibadah", "susun", "potong", "jabatan", "duka", "dinas", "adat", "tahanan", "sakitnya"}
)
#: A mention that begins so is a person, not a place.
PEOPLE = frozenset({"pak", "bapak", "bpk", "bu", "ibu", "haji", "hj", "om", "tante", "saudara", "nama"})
#: What belongs to the caller has no name of its own.
OWN = frozenset({"saya", "sy", "kami"})
#: Longer mentions are stories, not names.
MOST_WORDS = 6
LONGEST = 60
#: No place is known better than this, metres.
LEAST_M = 15.0
#: Radius of the circle that holds 95 % of a two-dimensional normal distribution, in standard deviations: √(−2 ln 0.05).
SURE = math.sqrt(-2 * math.log(0.05))
#: A point this close, in degrees, is the candidate's: points are stored as they were offered.
SAME_POINT = 1e-5
_AREAS = frozenset({"kelurahan", "kecamatan"})


class LessonKind(StrEnum):
    """What is learnt."""

    ALIAS = "alias"  # another name of a known place
    PLACE = "place"  # a place that was not known


class ProposalState(StrEnum):
    """How far a proposal is."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"


class Lesson(msgspec.Struct, frozen=True):
    """What one confirmed report teaches."""

    said: str
    kind: LessonKind
    place: str | None  # of an alias
    lat: float  # degrees WGS 84
    lon: float
    uncertainty_m: float


class Proposal(msgspec.Struct, frozen=True):
    """Words, the place that they were said of, and how often; the pins of all reports are one point."""

    id: UUID
    said: str
    kind: LessonKind
    place: str | None
    lat: float
    lon: float
    pin_m: float
    scatter_m2: float
    area: str | None
    times: int
    people: int
    first_at: datetime
    last_at: datetime
    state: ProposalState
    decided_at: datetime | None
    made: str | None

    @property
    def uncertainty_m(self) -> float:
        """The place lies within this distance of the point, metres: many pins close together narrow it.

        The spread of the pins with the first pin's own exactness as the prior guess, divided by the number of pins.
        """
        prior = (self.pin_m / SURE) ** 2
        spread = (2 * prior + self.scatter_m2) / (2 * self.times)
        return max(LEAST_M, SURE * math.sqrt(spread / self.times))


class NoSuchProposal(TanggapRefusal):
    """The proposal is not there."""

    slug = "unknown-proposal"
    sentence = N_("Usulan ini tidak ada.")


class AlreadyDecided(TanggapRefusal):
    """Somebody else has decided meanwhile."""

    slug = "already-decided"
    sentence = N_("Usulan ini sudah diputuskan. Urungkan dulu untuk memutuskan lain.")


class NameMissing(TanggapRefusal):
    """A place needs a name."""

    slug = "name-missing"
    sentence = N_("Tulis nama tempatnya.")


class PlaceMissing(TanggapRefusal):
    """Words can only become the name of a place that is there."""

    slug = "place-missing"
    sentence = N_("Pilih tempat yang sudah ada untuk digabungkan.")


def lesson(report: Report, found: Found, names: Iterable[str] = ()) -> Lesson | None:
    """What a confirmed report teaches, given what the gazetteer makes of its words; none when it knew, or must not learn.

    `names` are the names that the picked place has already, folded. Taught is only what somebody listened to: a point set by
    hand, or a candidate that was chosen. Homes, people and numbers are never learnt.
    """
    if report.lat is None or report.lon is None or report.is_example or report.location_source not in ("map", "words"):
        return None
    mention = _only(found.understood.mentions)
    said = name_of(mention) if mention else ""
    if mention is None or not said:
        return None
    if report.location_source == "words":
        chosen = picked(report, found)
        if chosen is None or chosen.kind in _AREAS or chosen.also or said in set(names):
            return None
        if found.confident and chosen is found.candidates[0]:
            return None
        return Lesson(said, LessonKind.ALIAS, chosen.place, chosen.lat, chosen.lon, max(LEAST_M, chosen.uncertainty_m))
    if found.confident or mention.relation not in REACH_M:
        return None
    exact = math.hypot(max(LEAST_M, report.uncertainty_m or 0.0), REACH_M[mention.relation])
    return Lesson(said, LessonKind.PLACE, None, report.lat, report.lon, exact)


def picked(report: Report, found: Found) -> Candidate | None:
    """The candidate whose point the report has."""
    return next((one for one in found.candidates if _same_point(report, one)), None)


def _same_point(report: Report, one: Candidate) -> bool:
    if report.lat is None or report.lon is None:
        return False
    return abs(report.lat - one.lat) < SAME_POINT and abs(report.lon - one.lon) < SAME_POINT


def _only(mentions: Sequence[Mention]) -> Mention | None:
    """The one place that the words name; of «antara A dan B» nobody knows whose name would be learnt."""
    targets = [mention for mention in mentions if mention.is_target]
    return targets[0] if len(targets) == 1 else None


def name_of(mention: Mention) -> str:
    """The words of a mention as a name; empty when they name nobody's business: a home, a person, a number, a story."""
    words = _without_numbers(mention.words)
    if not words or len(words) > MOST_WORDS or words[0] in PEOPLE or OWN.intersection(words):
        return ""
    for word, following in zip(words, (*words[1:], ""), strict=True):
        if word in HOMES and following not in PUBLIC_HOUSES:
            return ""
    said = " ".join(words)
    return said if len(said) <= LONGEST and any(len(word) >= 3 and word.isalpha() for word in words) else ""


def _without_numbers(words: Sequence[str]) -> list[str]:
    """The words without runs of digits that may be a telephone's or somebody's card, also when they were said in groups."""
    kept: list[str] = []
    run: list[str] = []
    for word in (*words, ""):
        if word.isdigit():
            run.append(word)
            continue
        if sum(map(len, run)) < NUMBER_DIGITS:
            kept += run
        run = []
        kept += [word] if word else []
    return kept
