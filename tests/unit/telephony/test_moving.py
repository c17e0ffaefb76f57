"""A desk's network is away for a few seconds: the caller hears a voice, and goes to somebody else only when it stays away."""

from pathlib import Path
from typing import Any

import pytest

from tanggap.telephony.deciding import moving
from tanggap.telephony.deciding.arriving import Arriving
from tanggap.telephony.deciding.board import Board, Live
from tanggap.telephony.deciding.moving import Moving
from tanggap.telephony.model import Presence

from .deciding import BUDI, SARI, a_decider


class Audio:
    """Rtpengine: how many packets the desk has sent, and what the caller hears."""

    def __init__(self) -> None:
        self.packets = 0
        self.heard: list[str] = []

    async def heard_from(self, call_id: str, tag: str) -> int:
        del call_id, tag
        return self.packets

    async def play(self, call_id: str, tag: str, file: str) -> None:
        del call_id, tag, file
        self.heard.append("a voice")

    async def quiet(self, call_id: str, tag: str) -> None:
        del call_id, tag
        self.heard.append("the desk")


class Desk:
    """Somebody who talks at a desk, with a clock of the test's own."""

    def __init__(self, tmp_path: Path, clock: pytest.MonkeyPatch) -> None:
        _, self.board, self.wire = a_decider(tmp_path)
        self.audio = Audio()
        self.board.media = self.audio  # type: ignore[assignment]
        self.now = 100.0
        clock.setattr(moving.time, "monotonic", lambda: self.now)
        self.board.announcements.file = self._file  # type: ignore[method-assign]
        self.moving = Moving(self.board, Arriving(self.board))
        self.live = _talks(self.board)

    async def _file(self, saying: Any) -> str:
        del saying
        return "voice.wav"

    async def pass_s(self, seconds: int, *, speaks: bool) -> None:
        """Let time pass; the desk's phone sends audio, or nothing comes."""
        for _ in range(seconds):
            self.now += 1
            self.audio.packets += 50 * speaks
            await self.moving._look()

    def was_moved(self) -> bool:
        return "moved" in self.wire.ops()


def _talks(board: Board) -> Live:
    board.desks.phone(SARI, 1, 0.0)
    board.desks.move(board.desks[SARI], Presence.TALKING, 0.0, "one")
    live = board.calls["one"] = Live("one", {"ci": "one", "ft": "f"}, 90.0, person=SARI, where="desk", talking=True)
    return live


async def test_a_network_that_is_away_for_five_seconds_is_bridged_by_a_voice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path, monkeypatch)
    await desk.pass_s(5, speaks=True)
    await desk.pass_s(5, speaks=False)
    assert desk.audio.heard == ["a voice"]
    await desk.pass_s(5, speaks=True)
    assert desk.audio.heard == ["a voice", "the desk"]
    assert not desk.was_moved()
    assert desk.live.talking


@pytest.mark.parametrize(("connection_broke", "after_s"), [(True, 4), (False, 12)])
async def test_a_desk_that_stays_away_loses_the_caller_to_somebody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, connection_broke: bool, after_s: int
) -> None:
    desk = Desk(tmp_path, monkeypatch)
    desk.board.desks.phone(BUDI, 1, 0.0)
    await desk.pass_s(3, speaks=True)
    if connection_broke:
        desk.moving.lost_phone(desk.live)
    await desk.pass_s(after_s - 1, speaks=False)
    assert not desk.was_moved()
    await desk.pass_s(1, speaks=False)
    assert desk.was_moved()
    assert desk.board.desks[BUDI].call == "one"
