"""Which RTP packets a recording misses, by their sequence numbers."""

from pathlib import Path


def lost_in(folder: Path, since: float) -> float:
    """The share of RTP packets that recordings miss, by their sequence numbers."""
    expected = got = 0
    for file in folder.glob("*.pcap"):
        if file.stat().st_mtime < since:
            continue
        for numbers in _streams(file.read_bytes()).values():
            got += len(set(numbers))
            expected += (numbers[-1] - numbers[0]) % 65536 + 1
    return 1 - got / expected if expected else 1.0


def _streams(blob: bytes) -> dict[bytes, list[int]]:
    """Sequence numbers by stream (SSRC and port) of a pcap file with raw or Ethernet frames."""
    link = int.from_bytes(blob[20:24], "little")
    streams: dict[bytes, list[int]] = {}
    at = 24
    while at + 16 <= len(blob):
        length = int.from_bytes(blob[at + 8 : at + 12], "little")
        packet = blob[at + 16 + (14 if link == 1 else 0) : at + 16 + length]
        at += 16 + length
        header = (packet[0] & 15) * 4 if packet else 0
        rtp = packet[header + 8 :]
        if len(rtp) >= 12 and rtp[0] >> 6 == 2 and rtp[1] & 0x7F == 8:
            streams.setdefault(rtp[8:12] + packet[header : header + 4], []).append(int.from_bytes(rtp[2:4], "big"))
    return streams
