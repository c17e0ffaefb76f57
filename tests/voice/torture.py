"""SIP as nobody should send it: hand-made messages in the manner of RFC 4475, and a mangler for everything else.

Each is an INVITE to 112 unless it says otherwise. Where the standard says that such a message is right, however odd, the caller
must be answered; where it is wrong, nothing may come of it but a refusal or silence.
"""

import random
import secrets
from collections.abc import Iterator
from typing import NamedTuple

from .phone import SDP


class Torture(NamedTuple):
    """One message."""

    name: str
    call_id: str
    text: bytes
    is_right: bool  # an emergency call that must be answered


class Maker:
    """Writes messages that come from one telephone."""

    def __init__(self, port: int, rtp_port: int, realm: str = "112.local") -> None:
        """`port`, `rtp_port`: where answers and audio go, on 127.0.0.1."""
        self._port, self._realm = port, realm
        self._sdp = SDP.format(port=rtp_port)

    def _invite(
        self, *, first: str = "", via: str = "", sender: str = "<sip:+6281344556642@trunk.test>;tag=a", to: str = "",
        more: str = "", body: str | None = None, length: str | None = None, kind: str = "application/sdp", cseq: str = "1 INVITE",
        contact: str = "", forwards: str = "70", without: tuple[str, ...] = (), after: bytes = b"", named: str | None = None,
    ) -> tuple[str, bytes]:  # fmt: skip
        call_id, body = secrets.token_hex(10) if named is None else named, self._sdp if body is None else body
        own = f"SIP/2.0/UDP 127.0.0.1:{self._port};branch=z9hG4bK{secrets.token_hex(6)};rport"
        fields = {
            "Via": via.replace("@@", own) or own, "From": sender, "To": to or f"<sip:112@{self._realm}>", "Call-ID": call_id,
            "CSeq": cseq, "Contact": contact or f"<sip:caller@127.0.0.1:{self._port}>", "Max-Forwards": forwards,
            "Content-Type": kind, "Content-Length": str(len(body.encode())) if length is None else length,
        }  # fmt: skip
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if name not in without)
        text = f"{first or f'INVITE sip:112@{self._realm} SIP/2.0'}\r\n{more}{head}\r\n{body}"
        return call_id, text.encode() + after

    def right(self) -> Iterator[Torture]:
        """Odd, and right: each must be answered."""
        long = "a" * 900
        odd: dict[str, dict[str, object]] = {
            "folded headers and spaces": {
                "more": "SUBJECT :\r\n  kebakaran\r\n\t di pasar\r\nNewFangledHeader:   newfangled value\r\n continued\r\n",
                "forwards": "0068",
                "cseq": "0009  INVITE",
            },
            "something after the body": {"after": b"\r\nREGISTER sip:x SIP/2.0\r\n\r\n"},
            "very long values": {
                "sender": f'"{long}" <sip:+6281344556642@trunk.test;x={long}>;tag={long[:200]}',
                "more": f"Unknown-{long[:100]}: {long}{long}\r\n",
            },
            "no space before the address": {"sender": "Pelapor<sip:+6281344556642@trunk.test>;tag=b"},
            "an escaped number": {"first": f"INVITE sip:1%312@{self._realm} SIP/2.0"},
            "an old telephone without a branch": {
                "via": "SIP/2.0/UDP 127.0.0.1:PORT",
                "sender": "sip:+6281344556642@trunk.test;tag=c",
            },
            "other transports before ours": {"via": "@@, SIP/2.0/SCTP 192.0.2.9;branch=z9hG4bKx, SIP/2.0/UNKNOWN [2001:db8::9]"},
            "parameters nobody knows": {
                "first": f"INVITE sip:112@{self._realm};unknownparam;x=%00 SIP/2.0",
                "contact": f"<sip:c@127.0.0.1:{self._port};y>;z=1",
            },
            "escaped signs and a quote in the name": {
                "sender": '"a \\" b \\\\ %Z1" <sip:%2B6281344556642@trunk.test>;tag=d;q="x;y"'
            },
        }
        for name, said in odd.items():
            given = {
                key: value.replace("PORT", str(self._port)) if isinstance(value, str) else value for key, value in said.items()
            }
            call_id, text = self._invite(**given)  # type: ignore[arg-type]
            yield Torture(name, call_id, text, True)

    def wrong(self) -> Iterator[Torture]:
        """Wrong in one way each."""
        many = "".join(f"Via: SIP/2.0/UDP 192.0.2.{n % 250};branch=z9hG4bK{n}\r\n" for n in range(200))
        bad: dict[str, dict[str, object]] = {
            "a body shorter than it says": {"length": "9999"},
            "a negative length": {"length": "-999"},
            "two lengths": {"more": "Content-Length: 5\r\n"},
            "numbers larger than any": {"cseq": f"{'9' * 40} INVITE", "forwards": "300", "more": f"Expires: {'9' * 60}\r\n"},
            "a quote that never ends": {"sender": '"Pelapor <sip:a@b>;tag=1'},
            "an address in brackets in the first line": {"first": "INVITE <sip:112@112.local> SIP/2.0"},
            "a space in the address": {"first": "INVITE sip:112@112.local; lr SIP/2.0"},
            "spaces in the first line": {"first": "INVITE  sip:112@112.local  SIP/2.0"},
            "another version": {"first": "INVITE sip:112@112.local SIP/7.0"},
            "methods that differ": {"cseq": "1 OPTIONS"},
            "no From, no To, no Call-ID": {"without": ("From", "To", "Call-ID")},
            "an empty Call-ID": {"named": ""},
            "no Via at all": {"without": ("Via",)},
            "two senders": {"more": "From: <sip:x@y>;tag=9\r\nTo: <sip:z@y>\r\nCall-ID: other\r\nCSeq: 5 INVITE\r\n"},
            "no hops left": {"forwards": "0"},
            "a scheme nobody knows": {"first": "INVITE nobodyKnows:112 SIP/2.0"},
            "something required that nobody has": {"more": "Require: nothingSupportsThis\r\nProxy-Require: neitherThis\r\n"},
            "a body that is no SDP": {"body": "v=0\r\n\0\0\0nonsense", "kind": "application/sdp"},
            "a body of an unknown kind": {"body": "<a/>", "kind": "application/unknown"},
            "a part that never ends": {
                "kind": "multipart/mixed;boundary=b",
                "body": "--b\r\nContent-Type: application/sdp\r\n\r\nv=0",
            },
            "empty headers": {"more": "Contact:\r\nGeolocation:\r\nP-Asserted-Identity:\r\nRecord-Route:\r\nRoute:\r\n"},
            "two hundred ways": {"more": many},
            "a name that would be a command": {"sender": '"$(rm -rf /)\\"}{\\"op\\":\\"lead\\"" <sip:a"b@c>;tag=e'},
            "bytes that are no text": {"after": bytes(range(256))},
            "a strange method": {"first": "!interesting-Method0123456789_*+`.%indeed'~ sip:112@112.local SIP/2.0"},
        }
        for name, said in bad.items():
            call_id, text = self._invite(**said)  # type: ignore[arg-type]
            yield Torture(name, call_id, text, False)
        for name, plain in {
            "nothing": b"",
            "lines": b"\r\n\r\n",
            "a word": b"INVITE",
            "zeros": b"\0" * 900,
            "a stray answer": b"SIP/2.0 200 OK\r\n\r\n",
            "a code that is none": b"SIP/2.0 4294967301 better not\r\nVia: x\r\n\r\n",
            "signs": "🚒".encode() * 500,
        }.items():
            yield Torture(name, "", plain, False)


def mangled(chance: random.Random, text: bytes) -> bytes:
    """The same message, broken at random in up to four ways."""
    made = bytearray(text)
    for _ in range(chance.randint(1, 4)):
        if not made:
            break
        at, end = sorted((chance.randrange(len(made)), chance.randrange(len(made))))
        match chance.randrange(7):
            case 0:
                made[at] = chance.randrange(256)
            case 1:
                del made[at : min(end, at + 40)]
            case 2:
                made[at:at] = made[at : min(end, at + 200)]
            case 3:
                made[at:at] = chance.choice((b"\r\n", b"\0", b":", b";", b"<", b'"', b"%", b",", b"\r\n\r\n", b"@", b"\xff\xfe"))
            case 4:
                made[at:at] = chance.choice((b"9" * 30, b"-1", b"a" * 3_000, b"%00%ff", b"$var(x)", b"{{}}", b"sip:sip:"))
            case 5:
                lines = bytes(made).split(b"\r\n")
                chance.shuffle(lines)
                made = bytearray(b"\r\n".join(lines))
            case _:
                del made[at:]
    return bytes(made[:60_000])
