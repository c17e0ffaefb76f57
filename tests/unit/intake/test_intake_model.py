"""Numbers as they are said, and what is flagged instead of refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanggap.intake.model import Channel, Contact, flags_of, masked_number, normal_number


@pytest.mark.parametrize("said", ["0813-4455-6642", "+62 813 4455 6642", "0062 813 4455 6642", "62 (813) 4455.6642"])
def test_one_number_in_many_spellings(said: str) -> None:
    assert normal_number(said) == "6281344556642"


@given(st.text(max_size=200))
def test_any_number_is_taken(said: str) -> None:
    number = normal_number(said)
    assert number == "" or number.isdigit()
    assert len(number) <= 34
    masked_number(number)


@given(st.from_regex(r"0[0-9]{9,13}", fullmatch=True))
def test_a_list_shows_too_little_to_call(number: str) -> None:
    masked = masked_number(normal_number(number))
    assert sum(char.isdigit() for char in masked) <= 6


def test_what_is_missing_is_flagged() -> None:
    assert flags_of(Contact(Channel.CALL), "") == ["no_place", "no_category", "no_number"]
    full = Contact(Channel.CALL, address_words="wua2", category="flood")
    assert flags_of(full, "6281344556642") == []
    assert flags_of(full, "123") == ["odd_number"]
