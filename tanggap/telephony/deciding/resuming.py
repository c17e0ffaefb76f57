"""A decider that has just begun to lead: what is there already, and what happened while nobody led."""

import time
from typing import Any

from tanggap.telephony import store
from tanggap.telephony.deciding.arriving import Arriving
from tanggap.telephony.deciding.board import Board, Live
from tanggap.telephony.deciding.talking import Talking
from tanggap.telephony.edge.evapi import NOTHING
from tanggap.telephony.model import Call, CallState, Presence
from tanggap.telephony.story import Ended


class Resuming:
    """Learns calls anew from the edge, the database and rtpengine."""

    def __init__(self, board: Board, arriving: Arriving, talking: Talking) -> None:
        self._board = board
        self._arriving = arriving
        self._talking = talking

    def on_live(self, told: dict[str, Any]) -> None:
        """A call that came before we led: the edge has it already; store it if nobody has."""
        said = _invite_of(told)
        if not said.get("ci"):
            return
        ci = str(said["ci"])
        self._board.seen.add(ci)
        if said.get("mode") == "in" and ci not in self._board.calls:
            live = self._board.calls[ci] = Live(ci, said, time.monotonic(), where="ring_all")
            self._board.do(self._arriving.store(live))

    def on_past(self, told: dict[str, Any]) -> None:
        """A call that came and went while nobody led."""
        said = _invite_of(told)
        if not said.get("ci"):
            return
        ci = str(said["ci"])
        if said.get("mode") == "in":
            self._board.seen.add(ci)  # until its end is written: the edge knows it, so nothing else may end it
            live = self._board.calls.setdefault(ci, Live(ci, said, time.monotonic(), where="ring_all"))
            talked = str(said.get("talked") or "")

            async def store_and_end() -> None:
                await self._arriving.store(live)
                if talked:
                    self._told_late(live, talked)
                self._talking.end(live, "caller")
                await self._board.writing.settle()
                self._board.send(op="forget", ci=ci)

            self._board.do(store_and_end())
        else:
            self._board.send(op="forget", ci=ci)

    def _told_late(self, live: Live, talked: str) -> None:
        """Somebody talked with a caller and nobody was left to write it down: `talked` is person|where."""
        person, _, where = talked.partition("|")
        self._talking.on_answered({"ci": live.ci, "where": where, "person": person, "is_over": True})

    def on_talks(self, told: dict[str, Any]) -> None:
        """A call that was answered before we led; stored already, or not."""
        live = self._board.calls.get(str(told["ci"]))
        if live is None or live.talking:
            return
        self._talking.on_answered(told)

    def on_synced(self, _told: dict[str, Any]) -> None:
        """What the database thinks is live but the edge does not know has ended, unless its audio still flows."""
        self._board.do(self._reconcile())

    async def _reconcile(self) -> None:
        async with self._board.db.reading(self._board.city) as conn:
            stored = await store.live_calls(conn, self._board.city)
        now = time.monotonic()
        for call in stored:
            if call.sip_id in self._board.seen or (
                call.state in (CallState.TALKING, CallState.HELD) and await self._board.media.is_alive(call.sip_id)
            ):
                live = self._board.calls.setdefault(call.sip_id, Live(call.sip_id, {"ci": call.sip_id}, now))
                self._take_over(live, call, now)
                live.is_lost = call.sip_id not in self._board.seen
            elif call.sip_id not in self._board.calls or self._board.calls[call.sip_id].call == call.id:
                self._board.calls.pop(call.sip_id, None)
                self._board.desks.left(call.sip_id, now)
                self._board.write_down(Live(call.sip_id, {}, now, call.id), Ended, by="network")
        self._board.write_presence()

    def _take_over(self, live: Live, call: Call, now: float) -> None:
        live.needs = frozenset(call.needs)
        live.call, live.report, live.talking = call.id, call.report, call.state in (CallState.TALKING, CallState.HELD)
        if live.talking and call.operator is not None:
            live.person, live.where = call.operator, "desk"
            self._board.desks.move(self._board.desks[call.operator], Presence.TALKING, now, live.ci)


def _invite_of(told: dict[str, Any]) -> dict[str, Any]:
    """What the edge has kept of a call's INVITE."""
    said = told.get("told")
    return {name: "" if value == NOTHING else value for name, value in said.items()} if isinstance(said, dict) else {}
