"""A gazetteer with changes is as one that was built with them; what was found is recalled until a change touches it."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanggap.location.gazetteer import Gazetteer
from tanggap.location.model import Entry, Found
from tests.unit.location.kendari import ENTRIES, KENDARI, first
from tests.unit.location.test_said_in_kendari import SAID

NAMES = ("Pasar Panjang", "Toko Sinar", "Jalan Melur", "Masjid An-Nur", "Pantai Biru", "Kelapa")
KINDS = ("market", "shop", "street", "mosque")


def placed(number: int, name: str, kind: str, north: int) -> Entry:
    return Entry(f"p{number}", kind, name, (), -4.0 + north / 500, 122.5 + number / 900, 50.0)


entries = st.builds(placed, st.integers(0, 12), st.sampled_from(NAMES), st.sampled_from(KINDS), st.integers(0, 9))
changes = st.tuples(st.lists(entries, max_size=4), st.sets(st.integers(0, 14).map("p{}".format), max_size=3))


@settings(max_examples=40, deadline=None)
@given(st.lists(entries, max_size=9, unique_by=lambda one: one.id), st.lists(changes, min_size=1, max_size=4))
def test_a_changed_gazetteer_knows_what_a_new_one_knows(
    first_ones: list[Entry], steps: list[tuple[list[Entry], set[str]]]
) -> None:
    gazetteer = Gazetteer(first_ones)
    in_force = {entry.id: entry for entry in first_ones}
    for changed, removed in steps:
        gazetteer = gazetteer.with_changes(changed, removed)
        in_force.update((entry.id, entry) for entry in changed)
        for gone in removed:
            in_force.pop(gone, None)
        assert len(gazetteer) == len(in_force)
        assert gazetteer.kinds == Counter(entry.kind for entry in in_force.values())
        assert {number: gazetteer.entry(number) for number in in_force} == in_force
        assert all(gazetteer.entry(gone) is None for gone in removed)
        near = Gazetteer(in_force.values()).reverse(-3.99, 122.505, 20)
        assert Counter(one.place for one in gazetteer.reverse(-3.99, 122.505, 20)) == Counter(one.place for one in near)


CHANGES: dict[str, tuple[list[Entry], set[str]]] = {
    "a new place": ([Entry("n", "shop", "Toko Mebel Sinar Jepara", (), -3.98, 122.51, 40.0)], set()),
    "a new street": ([Entry("n", "street", "Jalan Lawata Dalam", (), -3.98, 122.51, 40.0)], set()),
    "a namesake": ([Entry("n", "market", "Pasar Baru", (), -3.93, 122.55, 40.0)], set()),
    "a place that closed": ([], {first("hotel claro").place}),
    "another name": (
        [Entry(one.id, one.kind, one.name, ("Rumah Sakit Abunawas",), one.lat, one.lon, one.uncertainty_m, one.area)
         for one in ENTRIES if one.name == "RSUD Kota Kendari"],
        set(),
    ),
    "another kelurahan": (
        [Entry(one.id, one.kind, "Kemaraya Baru", (), one.lat, one.lon, one.uncertainty_m, one.area)
         for one in ENTRIES if one.kind == "kelurahan" and one.name == "Kemaraya"],
        set(),
    ),
}  # fmt: skip


def told(found: Found) -> list[tuple[str, float]]:
    return [(one.place, pytest.approx(one.p, abs=0.002)) for one in found.candidates]


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_recalled_after_a_change_is_what_would_be_found(change: str) -> None:
    before = KENDARI.with_changes([])
    for said, _ in SAID:
        before.recalled(said)
    after = before.with_changes(*CHANGES[change])
    differ = [said for said, _ in SAID if told(after.recalled(said)) != told(after.find(said))]
    assert differ == []


def test_a_change_elsewhere_costs_no_second_search() -> None:
    before = KENDARI.with_changes([])
    said = ["hotel claro", "dpn lippo plaza", "jalan lawata"]
    found = [before.recalled(words) for words in said]
    after = before.with_changes([Entry("n", "street", "Jalan Bougenville Raya", (), -3.98, 122.51, 40.0)])
    assert all(after.recalled(words) is one for words, one in zip(said, found, strict=True))
    again = after.with_changes([Entry("m", "mall", "Lippo Plaza Dua", (), -3.98, 122.51, 40.0)])
    assert again.recalled(said[0]) is found[0]
    assert again.recalled(said[1]) is not found[1]
