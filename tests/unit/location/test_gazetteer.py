"""Names found by the letters they share with what was said."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanggap.city.model import Catalogue
from tanggap.city.pack import pack_folder, read_pack
from tanggap.location.gazetteer import Gazetteer

PACK = read_pack(pack_folder("kendari"))
KENDARI = Gazetteer(Catalogue(PACK.city, 1, PACK.agencies, PACK.categories, PACK.areas, PACK.places, PACK.targets, PACK.phrases))


@pytest.mark.parametrize(
    ("said", "meant"),
    [("kel anduonohu", "Andonohu"), ("wua2", "Wua-Wua"), ("di dpn pasar baruga", "Pasar Baruga"), ("lepolepo", "Lepo Lepo")],
)
def test_what_people_say_finds_the_place(said: str, meant: str) -> None:
    assert meant in [candidate.name for candidate in KENDARI.candidates(said)]


@pytest.mark.parametrize("said", ["", "di depan situ", "qqqq xxxx", "jalan"])
def test_no_place_is_offered_for_nothing(said: str) -> None:
    assert KENDARI.candidates(said) == []


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=120))
def test_any_words_give_an_answer_with_its_reason(said: str) -> None:
    for candidate in KENDARI.candidates(said):
        assert 0 < candidate.likeness <= 1
        assert candidate.uncertainty_m > 0
