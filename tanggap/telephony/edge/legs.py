"""Legs of our own: ringing a phone for a caller who talks already and whose first phone has died.

A leg is the least that makes a call for a phone (RFC 3261): INVITE, ACK, CANCEL, BYE, over UDP to the edge on this machine. Its
audio is arranged between the phone and rtpengine; a phone that holds it is answered here, for nothing changes on the caller's
side. How a leg ends at the phone's side the edge tells by the leg's name, so a decider that comes later can end a call whose leg
it never made.
"""

import asyncio
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from tanggap.telephony.edge.describing import answer_again, way_of

#: The edge knows a leg by this word at the beginning of its Call-ID; the caller's own Call-ID follows.
PREFIX: Final = "lanjut-"
#: Says to a phone that its REFER was obeyed here, not passed on: the call has been taken from it.
TAKEN: Final = "X-Tanggap-Taken"
#: What is not answered by anything is said again after these times, seconds (RFC 3261's T1, doubled).
AGAIN_S: Final = (0.5, 1.0, 2.0)
_CALLER_OF = re.compile(rf"{PREFIX}[0-9a-f]+-(.+)", re.DOTALL)
_URI = re.compile(r"<([^>]+)>")
#: What a phone may ask of a leg that nobody listens to.
NOT_HERE: Final = 501
_REASONS: Final = {200: "OK", 202: "Accepted", 403: "Not Allowed", 404: "Not Known", 480: "Not Here", 481: "No Such Call"}


def name_of(call_id: str) -> str:
    """A new leg's Call-ID."""
    return f"{PREFIX}{secrets.token_hex(4)}-{call_id}"


def caller_of(leg: str) -> str | None:
    """The Call-ID of the caller to whom a leg belongs; None: this is no leg."""
    found = _CALLER_OF.fullmatch(leg)
    return found[1] if found else None


class Answer(msgspec.Struct, frozen=True):
    """How a phone answered: 200 and its description of the audio, or another code."""

    code: int
    sdp: str = ""


class Leg:
    """One phone that rings, or talks."""

    def __init__(self, name: str, target: str, sender: str, headers: Mapping[str, str]) -> None:
        """`target` and `sender` are SIP addresses."""
        self.name, self.target, self.sender, self.headers = name, target, sender, headers
        self.branch, self.tag = f"z9hG4bK{secrets.token_hex(8)}", secrets.token_hex(6)
        self.answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.is_over = False
        self.was_heard = asyncio.Event()  # the edge has answered anything
        self.bye_heard = asyncio.Event()
        self.to, self.contact, self.route = f"<{target}>", target, ""
        self.sdp = self.answered_sdp = ""  # what it was offered, and what it answered
        self.changes = 0  # of its audio since
        self.ack_heard = asyncio.Event()
        self.on_held: Callable[[bool], None] = lambda held: None
        self.on_refer: Callable[[str], int] = lambda to: NOT_HERE


class Legs(asyncio.DatagramProtocol):
    """Every leg of this process."""

    def __init__(self, port: int) -> None:
        """`port`: where the edge listens for legs, on 127.0.0.1."""
        self._edge = ("127.0.0.1", port)
        self._legs: dict[str, Leg] = {}
        self._transport: asyncio.DatagramTransport | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0  # of ours

    async def open(self) -> "Legs":
        """Take a port of this machine."""
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        self._transport = transport
        self.port = transport.get_extra_info("sockname")[1]
        return self

    def close(self) -> None:
        """Give it back; who talks goes on talking."""
        for task in self._tasks:
            task.cancel()
        if self._transport is not None:
            self._transport.close()

    def ring(self, leg: Leg, sdp: str) -> None:
        """Ring a phone, with this description of the audio; `leg.answer` has what it says."""
        self._legs[leg.name] = leg
        leg.sdp = sdp
        more = "".join(f"{name}: {value}\r\n" for name, value in leg.headers.items())
        text = self._request("INVITE", leg, leg.target, more + "Content-Type: application/sdp\r\n", sdp)
        self._until(leg.was_heard, text)

    def give_up(self, leg: Leg) -> None:
        """It shall ring no longer."""
        if leg.is_over:
            return
        leg.is_over = True
        if leg.answer.done() and leg.answer.result().code == 200:
            self._until(leg.bye_heard, self._request("BYE", leg, leg.contact))
        else:
            self._send(self._request("CANCEL", leg, leg.target))
        if not leg.answer.done():
            leg.answer.set_result(Answer(487))

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """What the edge passes on: answers, and what a phone wants within its call."""
        del addr
        head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        fields: dict[str, list[str]] = {}
        for line in lines:
            name, _, value = line.partition(":")
            fields.setdefault(name.strip().lower(), []).append(value.strip())
        words = first.split(" ", 2)
        leg = self._legs.get(_one(fields, "call-id"))
        if words[0] == "SIP/2.0" and len(words) > 1 and words[1].isdigit():
            if leg is not None:
                self._answered(leg, int(words[1]), _one(fields, "cseq"), fields, body)
        elif words[0] == "ACK":
            if leg is not None:
                leg.ack_heard.set()
        else:
            self._asked(leg, words[0], fields, body)

    def _asked(self, leg: Leg | None, method: str, fields: dict[str, list[str]], body: str) -> None:
        """A phone wants something within its call; the edge has answered BYE already."""
        if leg is None:
            self._reply(fields, 481)
        elif method in ("INVITE", "UPDATE"):
            self._changed(leg, method, fields, body)
        elif method == "REFER":
            code = leg.on_refer(_one(fields, "refer-to"))
            self._reply(fields, code, f"{TAKEN}: yes\r\n" if code == 202 else "")
        else:
            self._reply(fields, 200 if method in ("OPTIONS", "INFO") else NOT_HERE)

    def _changed(self, leg: Leg, method: str, fields: dict[str, list[str]], body: str) -> None:
        """A phone holds the call, or takes it back: the audio stays as it was arranged, so the answer is what it was offered."""
        if method == "UPDATE" and not body:
            self._reply(fields, 200)
            return
        answer = answer_again(leg.sdp, leg.answered_sdp, body, leg.changes + 1) if body else leg.sdp
        if not answer:
            self._reply(fields, 488)
            return
        leg.changes += 1
        if body:
            leg.on_held(way_of(body) in ("sendonly", "inactive"))
        leg.ack_heard.clear()
        more = "".join(f"Record-Route: {value}\r\n" for value in fields.get("record-route", []))
        more += f"Contact: <sip:tanggap@127.0.0.1:{self.port}>\r\nContent-Type: application/sdp\r\n"
        text = self._answer(fields, 200, more, answer)
        if method == "INVITE":
            self._until(leg.ack_heard, text)
        else:
            self._send(text)

    def _answered(self, leg: Leg, code: int, cseq: str, fields: dict[str, list[str]], body: str) -> None:
        leg.was_heard.set()
        if cseq.endswith("BYE"):
            if code >= 200:
                leg.bye_heard.set()
                self._legs.pop(leg.name, None)
            return
        if not cseq.endswith("INVITE") or code < 200:
            return
        leg.to = _one(fields, "to") or leg.to
        if code == 200:
            leg.answered_sdp = leg.answered_sdp or body
            contact = _URI.search(_one(fields, "contact"))
            leg.contact = contact[1] if contact else leg.target
            leg.route = "".join(f"Route: {value}\r\n" for value in reversed(fields.get("record-route", [])))
            self._send(self._request("ACK", leg, leg.contact))
            if leg.is_over:  # taken away in the moment in which it was answered
                self._until(leg.bye_heard, self._request("BYE", leg, leg.contact))
        else:
            self._send(self._request("ACK", leg, leg.target, branch=leg.branch))
            self._legs.pop(leg.name, None)
        if not leg.answer.done():
            leg.answer.set_result(Answer(code, body))

    def _request(self, method: str, leg: Leg, uri: str, more: str = "", body: str = "", branch: str = "") -> str:
        is_first = method in ("INVITE", "CANCEL")
        branch = branch or (leg.branch if is_first else f"z9hG4bK{secrets.token_hex(8)}")
        number = 2 if method == "BYE" else 1
        route, to = ("", f"<{leg.target}>") if is_first else (leg.route, leg.to)
        return (
            f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{self.port};branch={branch};rport\r\n{route}"
            f"From: <{leg.sender}>;tag={leg.tag}\r\nTo: {to}\r\n"
            f"Call-ID: {leg.name}\r\nCSeq: {number} {method}\r\nContact: <sip:tanggap@127.0.0.1:{self.port}>\r\n"
            f"Max-Forwards: 70\r\n{more}Content-Length: {len(body.encode())}\r\n\r\n{body}"
        )

    def _reply(self, fields: dict[str, list[str]], code: int, more: str = "") -> None:
        self._send(self._answer(fields, code, more))

    def _answer(self, fields: dict[str, list[str]], code: int, more: str = "", body: str = "") -> str:
        told = "".join(
            f"{name}: {value}\r\n" for name in ("Via", "From", "To", "Call-ID", "CSeq") for value in fields.get(name.lower(), [])
        )
        reason = _REASONS.get(code, "As It Is")
        return f"SIP/2.0 {code} {reason}\r\n{told}{more}Content-Length: {len(body.encode())}\r\n\r\n{body}"

    def _send(self, text: str) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(text.encode(), self._edge)

    def _until(self, heard: asyncio.Event, text: str) -> None:
        """Say something until it is answered."""
        self._send(text)
        task = asyncio.ensure_future(self._again(heard, text))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _again(self, heard: asyncio.Event, text: str) -> None:
        for wait_s in AGAIN_S:
            try:
                await asyncio.wait_for(heard.wait(), wait_s)
            except TimeoutError:
                self._send(text)
            else:
                return


def _one(fields: dict[str, list[str]], name: str) -> str:
    return next(iter(fields.get(name, [])), "")
