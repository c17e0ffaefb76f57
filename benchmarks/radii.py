"""`python -m benchmarks.radii`: whether each kind of answer's circle holds 95 % of those who would give it, on our own queries.

It asks the engine for each kind of answer alone, so that a kind that is too wide does not hide one that is too narrow, and prints
the constants that would hold 95 %: what to write into `tanggap/location/places.py` and `entries.py`. True points are drawn as
`true_points.py` says; for areas they are the pack's own places in them.
"""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from benchmarks.figure import Figure, against, percentile, tell
from benchmarks.location import holds, pack_entries
from benchmarks.true_points import Point, along, at, between, within
from tanggap.city.pack import pack_folder, read_pack
from tanggap.location.gazetteer import Gazetteer
from tanggap.location.model import Candidate, Entry, Relation
from tanggap.location.places import BETWEEN_SHARE, FARTHEST_M, apart_m
from tanggap.location.plane import distance_m
from tanggap.location.stretches import AREAS

EACH = 400
LEAST, MOST = 0.90, 0.98
SAID = {
    Relation.AT: "{}", Relation.FRONT: "depan {}", Relation.BESIDE: "samping {}", Relation.BEHIND: "belakang {}",
    Relation.OPPOSITE: "seberang {}", Relation.NEAR: "dekat {}", Relation.BEFORE: "sebelum {}", Relation.AFTER: "setelah {}",
}  # fmt: skip


def asked(entries: Sequence[Entry], rng: random.Random) -> Iterator[tuple[str, str, Point]]:
    """Kind of answer, what is said, where the caller is."""
    times = Counter(entry.name for entry in entries)
    places = [entry for entry in entries if times[entry.name] == 1 and entry.kind not in AREAS]
    for relation, said in SAID.items():
        for entry in rng.choices(places, k=EACH):
            yield relation.value, said.format(entry.name), at(rng, entry, relation)
    for one, two in (rng.sample(places, 2) for _ in range(2 * EACH)):
        if apart_m(one, two) <= FARTHEST_M:
            yield "between", f"antara {one.name} dan {two.name}", between(rng, one, two)
        metres = rng.choice((50, 100, 200, 300, 500))
        yield "along", f"{metres} meter dari {one.name} arah {two.name}", along(rng, one, two, metres)
    for area in entries:
        for point in within(area, entries) if area.kind in AREAS else ():
            yield area.kind, f"{area.kind} {area.name}", point


def held(entries: Sequence[Entry]) -> list[Figure]:
    """The share held, by kind of answer, of those whose place was understood."""
    gazetteer = Gazetteer(entries, None, "Kendari")
    counted: dict[str, list[bool]] = defaultdict(list)
    for kind, said, point in asked(entries, random.Random(3)):
        best = next(iter(gazetteer.find(said).candidates), None)
        if best is not None and _is_of(kind, best):
            counted[kind].append(holds(best, point))
    shares = {kind: sum(found) / len(found) for kind, found in counted.items()}
    return [
        against(f"{kind}: within the circle, of {len(counted[kind])}", share, "share", "stated", 0.95, f"{LEAST}–{MOST}",
                LEAST <= share <= MOST)
        for kind, share in shares.items()
    ]  # fmt: skip


def _is_of(kind: str, best: Candidate) -> bool:
    """An answer of another kind is a matter of recall, and counted there."""
    return bool(best.also) if kind == "between" else best.kind == kind if kind in AREAS else True


def fitted(entries: Sequence[Entry]) -> None:
    """Print the constants that hold 95 %."""
    rng = random.Random(4)
    one, other = Entry("a", "", "", (), 0.0, 0.0, 1.0), Entry("b", "", "", (), 0.0, 0.02, 1.0)
    apart = apart_m(one, other)
    shares = [distance_m(*between(rng, one, other), 0.0, 0.01) / apart for _ in range(50 * EACH)]
    print(f"BETWEEN_SHARE = {percentile(shares, 0.95):.2f}  # now {BETWEEN_SHARE}")
    areas = {area.code: area for area in read_pack(pack_folder("kendari")).areas}
    for kind in sorted(AREAS):
        ratios = [
            distance_m(*point, area.lat, area.lon) / areas[area.id].radius_m
            for area in entries if area.kind == kind for point in within(area, entries)
        ]  # fmt: skip
        print(f"NOT_A_DISC of a {kind} = {percentile(ratios, 0.95):.2f}, of {len(ratios)} places")


async def measure() -> list[Figure]:
    """The table by kind of answer."""
    return await asyncio.to_thread(held, pack_entries())


if __name__ == "__main__":
    fitted(pack_entries())
    tell(asyncio.run(measure()))
