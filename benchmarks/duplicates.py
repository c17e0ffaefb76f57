"""`python -m benchmarks duplicates`: bursts of callers about one thing, with places up to 300 m off, put together again.

Simulated days (seeded): fires, accidents, floods and fallen trees with 2 to 25 callers each, among ordinary reports and those of
a storm in which a dozen trees fall within an hour. Beside it, on the same reports: same category within 300 m and 30 minutes.
"""

import math
import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from uuid import UUID

from benchmarks.figure import Figure, against, percentile
from tanggap.city.pack import pack_folder, read_pack
from tanggap.triage.duplicates import Told, grouped, same
from tanggap.triage.model import distance_m

SEEDS = (1, 2, 3, 4, 5, 6)
#: Where people live: a box of about 10 × 12 km. Degrees.
SOUTH, NORTH, WEST, EAST = -4.03, -3.94, 122.47, 122.58
MORNING = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
NOISE_M = 300.0
#: Kinds of bursts: category, and what its callers take it for now and then.
BURSTS = (
    ("building_fire", ("electrical_fire", "land_fire")), ("traffic_accident", ("congestion",)), ("flood", ("blocked_drain",)),
    ("fallen_tree", ("broken_power_line",)), ("vehicle_fire", ("building_fire",)), ("brawl", ("public_disorder",)),
)  # fmt: skip
QUICK_WITNESS = {
    "building_fire": "rumah terbakar asap tebal api", "traffic_accident": "tabrakan motor mobil korban luka",
    "flood": "banjir masuk rumah warga air naik", "fallen_tree": "pohon tumbang menutup jalan kabel",
    "vehicle_fire": "mobil terbakar di pinggir", "brawl": "tawuran pemuda bawa parang",
}  # fmt: skip


def day(seed: int) -> tuple[list[Told], dict[UUID, int]]:
    """A day's reports, and which event each is about."""
    rng = random.Random(seed)
    pack = read_pack(pack_folder("kendari"))
    groups = {category.code: category.group for category in pack.categories}
    reports: list[Told] = []
    event_of: dict[UUID, int] = {}

    def report(event: int, at: datetime, lat: float, lon: float, category: str | None, words: str) -> None:
        away, bearing = NOISE_M * math.sqrt(rng.random()), rng.random() * math.tau
        said = " ".join(rng.sample(words.split(), min(3, len(words.split()))))
        one = Told(
            UUID(int=rng.getrandbits(128)), at, category, groups.get(category or ""), lat + away * math.cos(bearing) / 111_195,
            lon + away * math.sin(bearing) / 111_195, rng.choice((20.0, 60.0, 150.0, 300.0)), None, said,
        )  # fmt: skip
        reports.append(one)
        event_of[one.id] = event

    def event(start: datetime, kind: tuple[str, tuple[str, ...]], callers: int) -> None:
        number = len(set(event_of.values()))
        lat, lon = rng.uniform(SOUTH, NORTH), rng.uniform(WEST, EAST)
        for n in range(callers):
            at = start + (timedelta(minutes=min(45.0, rng.expovariate(1 / 8))) if n else timedelta())
            luck = rng.random()
            category = kind[0] if luck < 0.82 else rng.choice(kind[1]) if luck < 0.92 else None
            report(number, at, lat, lon, category, QUICK_WITNESS[kind[0]])

    for _ in range(14):
        event(MORNING + timedelta(hours=rng.uniform(0, 23)), rng.choice(BURSTS), rng.randint(2, 25))
    storm = MORNING + timedelta(hours=rng.uniform(10, 18))
    for _ in range(12):
        event(storm + timedelta(minutes=rng.uniform(0, 60)), BURSTS[3], rng.randint(1, 8))
    for _ in range(160):
        code = rng.choice(sorted(groups))
        number = len(set(event_of.values()))
        at = MORNING + timedelta(hours=rng.uniform(0, 24))
        report(number, at, rng.uniform(SOUTH, NORTH), rng.uniform(WEST, EAST), code, code.replace("_", " "))
    return reports, event_of


def by_rule(one: Told, other: Told) -> bool:
    """The reference: same category within 300 m and 30 minutes."""
    if one.category is None or one.category != other.category or abs(one.at - other.at) > timedelta(minutes=30):
        return False
    assert one.lat is not None
    assert one.lon is not None
    assert other.lat is not None
    assert other.lon is not None
    return distance_m(one.lat, one.lon, other.lat, other.lon) <= 300


def by_groups(reports: Sequence[Told]) -> set[frozenset[UUID]]:
    """The pairs that are put together by the house."""
    return {frozenset(pair) for group in grouped(reports) for pair in combinations(group.members, 2)}


def by_reference(reports: Sequence[Told]) -> set[frozenset[UUID]]:
    """The pairs of the reference."""
    return {frozenset((one.id, other.id)) for one, other in combinations(reports, 2) if by_rule(one, other)}


def judged(answer: Callable[[Sequence[Told]], set[frozenset[UUID]]], seeds: Sequence[int] = SEEDS) -> tuple[float, float]:
    """Recall and precision over pairs of reports, all days together."""
    found = right = wanted = 0
    for seed in seeds:
        reports, event_of = day(seed)
        pairs = answer(reports)
        true = {frozenset((a.id, b.id)) for a, b in combinations(reports, 2) if event_of[a.id] == event_of[b.id]}
        found, right, wanted = found + len(pairs), right + len(pairs & true), wanted + len(true)
    return right / wanted, right / found


async def measure() -> list[Figure]:
    """Recall, precision, and the time that one report's candidates take."""
    recall, precision = judged(by_groups)
    rule_recall, rule_precision = judged(by_reference)
    reports, _ = day(SEEDS[0])
    took = []
    for one in reports[:100]:
        started = time.perf_counter()
        for other in reports[:50]:
            same(one, other)
        took.append((time.perf_counter() - started) * 1000)
    p95 = percentile(took, 0.95)
    rule = "same category, 300 m, 30 min"
    return [
        against("duplicates.recall", recall, "", rule, rule_recall, "≥ 0.95", recall >= 0.95),
        against("duplicates.precision", precision, "", rule, rule_precision, "≥ 0.90", precision >= 0.90),
        against("duplicates.50_candidates.p95", p95, "ms", "goal", 10.0, "< 10", p95 < 10),
    ]
