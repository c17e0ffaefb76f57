"""Words in one spelling, and what «bukan» turns round."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanggap.triage.spelling import MOST_CHARACTERS, stem, tokens


def texts(said: str) -> list[str]:
    return [token.text for token in tokens(said)]


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("rmh sdh tdk ada", "rumah sudah tidak ada"),
        ("sa liat org", "saya lihat orang"),
        ("lampu merah mati", "lampu_merah mati"),
        ("tolooooong", "tolong"),
        ("anak2 di air", "anak di air"),
        ("smpah baux", "sampah bau"),
    ],
)
def test_what_is_written_short_is_written_out(said: str, means: str) -> None:
    assert texts(said) == means.split()


def test_bukan_turns_round_what_follows_up_to_tapi() -> None:
    negated = [token.text for token in tokens("bukan kebakaran tapi banjir") if token.negated]
    assert negated == ["kebakaran"]


def test_tidak_alone_turns_nothing_round() -> None:
    assert not any(token.negated for token in tokens("dia tidak napas"))


def test_stems_of_one_word_agree() -> None:
    assert stem("tetangganya") == stem("tetangga")


@given(st.text(max_size=3 * MOST_CHARACTERS))
def test_any_text_is_read(said: str) -> None:
    assert len(tokens(said)) <= MOST_CHARACTERS + 5
