"""Answering a phone that describes its audio anew."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanggap.telephony.edge.describing import answer_again, way_of

OFFERED = (
    "v=0\r\no=- 7 3 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=audio 30000 RTP/SAVPF 8 101\r\na=ice-ufrag:ours\r\na=setup:passive\r\n"
    "a=sendrecv\r\na=rtcp-mux\r\n"
)
BROWSER = "v=0\r\nm=audio 9 RTP/SAVPF 8\r\na=ice-ufrag:theirs\r\na=setup:active\r\na=mid:0\r\na=sendrecv\r\n"


@pytest.mark.parametrize(
    ("asked", "answered"),
    [("sendonly", "recvonly"), ("recvonly", "sendonly"), ("inactive", "inactive"), ("sendrecv", "sendrecv")],
)
def test_a_hold_is_answered_the_other_way_round_and_nothing_else_changes(asked: str, answered: str) -> None:
    made = answer_again(OFFERED, BROWSER, BROWSER.replace("sendrecv", asked).replace("active", "actpass", 1), 2)
    assert way_of(made) == answered
    assert "o=- 7 5 IN IP4 192.0.2.1\r\n" in made
    assert "a=setup:passive\r\n" in made
    assert made.endswith("a=mid:0\r\n")
    assert "m=audio 30000 RTP/SAVPF 8 101\r\n" in made


def test_a_phone_on_another_network_is_not_answered_as_if_it_held() -> None:
    assert answer_again(OFFERED, BROWSER, BROWSER.replace("theirs", "again"), 1) == ""


def test_who_was_offered_no_direction_is_told_one() -> None:
    plain = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\nm=audio 9 RTP/AVP 8\r\n"
    assert way_of(plain) == "sendrecv"
    assert answer_again(plain, plain, f"{plain}a=sendonly\r\n", 1).endswith("a=recvonly\r\n")


@settings(max_examples=60)
@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_any_text_has_an_answer(offered: str, answered: str, asked: str) -> None:
    assert isinstance(answer_again(offered, answered, asked, 1), str)
