"""Callers who wait hear a voice, for as many at once as the machine carries; the others hear the ringing tone."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tanggap.telephony.announcement import Announcements, Saying
from tanggap.telephony.deciding.announcing import Announcing
from tanggap.telephony.deciding.board import Live
from tanggap.telephony.edge.media import MediaFailed
from tanggap.telephony.settings import Queue

SDP = "v=0\r\n"


class Voices:
    """An rtpengine that does as it is told."""

    def __init__(self) -> None:
        self.playing: set[str] = set()
        self.is_busy = False
        self.goes_on = asyncio.Event()
        self.goes_on.set()

    async def announce(self, call_id: str, sdp: str, file: str) -> str:
        await self.goes_on.wait()
        self.playing.add(call_id)
        if self.is_busy:
            raise MediaFailed("play media: no answer")
        return "sdp"

    async def stop_announcement(self, call_id: str) -> None:
        self.playing.discard(call_id)


@pytest.fixture
def voices() -> Voices:
    return Voices()


def an_announcing(voices: Any, tmp_path: Path, most: int) -> Announcing:
    announcements = Announcements(tmp_path, Queue())

    async def file(saying: Saying) -> str:
        return "tunggu.wav"

    announcements.file = file  # type: ignore[method-assign]
    return Announcing(voices, announcements, most)


def call(key: str, proto: str = "udp") -> Live:
    return Live(key, {"ci": key, "proto": proto, "body": SDP}, 0.0)


async def test_when_all_are_in_use_the_next_hears_the_ringing_tone_until_one_ends(voices: Voices, tmp_path: Path) -> None:
    announcing = an_announcing(voices, tmp_path, 2)
    assert [await announcing.begin(call(key), Saying.WAITING) for key in "abc"] == ["sdp", "sdp", ""]
    await announcing.end("a")
    assert await announcing.begin(call("d"), Saying.WAITING) == "sdp"
    assert voices.playing == {"b", "d"}


async def test_who_heard_it_before_is_not_told_twice_and_a_browser_hears_none(voices: Voices, tmp_path: Path) -> None:
    announcing = an_announcing(voices, tmp_path, 2)
    await announcing.begin(call("a"), Saying.WAITING)
    assert await announcing.begin(call("a"), Saying.WAITING) == ""
    assert await announcing.begin(call("b", "wss"), Saying.WAITING) == ""
    assert voices.playing == {"a"}


async def test_a_busy_rtpengine_is_left_to_the_calls_and_nothing_goes_on_unheard(voices: Voices, tmp_path: Path) -> None:
    announcing = an_announcing(voices, tmp_path, 9)
    voices.is_busy = True
    assert await announcing.begin(call("a"), Saying.WAITING) == ""
    voices.is_busy = False
    assert await announcing.begin(call("b"), Saying.WAITING) == "", "it rests"
    assert voices.playing == set()


async def test_who_is_answered_while_it_begins_leaves_nothing_playing(voices: Voices, tmp_path: Path) -> None:
    announcing = an_announcing(voices, tmp_path, 1)
    voices.goes_on.clear()
    beginning = asyncio.create_task(announcing.begin(call("a"), Saying.WAITING))
    await asyncio.sleep(0)
    await announcing.end("a")
    voices.goes_on.set()
    assert await beginning == ""
    assert voices.playing == set()
    assert await announcing.begin(call("b"), Saying.WAITING) == "sdp"
