"""A decider whose edge, database and audio are none: what it does is seen by what it says."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from tanggap.telephony.announcement import Announcements
from tanggap.telephony.deciding.board import Board, Live
from tanggap.telephony.deciding.decider import Decider
from tanggap.telephony.settings import Queue, TelephonySettings

SARI, BUDI = UUID(int=1), UUID(int=2)


class Wire:
    """What the decider says to the edge."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []

    def send(self, **said: Any) -> None:
        self.said.append(said)

    def ops(self) -> list[str]:
        return [one["op"] for one in self.said]


def a_decider(tmp_path: Path) -> tuple[Decider, Board, Wire]:
    """One that leads, with somebody to overflow to."""
    telephony = TelephonySettings(queue=Queue(mobiles=("+628123000001",), overflow_after_s=45.0))
    writing: Any = SimpleNamespace(put=lambda fact: None)
    nothing: Any = SimpleNamespace()
    board = Board(nothing, "kendari", telephony, writing, writing, nothing, Announcements(tmp_path, telephony.queue), nothing)
    wire = Wire()
    board.evapi = wire  # type: ignore[assignment]
    board.leads = True
    board.do = lambda work: work.close()  # type: ignore[method-assign,attr-defined]
    board.write_presence = lambda: None  # type: ignore[method-assign]
    return Decider(board), board, wire


def waits(board: Board, key: str, since: float) -> None:
    live = board.calls[key] = Live(key, {"ci": key, "ti": 1, "tl": 2}, since, call=UUID(int=7), report=UUID(int=8))
    live.place = board.line.join(key, since)
