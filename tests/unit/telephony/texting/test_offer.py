"""What an INVITE offers of text, and where our line of the answer stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanggap.telephony.texting.offer import PER_S, TextOffer, place_of_text, read_offer, with_text, without_text

HEAD = "v=0\r\no=- 1 1 IN IP4 198.51.100.7\r\ns=-\r\nc=IN IP4 198.51.100.7\r\nt=0 0\r\n"
AUDIO = "m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=sendrecv\r\n"
VIDEO = "m=video 4004 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n"
TEXT = (
    "m=text 4002 RTP/AVP 100 98\r\na=rtpmap:98 t140/1000\r\na=fmtp:98 cps=60\r\na=rtpmap:100 red/1000\r\n"
    "a=fmtp:100 98/98/98\r\na=sendrecv\r\n"
)
PLAIN = "m=text 4002 RTP/AVP 98\r\nc=IN IP4 198.51.100.9\r\na=rtpmap:98 T140/1000\r\n"


def test_what_is_offered_is_read() -> None:
    assert read_offer(HEAD + AUDIO + TEXT) == TextOffer("198.51.100.7", 4002, 98, 100, 60)
    assert read_offer(HEAD + PLAIN + AUDIO) == TextOffer("198.51.100.9", 4002, 98, None, PER_S)


@pytest.mark.parametrize(
    "sdp",
    [
        "", HEAD + AUDIO, HEAD + TEXT, HEAD + AUDIO + TEXT + TEXT, HEAD + AUDIO + TEXT.replace("AVP", "SAVP"),
        HEAD + AUDIO + TEXT.replace("4002", "0"), HEAD + AUDIO + TEXT.replace("t140", "t999"),
        HEAD.replace("c=IN IP4 198.51.100.7\r\n", "") + AUDIO + TEXT,
        HEAD.replace("c=IN IP4 198.51.100.7", "c=IN IP4 telepon.example") + AUDIO + TEXT,
    ],
    ids=["nothing", "no text", "text alone", "twice", "sealed", "port 0", "no t140", "no address", "a name"],
)  # fmt: skip
def test_what_we_do_not_speak_is_not_taken(sdp: str) -> None:
    assert read_offer(sdp) is None


@pytest.mark.parametrize(
    ("offered", "answered"),
    [
        (AUDIO + TEXT, AUDIO + "{}"), (TEXT + AUDIO, "{}" + AUDIO), (AUDIO + TEXT + VIDEO, AUDIO + "{}" + VIDEO),
        (AUDIO + VIDEO + TEXT, AUDIO + VIDEO + "{}"),
    ],
    ids=["last", "first", "before the picture", "after it"],
)  # fmt: skip
def test_an_answer_has_the_order_of_its_offer(offered: str, answered: str) -> None:
    sdp = HEAD + offered
    offer = read_offer(sdp)
    assert offer is not None
    line = offer.answer("203.0.113.5", 31_000)
    assert line.startswith("m=text 31000 RTP/AVP 100 98\r\nc=IN IP4 203.0.113.5\r\n")
    rest = without_text(sdp)
    assert rest == HEAD + answered.format("")
    assert with_text(rest, line, place_of_text(sdp)) == HEAD + answered.format(line)


def test_without_text_of_ours_a_description_stays_as_it_is() -> None:
    assert without_text(HEAD + TEXT) == HEAD + TEXT
    assert with_text(HEAD + AUDIO, "", "") == HEAD + AUDIO


@given(st.text(max_size=200))
def test_any_body_has_an_answer(body: str) -> None:
    for sdp in (body, HEAD + AUDIO + "m=text " + body, HEAD + AUDIO + TEXT + body):
        read_offer(sdp)
        without_text(sdp)
        place_of_text(sdp)
