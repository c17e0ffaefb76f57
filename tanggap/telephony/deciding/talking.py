"""A call is answered, held, ends; or the edge has moved it without us."""

import time
from typing import Any
from uuid import UUID

from tanggap.incident.model import Actor
from tanggap.telephony import service
from tanggap.telephony.deciding.arriving import Arriving
from tanggap.telephony.deciding.board import Board, Live
from tanggap.telephony.deciding.moving import AT_A_DESK, Moving
from tanggap.telephony.model import CallBackOutcome, Presence
from tanggap.telephony.story import Answered, Ended


class Talking:
    """What the edge tells of a call from its answer on."""

    def __init__(self, board: Board, arriving: Arriving, moving: Moving) -> None:
        self._board = board
        self._arriving = arriving
        self._moving = moving
        moving.ends = self.end

    def on_answered(self, told: dict[str, Any]) -> None:
        ci, now, where = str(told["ci"]), time.monotonic(), str(told.get("where") or "")
        live = self._board.calls.get(ci)
        if live is None:
            return
        self._board.line.leave(ci)
        live.talking, live.heard_at = True, now
        live.ears, _, live.desk_tag = str(told.get("ears") or "").rpartition("|")
        self._arriving.hush(ci)
        by: Actor | None = None
        if where in (*AT_A_DESK, "out") and live.person is None:
            live.person = _person(told)  # the edge knows whose phone it was: every phone rang, or another decider chose
        person = live.person if where in (*AT_A_DESK, "out") else None
        if person is not None:
            if not told.get("is_over"):
                self._board.desks.move(self._board.desks[person], Presence.TALKING, now, ci)
            by = Actor(self._board.desks.name_of(person) or "", person)
        live.where = where
        self._board.write_down(live, Answered, by=by, where=where)
        if live.of_call is not None and by is not None:
            self._board.tried(live.of_call, by, CallBackOutcome.REACHED, live)

    def on_alone(self, told: dict[str, Any]) -> None:
        """The edge moved a call without us."""
        live = self._board.calls.get(str(told["ci"]))
        if live is None:
            return
        self._board.line.leave(live.ci)
        self._arriving.lapse(live, "failed", time.monotonic())
        self._board.line.leave(live.ci)
        live.where = str(told.get("where") or "ring_all")
        self._board.tell(live, service.call_overflowed, live.where, by_edge=True)

    def on_media(self, told: dict[str, Any]) -> None:
        live = self._board.calls.get(str(told["ci"]))
        if live is not None and told.get("by") == "operator":
            self._board.tell(live, service.call_held, live.person, told.get("way") == "held")

    def on_bye(self, told: dict[str, Any]) -> None:
        if self._moving.on_bye(told):
            return
        live = self._board.calls.get(str(told["ci"]))
        if live is None:
            return
        from_caller = told.get("ft") == live.told.get("ft")
        if live.where == "out":
            from_caller = not from_caller  # we dialled: the other side is the caller
        by = "caller" if from_caller else "operator"
        live.ended_by = by
        if live.is_lost:
            self.end(live, by)  # nothing else will tell

    def on_ended(self, told: dict[str, Any]) -> None:
        live = self._board.calls.get(str(told["ci"]))
        if live is not None:
            self.end(live, live.ended_by or "network")

    def on_failed(self, told: dict[str, Any]) -> None:
        live = self._board.calls.get(str(told["ci"]))
        if live is not None:
            self.end(live, live.ended_by or "caller")

    def on_unreached(self, told: dict[str, Any]) -> None:
        live = self._board.calls.get(str(told["ci"]))
        if live is not None:
            live.ended_by = "network"

    def end(self, live: Live, by: str) -> None:
        now = time.monotonic()
        self._board.calls.pop(live.ci, None)
        self._board.seen.discard(live.ci)
        self._board.line.leave(live.ci)
        self._moving.over(live)
        self._arriving.hush(live.ci)
        if live.person is not None:
            self._board.done(live, live.person, now, wraps_up=live.talking)
        self._board.desks.left(live.ci, now)
        self._board.write_down(live, Ended, by=by)
        self._arriving.give_out()


def _person(told: dict[str, Any]) -> UUID | None:
    try:
        return UUID(hex=str(told.get("person") or ""))
    except ValueError:
        return None
