"""What a message says: in one text message, in its alphabet, in the reader's language."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanggap.notification.model import Channel, Notice, Occasion
from tanggap.notification.texts import (
    SMS_CHARACTERS,
    TO_AGENCY,
    Subject,
    from_gsm,
    gsm_bytes,
    is_gsm,
    plain_sms,
    sms_length,
    text_of,
)

LINK = "https://112.kendarikota.go.id/t/42"


def subject(place: str = "Jl. MT Haryono, depan Lippo Plaza, Bende", category: str = "Kabel listrik putus") -> Subject:
    return Subject(number="KDI-0042", category=category, priority="P1", place=place, agency="PLN", link=LINK)


@pytest.mark.parametrize("occasion", TO_AGENCY)
@pytest.mark.parametrize("locale", ["id", "en"])
def test_a_text_message_is_one_part_and_says_number_place_and_what_to_answer(occasion: Occasion, locale: str) -> None:
    said = text_of(Notice(occasion=occasion, agency="pln", after_s=125), subject(), Channel.SMS, locale).text
    assert sms_length(said) <= SMS_CHARACTERS
    assert is_gsm(said)
    assert "KDI-0042" in said
    assert "Jl. MT" in said
    if occasion is not Occasion.WITHDRAWN:
        assert " 1 " in said or " 3 " in said or " 4 " in said


@settings(max_examples=60)
@given(st.text(max_size=400), st.text(min_size=1, max_size=80), st.sampled_from(sorted(TO_AGENCY)))
def test_whatever_the_place_is_called_the_text_fits(place: str, category: str, occasion: Occasion) -> None:
    notice = Notice(occasion=occasion, agency="pln", after_s=7_000)
    said = text_of(notice, subject(place, category), Channel.SMS, "id").text
    assert sms_length(said) <= SMS_CHARACTERS
    assert is_gsm(said)
    assert from_gsm(gsm_bytes(said)) == said


def test_a_short_place_leaves_room_for_the_link() -> None:
    said = text_of(Notice(occasion=Occasion.WITHDRAWN, agency="pln"), subject("Pasar Baruga"), Channel.SMS, "id").text
    assert said.endswith(LINK)


def test_who_reads_mail_is_not_told_to_answer_by_digits() -> None:
    said = text_of(Notice(occasion=Occasion.SENT, agency="pln"), subject(), Channel.EMAIL, "id")
    assert "Balas" not in said.text
    assert said.link == LINK
    assert said.subject == "Penugasan baru: Kabel listrik putus (KDI-0042)"


def test_the_centre_reads_whose_it_is() -> None:
    said = text_of(Notice(occasion=Occasion.UNANSWERED, role="supervisor", after_s=180), subject(), Channel.SMS, "id").text
    assert "PLN belum menjawab 3 menit" in said


def test_signs_of_print_become_signs_of_text_messages() -> None:
    assert plain_sms("«wua-wua» – 5 × 3…") == '"wua-wua" - 5 x 3...'
    assert plain_sms("🌴") == "?"
