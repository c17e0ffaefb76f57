"""Text in RTP packets (RFC 4103), each of which says the last two again (RFC 2198). Pure: packets in, text out, and back.

Numbers come from RFC 4103: a clock of 1000 Hz, 300 ms between packets, two generations of redundancy, U+FFFD for what was lost.
"""

import codecs
import struct
from collections import deque
from typing import Final

import msgspec

#: Between two packets, seconds (RFC 4103, 5.1).
EVERY_S: Final = 0.3
#: How often each text is said again.
GENERATIONS: Final = 2
#: What is missing is waited for this long, seconds (RFC 4103, 5.4: about one second, for packets that overtook each other).
PATIENCE_S: Final = 1.0
#: Says that text was lost (T.140, addendum 1).
LOST: Final = "\ufffd"
#: Opens a stream (T.140, 8.2): tells networks on the way where we are.
BOM: Final = "\ufeff"
#: Of one block that we send, bytes: three of them go into one packet on any network.
LONGEST_BLOCK: Final = 400
#: Packets that wait for a missing one before them.
MOST_WAITING: Final = 64
#: A number further ahead, or further back, than this is a stream that began anew, if the next packet goes on from it.
FAR: Final = 500
_HEAD: Final = struct.Struct("!BBHII")


class Packet(msgspec.Struct, frozen=True):
    """One packet: `blocks` are its texts, the oldest first; the last one is new, those before were said already."""

    ssrc: int
    number: int
    blocks: tuple[bytes, ...]


class Malformed(ValueError):  # noqa: N818 - the house names what happened
    """No packet of this stream."""


def read_packet(data: bytes, text_type: int, red_type: int | None) -> Packet:
    """A packet of text (`text_type`), or of text with redundancy (`red_type`).

    Raises:
        Malformed: it is none.
    """
    if len(data) < _HEAD.size or data[0] >> 6 != 2:
        raise Malformed("no RTP")
    first, kind, number, _, ssrc = _HEAD.unpack_from(data)
    at = _HEAD.size + 4 * (first & 0x0F)
    if first & 0x10:
        if len(data) < at + 4:
            raise Malformed("an extension that is cut off")
        at += 4 + 4 * int.from_bytes(data[at + 2 : at + 4], "big")
    end = len(data) - (data[-1] if first & 0x20 else 0)
    if end < at:
        raise Malformed("shorter than it says")
    body = data[at:end]
    kind &= 0x7F
    if kind == text_type:
        return Packet(ssrc, number, (body,))
    if kind != red_type:
        raise Malformed("another kind")
    return Packet(ssrc, number, _blocks(body, text_type))


def _blocks(body: bytes, text_type: int) -> tuple[bytes, ...]:
    lengths: list[int] = []
    at = 0
    while at < len(body) and body[at] & 0x80:
        if at + 4 > len(body) or body[at] & 0x7F != text_type:
            raise Malformed("a block's head that is cut off, or of another kind")
        lengths.append(int.from_bytes(body[at + 2 : at + 4], "big") & 0x3FF)
        at += 4
    if at >= len(body) or body[at] & 0x7F != text_type or at + 1 + sum(lengths) > len(body):
        raise Malformed("shorter than its heads say")
    at += 1
    found = []
    for length in lengths:
        found.append(body[at : at + length])
        at += length
    return (*found, body[at:])


class Sender:
    """What is typed here, as packets: one in 300 ms at most, each with the two before it, no faster than the other side reads."""

    def __init__(self, ssrc: int, number: int, text_type: int, red_type: int | None, per_s: int = 30) -> None:
        """`per_s`: letters a second that the other side takes on the mean over ten seconds (`cps` of RFC 4103)."""
        self._ssrc, self._number, self._text_type, self._red_type = ssrc, number & 0xFFFF, text_type, red_type
        self._unsaid: deque[str] = deque()
        self._said: deque[tuple[int, bytes]] = deque([(0, b"")] * GENERATIONS, GENERATIONS)  # when, milliseconds; what
        self._again = 0  # packets that are still to repeat something
        self._last_s: float | None = None
        self._per_s, self._most = per_s, per_s * 10.0
        self._room = self._most
        self._room_at: float | None = None

    def type(self, text: str) -> None:
        """Say this as soon as may be."""
        self._unsaid.extend(text)

    def speaks(self, text_type: int, red_type: int | None) -> None:
        """The other side has named the kinds of packets anew."""
        self._text_type, self._red_type = text_type, red_type

    @property
    def is_quiet(self) -> bool:
        """Whether everything was said, and said again."""
        return not self._unsaid and not self._again

    @property
    def unsaid(self) -> int:
        """Letters that have not gone out yet."""
        return len(self._unsaid)

    def packet(self, now_s: float) -> bytes | None:
        """What is to go out now; None: nothing, or not yet."""
        if self.is_quiet or (self._last_s is not None and now_s - self._last_s < EVERY_S):
            return None
        text = self._next(now_s)
        if not text and not self._again:
            return None
        was_idle = not self._again
        self._again = 0 if self._red_type is None else GENERATIONS if text else self._again - 1
        self._last_s = now_s
        at = int(now_s * 1000) & 0xFFFFFFFF
        self._number = (self._number + 1) & 0xFFFF
        kind = self._text_type if self._red_type is None else self._red_type
        head = _HEAD.pack(0x80, kind | (0x80 if was_idle else 0), self._number, at, self._ssrc)
        body = text if self._red_type is None else self._with_red(at, text)
        self._said.append((at, text))
        return head + body

    def _next(self, now_s: float) -> bytes:
        since_s = now_s - (now_s if self._room_at is None else self._room_at)
        self._room = min(self._most, self._room + since_s * self._per_s)
        self._room_at = now_s
        made = b""
        while self._unsaid and self._room >= 1:
            letter = self._unsaid[0].encode("utf-8", "replace")
            if len(made) + len(letter) > LONGEST_BLOCK:
                break
            self._unsaid.popleft()
            made += letter
            self._room -= 1
        return made

    def _with_red(self, at: int, text: bytes) -> bytes:
        heads, again = b"", b""
        for when, said in self._said:
            since = (at - when) & 0xFFFFFFFF
            since, said = (since, said) if since < 1 << 14 else (0, b"")  # too long ago to say when
            heads += bytes([0x80 | self._text_type]) + ((since << 10) | len(said)).to_bytes(3, "big")
            again += said
        return heads + bytes([self._text_type]) + again + text


class Receiver:
    """What the other side types, out of packets that may be lost, doubled, or overtake each other."""

    def __init__(self, text_type: int, red_type: int | None, heard: tuple[int, int] | None = None) -> None:
        """`heard`: the stream and the number that come next, when somebody has listened before us."""
        self._text_type, self._red_type = text_type, red_type
        self._ssrc, self._next = heard if heard else (-1, 0)
        self._waiting: dict[int, tuple[bytes, float]] = {}  # by how many come before it, and when it came
        self._odd: int | None = None  # a number far off: the stream began anew if this one comes next
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.malformed = 0

    @property
    def heard(self) -> tuple[int, int] | None:
        """The stream, and the number that comes next."""
        return (self._ssrc, self._next) if self._ssrc >= 0 else None

    def hear(self, data: bytes, now_s: float) -> str:
        """What this packet adds; '' when it adds nothing (yet)."""
        try:
            packet = read_packet(data, self._text_type, self._red_type)
        except Malformed:
            self.malformed += 1
            return ""
        made = ""
        if packet.ssrc != self._ssrc:
            made = self._all_that_waits()
            self._ssrc, self._odd = packet.ssrc, None
            self._next = _first(packet)
        ahead = _signed(packet.number - self._next)
        if abs(ahead) > FAR:
            if self._odd != packet.number:
                self._odd = (packet.number + 1) & 0xFFFF
                return made
            made += self._all_that_waits() + self._gap()
            self._next = (packet.number - 1) & 0xFFFF if len(packet.blocks) > 1 else packet.number
            ahead = _signed(packet.number - self._next)
        self._odd = None
        for back, block in enumerate(reversed(packet.blocks)):
            if ahead - back >= 0:
                self._waiting.setdefault(ahead - back, (block, now_s))
        return made + self._in_order(now_s)

    def wait_over(self, now_s: float) -> str:
        """What can be said because the missing will not come any more."""
        return self._in_order(now_s) if self._waiting else ""

    def _in_order(self, now_s: float) -> str:
        made = self._take()
        while self._waiting:
            noticed_s = min(came_s for _, came_s in self._waiting.values())
            if now_s - noticed_s < PATIENCE_S and len(self._waiting) <= MOST_WAITING:
                return made
            self._forward(min(self._waiting))
            made += self._gap() + self._take()
        return made

    def _take(self) -> str:
        made = ""
        while 0 in self._waiting:
            made += self._decoder.decode(self._waiting[0][0])
            self._forward(1)
        return made

    def _forward(self, by: int) -> None:
        self._next = (self._next + by) & 0xFFFF
        self._waiting = {ahead - by: block for ahead, block in self._waiting.items() if ahead >= by}

    def _gap(self) -> str:
        self._decoder.reset()
        return LOST

    def _all_that_waits(self) -> str:
        made = ""
        while self._waiting:
            before = min(self._waiting)
            self._forward(before)
            made += (self._gap() if before else "") + self._take()
        return made


def _first(packet: Packet) -> int:
    """Where a stream begins of which this packet is the first that we hear: at what it says again."""
    said_again = [back for back, block in enumerate(reversed(packet.blocks)) if block]
    return (packet.number - max(said_again, default=0)) & 0xFFFF


def _signed(difference: int) -> int:
    return (difference + 0x8000 & 0xFFFF) - 0x8000
