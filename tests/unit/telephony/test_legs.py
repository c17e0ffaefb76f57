"""Legs of our own: what is said to a phone, and to whom a leg belongs."""

import asyncio
from typing import Any

from tanggap.telephony.edge.legs import Answer, Leg, Legs, caller_of, name_of
from tanggap.telephony.edge.media import at_ears

TARGET = "sip:11111111111111111111111111111111@112.local"
BROWSER = "v=0\r\nc=IN IP4 192.0.2.2\r\nm=audio 9 RTP/SAVPF 8\r\na=ice-ufrag:x\r\n"


class Edge(asyncio.DatagramProtocol):
    """What the edge would hear; it answers INVITE with `code`."""

    def __init__(self, code: int) -> None:
        self.code = code
        self.heard: list[str] = []
        self.more = asyncio.Event()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        text = data.decode()
        self.heard.append(text.split(" ")[0])
        self.more.set()
        head = "".join(f"{line}\r\n" for line in text.split("\r\n") if line.split(":")[0] in ("Via", "From", "Call-ID", "CSeq"))
        code = 200 if text.startswith(("BYE", "CANCEL")) else self.code
        if not text.startswith("ACK"):
            more = f"To: <{TARGET}>;tag=t\r\nContact: <sip:phone@192.0.2.2>\r\nRecord-Route: <sip:127.0.0.1;lr>\r\n"
            self.transport.sendto(f"SIP/2.0 {code} x\r\n{head}{more}\r\nv=0 answered".encode(), addr)


async def ring(code: int) -> tuple[Edge, Legs, Leg]:
    transport, edge = await asyncio.get_running_loop().create_datagram_endpoint(lambda: Edge(code), local_addr=("127.0.0.1", 0))
    legs = await Legs(transport.get_extra_info("sockname")[1]).open()
    leg = Leg(name_of("a@b"), TARGET, "sip:penelepon@112.local", {"X-Tanggap-Call": "7"})
    legs.ring(leg, "v=0 offered")
    return edge, legs, leg


async def until(edge: Edge, heard: list[str]) -> None:
    async with asyncio.timeout(10):
        while edge.heard != heard:
            edge.more.clear()
            await edge.more.wait()


async def test_a_phone_answers_and_is_hung_up() -> None:
    edge, legs, leg = await ring(200)
    assert await asyncio.wait_for(leg.answer, 5) == Answer(200, "v=0 answered")
    await until(edge, ["INVITE", "ACK"])
    legs.give_up(leg)
    await until(edge, ["INVITE", "ACK", "BYE"])
    legs.close()


async def test_a_phone_refuses() -> None:
    edge, legs, leg = await ring(480)
    assert (await asyncio.wait_for(leg.answer, 5)).code == 480
    await until(edge, ["INVITE", "ACK"])
    legs.close()


async def test_a_phone_that_rings_is_left_alone_again() -> None:
    edge, legs, leg = await ring(180)
    await asyncio.wait_for(leg.was_heard.wait(), 5)
    legs.give_up(leg)
    assert (await leg.answer).code == 487
    await until(edge, ["INVITE", "CANCEL"])
    legs.close()


def test_a_leg_says_whose_it_is() -> None:
    assert caller_of(name_of("a-b@c")) == "a-b@c"
    assert caller_of("a-b@c") is None


def test_another_browser_is_heard_where_the_first_one_was() -> None:
    told = at_ears(BROWSER, "198.51.100.7|4000")
    assert "c=IN IP4 198.51.100.7\r\nm=audio 4000 RTP" in told
    assert "c=IN IP6 ::1" in at_ears(BROWSER, "::1|4000")


def test_a_telephone_is_spoken_to_where_it_says() -> None:
    plain = BROWSER.replace("a=ice-ufrag:x\r\n", "")
    assert at_ears(plain, "198.51.100.7|4000") == plain
    assert at_ears(BROWSER, "") == BROWSER


def test_a_telephone_network_is_heard_where_it_speaks_from() -> None:
    plain = BROWSER.replace("a=ice-ufrag:x\r\n", "")
    assert "c=IN IP4 198.51.100.7\r\nm=audio 4000 RTP" in at_ears(plain, "198.51.100.7|4000", always=True)


class Desk(Edge):
    """A phone that has answered, and asks for something within its call."""

    async def ask(self, leg: Leg, port: int, method: str, body: str = "", more: str = "") -> tuple[str, str]:
        """Ask, and give the code of the answer and its body."""
        self.answered: asyncio.Future[tuple[str, str]] = asyncio.get_running_loop().create_future()
        self.number = getattr(self, "number", 4) + 1
        text = (
            f"{method} sip:tanggap@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z1\r\nCall-ID: {leg.name}\r\n"
            f"CSeq: {self.number} {method}\r\n{more}\r\n{body}"
        )
        self.transport.sendto(text.encode(), ("127.0.0.1", port))
        return await asyncio.wait_for(self.answered, 15)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if not data.startswith(b"SIP/2.0"):
            super().datagram_received(data, addr)
        elif f"CSeq: {self.number} ".encode() in data and not self.answered.done():  # else one that is said again
            self.answered.set_result((data.decode().split(" ")[1], data.decode().partition("\r\n\r\n")[2]))


async def test_a_phone_that_holds_or_passes_on_a_moved_call_is_answered() -> None:
    loop = asyncio.get_running_loop()
    transport, desk = await loop.create_datagram_endpoint(lambda: Desk(200), local_addr=("127.0.0.1", 0))
    legs = await Legs(transport.get_extra_info("sockname")[1]).open()
    leg = Leg(name_of("a@b"), TARGET, "sip:penelepon@112.local", {})
    held: list[bool] = []
    leg.on_held, leg.on_refer = held.append, lambda to: 202 if "antrean" in to else 404
    legs.ring(leg, "v=0\r\na=sendrecv\r\n")
    await asyncio.wait_for(leg.answer, 15)
    assert await desk.ask(leg, legs.port, "INVITE", "v=0\r\na=sendonly\r\n") == ("200", "v=0\r\na=recvonly\r\n")
    assert held == [True]
    codes = [
        (await desk.ask(leg, legs.port, method, more=more))[0]
        for method, more in (
            ("UPDATE", ""), ("REFER", "Refer-To: <sip:1@x>\r\n"), ("REFER", "Refer-To: <sip:antrean@x>\r\n"), ("MESSAGE", ""),
        )
    ]  # fmt: skip
    assert codes == ["200", "404", "202", "501"]
    legs.close()
