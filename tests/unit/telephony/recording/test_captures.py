"""From any bytes to two voices: what is lost is silence, what comes twice is heard once, and nonsense is said to be nonsense."""

import contextlib
import io
import random
import struct
import wave

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanggap.telephony.recording.capture import CaptureBroken, Packet, packets_of
from tanggap.telephony.recording.g711 import ALAW, SILENCE, ULAW, ULAW_AS_ALAW, linear
from tanggap.telephony.recording.metadata import read_metadata
from tanggap.telephony.recording.sides import MOST_S, PCMA, Conversation, Side, conversation, frame_of
from tanggap.telephony.recording.wav import kept_wav, needed, played, played_head, played_size

CALLER, DESK = 26320, 26300
PORTS = {CALLER: Side.CALLER, DESK: Side.DESK}
FRAME = 160


def rtp(number: int, audio: bytes, *, kind: int = PCMA, moment: int | None = None, stream: int = 7, first: int = 0x80) -> bytes:
    stamp = (number * FRAME if moment is None else moment) & 0xFFFFFFFF
    return struct.pack("!BBHII", first, kind, number & 0xFFFF, stamp, stream) + audio


def packet(at: float, payload: bytes, port: int = CALLER) -> Packet:
    return Packet(at, (b"\x7f\0\0\1", port + 1), port, payload)


def spoken(count: int, start: int = 0, port: int = CALLER) -> list[Packet]:
    """`count` packets of 20 ms, each of its own sound."""
    return [packet(n / 50, rtp(start + n, bytes([n % 200 + 1]) * FRAME), port) for n in range(count)]


def heard(packets: list[Packet]) -> Conversation:
    return conversation(packets, PORTS)


def capture(packets: list[Packet], link: int = 101, order: str = "<") -> bytes:
    magic = b"\xd4\xc3\xb2\xa1" if order == "<" else b"\xa1\xb2\xc3\xd4"
    out = magic + struct.pack(order + "HHiIII", 2, 4, 0, 0, 65535, link)
    for one in packets:
        udp = struct.pack("!HHHH", one.source[1], one.port, 8 + len(one.payload), 0) + one.payload
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, one.source[0], b"\x7f\0\0\1") + udp
        frame = b"\0" * {1: 14, 101: 0}[link] + ip
        out += struct.pack(order + "IIII", int(one.at), round(one.at % 1 * 1e6), len(frame), len(frame)) + frame
    return out


# ── captures ──


@given(st.binary(max_size=400))
def test_any_bytes_are_packets_or_a_clear_error(content: bytes) -> None:
    with contextlib.suppress(CaptureBroken):
        assert all(isinstance(one, Packet) for one in packets_of(io.BytesIO(content)))


@given(st.data())
def test_any_damage_to_a_capture_is_survived(data: st.DataObject) -> None:
    content = bytearray(capture(spoken(4)))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    try:
        result = conversation(packets_of(io.BytesIO(bytes(content[:cut]))), {})
    except CaptureBroken:
        return
    assert len(result.caller) == len(result.desk)
    assert result.seconds <= MOST_S


@pytest.mark.parametrize("link", [1, 101])
@pytest.mark.parametrize("order", ["<", ">"])
def test_packets_come_out_as_they_went_in(link: int, order: str) -> None:
    written = spoken(3)
    found = list(packets_of(io.BytesIO(capture(written, link, order))))
    assert [(one.port, one.source, one.payload) for one in found] == [(one.port, one.source, one.payload) for one in written]
    assert [one.at for one in found] == pytest.approx([one.at for one in written], abs=1e-5)


def test_a_capture_whose_writer_was_killed_gives_what_it_has() -> None:
    content = capture(spoken(5))
    assert len(list(packets_of(io.BytesIO(content[:-30])))) == 4


def test_a_link_layer_that_we_do_not_know_is_refused() -> None:
    content = bytearray(capture(spoken(1)))
    content[20:24] = struct.pack("<I", 105)
    with pytest.raises(CaptureBroken, match="105"):
        list(packets_of(io.BytesIO(bytes(content))))


# ── voices ──


def test_both_sides_are_heard_where_they_spoke() -> None:
    caller, desk = spoken(10), [one._replace(at=one.at + 1.0) for one in spoken(5, port=DESK)]
    result = heard(caller + desk)
    assert result.caller[:FRAME] == bytes([1]) * FRAME
    assert result.desk[:8000] == bytes([SILENCE]) * 8000
    assert result.desk[8000 : 8000 + FRAME] == bytes([1]) * FRAME
    assert result.seconds == pytest.approx(1.1)


@given(st.integers(0, 0xFFFF), st.integers(0, 2**32 - 1), st.randoms(use_true_random=False))
def test_order_repeats_and_the_wrap_of_numbers_change_nothing(number: int, moment: int, dice: random.Random) -> None:
    plain = [
        packet(n / 50, rtp(number + n, bytes([n + 1]) * FRAME, moment=moment + n * FRAME)) for n in range(30)
    ]  # fmt: skip
    shuffled = [plain[0]]
    for start in range(1, 30, 5):
        part = plain[start : start + 5]
        dice.shuffle(part)
        shuffled += [*part, dice.choice(part)]
    assert heard(shuffled).caller == heard(plain).caller
    assert heard(plain).caller == b"".join(bytes([n + 1]) * FRAME for n in range(30))


@given(st.sets(st.integers(1, 28), max_size=20))
def test_what_was_lost_is_silence_and_nothing_moves(lost: set[int]) -> None:
    whole = spoken(30)
    result = heard([one for n, one in enumerate(whole) if n not in lost])
    for n in range(30):
        expected = SILENCE if n in lost else n + 1
        assert result.caller[n * FRAME : (n + 1) * FRAME] == bytes([expected]) * FRAME


def test_a_clock_that_begins_anew_is_followed() -> None:
    before = spoken(5)
    after = [packet(3 + n / 50, rtp(n, bytes([99]) * FRAME, moment=900_000_000 + n * FRAME)) for n in range(5)]
    result = heard(before + after)
    assert result.caller[3 * 8000 : 3 * 8000 + FRAME] == bytes([99]) * FRAME
    assert result.seconds == pytest.approx(3.1)


def test_a_capture_that_claims_a_century_is_cut() -> None:
    assert heard([packet(0, rtp(0, b"\1" * FRAME)), packet(3e9, rtp(1, b"\1" * FRAME, stream=8))]).seconds <= MOST_S


def test_keys_and_other_codecs_are_no_voice() -> None:
    keys = packet(0.5, rtp(9, b"\5\0\0\0", kind=101))
    opus = packet(0.6, rtp(9, b"x" * 80, kind=111))
    result = conversation([*spoken(5), keys, opus], PORTS, frozenset({101}))
    assert (result.packets, result.unheard) == (5, 1)


def test_who_is_heard_first_is_the_caller_when_nothing_says_otherwise() -> None:
    result = conversation([*spoken(3, port=5000), *spoken(5, port=6000)], {})
    assert result.caller[3 * FRAME :] == bytes([SILENCE]) * (2 * FRAME)
    assert result.desk[4 * FRAME :] == bytes([5]) * FRAME


def test_nothing_heard_is_said() -> None:
    with pytest.raises(CaptureBroken, match="no audio"):
        heard([])
    with pytest.raises(CaptureBroken, match=r"G\.711"):
        heard([packet(0, rtp(1, b"x" * 80, kind=111))])


@given(st.binary(max_size=80))
def test_any_payload_is_a_frame_or_none(payload: bytes) -> None:
    frame = frame_of(payload)
    assert frame is None or len(frame.audio) <= len(payload) - 12


def test_extension_padding_and_contributors_are_not_heard() -> None:
    bare = rtp(1, b"")
    extended = b"\xb1" + bare[1:] + b"\0\0\0\7" + b"\xbe\xde\0\1\0\0\0\0" + b"AUDIO" + b"\0\0\3"
    frame = frame_of(extended)
    assert frame is not None
    assert frame.audio == b"AUDIO"


# ── G.711, against the samples that the standard tabulates ──


def test_a_law_and_u_law_are_the_standards() -> None:
    assert (ALAW[0xD5], ALAW[0x55], ALAW[0xAA], ALAW[0x2A]) == (8, -8, 32256, -32256)
    assert (ULAW[0xFF], ULAW[0x7F], ULAW[0x80], ULAW[0x00]) == (0, 0, 32124, -32124)
    assert len(set(ALAW)) == 256
    assert all(abs(ALAW[ULAW_AS_ALAW[code]] - ULAW[code]) <= max(8, abs(ULAW[code]) / 16) for code in range(256))


# ── files ──


@given(st.binary(min_size=1, max_size=400), st.data())
def test_any_part_of_what_is_played_is_that_part_of_the_whole(caller: bytes, data: st.DataObject) -> None:
    desk = bytes(data.draw(st.binary(min_size=len(caller), max_size=len(caller))))
    kept = kept_wav(caller, desk)
    size = played_size(len(kept))
    whole = played(0, size - 1, len(kept), kept[slice(needed(0, size - 1, len(kept))[0], needed(0, size - 1, len(kept))[1] + 1)])
    assert len(whole) == size
    first = data.draw(st.integers(0, size - 1))
    last = data.draw(st.integers(first, size - 1))
    low, high = needed(first, last, len(kept))
    assert played(first, last, len(kept), kept[low : high + 1]) == whole[first : last + 1]


def test_what_is_played_is_a_wav_of_two_voices() -> None:
    kept = kept_wav(bytes([0xAA] * 80), bytes([0x55] * 80))
    size = played_size(len(kept))
    low, high = needed(0, size - 1, len(kept))
    with wave.open(io.BytesIO(played(0, size - 1, len(kept), kept[low : high + 1]))) as opened:
        assert opened.getparams()[:4] == (2, 2, 8000, 80)
        assert opened.readframes(1) == struct.pack("<hh", 32256, -8)
    assert played_head(len(kept))[:4] == b"RIFF"
    assert linear(bytes([0x2A])) == struct.pack("<h", -32256)


# ── metadata ──

SAID = """/var/lib/rtpengine/pcaps/def%40y-af0f.pcap


Timestamp started ms: 1795656762929.833
SDP mode: offer
SDP before RTP packet: 1

v=0
m=audio 26332 RTP/AVP 8 101
a=rtpmap:101 telephone-event/8000

Timestamp started ms: 1795656762929.836
SDP mode: answer

m=audio 26340 RTP/AVP 8 101

Timestamp started ms: 1795656769000.1
SDP mode: offer

m=audio 26340 RTP/AVP 8 101

call start time: 2026-11-26T01:32:42


call:01890a5d0c7e7c3f8a1b2c3d4e5f6071
"""


def test_metadata_says_whose_capture_it_is_and_who_speaks_where() -> None:
    told = read_metadata(SAID)
    assert told.capture == "def%40y-af0f.pcap"
    assert told.call is not None
    assert told.call.hex == "01890a5d0c7e7c3f8a1b2c3d4e5f6071"
    assert told.ports == {26332: Side.DESK, 26340: Side.CALLER}
    assert told.spoken == {101}


def test_an_edge_that_acted_alone_names_the_call_by_its_call_id() -> None:
    told = read_metadata("/x/a.pcap\n\nsip:abc@trunk\n")
    assert (told.call, told.sip_id) == (None, "abc@trunk")


@pytest.mark.parametrize("text", ["", "\n\n", "/x/a.pcap\n", "/x/a.pcap\ncall:zz\n", "../..\n"])
def test_metadata_of_nothing_is_refused(text: str) -> None:
    with pytest.raises(CaptureBroken):
        read_metadata(text)


@given(st.text(max_size=300))
def test_any_metadata_is_read_or_refused(text: str) -> None:
    try:
        told = read_metadata(text)
    except CaptureBroken:
        return
    assert "/" not in told.capture
    assert told.capture not in ("", "..", ".")
