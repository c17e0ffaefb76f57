"""Two sides of a conversation from a capture: each RTP packet put where it was heard, however it came."""

import struct
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from tanggap.telephony.recording.capture import CaptureBroken, Packet
from tanggap.telephony.recording.g711 import RATE, SILENCE, ULAW_AS_ALAW

#: A recording longer than this is cut here: nobody talks so long, but a phone may lie beside its cradle.
MOST_S: Final = 6 * 3600
#: When a stream's own clock and the moments of arrival part by more than this, its clock has begun anew.
MOST_DRIFT: Final = RATE
PCMU, PCMA = 0, 8
#: Comfort noise says that there is silence; RTCP beside RTP on one port looks like types 72–76 (RFC 5761, 4).
_QUIET: Final = frozenset({13, 19, *range(72, 77)})


class Side(StrEnum):
    """Whose voice."""

    CALLER = "caller"
    DESK = "desk"


class Frame(NamedTuple):
    """What an RTP packet says."""

    kind: int  # payload type
    number: int  # sequence number, 16 bits
    moment: int  # timestamp, 32 bits
    stream: int  # SSRC
    audio: bytes


class Conversation(NamedTuple):
    """Both sides as A-law of the same length, and how much of it could not be heard."""

    caller: bytes
    desk: bytes
    packets: int
    unheard: int  # packets of a kind that is none of G.711's
    began_at: float  # seconds since 1970

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.caller) / RATE


def frame_of(payload: bytes) -> Frame | None:
    """Read an RTP packet (RFC 3550, 5.1); None when it is none."""
    if len(payload) < 12 or payload[0] >> 6 != 2:
        return None
    first, second, number, moment, stream = struct.unpack_from("!BBHII", payload)
    start, end = 12 + 4 * (first & 15), len(payload)
    if first & 0x10:
        if end < start + 4:
            return None
        start += 4 + 4 * struct.unpack_from("!H", payload, start + 2)[0]
    if first & 0x20:
        end -= payload[-1]
    return Frame(second & 0x7F, number, moment, stream, payload[start:end]) if start <= end else None


class _Stream:
    """Where the packets of one RTP stream belong: by its own clock, which begins where its first packet was heard."""

    def __init__(self, at: int, moment: int) -> None:
        self._at, self._moment = at, moment

    def place(self, heard: int, moment: int) -> int:
        """The sample at which a packet begins; `heard` is where it would begin by its arrival."""
        ahead = ((moment - self._moment + 0x80000000) & 0xFFFFFFFF) - 0x80000000
        place = self._at + ahead
        if abs(place - heard) > MOST_DRIFT:
            place = heard
        self._at, self._moment = place, moment
        return place


class _Tape:
    """One side: silence, into which what was heard is written."""

    def __init__(self) -> None:
        self.samples = bytearray()

    def write(self, at: int, audio: bytes) -> None:
        """Put a packet's samples in their place. A packet that comes twice is heard once; one that was lost is silence."""
        if at < 0:
            audio, at = audio[-at:], 0
        end = min(at + len(audio), MOST_S * RATE)
        if end <= at:
            return
        if end > len(self.samples):
            self.samples.extend(bytes([SILENCE]) * (end - len(self.samples)))
        self.samples[at:end] = audio[: end - at]


def conversation(packets: Iterable[Packet], ports: Mapping[int, Side], spoken: frozenset[int] = frozenset()) -> Conversation:
    """Put the packets of a capture together.

    `ports` says whose voice comes in at which of our ports; a port that it does not name belongs to the caller if it is the
    first one heard, else to the desk. `spoken` are payload types that are no audio (keys pressed).

    Raises:
        CaptureBroken: nobody was heard at all.
    """
    known = dict(ports)
    tapes = {Side.CALLER: _Tape(), Side.DESK: _Tape()}
    streams: dict[tuple[object, int, int], _Stream] = {}
    began_at: float | None = None
    count = unheard = 0
    for packet in packets:
        frame = frame_of(packet.payload)
        if frame is None or frame.kind in _QUIET or frame.kind in spoken:
            continue
        if frame.kind not in (PCMU, PCMA):
            unheard += 1
            continue
        began_at = packet.at if began_at is None else began_at
        side = known.setdefault(packet.port, Side.DESK if Side.CALLER in known.values() else Side.CALLER)
        heard = round((packet.at - began_at) * RATE)
        stream = streams.setdefault((packet.source, packet.port, frame.stream), _Stream(heard, frame.moment))
        audio = frame.audio.translate(ULAW_AS_ALAW) if frame.kind == PCMU else frame.audio
        tapes[side].write(stream.place(heard, frame.moment), audio)
        count += 1
    length = max(len(tape.samples) for tape in tapes.values())
    if began_at is None or not length:
        raise CaptureBroken("no audio" if not unheard else "no audio in G.711")
    caller, desk = (bytes(tapes[side].samples).ljust(length, bytes([SILENCE])) for side in (Side.CALLER, Side.DESK))
    return Conversation(caller, desk, count, unheard, began_at)
