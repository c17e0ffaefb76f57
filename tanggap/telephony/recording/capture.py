"""Captures (pcap) as rtpengine writes them: the UDP packets in a file, with the moment in which each was seen."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

#: Magic numbers in the file's own byte order: byte order, and how many of the fraction's units make a second.
_MAGIC: Final = {
    b"\xd4\xc3\xb2\xa1": ("<", 1e6),
    b"\xa1\xb2\xc3\xd4": (">", 1e6),
    b"\x4d\x3c\xb2\xa1": ("<", 1e9),
    b"\xa1\xb2\x3c\x4d": (">", 1e9),
}
#: Bytes of the link layer in front of the IP header, by the file's link type (tcpdump.org/linktypes.html).
_LINK: Final = {1: 14, 101: 0, 228: 0, 229: 0, 113: 16}
#: The largest UDP packet; a record that claims more is damage.
MOST_BYTES: Final = 65_575


class CaptureBroken(Exception):  # noqa: N818 - the house names what happened
    """The file is not a capture that can be read; the message says why in a few words."""


class Packet(NamedTuple):
    """One UDP packet: when it was seen (seconds since 1970), where it came from and went to, what was in it."""

    at: float
    source: tuple[bytes, int]
    port: int
    payload: bytes


def read_capture(path: Path) -> Iterator[Packet]:
    """The UDP packets of a capture, in the file's order. A record cut off at the end of the file ends it: its writer was killed.

    Raises:
        CaptureBroken: it is no capture, of a link layer that we do not know, or damaged in the middle.
        OSError: it cannot be read.
    """
    with path.open("rb", buffering=1 << 18) as file:
        yield from packets_of(file)


def packets_of(file: BinaryIO) -> Iterator[Packet]:
    """As `read_capture`, from an open file."""
    head = file.read(24)
    if len(head) < 24 or head[:4] not in _MAGIC:
        raise CaptureBroken("not a capture")
    order, per_second = _MAGIC[head[:4]]
    link = struct.unpack(order + "I", head[20:24])[0] & 0x0FFFFFFF
    if link not in _LINK:
        raise CaptureBroken(f"link type {link}")
    record = struct.Struct(order + "IIII")
    while len(said := file.read(16)) == 16:
        seconds, fraction, kept, _whole = record.unpack(said)
        if kept > MOST_BYTES:
            raise CaptureBroken("a record longer than any packet")
        frame = file.read(kept)
        if len(frame) < kept:
            return
        packet = _udp(frame[_LINK[link] :], seconds + fraction / per_second)
        if packet is not None:
            yield packet


def _udp(ip: bytes, at: float) -> Packet | None:
    """The UDP packet in an IP packet; None for anything else."""
    if len(ip) < 28:
        return None
    version = ip[0] >> 4
    if version == 4:
        start, is_udp, source = (ip[0] & 15) * 4, ip[9] == 17, ip[12:16]
    elif version == 6:
        start, is_udp, source = 40, ip[6] == 17, ip[8:24]
    else:
        return None
    if not is_udp or start < 20 or len(ip) < start + 8:
        return None
    from_port, to_port, length = struct.unpack_from("!HHH", ip, start)
    return Packet(at, (source, from_port), to_port, ip[start + 8 : start + max(8, length)])
