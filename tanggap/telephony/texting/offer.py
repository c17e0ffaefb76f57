"""What an INVITE offers of text (SDP, `m=text`), and what we answer. Pure.

The desk's phone, a browser, knows nothing of text: it is offered the rest, and our own line of the answer is put where the
offer had its own (RFC 3264, 6: an answer has as many lines as the offer, in its order).
"""

import re
from ipaddress import ip_address
from typing import Final

import msgspec

#: Letters a second that a receiver takes who says nothing else (RFC 4103, 6).
PER_S: Final = 30
_PORT = re.compile(r"m=text (\d{1,5})(?:/1)? (\S+) ([\d ]+)")
_MAP = re.compile(r"a=rtpmap:(\d{1,3}) (t140|red)/1000", re.IGNORECASE)
_CPS = re.compile(r"a=fmtp:\d+ .*?\bcps=(\d{1,4})\b")
_ADDRESS = re.compile(r"c=IN IP[46] ([0-9A-Za-z.:]{1,60})")


class TextOffer(msgspec.Struct, frozen=True):
    """Where the other side listens, and how it says text."""

    host: str
    port: int
    text_type: int
    red_type: int | None
    per_s: int

    def answer(self, host: str, port: int) -> str:
        """Our own line, with where we listen."""
        kinds = [] if self.red_type is None else [self.red_type]
        family = 6 if ":" in host else 4
        lines = [
            f"m=text {port} RTP/AVP {' '.join(map(str, [*kinds, self.text_type]))}",
            f"c=IN IP{family} {host}",
            f"a=rtpmap:{self.text_type} t140/1000",
        ]
        if self.red_type is not None:
            again = "/".join([str(self.text_type)] * 3)
            lines += [f"a=rtpmap:{self.red_type} red/1000", f"a=fmtp:{self.red_type} {again}"]
        return "".join(f"{line}\r\n" for line in [*lines, "a=sendrecv"])


def read_offer(sdp: str) -> TextOffer | None:
    """What is offered; None: no text beside audio, or in a manner that we do not speak (it is refused, and the audio goes on)."""
    head, *media = _media(sdp)
    texts = [at for at, one in enumerate(media) if one.startswith("m=text ")]
    if len(texts) != 1 or not any(one.startswith("m=audio ") for one in media):
        return None
    text = media[texts[0]]
    line = _PORT.match(text)
    address = _ADDRESS.search(text) or _ADDRESS.search(head)
    kinds = {name.lower(): int(kind) for kind, name in reversed(_MAP.findall(text))}
    if line is None or address is None or line[2] != "RTP/AVP" or "t140" not in kinds or not 0 < int(line[1]) < 65536:
        return None
    if kinds["t140"] > 127 or kinds.get("red", 0) > 127:
        return None
    try:
        host = str(ip_address(address[1]))
    except ValueError:
        return None  # a name would have to be looked up while the caller waits
    cps = _CPS.search(text)
    per_s = min(max(int(cps[1]), 1), 1_000) if cps else PER_S
    return TextOffer(host, int(line[1]), kinds["t140"], kinds.get("red"), per_s)


def place_of_text(sdp: str) -> str:
    """The line of an offer before which its text stands («m=audio», «m=video»); '': at the end. The edge finds it alike."""
    _, _, after = sdp.partition("\nm=text ")
    return next((kind for kind in ("m=audio", "m=video") if f"\n{kind} " in after), "")


def without_text(sdp: str) -> str:
    """A description without its text, if it has one and audio besides; else as it was. The edge does the same."""
    head, *media = _media(sdp)
    kept = [one for one in media if not one.startswith("m=text ")]
    is_taken = len(media) - len(kept) == 1 and any(one.startswith("m=audio ") for one in kept)
    return "".join([head, *kept]) if is_taken else sdp


def with_text(sdp: str, line: str, before: str) -> str:
    """A description with our line of text at its place."""
    if not line:
        return sdp
    at = sdp.find(f"\n{before} ") + 1 if before else 0
    return sdp[:at] + line + sdp[at:] if at else sdp.rstrip("\r\n") + "\r\n" + line


def _media(sdp: str) -> list[str]:
    """What stands before the first medium, then each medium."""
    return re.split(r"(?m)^(?=m=)", sdp)
