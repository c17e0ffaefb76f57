"""A call taker passes a call on with one act, and is free: to a colleague, to a number outside, to the front of the line.

Asked by REFER (RFC 3515) within the call, which the edge gives to us; the caller's side is told nothing (`moving`), so it works
with every trunk. Nobody answers there: it rings at who passed it on, and after that at whoever is free first.
"""

import time
from typing import Any, Final
from uuid import UUID

from tanggap.incident.model import Actor
from tanggap.platform.logs import Log
from tanggap.telephony import passing, service
from tanggap.telephony.announcement import Saying
from tanggap.telephony.deciding.board import Board, Live
from tanggap.telephony.deciding.moving import AT_A_DESK, Moving
from tanggap.telephony.edge.legs import Leg, name_of
from tanggap.telephony.edge.told import sdp_of
from tanggap.telephony.model import Presence
from tanggap.telephony.passing import Target

log = Log("telephony")

TAKEN: Final = 202
NOT_YOURS: Final = 403
NO_TARGET: Final = 404
NOT_THERE: Final = 480  # the colleague talks, or has no phone
#: Of a person to whom a call may be passed: whoever is not on the telephone.
_REACHABLE: Final = (Presence.READY, Presence.WRAP_UP, Presence.AWAY)


class Passing:
    """Calls that are passed on."""

    def __init__(self, board: Board, moving: Moving) -> None:
        self._board = board
        self._moving = moving
        moving.passes = self.take

    def on_refer(self, told: dict[str, Any]) -> None:
        """A desk asks within its call; the edge waits for our answer, and takes the call from it with the same word."""
        ci, to = str(told["ci"]), str(told.get("to") or "")
        live = self._board.calls.get(ci)
        is_desks = live is not None and told.get("ft") != live.told.get("ft")
        code = self.take(live, to) if live is not None and is_desks else NOT_YOURS
        ft = str(live.told.get("ft") or "") if live is not None else ""
        self._board.send(op="passed", ti=told["ti"], tl=told["tl"], ci=ci, ft=ft, code=code)

    def take(self, live: Live, to: str) -> int:
        """Take a call from the desk that talks, to pass it on; the code of the answer."""
        target, by = passing.target_of(to), live.person
        if not live.talking or live.where not in AT_A_DESK or by is None or live.is_lost or not sdp_of(live.told):
            return NOT_YOURS
        if target is None or target.person == by:
            return NO_TARGET
        name = ""
        if target.person is not None:
            name = self._board.desks.name_of(target.person) or ""
            if not name or not self._is_reachable(target.person):
                return NOT_THERE
        self._take(live, by, target, name)
        return TAKEN

    def _is_reachable(self, person: UUID) -> bool:
        desk = self._board.desks[person]
        return desk.phones > 0 and desk.state in _REACHABLE

    def _take(self, live: Live, by: UUID, target: Target, name: str) -> None:
        live.person, live.talking, live.is_cut, live.where, live.passed_by = None, False, True, "", by
        live.is_comforted = True
        self._moving.leave(live)
        self._board.done(live, by, time.monotonic(), wraps_up=True)
        actor = Actor(self._board.desks.name_of(by) or "", by)
        self._board.tell(live, passing.call_passed, actor, target, name)
        self._board.do(self._pass(live, by, target))
        self._board.write_presence()

    async def _pass(self, live: Live, by: UUID, target: Target) -> None:
        await self._moving.comfort(live, Saying.PASSED)
        if target.person is not None:
            is_done = await self._to_desk(live, target.person)
        elif target.number:
            is_done = await self._outside(live, target.number)
        else:
            is_done = False
        if is_done:
            return
        if target.kind != "queue" and await self._to_desk(live, by, **{"X-Tanggap-Returned": "yes"}):
            return
        self._moving.to_front(live, by)

    async def _to_desk(self, live: Live, person: UUID, **more: str) -> bool:
        """Ring a person's phone; False: they did not answer, and the call is free."""
        if not self._moving.is_here(live):
            return True
        if not self._is_reachable(person):
            return False  # somebody else's call rings there by now
        desk = self._board.desks[person]
        live.person, live.where = person, "desk"
        self._board.desks.move(desk, Presence.RINGING, time.monotonic(), live.ci)
        self._board.tell(live, service.call_offered, person)
        self._board.write_presence()
        leg = self._moving.leg_to_desk(live, person, **more)
        lapsed = await self._moving.reach(live, leg, self._board.queue.ring_s, is_browser=desk.is_browser)
        if lapsed is None:
            self._moving.goes_on(live, person)
            return True
        is_free = self._moving.undo(live, leg, lapsed)
        self._board.write_presence()
        return not is_free

    async def _outside(self, live: Live, number: str) -> bool:
        """Ring a number; False: nobody answered, and the call is free."""
        if not self._moving.is_here(live):
            return True
        telephony = self._board.telephony
        live.where = "outside"
        self._board.tell(live, passing.call_rings_outside)
        leg = Leg(name_of(live.ci), f"sip:{number}@{telephony.realm}", f"sip:{telephony.caller_id}@{telephony.realm}", {})
        limit_s = self._board.queue.overflow_ring_s
        lapsed = await self._moving.reach(live, leg, limit_s, is_browser=False, is_outside=True)
        if lapsed is None:
            if self._moving.is_here(live):
                self._moving.talks(live, "outside", None)
                live.passed_by = None
                self._board.tell(live, passing.call_goes_outside)
            return True
        if not self._moving.undo(live, leg, lapsed):
            return True
        self._board.tell(live, service.call_queued)
        return False
