"""A caller talks, and the phone at the desk dies: the caller hears that somebody will go on, and somebody does.

Whether a phone lives is heard, not believed: a browser sends audio fifty times a second also while it is muted or holds the call.
The caller's side is told nothing: for it the call goes on, and rtpengine gives the other end of its audio to another phone.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final
from uuid import UUID

from tanggap.incident.model import Actor
from tanggap.platform.logs import Log
from tanggap.telephony import needing, passing, service
from tanggap.telephony.acd import Match
from tanggap.telephony.announcement import Saying
from tanggap.telephony.deciding.arriving import Arriving
from tanggap.telephony.deciding.board import Board, Live
from tanggap.telephony.edge.legs import NOT_HERE, Leg, caller_of, name_of
from tanggap.telephony.edge.media import MediaFailed
from tanggap.telephony.model import LapseReason, Presence

log = Log("telephony")

#: How often it is looked whether phones that talk are heard, seconds.
LOOK_S: Final = 1.0
#: Nothing from the desk for this long: the caller hears a voice instead of silence.
SILENT_S: Final = 2.5
#: The caller goes to somebody else after this long, when the phone's connection broke …
GONE_S: Final = 4.0
#: … and after this long when it seems to be there. A network that was away for a moment is waited for.
DEAD_S: Final = 12.0
#: If the edge does not say in this time that a caller was hung up, it has forgotten the call.
HUNG_UP_S: Final = 2.0
#: Where a call is with a person of the centre: chosen, or because every phone rang.
AT_A_DESK: Final = ("desk", "ring_all")


class Moving:
    """Calls whose phone has died."""

    def __init__(self, board: Board, arriving: Arriving) -> None:
        self._board = board
        self._arriving = arriving
        arriving.rings_by_leg, arriving.lost_phone = self.ring, self.lost_phone
        self.ends: Callable[[Live, str], None] = lambda live, by: None
        self.passes: Callable[[Live, str], int] = lambda live, to: NOT_HERE  # a phone asks to pass its call on
        self._is_looking = False

    def look(self) -> None:
        """Hear whether every phone that talks is alive; beside everything else."""
        if not self._is_looking:
            self._is_looking = True
            self._board.do(self._look())

    async def _look(self) -> None:
        try:
            for live in [live for live in self._board.calls.values() if self._may_die(live)]:
                await self._listen(live)
        finally:
            self._is_looking = False

    def _may_die(self, live: Live) -> bool:
        """Whether silence from the desk would mean anything: a SIP telephone may well send nothing while nobody speaks."""
        if not live.talking or live.where not in AT_A_DESK or live.person is None:
            return False
        return live.lost_phone or self._board.desks[live.person].is_browser

    async def _listen(self, live: Live) -> None:
        try:
            packets = await self._board.media.heard_from(live.ci, live.desk_tag)
        except MediaFailed:
            return  # rtpengine is away, or the call has just ended
        now = time.monotonic()
        if packets != live.packets:
            live.packets, live.heard_at = packets, now
            if live.is_comforted:
                live.is_comforted = live.lost_phone = False
                await self._board.media.quiet(live.ci, str(live.told.get("ft") or ""))
            return
        silent_s = now - (live.heard_at or now)
        if self._board.calls.get(live.ci) is not live or not live.talking:
            return
        if silent_s >= SILENT_S and not live.is_comforted:
            live.is_comforted = True
            await self.comfort(live)
        if silent_s >= (GONE_S if live.lost_phone else DEAD_S):
            self._cut(live, now)

    async def comfort(self, live: Live, saying: Saying = Saying.CUT) -> None:
        """Let the caller hear a voice instead of silence."""
        file = await self._board.announcements.file(saying)
        if not file:
            return
        try:
            await self._board.media.play(live.ci, str(live.told.get("ft") or ""), file)
        except MediaFailed as failed:
            log.warning("a caller hears silence", reason=str(failed))

    def lost_phone(self, live: Live) -> None:
        """The connection of the phone that talks broke: if it is not heard either, it is not waited for long."""
        live.lost_phone = True

    def hand_on(self) -> None:
        """Take calls from call takers who want somebody else to go on, and let the callers hear that they are not left."""
        asked, self._board.to_hand_on = self._board.to_hand_on, []
        for call in asked:
            live = self._board.calls.get(call.sip_id)
            if live is None or not live.talking or live.person is None or live.person != call.handed_on_by:
                continue
            if live.where not in AT_A_DESK or live.is_lost:
                continue
            live.needs, live.is_comforted = frozenset(call.needs), True
            self._board.do(self.comfort(live, Saying.HANDED_ON))
            self._cut(live, time.monotonic(), needing.put_back, self._board.queue.skill_wait_s)
            self._board.write_presence()

    def _cut(
        self, live: Live, now: float, verb: Callable[..., Awaitable[object]] = service.phone_lost, held_s: float = 0.0
    ) -> None:
        """Take the call from a phone, and put it at the front of the line; `verb` writes down why.

        For `held_s` it may wait there for who can what it needs.
        """
        person, live.person = live.person, None
        log.warning("a call was taken from a desk", call=str(live.call), why=verb.__name__)
        live.talking, live.is_cut, live.where = False, True, ""
        self.leave(live)
        if person is not None:
            self._board.done(live, person, now, wraps_up=held_s > 0)
            self._board.tell(live, verb, person)
        self._board.send(op="moved", ci=live.ci, ft=str(live.told.get("ft") or ""), talks="")
        self.to_front(live, person, held_s)

    def leave(self, live: Live) -> None:
        """What its leg may still say means nothing to the caller any more."""
        if live.leg is not None:
            live.left.add(live.leg.name)
            # A moment later, so that what the leg was asked is answered before.
            asyncio.get_running_loop().call_soon(self._board.legs.give_up, live.leg)
            live.leg = None

    def to_front(self, live: Live, refused_by: UUID | None, held_s: float = 0.0) -> None:
        """Before everybody else who waits for a desk, and not at `refused_by` while there are others (`held_s`: see `_cut`)."""
        place = live.place or self._board.line.join(live.ci, live.arrived)
        self._board.line.put_back(place, refused_by)
        self._board.line.want(live.ci, live.needs, time.monotonic() + held_s)
        place.ready = True
        live.place = place
        self._arriving.give_out()

    def ring(self, live: Live, match: Match) -> None:
        """A desk was chosen for a caller who talks already."""
        self._board.do(self._ring(live, match))

    async def _ring(self, live: Live, match: Match) -> None:
        leg = self.leg_to_desk(live, match.person)
        lapsed = await self.reach(live, leg, self._board.queue.ring_s, is_browser=self._board.desks[match.person].is_browser)
        if lapsed is None:
            self.goes_on(live, match.person)
        elif self.undo(live, leg, lapsed) and live.place is not None:
            self._board.line.put_back(live.place, match.person)
            live.place.ready = True
            # Whoever refuses at once is not asked again at once.
            asyncio.get_running_loop().call_later(LOOK_S, self._arriving.give_out)

    def leg_to_desk(self, live: Live, person: UUID, **more: str) -> Leg:
        """A leg to a person's phone, which learns of the call what it would have learnt at first."""
        realm = self._board.telephony.realm
        headers = {"X-Tanggap-Call": (live.call or live.named).hex, "X-Tanggap-Report": (live.report or live.named_report).hex}
        leg = Leg(name_of(live.ci), f"sip:{person.hex}@{realm}", f"sip:penelepon@{realm}", headers | more)
        leg.on_held = partial(self._held, live)
        leg.on_refer = lambda to: self.passes(live, to)
        return leg

    def _held(self, live: Live, is_held: bool) -> None:
        self._board.tell(live, service.call_held, live.person, is_held)

    async def reach(
        self, live: Live, leg: Leg, limit_s: float, *, is_browser: bool, is_outside: bool = False
    ) -> LapseReason | None:
        """Ring a phone for a caller who talks already, and give it the desk's end of the audio; None: it has answered."""
        ci, tag = live.ci, str(live.told.get("ft") or "")
        live.leg = leg
        try:
            sdp = await self._board.media.offer_again(
                ci, tag, live.desk_tag, self._board.audio_of(live), (live.call or live.named).hex, is_browser=is_browser
            )
            self._board.legs.ring(leg, sdp)
            said = await asyncio.wait_for(asyncio.shield(leg.answer), limit_s)
            if said.code == 200 and not leg.is_over:
                by_web = str(live.told.get("proto")) in ("ws", "wss")
                await self._board.media.answer_again(
                    ci, tag, live.desk_tag, said.sdp, live.ears, is_browser=by_web, is_outside=is_outside
                )
        except (MediaFailed, TimeoutError) as failed:
            log.info("nobody goes on with a call", call=str(live.call), reason=str(failed) or "no answer")
            self._board.legs.give_up(leg)
            return LapseReason.NO_ANSWER if isinstance(failed, TimeoutError) else LapseReason.FAILED
        if said.code == 200 and not leg.is_over:
            return None
        return LapseReason.REFUSED if said.code == 480 else LapseReason.FAILED

    def undo(self, live: Live, leg: Leg, reason: LapseReason) -> bool:
        """A phone did not answer; False: the call has ended, or another phone has it meanwhile."""
        if live.leg is not leg or self._board.calls.get(live.ci) is not live:
            return False
        now, person = time.monotonic(), live.person
        live.leg, live.person, live.where = None, None, ""
        live.left.add(leg.name)
        if person is not None:
            if self._board.desks[person].call == live.ci:
                self._board.desks.rest(person, now)
            self._board.tell(live, service.offer_lapsed, person, reason)
        return True

    def is_here(self, live: Live) -> bool:
        """Whether the caller is still there; else the phone that has just answered is hung up."""
        if self._board.calls.get(live.ci) is live:
            return True
        if live.leg is not None:
            self._board.legs.give_up(live.leg)
        return False

    def goes_on(self, live: Live, person: UUID) -> None:
        """A desk has answered."""
        if not self.is_here(live):
            return
        now, desk = time.monotonic(), self._board.desks[person]
        self.talks(live, "desk", person)
        live.heard_at, live.packets = now, -1
        self._board.desks.move(desk, Presence.TALKING, now, live.ci)
        by = Actor(self._board.desks.name_of(person) or "", person)
        if live.passed_by is None:
            self._board.tell(live, service.call_goes_on, by)
        else:
            self._board.tell(live, service.call_goes_on, by, why=passing.PASSED)
        live.passed_by = None
        self._board.write_presence()

    def talks(self, live: Live, where: str, person: UUID | None) -> None:
        """From now on the caller talks with another phone; the edge knows it for a decider that comes later."""
        live.talking, live.is_cut, live.where, live.person = True, False, where, person
        live.lost_phone = live.is_comforted = False
        self._board.do(self._board.media.quiet(live.ci, str(live.told.get("ft") or "")))
        talks = "|".join((person.hex if person else "", where, live.ears, live.desk_tag))
        self._board.send(op="moved", ci=live.ci, ft=str(live.told.get("ft") or ""), talks=talks)

    def over(self, live: Live) -> None:
        """The caller is gone: so is the leg."""
        if live.leg is not None:
            self._board.legs.give_up(live.leg)
            live.leg = None

    def on_bye(self, told: dict[str, Any]) -> bool:
        """Whether it was a leg that a desk hung up: then its caller is hung up, too."""
        ci = caller_of(str(told.get("ci") or ""))
        if ci is None:
            return False
        live = self._board.calls.get(ci)
        if live is None or told.get("ci") in live.left or (live.leg is not None and live.leg.name != told.get("ci")):
            return True
        if live.leg is not None:
            live.leg.is_over = True
        live.leg, live.ended_by = None, "operator"
        self._board.send(op="hang", ci=ci, ft=str(live.told.get("ft") or ""), tt=live.desk_tag)
        asyncio.get_running_loop().call_later(HUNG_UP_S, self._forgotten, live)
        return True

    def _forgotten(self, live: Live) -> None:
        if self._board.calls.get(live.ci) is live:
            self.ends(live, "operator")
