"""Kendari's pack is sound and whole."""

from collections import Counter

import pytest

from tanggap.city.categories import QuestionKind
from tanggap.city.kinds import Priority, Provenance
from tanggap.city.model import Catalogue
from tanggap.city.pack import Pack, pack_folder, read_pack
from tanggap.city.territory import AreaKind


@pytest.fixture(scope="module")
def pack() -> Pack:
    return read_pack(pack_folder("kendari"))


@pytest.fixture(scope="module")
def catalogue(pack: Pack) -> Catalogue:
    return Catalogue(pack.city, 1, pack.agencies, pack.categories, pack.areas, pack.targets, pack.phrases)


def test_it_has_what_kendari_has(pack: Pack) -> None:
    assert Counter(area.kind for area in pack.areas) == {AreaKind.KECAMATAN: 11, AreaKind.KELURAHAN: 65}
    assert len(pack.agencies) == 16
    assert len(pack.categories) == 56
    assert len(pack.places) >= 60
    assert [target.priority for target in pack.targets] == list(Priority)
    assert pack.targets[0].acknowledge_s == 60


def test_every_entry_says_where_it_is_from(pack: Pack) -> None:
    entries = [*pack.agencies, *pack.categories, *pack.areas, *pack.places]
    assert all(entry.source and entry.provenance in Provenance for entry in entries)
    said = Counter(category.provenance for category in pack.categories)
    assert said[Provenance.SOURCED] > said[Provenance.PROPOSED] > 0


def test_every_category_can_be_talked_about(pack: Pack) -> None:
    for category in pack.categories:
        assert 1 <= len(category.questions) <= 8
        assert len(category.words) >= 5, category.code
        assert all(word == word.lower().strip() for word in category.words), category.code
        assert category.next, category.code


def test_no_two_categories_claim_the_same_words(pack: Pack) -> None:
    claimed = Counter(word for category in pack.categories for word in set(category.words))
    assert [word for word, count in claimed.items() if count > 1] == []


def test_only_danger_to_life_is_said_to_raise_to_the_highest(pack: Pack) -> None:
    for category in pack.categories:
        for question in category.questions:
            if question.kind is QuestionKind.TEXT:
                assert question.raises == {}


def test_the_fallen_tree_goes_from_bpbd_to_dlhk_to_damkarmat(catalogue: Catalogue) -> None:
    assert catalogue.competent("fallen_tree") == ["bpbd", "dlhk", "damkarmat"]
    assert catalogue.supporting("fallen_tree") == ["dlhk", "pln", "dishub"]


def test_somebody_trapped_makes_it_an_emergency(catalogue: Catalogue) -> None:
    tree = catalogue.category("fallen_tree")
    assert tree.priority is Priority.P2
    assert tree.priority_for({"hit": "yes"}) is Priority.P1
    assert tree.priority_for({"hit": "no", "cable": "unknown"}) is Priority.P2
    assert tree.priority_for({"somebody else's question": "yes"}) is Priority.P2
    bins = catalogue.category("full_bin")
    assert bins.priority_for({"days": 6}) is Priority.P4
    assert bins.priority_for({"days": "9"}) is Priority.P3
    assert bins.priority_for({"days": "many"}) is Priority.P4


def test_a_kelurahan_knows_its_kecamatan(catalogue: Catalogue) -> None:
    assert catalogue.kecamatan_of("74.71.08.1002").name == "Kadia"
    assert catalogue.kecamatan_of("74.71.08").name == "Kadia"
