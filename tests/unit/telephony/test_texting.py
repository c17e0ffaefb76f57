"""The decider's end of a call's text: who is heard, what is answered, and what a second decider finds."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tanggap.telephony.deciding.board import Board
from tanggap.telephony.deciding.decider import Decider
from tanggap.telephony.texting.conversing import Conversation, a_port, at_port
from tanggap.telephony.texting.offer import TextOffer
from tanggap.telephony.texting.rtp import EVERY_S, LOST, Receiver, Sender

from .deciding import SARI, Wire, a_decider

HEAD = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
AUDIO = "m=audio 4000 RTP/AVP 8\r\n"
TEXT = "m=text 4002 RTP/AVP 100 98\r\na=rtpmap:98 t140/1000\r\na=rtpmap:100 red/1000\r\n"
OFFER = TextOffer("198.51.100.7", 4002, 98, 100, 30)
CALLER, STRANGER = ("198.51.100.7", 4002), ("203.0.113.66", 4002)


class Line:
    """A transport that only remembers."""

    def __init__(self) -> None:
        self.said: list[tuple[bytes, Any]] = []

    def sendto(self, data: bytes, to: Any) -> None:
        self.said.append((data, to))

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        """Nothing is open."""


def conversation(offer: TextOffer = OFFER, source: str = "") -> tuple[Conversation, Line]:
    made, line = Conversation(offer, source), Line()
    made._transport = line  # type: ignore[assignment]
    return made, line


def packets(*words: str) -> list[bytes]:
    sender, made, now = Sender(7, 1, 98, 100), [], 1.0
    for word in words:
        sender.type(word)
        made.append(sender.packet(now) or b"")
        now += EVERY_S * 2
    return made


def test_at_the_end_of_a_call_nothing_is_waited_for() -> None:
    made, _ = conversation()
    said = packets("to", "long", " ada", " maling", " di")
    made.datagram_received(said[0], CALLER)
    made.datagram_received(said[4], CALLER)
    assert heard(made) == "to"
    over = made.heard(is_over=True)
    assert over is not None
    assert over.letters == f"{LOST} ada maling di"


def heard(made: Conversation) -> str:
    found = made.heard()
    return found.letters if found else ""


def test_only_the_callers_side_is_heard_and_then_only_from_where_it_spoke() -> None:
    made, _ = conversation()
    first, second, third = packets("to", "long", " saya")
    made.datagram_received(first, STRANGER)
    assert (heard(made), made.strangers) == ("", 1)
    made.datagram_received(b"nonsense", CALLER)
    made.datagram_received(first, ("198.51.100.7", 5999))  # behind a network's own ports
    made.datagram_received(second, ("198.51.100.7", 4002))
    assert heard(made) == "to"
    made.datagram_received(third, ("198.51.100.7", 5999))
    assert heard(made) == "long saya"


def test_the_address_from_which_the_invite_came_may_speak_too() -> None:
    made, _ = conversation(source=STRANGER[0])
    made.datagram_received(packets("halo")[0], STRANGER)
    assert heard(made) == "halo"


def test_a_caller_who_describes_themselves_anew_is_heard_there() -> None:
    made, _ = conversation()
    first, second = packets("to", "long")
    made.datagram_received(first, CALLER)
    made.agree_anew(msgspec.structs.replace(OFFER, host=STRANGER[0], text_type=97))
    made.datagram_received(second.replace(b"\x62", b"\x61").replace(b"\xe2", b"\xe1"), STRANGER)
    assert heard(made) == "tolong"


def test_what_the_desk_types_goes_out_in_order_and_says_when_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    made, line = conversation()
    clock = [1.0]
    monkeypatch.setattr("tanggap.telephony.texting.conversing.time.monotonic", lambda: clock[0])
    made.type("Petugas", 3)
    made.type(" dikirim.\n", 4)
    told = []
    for _ in range(12):
        told.append(made.send())
        clock[0] += EVERY_S / 2 + 0.01
    receiver = Receiver(98, 100)
    assert "".join(receiver.hear(data, 0.0) for data, _ in line.said) == "\ufeffPetugas dikirim.\u2028"
    assert [one for one in told if one] == [4]
    assert len(line.said) == 3  # once, and said again twice
    assert {to for _, to in line.said} == {CALLER}


def test_nothing_is_sent_to_an_address_that_means_nobody() -> None:
    nobody = msgspec.structs.replace(OFFER, host="::")
    made, line = conversation(nobody, source=STRANGER[0])
    made.type("halo", 1)
    assert (made.send(), line.said) == (0, [])
    made.datagram_received(packets("a")[0], STRANGER)
    made.send()
    assert line.said[0][1] == STRANGER


def test_a_flood_is_cut_and_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tanggap.telephony.texting.conversing.MOST_AT_ONCE", 10)
    monkeypatch.setattr("tanggap.telephony.texting.conversing.PER_S", 0)
    made, _ = conversation()
    made.datagram_received(packets("x" * 30)[0], CALLER)
    assert heard(made) == "x" * 10 + LOST


@contextlib.asynccontextmanager
async def centre(tmp_path: Path, **ports: int) -> AsyncIterator[tuple[Decider, Board, Wire]]:
    """A decider that hears text; what it would do beside is not done."""
    decider, board, wire = a_decider(tmp_path)
    board.telephony = msgspec.structs.replace(board.telephony, **ports)
    board.desks.allow({SARI: "Sari"})
    board.desks.phone(SARI, 1, 0.0)
    try:
        yield decider, board, wire
    finally:
        decider._texting.drop()
        await asyncio.sleep(0)


def call(decider: Decider, board: Board, sdp: str) -> None:
    decider._hear({"ev": "call", "ci": "one", "ti": 1, "tl": 2, "body": sdp, "kind": "application/sdp", "source": "127.0.0.1"})
    board.line.join("one", 0.0)
    decider._arriving.give_out()


async def test_a_call_with_text_is_answered_with_our_port(tmp_path: Path) -> None:
    async with centre(tmp_path, text_first=20_900, text_last=20_998) as (decider, board, wire):
        call(decider, board, HEAD + AUDIO + TEXT)
        said = next(one for one in wire.said if one["op"] == "ring")["text"]
        assert said.startswith("m=text 209")
        assert board.calls["one"].text_offer["offer"] == {
            "host": "127.0.0.1", "port": 4002, "text_type": 98, "red_type": 100, "per_s": 30,
        }  # fmt: skip
        assert "m=text" not in board.audio_of(board.calls["one"])


@pytest.mark.parametrize(
    ("sdp", "first"),
    [(HEAD + AUDIO, 20_900), (HEAD + AUDIO + TEXT, 0), (HEAD + AUDIO + TEXT.replace("AVP", "SAVP"), 20_900), ("", 20_900)],
    ids=["no text", "switched off", "what we do not speak", "nothing"],
)
async def test_any_other_call_rings_as_ever(tmp_path: Path, sdp: str, first: int) -> None:
    async with centre(tmp_path, text_first=first, text_last=first and first + 98) as (decider, board, wire):
        call(decider, board, sdp)
        assert next(one for one in wire.said if one["op"] == "ring")["text"] == ""


async def test_without_a_free_port_the_call_rings_as_ever(tmp_path: Path) -> None:
    taken = at_port("127.0.0.1", 0)
    assert taken is not None
    with contextlib.closing(taken):
        port = taken.getsockname()[1] // 2 * 2
        async with centre(tmp_path, text_first=port, text_last=port + 1) as (decider, board, wire):
            blocked = [taken, at_port("127.0.0.1", port)]  # whichever of the two is the even one
            call(decider, board, HEAD + AUDIO + TEXT)
            assert next(one for one in wire.said if one["op"] == "ring")["text"] == ""
            if blocked[1] is not None:
                blocked[1].close()


def test_ports_are_even_and_each_is_given_once() -> None:
    found = [a_port("127.0.0.1", 20_801, 20_807, set()) for _ in range(4)]
    try:
        ports = [one.getsockname()[1] for one in found if one is not None]
        assert set(ports) <= {20_802, 20_804, 20_806}
        assert len(set(ports)) == len(ports)
        assert found[-1] is None
    finally:
        for one in found:
            if one is not None:
                one.close()
