"""To whom a call may be passed on."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanggap.telephony.passing import Target, target_of

PERSON = UUID("01a21000-0000-7000-8000-000000000001")


@pytest.mark.parametrize(
    ("refer_to", "target"),
    [
        ("<sip:antrean@112.local>", Target()),
        (f"<sip:{PERSON.hex}@112.local>", Target(person=PERSON)),
        ("sip:0401112233@112.local", Target(number="0401112233")),
        ("<sip:%2B62401112233@112.local;user=phone>", Target(number="+62401112233")),
        (f"<sip:{PERSON.hex}@112.local?Replaces=a%3Bto-tag%3Db>", None),
        ("<sip:penelepon@112.local>", None),
        ("<sip:1@112.local>", None),
        ("tel:0401112233", None),
    ],
)
def test_a_desk_names_a_colleague_a_number_or_the_line(refer_to: str, target: Target | None) -> None:
    assert target_of(refer_to) == target


def test_what_is_written_down_says_what_it_is_and_never_the_number() -> None:
    assert [Target().kind, Target(person=PERSON).kind, Target(number="112").kind] == ["queue", "desk", "outside"]


@settings(max_examples=60)
@given(st.text(max_size=200))
def test_any_text_is_a_target_or_none(text: str) -> None:
    target = target_of(text)
    assert target is None or target.kind in ("queue", "desk", "outside")
