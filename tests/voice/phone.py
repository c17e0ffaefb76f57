"""A small SIP phone over UDP, for tests: signs in, answers or does not, calls, hangs up; its audio is PCMA."""

import asyncio
import contextlib
import hashlib
import re
import secrets
import struct
from collections.abc import Callable
from typing import Any

from tanggap.telephony.credentials import SipCredentials

SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 8 101\r\n"
    "a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=sendrecv\r\n"
)


class Message:
    """A SIP message, read."""

    def __init__(self, text: str) -> None:
        head, _, self.body = text.partition("\r\n\r\n")
        self.first, *lines = head.split("\r\n")
        self.headers = [(name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        words = self.first.split(" ", 2)
        self.code = int(words[1]) if words[0] == "SIP/2.0" else 0
        self.method = "" if self.code else words[0]

    def all(self, name: str) -> list[str]:
        return [value for given, value in self.headers if given.lower() == name.lower()]

    def get(self, name: str) -> str:
        return next(iter(self.all(name)), "")


class Rtp(asyncio.DatagramProtocol):
    """The audio of a phone: counts what it hears, says one tone."""

    def __init__(self) -> None:
        self.heard = 0
        self.sources: set[Any] = set()  # from where it was heard
        self.transport: Any = None
        self.to: tuple[str, int] | None = None
        self._n = 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if len(data) > 12:
            self.heard += 1
            self.sources.add(addr)

    def say(self, kind: int = 8, payload: bytes = b"\x55\xd5" * 80, timestamp: int | None = None, mark: bool = False) -> None:
        if self.to:
            at = self._n * 160 if timestamp is None else timestamp
            header = struct.pack("!BBHII", 0x80, kind | (0x80 if mark else 0), self._n & 0xFFFF, at, 0x1122)
            self.transport.sendto(header + payload, self.to)
            self._n += 1

    async def key(self, number: int) -> None:
        """Press a key (RFC 4733)."""
        at = self._n * 160
        for n in range(1, 9):
            self.say(101, struct.pack("!BBH", number, 0x0A | (0x80 if n > 5 else 0), n * 160), at, mark=n == 1)
            await asyncio.sleep(0.02)


class Phone(asyncio.DatagramProtocol):
    """One phone. `answers`: seconds until it picks up; None: it rings on; a number of three digits: it refuses with that code."""

    def __init__(self, proxy: int, credentials: SipCredentials | None = None, answers: float | None = 0.05) -> None:
        self.proxy = ("127.0.0.1", proxy)
        self.credentials = credentials
        self.answers = answers
        self.rang: list[Message] = []
        self.messages: list[Message] = []
        self.talking = asyncio.Event()
        self.over = asyncio.Event()
        self.rings = asyncio.Event()
        self.rtp = Rtp()
        self.port = self.rtp_port = 0
        self.address = self.audio = "127.0.0.1"
        self.contact_port = 0  # where calls to this person go; 0: here
        self.contact_user = ""  # and under which name; empty: their own
        self._transport: Any = None
        self._changed = asyncio.Event()
        self._dialog: dict[str, Any] = {}
        self._cancelled: set[str] = set()
        self._cseq = 0

    async def open(self, port: int = 0, address: str = "127.0.0.1", audio: str = "127.0.0.1") -> "Phone":
        self.address, self.audio = address, audio
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(address, port))
        self.port = self._transport.get_extra_info("sockname")[1]
        rtp, _ = await loop.create_datagram_endpoint(lambda: self.rtp, local_addr=(audio, 0))
        self.rtp_port = rtp.get_extra_info("sockname")[1]
        return self

    def close(self) -> None:
        self._transport.close()
        self.rtp.transport.close()

    def send(self, text: str) -> None:
        self._transport.sendto(text.encode(), self.proxy)

    def send_bytes(self, blob: bytes) -> None:
        """What may be no text at all."""
        self._transport.sendto(blob, self.proxy)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if not data.strip():
            return
        message = Message(data.decode("utf-8", "replace"))
        self.messages.append(message)
        self._changed.set()
        if message.method == "INVITE":
            self._invited(message)
        elif message.method == "CANCEL":
            self._reply(message, "200 OK")
            self._cancelled.add(message.get("Call-ID"))
            if self.rang and not self.talking.is_set():
                self._reply(self.rang[-1], "487 Request Terminated", tag=True)
        elif message.method == "BYE":
            self._reply(message, "200 OK")
            self.over.set()
        elif message.method == "ACK" and self._dialog.get("incoming"):
            self.talking.set()
        elif message.method == "OPTIONS":
            self._reply(message, "200 OK")

    async def until(self, wanted: Callable[[Message], bool], limit_s: float = 60) -> Message:
        """The first message that is wanted, past or to come."""
        async with asyncio.timeout(limit_s):
            while True:
                for message in self.messages:
                    if wanted(message):
                        return message
                self._changed.clear()
                await self._changed.wait()

    # ── signing in ──

    async def register(self, expires: int = 120) -> Message:
        made = self.credentials
        assert made is not None
        call_id, answer = secrets.token_hex(8), ""
        for _ in range(2):
            self._cseq += 1
            self.send(
                f"REGISTER sip:{made.realm} SIP/2.0\r\n{self._via()}From: <{made.address}>;tag={secrets.token_hex(4)}\r\n"
                f"To: <{made.address}>\r\nCall-ID: {call_id}\r\nCSeq: {self._cseq} REGISTER\r\nMax-Forwards: 70\r\n"
                f"Contact: <sip:{self.contact_user or made.user}@{self.address}:{self.contact_port or self.port}>\r\n"
                f"Expires: {expires}\r\n{answer}"
                "Content-Length: 0\r\n\r\n"
            )
            wanted = f"{self._cseq} REGISTER"
            told = await self.until(lambda m, w=wanted: bool(m.code) and m.get("CSeq") == w)  # type: ignore[misc]
            if told.code != 401:
                return told
            answer = self._answer(told.get("WWW-Authenticate"), "REGISTER", f"sip:{made.realm}", "Authorization")
        return told

    def _answer(self, challenge: str, method: str, uri: str, header: str) -> str:
        made = self.credentials
        assert made is not None
        nonce = re.search(r'nonce="([^"]+)"', challenge)
        assert nonce is not None
        one = hashlib.md5(f"{made.username}:{made.realm}:{made.password}".encode()).hexdigest()
        two = hashlib.md5(f"{method}:{uri}".encode()).hexdigest()
        digest = hashlib.md5(f"{one}:{nonce[1]}:{two}".encode()).hexdigest()
        return (
            f'{header}: Digest username="{made.username}", realm="{made.realm}", nonce="{nonce[1]}", uri="{uri}", '
            f'response="{digest}", algorithm=MD5\r\n'
        )

    # ── being called ──

    def _invited(self, message: Message) -> None:
        if self.rang and self.rang[-1].get("Via") == message.get("Via"):
            return  # sent again
        if "tag=" in message.get("To"):
            self._reply(message, "200 OK", sdp=True)
            return
        self.rang.append(message)
        self._reply(message, "180 Ringing", tag=True)
        self.rings.set()
        if self.answers is None:
            return
        if self.answers >= 100:
            self._reply(message, f"{self.answers:.0f} No", tag=True)
        else:
            asyncio.get_running_loop().call_later(self.answers, self.answer, message)

    def answer(self, message: Message) -> None:
        if message.get("Call-ID") in self._cancelled:
            return
        self._dialog = {"incoming": True, "invite": message}
        self._listen(message.body)
        self._reply(message, "200 OK", tag=True, sdp=True)

    def _listen(self, body: str) -> None:
        port, address = re.search(r"m=audio (\d+)", body), re.search(r"c=IN IP4 (\S+)", body)
        if port and address:
            self.rtp.to = (address[1], int(port[1]))

    def _reply(self, message: Message, status: str, *, tag: bool = False, sdp: bool = False) -> None:
        to = message.get("To") + (f";tag=t{self.port}" if tag and "tag=" not in message.get("To") else "")
        via = "".join(f"Via: {value}\r\n" for value in message.all("Via"))
        route = "".join(f"Record-Route: {value}\r\n" for value in message.all("Record-Route"))
        body = SDP.format(port=self.rtp_port).replace("127.0.0.1", self.audio) if sdp else ""
        kind = "Content-Type: application/sdp\r\n" if sdp else ""
        self.send(
            f"SIP/2.0 {status}\r\n{via}{route}From: {message.get('From')}\r\nTo: {to}\r\nCall-ID: {message.get('Call-ID')}\r\n"
            f"CSeq: {message.get('CSeq')}\r\nContact: <sip:phone@{self.address}:{self.port}>\r\n{kind}"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        )

    # ── calling ──

    def call(self, to: str, number: str = "+6281344556642", body: str = "", kind: str = "", more: str = "") -> str:
        """Send an INVITE; gives its Call-ID."""
        call_id, branch = secrets.token_hex(10), f"z9hG4bK{secrets.token_hex(6)}"
        body, kind = body or SDP.format(port=self.rtp_port), kind or "application/sdp"
        sender = self.credentials.address if self.credentials else f"sip:{number}@trunk.test"
        self._dialog = {"call_id": call_id, "branch": branch, "to": to, "from": f"<{sender}>;tag=f{call_id[:6]}"}
        self.send(
            f"INVITE {to} SIP/2.0\r\n{self._via(branch)}From: {self._dialog['from']}\r\nTo: <{to}>\r\nCall-ID: {call_id}\r\n"
            f"CSeq: 1 INVITE\r\nContact: <sip:caller@{self.address}:{self.port}>\r\nMax-Forwards: 70\r\n{more}"
            f"Content-Type: {kind}\r\nContent-Length: {len(body.encode())}\r\n\r\n{body}"
        )
        return call_id

    async def dial(self, to: str, more: str = "") -> Message:
        """Call somebody as the person whose phone this is, answering the edge's challenge."""
        call_id = self.call(to)
        asked = await self.until(lambda m: m.code >= 300 and m.get("Call-ID") == call_id)
        assert asked.code == 407, asked.first
        self.acknowledge(asked)
        self.messages.remove(asked)
        again = self.call(to, more=more + self._answer(asked.get("Proxy-Authenticate"), "INVITE", to, "Proxy-Authorization"))
        return await self.answered(again)

    def acknowledge(self, told: Message) -> None:
        """The ACK of a refusal goes the way of its INVITE."""
        d = self._dialog
        self.send(
            f"ACK {d['to']} SIP/2.0\r\n{self._via(d['branch'])}From: {d['from']}\r\nTo: {told.get('To')}\r\n"
            f"Call-ID: {d['call_id']}\r\nCSeq: 1 ACK\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
        )

    def reinvite(self, way: str) -> None:
        """Hold (`sendonly`) or take back (`sendrecv`) a call that was answered here."""
        invite = self._dialog["invite"]
        self._cseq += 1
        contact = re.search(r"<([^>]+)>", invite.get("Contact"))
        route = "".join(f"Route: {value}\r\n" for value in invite.all("Record-Route"))
        body = SDP.format(port=self.rtp_port).replace("sendrecv", way)
        assert contact is not None
        self.send(
            f"INVITE {contact[1]} SIP/2.0\r\n{self._via()}{route}From: {invite.get('To')};tag=t{self.port}\r\n"
            f"To: {invite.get('From')}\r\nCall-ID: {invite.get('Call-ID')}\r\nCSeq: {self._cseq} INVITE\r\n"
            f"Contact: <sip:phone@{self.address}:{self.port}>\r\nMax-Forwards: 70\r\nContent-Type: application/sdp\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        )

    async def refer(self, user: str) -> int:
        """Ask the edge to pass a call on that was answered here; the code of its answer. Who was obeyed hangs up."""
        invite = self._dialog["invite"]
        self._cseq += 1
        contact = re.search(r"<([^>]+)>", invite.get("Contact"))
        route = "".join(f"Route: {value}\r\n" for value in invite.all("Record-Route"))
        assert contact is not None
        self.send(
            f"REFER {contact[1]} SIP/2.0\r\n{self._via()}{route}From: {invite.get('To')};tag=t{self.port}\r\n"
            f"To: {invite.get('From')}\r\nCall-ID: {invite.get('Call-ID')}\r\nCSeq: {self._cseq} REFER\r\n"
            f"Contact: <sip:phone@{self.address}:{self.port}>\r\nMax-Forwards: 70\r\nRefer-To: <sip:{user}@112.local>\r\n"
            "Content-Length: 0\r\n\r\n"
        )
        wanted = f"{self._cseq} REFER"
        code = (await self.until(lambda m: m.code >= 200 and m.get("CSeq") == wanted)).code
        if code == 202:
            self.bye()
        return code

    async def answered(self, call_id: str, limit_s: float = 60) -> Message:
        """Wait for the answer, and acknowledge it."""
        told = await self.until(lambda m: m.code >= 200 and m.get("Call-ID") == call_id and "INVITE" in m.get("CSeq"), limit_s)
        self._dialog["answer"] = told
        if told.code == 200:
            self._listen(told.body)
            self._inside("ACK", 1)
            self.talking.set()
        return told

    def hear(self, told: Message) -> None:
        """Send audio to where a provisional answer says, so that audio comes back."""
        self._listen(told.body)
        self.rtp.say()

    async def until_heard(self, packets: int, limit_s: float = 30) -> None:
        """Wait until this many packets of audio have come, saying something all the while."""
        async with asyncio.timeout(limit_s):
            while self.rtp.heard < packets:
                self.rtp.say()
                await asyncio.sleep(0.02)

    def cancel(self) -> None:
        d = self._dialog
        self.send(
            f"CANCEL {d['to']} SIP/2.0\r\n{self._via(d['branch'])}From: {d['from']}\r\nTo: <{d['to']}>\r\n"
            f"Call-ID: {d['call_id']}\r\nCSeq: 1 CANCEL\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
        )

    def bye(self) -> None:
        if self._dialog.get("incoming"):
            self._bye_as_called()
        else:
            self._inside("BYE", 2)

    def end(self, told: Message) -> None:
        """Acknowledge an answer, whatever was asked, and hang up."""
        number = int((re.findall(r"\d+", told.get("CSeq")) or ["1"])[0])
        self._say_inside(told, "ACK", number)
        self._say_inside(told, "BYE", number + 1)

    def _inside(self, method: str, cseq: int) -> None:
        self._say_inside(self._dialog["answer"], method, cseq)

    def _say_inside(self, told: Message, method: str, cseq: int) -> None:
        contact = re.search(r"<([^>]+)>", told.get("Contact"))
        route = "".join(f"Route: {value}\r\n" for value in reversed(told.all("Record-Route")))
        self.send(
            f"{method} {contact[1] if contact else told.get('Contact')} SIP/2.0\r\n{self._via()}{route}"
            f"From: {told.get('From')}\r\nTo: {told.get('To')}\r\nCall-ID: {told.get('Call-ID')}\r\nCSeq: {cseq} {method}\r\n"
            "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
        )

    def _bye_as_called(self) -> None:
        invite = self._dialog["invite"]
        contact = re.search(r"<([^>]+)>", invite.get("Contact"))
        route = "".join(f"Route: {value}\r\n" for value in invite.all("Record-Route"))
        assert contact is not None
        self.send(
            f"BYE {contact[1]} SIP/2.0\r\n{self._via()}{route}From: {invite.get('To')};tag=t{self.port}\r\n"
            f"To: {invite.get('From')}\r\n"
            f"Call-ID: {invite.get('Call-ID')}\r\nCSeq: 1 BYE\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
        )

    def _via(self, branch: str = "") -> str:
        return f"Via: SIP/2.0/UDP {self.address}:{self.port};branch={branch or 'z9hG4bK' + secrets.token_hex(6)};rport\r\n"


class WebPhone(Phone):
    """As a browser's phone, over a WebSocket (RFC 7118); for what is said, not for what is heard."""

    async def open(self, port: int = 0, address: str = "127.0.0.1") -> "WebPhone":
        await super().open(port, address)
        self._reader, self._writer = await asyncio.open_connection(*self.proxy)
        self._writer.write(
            f"GET /telepon/ws HTTP/1.1\r\nHost: localhost:{self.proxy[1]}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: sip\r\nSec-WebSocket-Version: 13\r\n"
            "Content-Length: 0\r\n\r\n".encode()
        )
        head = await self._reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in head, head
        self._reading = asyncio.create_task(self._read())
        return self

    async def _read(self) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                kind, length = await self._reader.readexactly(2)
                if length == 126:
                    length = int.from_bytes(await self._reader.readexactly(2), "big")
                data = await self._reader.readexactly(length)
                if kind & 0x0F in (1, 2):
                    self.datagram_received(data, None)

    def send(self, text: str) -> None:
        data = text.replace("SIP/2.0/UDP", "SIP/2.0/WS").replace(f":{self.port}>", f":{self.port};transport=ws>").encode()
        length = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2, "big")
        self._writer.write(b"\x81" + length + bytes(4) + data)

    def close(self) -> None:
        super().close()
        self._reading.cancel()
        self._writer.close()
