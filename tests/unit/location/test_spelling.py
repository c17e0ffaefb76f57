"""Words in the one form in which they are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanggap.location.model import Relation
from tanggap.location.phrases import understand
from tanggap.location.spelling import plain, skeleton, sound, undoubled, words


@pytest.mark.parametrize("said", ["wua2", "Wua-Wua", "wuawua", "WUA WUA", "wua dua", "Wuá-wua"])
def test_a_word_said_twice_is_one_form(said: str) -> None:
    assert words(said) == ("wua", "2")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SMPN 05", "smp negeri lima"), ("jl. A. Yani", "Jalan A Yani"), ("RSUD", "rumah sakit umum daerah"),
        ("kel. Bende", "lurah bende"),
        ("Balai Kota II", "balai kota dua"), ("pom bensin Rabam", "SPBU Rabam"), ("Lumba - Lumba", "lumba2"), ("sma11", "SMA 11"),
    ],
)  # fmt: skip
def test_two_ways_of_writing_compare_alike(one: str, other: str) -> None:
    assert words(one) == words(other)


HEARD = (("kentari", "kendari"), ("andounohu", "anduonohu"), ("boeton", "buton"), ("putsal", "futsal"))


@pytest.mark.parametrize(("said", "written"), HEARD)
def test_words_that_sound_alike_have_one_key(said: str, written: str) -> None:
    assert sound(said) == sound(written)


def test_wua_wua_keeps_its_w() -> None:
    assert sound("wua") != sound("ua")


def test_consonants_alone_find_the_word() -> None:
    assert skeleton("kntr") == skeleton("kantor")


COUNTED = (
    ("dua puluh tiga", "23"), ("seratus empat", "104"), ("dua belas", "12"), ("sepuluh", "10"), ("dua ratus lima puluh", "250"),
    ("seratus dua belas", "112"), ("2 puluh", "20"), ("seratus", "100"),
)  # fmt: skip


@pytest.mark.parametrize(("said", "number"), COUNTED)
def test_number_words_count_together(said: str, number: str) -> None:
    assert words(f"smp {said}") == ("smp", number)


def test_a_number_word_alone_counts_alone() -> None:
    assert words("lima enam") == ("5", "6")
    assert words("mangga dua") == ("mangga", "2")


def test_a_word_said_twice_may_have_an_ending() -> None:
    assert words("dapu2ra") == words("dapu dapura")


@given(st.text())
def test_plain_twice_changes_nothing(said: str) -> None:
    assert plain(plain(said)) == plain(said)
    assert undoubled(undoubled(plain(said))) == undoubled(plain(said))


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz 0123456789-,.", max_size=60))
def test_folding_words_twice_changes_nothing(said: str) -> None:
    once = " ".join(words(said)).replace("_", " ")
    assert words(" ".join(words(once)).replace("_", " ")) == words(once)


def test_a_relation_belongs_to_the_place_after_it() -> None:
    pieces = understand("dpn lippo plaza dkt lampu merah wua2").pieces
    found = [(piece.relation, piece.tokens[0].text) for piece in pieces]
    assert found == [(Relation.FRONT, "lippo"), (Relation.NEAR, "lampu_merah")]


def test_a_direction_is_no_target() -> None:
    pieces = understand("200 meter dari rsud arah masjid agung").pieces
    assert [(piece.is_target, piece.distance_m) for piece in pieces] == [(True, 200.0), (False, None)]


def test_two_streets_of_a_junction_are_a_pair() -> None:
    ((one, two),) = understand("perempatan jl malaka - jl haeba").pairs
    assert [token.text for token in one.tokens] == ["jalan", "malaka"]
    assert [token.text for token in two.tokens] == ["jalan", "haeba"]
    assert one.relation is Relation.JUNCTION
