"""Is it about the same thing: a score for two reports, with its reasons, and the grouping of a burst while it still rings.

log-odds(same) = prior + place + time + kind + words, natural logarithms. Each part is a likelihood ratio with its own reason, and
each is bounded, so that no part alone can join or part two reports.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

import msgspec

from tanggap.city.model import Catalogue
from tanggap.platform.i18n import N_
from tanggap.platform.text import fold
from tanggap.triage.model import distance_m

#: Of two reports of a day, about one pair in fifty is of one thing (fitted on made-up bursts).
PRIOR = -3.9
#: Above this two reports are proposed as one …
PROPOSED = 0.5
#: … and above this they are grouped while they wait.
GROUPED = 0.7
#: What a place is off beside what it says itself, metres: people see a fire from the next street (fitted on made-up bursts).
SEEN_FROM_M = 140.0
#: Radius at 95 % of a point that does not say how sure it is, metres; and the largest that is believed.
UNSURE_M, MOST_UNSURE_M = 300.0, 1_500.0
#: A 95 % radius is this many standard deviations of a round normal distribution.
SD_OF_95 = 2.448
#: The inhabited part of a city, square metres: what «anywhere else» means (Kendari: 270 km², about half of it lived in).
ELSEWHERE_M2 = 1.2e8
#: Mean time between the first and a later report of what is seen at once, and of what lies there for days.
QUICK, SLOW = timedelta(minutes=20), timedelta(days=2)
SLOW_GROUPS = frozenset({"environment", "infrastructure", "public_order"})
#: Kinds of different groups that people take for each other, or that come together.
KIN: frozenset[frozenset[str]] = frozenset(
    frozenset(pair)
    for pair in (
        ("fallen_tree", "broken_power_line"), ("fallen_tree", "tree_pruning"), ("fallen_tree", "congestion"),
        ("traffic_accident", "congestion"), ("traffic_accident", "vehicle_fire"), ("flood", "blocked_drain"),
        ("electrical_fire", "broken_power_line"), ("power_cut", "broken_power_line"), ("strong_wind", "fallen_tree"),
        ("brawl", "public_disorder"), ("drowning", "flood"), ("person_rescue", "landslide"), ("leaning_pole", "telecom_cable"),
    )
)  # fmt: skip


class Told(msgspec.Struct, frozen=True):
    """One report, or an incident by what is known of it."""

    id: UUID
    at: datetime
    category: str | None = None
    group: str | None = None
    lat: float | None = None
    lon: float | None = None
    uncertainty_m: float | None = None
    area: str | None = None
    words: str = ""


class Because(msgspec.Struct, frozen=True):
    """One reason for a score: a gettext sentence, and what it counts in natural log-odds."""

    sentence: str
    log_odds: float
    numbers: dict[str, int] = {}


class Match(msgspec.Struct, frozen=True):
    """How probably two are of one thing, and why, the strongest reason first."""

    p: float
    because: tuple[Because, ...]


def same(one: Told, other: Told) -> Match:
    """Whether two reports are about the same thing."""
    reasons = [reason for reason in (_place(one, other), _time(one, other), _kind(one, other), _words(one, other)) if reason]
    log_odds = PRIOR + sum(reason.log_odds for reason in reasons)
    return Match(1 / (1 + math.exp(-log_odds)), tuple(sorted(reasons, key=lambda reason: -abs(reason.log_odds))))


def _sd(uncertainty_m: float | None) -> float:
    return min(uncertainty_m if uncertainty_m is not None else UNSURE_M, MOST_UNSURE_M) / SD_OF_95


def _place(one: Told, other: Told) -> Because | None:
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        if one.area is None or other.area is None:
            return None
        is_same = one.area == other.area
        return Because(N_("kelurahan sama") if is_same else N_("kelurahan lain"), 1.5 if is_same else -2.5)
    variance = _sd(one.uncertainty_m) ** 2 + _sd(other.uncertainty_m) ** 2 + SEEN_FROM_M**2
    apart = distance_m(one.lat, one.lon, other.lat, other.lon)
    ratio = math.log(ELSEWHERE_M2 / (2 * math.pi * variance)) - apart**2 / (2 * variance)
    return Because(N_("{n} m dari sini"), max(-8.0, min(5.0, ratio)), {"n": int(round(apart, -1))})


def _time(one: Told, other: Told) -> Because:
    apart = abs(one.at - other.at)
    mean = SLOW if one.group in SLOW_GROUPS and other.group in SLOW_GROUPS else QUICK
    return Because(N_("{n} menit terpaut"), max(-6.0, 1.0 - apart / mean), {"n": round(apart.total_seconds() / 60)})


def _kind(one: Told, other: Told) -> Because | None:
    if one.category is None or other.category is None:
        return None
    if one.category == other.category:
        return Because(N_("kategori sama"), 2.2)
    if one.group == other.group or frozenset((one.category, other.category)) in KIN:
        return Because(N_("kategori serumpun"), 1.0)
    return Because(N_("kategori lain"), -3.5)


def _words(one: Told, other: Told) -> Because | None:
    """Shared content words; what is said differently speaks hardly against it, as everybody has words of their own."""
    these, those = _content(one.words), _content(other.words)
    if not these or not those:
        return None
    share = len(these & those) / min(len(these), len(those))
    return Because(N_("{n}% kata sama"), 1.5 * share - 0.2, {"n": round(100 * share)}) if share else None


@lru_cache(maxsize=512)
def _content(words: str) -> frozenset[str]:
    return frozenset(word for word in fold(words[:500]).split() if len(word) > 3 and word not in EMPTY_WORDS)


#: Words that are in every report.
EMPTY_WORDS = frozenset(
    {
        "yang", "untuk", "dengan", "tolong", "mohon", "segera", "cepat", "disini", "sini", "sana", "sudah", "belum", "tidak",
        "lagi", "dekat", "depan", "samping", "jalan", "lorong", "lapor", "melapor", "saya", "kami", "kita", "mereka",
        "petugas", "halo", "terima", "kasih", "besar",
    }
)  # fmt: skip


class Group(msgspec.Struct):
    """Reports about one thing: what they say together. Grows with each."""

    middle: Told
    members: list[UUID]
    weight: float
    categories: dict[str | None, int]

    def add(self, told: Told) -> None:
        """One more report: the middle moves by how sure each point is, the kind is what most say."""
        middle = self.middle
        lat, lon, uncertainty = middle.lat, middle.lon, middle.uncertainty_m
        if told.lat is not None and told.lon is not None:
            weight = 1 / (_sd(told.uncertainty_m) ** 2 + SEEN_FROM_M**2)
            if lat is None or lon is None:
                lat, lon, uncertainty, self.weight = told.lat, told.lon, told.uncertainty_m, weight
            else:
                share = weight / (self.weight + weight)
                lat, lon = lat + (told.lat - lat) * share, lon + (told.lon - lon) * share
                self.weight += weight
                uncertainty = SD_OF_95 / math.sqrt(self.weight)
        self.categories[told.category] = self.categories.get(told.category, 0) + 1
        named = {code: n for code, n in self.categories.items() if code is not None}
        category = max(named, key=lambda code: named[code]) if named else None
        group = told.group if category == told.category else middle.group
        self.middle = msgspec.structs.replace(
            middle, lat=lat, lon=lon, uncertainty_m=uncertainty, area=middle.area or told.area, category=category, group=group,
            at=max(middle.at, told.at),
        )  # fmt: skip
        self.members.append(told.id)


def grouped(told: Iterable[Told], least: float = GROUPED) -> list[Group]:
    """Put reports together that are about one thing, each in the order it came into the likeliest group so far, or a new one.

    Nothing is joined by this: people see the groups and join them.
    """
    groups: list[Group] = []
    for one in sorted(told, key=lambda one: one.at):
        best, likely = None, least
        for group in groups:
            p = same(group.middle, one).p
            if p >= likely:
                best, likely = group, p
        if best is None:
            weight = 1 / (_sd(one.uncertainty_m) ** 2 + SEEN_FROM_M**2) if one.lat is not None else 0.0
            groups.append(Group(one, [one.id], weight, {one.category: 1}))
        else:
            best.add(one)
    return groups


def group_of(category: str | None, catalogue: Catalogue) -> str | None:
    """The group of a category, where the catalogue knows it."""
    known = catalogue.categories_by_code.get(category or "")
    return known.group if known else None


#: How many people call about an incident, at least, for each level of alarm above the first: agencies are told at each.
ALARM_LEVELS: Mapping[int, int] = {2: 4, 3: 10}


def alarm_level(callers: int) -> int:
    """1 as told; 2 and 3 when so many people call that it is more than it seemed."""
    return max((level for level, least in ALARM_LEVELS.items() if callers >= least), default=1)


def people(callers: Sequence[UUID | None]) -> int:
    """How many people stand behind reports: each known caller once, each report without a number as one."""
    known = {caller for caller in callers if caller is not None}
    return len(known) + sum(caller is None for caller in callers)
