"""Text in packets: whatever is lost, doubled or late, the text is exactly what was typed, or says where something is missing."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tanggap.telephony.texting.rtp import (
    EVERY_S,
    GENERATIONS,
    LOST,
    PATIENCE_S,
    Malformed,
    Receiver,
    Sender,
    read_packet,
)

T140, RED = 98, 100
#: A little more than there is between two packets.
STEP_S = EVERY_S + 0.01
#: What people type, one packet each; no sign of a loss, which means something here.
WORDS = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="\ufffd"), min_size=1, max_size=6), min_size=1, max_size=30
)


def packets_of(words: Sequence[str], red: int | None = RED, first: int = 65_530) -> list[bytes]:
    """Each word in a packet of its own, then those that only say again."""
    sender, made, now = Sender(7, first, T140, red, per_s=1_000), [], 100.0
    for word in words:
        sender.type(word)
        made.append(sender.packet(now))
        now += STEP_S
    while not sender.is_quiet:
        made.append(sender.packet(now))
        now += STEP_S
    return [one for one in made if one is not None]


def read(packets: Sequence[bytes], red: int | None = RED, heard: tuple[int, int] | None = None) -> tuple[str, Receiver]:
    receiver, now, text = Receiver(T140, red, heard), 10.0, ""
    for packet in packets:
        text += receiver.hear(packet, now)
        now += 0.01
    return text + receiver.wait_over(now + PATIENCE_S), receiver


@given(WORDS, st.sampled_from([RED, None]))
def test_what_was_typed_is_read(words: list[str], red: int | None) -> None:
    assert read(packets_of(words, red), red)[0] == "".join(words)


@given(WORDS, st.data())
def test_as_many_losses_in_a_row_as_are_said_again_lose_nothing(words: list[str], data: st.DataObject) -> None:
    packets, kept, lost = packets_of(words), [], 0
    for packet in packets:
        lost = lost + 1 if lost < GENERATIONS and data.draw(st.booleans()) else 0
        if not lost:
            kept.append(packet)
    text, _ = read(kept)
    whole = "".join(words)
    assert text == whole or not kept or (kept[-1] is not packets[-1] and whole.startswith(text))


@given(WORDS, st.data())
def test_packets_that_come_twice_and_overtake_each_other_are_put_in_order(words: list[str], data: st.DataObject) -> None:
    packets = packets_of(words)
    first, rest = packets[0], packets[1:]
    late = data.draw(st.lists(st.floats(0, 6), min_size=len(rest), max_size=len(rest)))
    shuffled = [one for _, one in sorted(zip([n + by for n, by in enumerate(late)], rest, strict=True), key=lambda both: both[0])]
    twice = [one for one in shuffled for _ in range(data.draw(st.integers(1, 2)))]
    assert read([first, *twice])[0] == "".join(words)


@given(WORDS, st.sets(st.integers(1, 31)))
@example(["0"] * 9, {1, 2, 3, 5, 6, 7})  # two holes, one soon after the other
def test_what_is_lost_for_good_is_marked_and_the_rest_is_kept(words: list[str], lost: set[int]) -> None:
    packets = packets_of(words)
    kept = [packet for n, packet in enumerate(packets) if n not in lost]
    text, _ = read(kept)
    known = {n - back for n in range(len(packets)) if n not in lost for back in range(GENERATIONS + 1)}
    last = max(n for n in range(len(packets)) if n not in lost)
    expected, was_missing = "", False
    for n, word in enumerate(words[: last + 1]):
        if n in known:
            expected, was_missing = expected + word, False
        elif not was_missing:
            expected, was_missing = expected + LOST, True
    assert text == expected


def test_who_listens_later_knows_that_something_is_missing() -> None:
    packets = packets_of(["to", "long", " ada", " maling", " di", " rumah"])
    before, receiver = read(packets[:2])
    assert before == "tolong"
    assert read(packets[2:], heard=receiver.heard)[0] == " ada maling di rumah"
    assert read(packets[5:], heard=receiver.heard)[0] == f"{LOST} maling di rumah"


def test_a_missing_packet_is_waited_for_a_second_and_not_longer() -> None:
    packets = packets_of(["a", "b", "c", "d", "e"], None)
    receiver = Receiver(T140, None)
    assert receiver.hear(packets[0], 0.0) == "a"
    assert receiver.hear(packets[2], 0.3) == ""
    assert receiver.wait_over(0.3 + PATIENCE_S / 2) == ""
    assert receiver.hear(packets[1], 0.9) == "bc"
    assert receiver.hear(packets[4], 1.2) == ""
    assert receiver.wait_over(1.2 + PATIENCE_S) == f"{LOST}e"
    assert receiver.hear(packets[3], 3.0) == ""


def test_a_stream_that_begins_anew_is_heard() -> None:
    _, receiver = read(packets_of(["halo"], first=100))
    again = packets_of(["pak", " tolong"], first=40_000)
    assert "".join(receiver.hear(packet, 20.0) for packet in again) in (f"{LOST}pak tolong", f"{LOST} tolong")


@given(st.binary(max_size=80))
def test_any_bytes_are_a_packet_or_are_counted(data: bytes) -> None:
    receiver = Receiver(T140, RED)
    receiver.hear(data, 0.0)
    receiver.hear(packets_of(["halo"])[0][:12] + data, 0.0)
    receiver.wait_over(9.0)
    assert 0 <= receiver.malformed <= 2


@given(st.integers(0, 2), st.data())
def test_a_packet_that_is_cut_off_is_refused(back: int, data: st.DataObject) -> None:
    packet = packets_of(["satu", "dua", "tiga"])[back]
    heads = 12 + 4 * GENERATIONS + 1
    cut = packet[: data.draw(st.integers(0, heads - 1))]
    with pytest.raises(Malformed):
        read_packet(cut, T140, RED)


def test_padding_and_extensions_are_passed_over() -> None:
    packet = packets_of(["halo"], None)[0]
    extended = bytes([packet[0] | 0x30]) + packet[1:12] + b"\xbe\xde\x00\x01\x00\x00\x00\x00" + packet[12:] + b"\x00\x00\x03"
    assert read_packet(extended, T140, None).blocks == (b"halo",)


def test_nothing_goes_out_faster_than_the_other_side_reads() -> None:
    sender = Sender(7, 0, T140, RED, per_s=30)
    sender.type("x" * 700)
    counts, now = [], 0.0
    while not sender.is_quiet:
        packet = sender.packet(now)
        counts.append((now, len(read_packet(packet, T140, RED).blocks[-1]) if packet else 0))
        now += 0.1
    assert sum(count for _, count in counts) == 700
    for since, _ in counts:
        assert sum(count for at, count in counts if since <= at < since + 10) <= 600
    times = [at for at, count in counts if count]
    assert all(later - earlier >= EVERY_S - 0.01 for earlier, later in pairwise(times))
