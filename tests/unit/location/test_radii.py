"""Circles hold nineteen of twenty of those who say so: neither nearly everybody, nor too few."""

import random
from collections import defaultdict

import pytest

from benchmarks.radii import LEAST, MOST
from benchmarks.true_points import Point, along, at, between, within
from tanggap.location.gazetteer import Gazetteer
from tanggap.location.model import Entry, Found, Relation
from tanggap.location.places import FARTHEST_M, REACH_M, Spot, beside, junction
from tanggap.location.places import along as places_along
from tanggap.location.places import between as places_between
from tanggap.location.plane import distance_m
from tanggap.location.stretches import AREAS
from tanggap.simulation.made_up import made_up_places
from tests.unit.location.kendari import ENTRIES, KENDARI, first
from tests.unit.location.test_said_in_kendari import KNOWN

#: Each sentence is said by so many callers.
CALLERS = 8
DRAWN = 1_000
ONE, TWO = Entry("a", "mall", "A", (), -4.0, 122.5, 100.0), Entry("b", "street", "B", (), -3.99, 122.507, 400.0)

NAMED: dict[str, list[Entry]] = defaultdict(list)
for _entry in ENTRIES:
    NAMED[_entry.name].append(_entry)


def share(spot: Spot, points: list[Point]) -> float:
    """Share of points that a spot's circle holds."""
    return sum(distance_m(spot.lat, spot.lon, *point) <= spot.uncertainty_m for point in points) / len(points)


def where(rng: random.Random, found: Found, entry: Entry) -> Point:
    """Where somebody is who says such words of a place, as `benchmarks/true_points.py` has it."""
    said = found.understood.mentions[0]
    best = found.candidates[0]
    other = KENDARI.entry(best.also[0]) if best.also else None
    if other is not None:
        return between(rng, entry, other)
    if said.distance_m is not None and len(found.understood.mentions) > 1:
        towards = KENDARI.find(" ".join(found.understood.mentions[1].words)).candidates
        other = KENDARI.entry(towards[0].place) if towards else None
        if other is not None:
            return along(rng, entry, other, said.distance_m)
    inside = within(entry, ENTRIES) if entry.kind in AREAS else []
    return rng.choice(inside) if inside else at(rng, entry, said.relation)


@pytest.mark.parametrize("crowd", [0, 5_000])
def test_who_says_such_words_is_within_the_circle(crowd: int) -> None:
    among = Gazetteer([*ENTRIES, *made_up_places(crowd, ENTRIES)], None, "Kendari") if crowd else KENDARI
    rng = random.Random(11)
    holds = []
    for words, meant in KNOWN:
        entries = [entry for name in meant for entry in NAMED[name]]
        found = among.find(words)
        if len(entries) == 1 and found.candidates:
            best = found.candidates[0]
            for _ in range(CALLERS):
                point = where(rng, found, entries[0])
                holds.append(distance_m(best.lat, best.lon, *point) <= best.uncertainty_m)
    assert len(holds) > 150 * CALLERS
    assert LEAST <= sum(holds) / len(holds) <= MOST


@pytest.mark.parametrize("relation", REACH_M)
def test_the_circle_beside_a_place_holds_those_who_are_there(relation: Relation) -> None:
    rng, spot = random.Random(1), beside(ONE, relation)
    assert LEAST <= share(spot, [at(rng, ONE, relation) for _ in range(DRAWN)]) <= MOST


def test_the_circles_of_two_places_hold_those_who_are_there() -> None:
    rng = random.Random(2)
    assert LEAST <= share(places_between(ONE, TWO), [between(rng, ONE, TWO) for _ in range(DRAWN)]) <= MOST
    for metres in (100.0, 300.0, 700.0):
        assert LEAST <= share(places_along(ONE, TWO, metres), [along(rng, ONE, TWO, metres) for _ in range(DRAWN)]) <= MOST


@pytest.mark.parametrize("kind", sorted(AREAS))
def test_the_circle_of_an_area_holds_the_places_in_it(kind: str) -> None:
    holds = [
        distance_m(area.lat, area.lon, *point) <= area.uncertainty_m
        for area in ENTRIES if area.kind == kind for point in within(area, ENTRIES)
    ]  # fmt: skip
    assert LEAST <= sum(holds) / len(holds) <= MOST


def test_errors_that_do_not_know_of_each_other_do_not_add_up() -> None:
    place, near = first("lippo plaza"), first("dekat lippo plaza")
    assert max(place.uncertainty_m, 150.0) < near.uncertainty_m < place.uncertainty_m + 150.0


def test_who_is_at_one_of_two_places_does_not_say_between_them() -> None:
    one, two = first("lippo plaza"), first("pasar baru")
    apart = distance_m(one.lat, one.lon, two.lat, two.lon)
    found = first("antara lippo plaza dan pasar baru")
    assert apart < FARTHEST_M
    assert 0.4 * apart < found.uncertainty_m < 0.5 * apart + one.uncertainty_m + two.uncertainty_m


def test_streets_without_lines_may_cross_at_either_point() -> None:
    one, two = (Entry(name, "street", name, (), lat, 122.5, 100.0) for name, lat in (("a", -4.0), ("b", -3.99)))
    assert junction(one, two).uncertainty_m >= distance_m(one.lat, one.lon, two.lat, two.lon) / 2
