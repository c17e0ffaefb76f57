"""Free text: whatever was said can be stored, and nothing readable is lost."""

from hypothesis import given
from hypothesis import strategies as st

from tanggap.platform.text import clean_text, fold


@given(st.text(st.characters(codec=None), max_size=300))
def test_any_text_becomes_storable(said: str) -> None:
    cleaned = clean_text(said, 100)
    cleaned.text.encode("utf-8")
    assert "\x00" not in cleaned.text
    assert len(cleaned.text) <= 100
    assert ("overlong" in cleaned.flags) == (len(clean_text(said, 10_000).text) > 100)


@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs", "So")), max_size=80))
def test_readable_text_is_kept_to_the_letter(said: str) -> None:
    assert clean_text(said, 1_000) == (said, ())


@given(st.text(st.characters(codec=None), max_size=300))
def test_cleaning_again_changes_nothing(said: str) -> None:
    once = clean_text(said, 200).text
    assert clean_text(once, 200).text == once


def test_control_characters_are_shown() -> None:
    assert clean_text("a\x00b\x1b\r\nc\u202ed", 50) == ("a␀b␛\nc\ufffdd", ("control_characters",))


def test_folding_makes_spellings_alike() -> None:
    assert fold("Wua2") == fold("wua-wua") == fold("WUA  WUA!") == "wua wua"
    assert fold("Café 5") == "cafe 5"
