"""Calls that come in: what is left of one when it comes again, or goes."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from .deciding import BUDI, SARI, a_decider


def test_a_call_is_at_one_desk_and_leaves_none_busy_however_often_it_comes(tmp_path: Path) -> None:
    """The same Call-ID again, its end told once: nobody's desk may stay busy with a call that is not there."""
    decider, board, _ = a_decider(tmp_path)
    board.desks.allow({SARI: "Sari", BUDI: "Budi"})
    for person in (SARI, BUDI):
        board.desks.phone(person, 1, 0.0)
    for _ in range(3):
        decider._hear({"ev": "call", "ci": "same", "ti": 1, "tl": 2})
        board.line.join("same", 0.0)
        decider._arriving.give_out()
    assert sorted(board.desks[person].state.value for person in (SARI, BUDI)) == ["ready", "ringing"]
    decider._hear({"ev": "ended", "ci": "same"})
    assert {board.desks[person].state.value for person in (SARI, BUDI)} == {"ready"}


async def test_while_another_call_is_written_down_this_one_rings_at_once_and_what_is_learnt_later_counts(tmp_path: Path) -> None:
    decider, board, wire = a_decider(tmp_path)
    written: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    board.opening = SimpleNamespace(put=lambda fact: written, is_busy=True)  # type: ignore[assignment]
    board.announcements.file = no_file  # type: ignore[method-assign]
    working: list[asyncio.Future[Any]] = []
    board.do = lambda work: working.append(asyncio.ensure_future(work))  # type: ignore[method-assign,arg-type,func-returns-value]
    board.desks.allow({SARI: "Sari"})
    board.desks.phone(SARI, 1, 0.0)
    for key in ("first", "second"):
        decider._hear({"ev": "call", "ci": key, "ti": 1, "tl": 2})
    await asyncio.gather(*working)
    assert wire.ops() == ["ring", "wait"]
    place = board.line.place("second")
    assert place is not None
    assert not place.suspect
    written.set_result(True)
    for _ in range(10):  # whoever waits for it goes on
        await asyncio.sleep(0)
    assert place.suspect


async def no_file(_saying: object) -> str:
    return ""
