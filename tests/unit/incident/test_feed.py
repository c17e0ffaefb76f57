"""Event ids of the live feed: a browser may send us anything."""

from hypothesis import given
from hypothesis import strategies as st

from tanggap.incident.timeline.feed import cursor_of, cursor_text

PLACES = st.integers(0, 2**63 - 1)


@given(PLACES, PLACES)
def test_an_id_comes_back_as_the_place_it_was(transaction: int, position: int) -> None:
    assert cursor_of(cursor_text((transaction, position))) == (transaction, position)


@given(st.text(max_size=60))
def test_anything_else_is_no_place(text: str) -> None:
    found = cursor_of(text)
    assert found is None or (min(found) >= 0 and max(found) < 2**63)


def test_numbers_that_no_database_holds_are_refused() -> None:
    assert cursor_of("9" * 30 + "-1") is None
    assert cursor_of("٣-٤") is None
    assert cursor_of(None) is None
