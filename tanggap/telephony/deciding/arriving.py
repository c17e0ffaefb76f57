"""A call comes in: stored, given out, waiting, given out again, sent outside."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from tanggap.intake.model import normal_number
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Transaction
from tanggap.platform.logs import Log
from tanggap.scene import Scene
from tanggap.telephony import needing, service
from tanggap.telephony.acd import MOST_OFFERS, Match, Place, Step, looks_like_nuisance, next_step
from tanggap.telephony.announcement import Saying
from tanggap.telephony.deciding.announcing import Announcing
from tanggap.telephony.deciding.board import Board, Live
from tanggap.telephony.edge.told import locations_of, number_of, sdp_of
from tanggap.telephony.model import MAIN_DESK, Call, Direction, LapseReason, NeedsBy, Presence, Ringing
from tanggap.telephony.story import Offered, Queued
from tanggap.telephony.texting import service as texting
from tanggap.telephony.texting.offer import place_of_text, with_text
from tanggap.verification.service import ledgers

log = Log("telephony")

#: A call is given out before it is stored when the commit takes longer than this, or waits for another one's; the caller comes
#: first. The edge holds it meanwhile, and would tell the next decider of it.
PATIENCE_S: Final = 0.006
#: Where another one came within this, seconds, many come: the cores are for deciding.
ALONE_S: Final = 0.01

_LAPSES: Final = {"no_answer": LapseReason.NO_ANSWER, "refused": LapseReason.REFUSED, "gone": LapseReason.GONE}


class Arriving:
    """Calls that nobody has answered yet."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._came_at = 0.0
        self.announcing = Announcing(board.media, board.announcements)
        self.rings_by_leg: Callable[[Live, Match], None] = lambda live, match: None  # of somebody who talks already
        self.lost_phone: Callable[[Live], None] = lambda live: None
        self.offers_text: Callable[[Live], None] = lambda live: None

    def on_call(self, told: dict[str, Any]) -> None:
        ci = str(told["ci"])
        self._board.seen.add(ci)
        self._board.line.leave(ci)  # of a former call by that name nothing stays, or its desk would be busy for ever
        self._board.desks.left(ci, time.monotonic())
        live = self._board.calls[ci] = Live(ci, told, time.monotonic())
        self.offers_text(live)
        self._board.do(self._receive(live))

    async def _receive(self, live: Live) -> None:
        """Store it, and give it out; when storing takes long, or must wait for others, give it out meanwhile."""
        before, self._came_at = self._came_at, live.arrived
        is_alone = not self._board.opening.is_busy and live.arrived - before > ALONE_S
        storing = asyncio.ensure_future(self.store(live))
        if is_alone:
            await asyncio.wait((storing,), timeout=PATIENCE_S)
        if live.ci not in self._board.calls:
            return  # hung up meanwhile
        place = self._join(live)
        self.give_out()
        self.overflow(time.monotonic())
        if live.ci in self._board.line and place.ready:
            place.ready = False
            await self._let_wait(live)

    def _join(self, live: Live) -> Place:
        """Into the line, with what is known of the caller and of what the call needs."""
        place = live.place = self._board.line.join(live.ci, live.arrived, suspect=live.suspect)
        if live.needs:
            self._board.line.want(live.ci, live.needs, live.arrived + self._board.queue.skill_wait_s)
        return place

    async def store(self, live: Live) -> None:
        """The call's row and its report, with what is known of its caller."""
        told = live.told
        ringing = Ringing(
            sip_id=live.ci,
            call=live.named,
            report=live.named_report,
            number=number_of(told),
            direction=Direction.WEB if str(told.get("who") or "") else Direction.IN,
            trunk=str(told.get("trunk") or ""),
            dialled=str(told.get("dialled") or ""),
            heard=locations_of(told),
            has_text=bool(live.text),
        )
        at = utcnow()
        live.needs = self._board.telephony.needs_of_line(ringing.trunk, ringing.dialled, str(told.get("language") or ""))
        languages = self._board.desks.languages_here()

        stored: list[Call] = []
        somebody_waits = len(self._board.line) > 0 or not self._board.desks.anybody_free()

        async def rings(tx: Transaction, scene: Scene) -> bool:
            call = await service.call_rings(tx, scene, ringing, at)
            stored.append(call)
            await texting.begins(tx, scene, call.id, live.text_offer, at)
            number = normal_number(ringing.number)
            if live.needs:
                await needing.want(tx, scene, call.id, live.needs, NeedsBy.LINE, at)
            elif languages and number:
                live.needs = await needing.remember(tx, scene, call.id, number, languages, at)
            if not somebody_waits or not number:
                return False
            weighed = (await ledgers(tx, scene.catalogue, [call.report], scene.hear, at)).get(call.report)
            if weighed is not None and (weighed.is_lifted or weighed.is_doubtful):
                return weighed.is_doubtful
            return looks_like_nuisance(*await service.history(tx, scene, number, at))

        live.suspect = bool(await self._board.opening.put(rings))
        self._learn(live, stored[-1] if stored else None)

    def _learn(self, live: Live, stored: Call | None) -> None:
        """What storing a call has told, where it may stand in the line by now; then what happened to it meanwhile is told."""
        if stored is not None:
            live.call, live.report = stored.id, stored.report
        if live.suspect:
            self._board.line.doubt(live.ci)
        if live.needs and live.place is not None:
            self._board.line.want(live.ci, live.needs, live.arrived + self._board.queue.skill_wait_s)
        for put in live.untold:
            put()
        live.untold.clear()
        if live.where in ("ring_all", "pstn"):
            self._board.tell(live, service.call_overflowed, live.where, by_edge=True)

    async def _let_wait(self, live: Live) -> None:
        """Nobody is free: the announcement, where the caller's side can hear it before an answer."""
        saying = Saying.BURST if self._board.burst else Saying.WAITING
        sdp = await self.announcing.begin(live, saying, self._board.audio_of(live))
        if live.ci not in self._board.calls:
            return
        if sdp and live.text:
            sdp, live.may_write = with_text(sdp, live.text, place_of_text(sdp_of(live.told))), True
        self._board.send(op="wait", ti=live.told["ti"], tl=live.told["tl"], sdp=sdp, text=live.text)
        self._board.write_down(live, Queued, announced=bool(sdp))

    def hush(self, call_id: str) -> None:
        """The caller has been answered, or is gone: who heard the announcement hears it no longer. Most never did."""
        if self.announcing.is_heard_by(call_id):
            self._board.do(self.announcing.end(call_id))

    def on_held(self, told: dict[str, Any]) -> None:
        """The edge holds a call (again) and would follow."""
        ci, now = str(told["ci"]), time.monotonic()
        live = self._board.calls.get(ci)
        self._board.seen.add(ci)
        if live is None:
            live = self._board.calls[ci] = Live(ci, told, now)
            self._board.do(self._receive_held(live))
            return
        live.told = {**live.told, "ti": told["ti"], "tl": told["tl"]}
        if told.get("why") == "still" and live.place is not None and live.place.ready:
            return
        self.lapse(live, str(told.get("why") or ""), now)
        place = live.place or self._join(live)
        place.ready = True
        if place.offers >= MOST_OFFERS:
            self._board.line.leave(ci)
            live.where = "ring_all"
            self._board.send(op="ring", ti=live.told["ti"], tl=live.told["tl"], where="all", text=live.text)
            return
        self.give_out()

    async def _receive_held(self, live: Live) -> None:
        await self.store(live)
        if live.ci in self._board.calls:
            self._join(live)
            self.give_out()

    def lapse(self, live: Live, why: str, now: float) -> None:
        """What it rang at did not answer."""
        if live.person is not None:
            person, live.person = live.person, None
            desk = self._board.desks[person]
            reason = LapseReason.GONE if not desk.phones else _LAPSES.get(why, LapseReason.FAILED)
            if desk.call == live.ci:
                self._board.desks.rest(person, now)
            if live.place is not None:
                self._board.line.put_back(live.place, person, now if reason is LapseReason.FAILED else None)
            self._board.tell(live, service.offer_lapsed, person, reason)
        elif live.where in (Step.MOBILE, Step.NEIGHBOUR, "ring_all", "pstn"):
            if live.place is not None:
                self._board.line.put_back(live.place, None)
            self._board.write_down(live, Queued)
        live.where = ""

    def give_out(self) -> None:
        """Ring phones for whoever waits, as long as there are both."""
        now, line, desks, others = time.monotonic(), self._board.line, self._board.desks, self._board.queue.other_desks
        if len(line):
            line.burst = self._board.burst
            here = desks.here({MAIN_DESK, *others})
            for match in line.match(desks.free(), now, others, resting=desks.resting(), here=here):
                self._ring(match, now)
        self._board.write_presence()

    def _ring(self, match: Match, now: float) -> None:
        live = self._board.calls[match.key]
        live.person, live.where = match.person, "desk"
        self._board.desks.move(self._board.desks[match.person], Presence.RINGING, now, live.ci)
        if live.is_cut:
            self._board.write_down(live, Offered, person=match.person)
            self.rings_by_leg(live, match)
            return
        self._board.send(
            op="ring", ti=live.told["ti"], tl=live.told["tl"], where="desk", person=match.person.hex,
            target=f"sip:{match.person.hex}@{self._board.telephony.realm}", ring_ms=round(self._board.queue.ring_s * 1000),
            call=(live.call or live.named).hex, report=(live.report or live.named_report).hex,
            text=live.text,
        )  # fmt: skip
        log.debug("given out", after_ms=round((time.monotonic() - live.arrived) * 1000, 2))
        self._board.write_down(live, Offered, person=match.person)

    def overflow(self, now: float) -> None:
        """Send calls outside the centre that the desks do not take."""
        anybody, queue = self._board.desks.anybody(), self._board.queue
        for place in self._board.line.places():
            live = self._board.calls.get(place.key)
            if live is None or not place.ready or live.is_cut:
                continue
            step = next_step(
                now - live.arrived, live.outside_tried, len(queue.mobiles), bool(queue.neighbour),
                bool(self._board.telephony.emergency_fallback), anybody, queue.overflow_after_s,
            )  # fmt: skip
            if step is None:
                continue
            number = self._board.queue.mobiles[live.outside_tried] if step is Step.MOBILE else self._board.queue.neighbour
            live.outside_tried += 1
            live.where = step.value
            self._board.line.leave(live.ci)
            place.ready = False
            self._board.send(
                op="ring", ti=live.told["ti"], tl=live.told["tl"], where=step.value, person="", target=number,
                ring_ms=round(self._board.queue.overflow_ring_s * 1000), call=live.call.hex if live.call else "", report="",
                text=live.text,
            )  # fmt: skip
            if step is not Step.LAST:  # of that the edge tells itself
                self._board.tell(live, service.call_overflowed, step.value, by_edge=False)

    def on_phone(self, told: dict[str, Any]) -> None:
        try:
            person = UUID(hex=str(told.get("person")))
        except ValueError:
            return
        now = time.monotonic()
        had = self._board.desks[person].phones
        desk = self._board.desks.phone(person, int(told.get("left") or 0), now)
        if told.get("proto"):
            desk.is_browser = str(told["proto"]) in ("ws", "wss")
        if self._board.desks.name_of(person) is None:
            self._board.do(self._board.look())
        if not desk.phones and desk.state is Presence.RINGING and desk.call in self._board.calls:
            live = self._board.calls[desk.call]
            if live.leg is not None:
                self._board.legs.give_up(live.leg)
            else:
                self._board.send(op="take", ci=live.ci, cseq=str(live.told.get("cseq") or ""))
        elif desk.phones < had and desk.state is Presence.TALKING and desk.call in self._board.calls:
            self.lost_phone(self._board.calls[desk.call])
        if desk.phones:
            self.give_out()

    def press(self) -> None:
        """Callers in browsers, who have no keys, say «danger now» by a button: the database knows."""
        pressed, self._board.pressed = self._board.pressed, []
        for ci in pressed if self._board.burst else []:
            place = self._board.line.place(ci)
            if place is not None and not place.urgent:
                self._board.line.press_urgent(ci)
                self.give_out()

    def key(self, call_id: str, key: str) -> None:
        """The caller pressed a key; rtpengine told."""
        live = self._board.calls.get(call_id.removeprefix("ann-"))
        if live is None or not self._board.leads:
            return
        if key == "1" and self._board.burst and not live.talking:
            self._board.line.press_urgent(live.ci)
            self.give_out()
        needs = self._board.telephony.needs_of_key(key)
        if needs and not live.talking:
            live.needs = needs
            self._board.line.want(live.ci, needs, time.monotonic() + self._board.queue.skill_wait_s)
            self._board.tell(live, needing.want, needs, NeedsBy.KEY)
            self.give_out()
        self._board.tell(live, service.key_pressed, key)
