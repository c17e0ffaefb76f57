"""The decider: says whose phone rings, and has written down what happened.

One leads, Kamailio being the arbiter: whoever asks first, until the line breaks or no heartbeat comes. Others stand by. What it
knows it can learn anew at any moment: from the edge (phones, calls) and from the database (who talks with whom).
"""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

import msgspec

from tanggap import flow
from tanggap.incident.model import Actor
from tanggap.intake.model import Channel, Contact, normal_number
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database, DatabaseAway, Transaction
from tanggap.platform.ids import new_id
from tanggap.platform.logs import Log
from tanggap.scene import Scene
from tanggap.telephony import service, store
from tanggap.telephony.acd import MOST_OFFERS, Line, Match, Place, Step, looks_like_nuisance, next_step
from tanggap.telephony.announcement import Announcements
from tanggap.telephony.desks import Desks
from tanggap.telephony.edge.evapi import Evapi
from tanggap.telephony.edge.media import Media, MediaFailed
from tanggap.telephony.edge.told import locations_of, number_of, sdp_of
from tanggap.telephony.model import (
    Call,
    CallBackOutcome,
    CallState,
    Direction,
    LapseReason,
    Presence,
    Ringing,
)
from tanggap.telephony.settings import TelephonySettings
from tanggap.telephony.writing import Fact, Writing

log = Log("telephony")

BEAT_S: Final = 1.0
#: Presence is written this often at most: screens follow it, the queue has it in memory.
PRESENCE_S: Final = 0.2
AGAIN_S: Final = 0.2
#: A call is given out before it is stored when the commit takes longer than this; the caller comes first.
PATIENCE_S: Final = 0.006


class Live(msgspec.Struct):
    """A call with somebody on the line, as the decider knows it."""

    ci: str
    told: dict[str, Any]
    arrived: float
    call: UUID | None = None
    report: UUID | None = None
    place: Place | None = None
    person: UUID | None = None  # whose phone rings, or who talks
    where: str = ""  # desk, mobile, neighbour, ring_all, pstn, out
    outside_tried: int = 0
    ended_by: str = ""
    talking: bool = False
    announced: bool = False
    named: UUID = msgspec.field(default_factory=new_id)  # the ids that it has when it is stored for the first time
    named_report: UUID = msgspec.field(default_factory=new_id)
    untold: list[Fact] = []  # what happened to it before it was stored
    is_lost: bool = False  # the edge was started anew and knows nothing of it; its audio still flows
    of_call: UUID | None = None


class Decider:
    """Everything that happens on one line to Kamailio."""

    def __init__(
        self,
        db: Database,
        city: str,
        telephony: TelephonySettings,
        opening: Writing,
        writing: Writing,
        media: Media,
        announcements: Announcements,
    ) -> None:
        self._db = db
        self._city = city
        self._telephony = telephony
        self._queue = telephony.queue
        self._writing = writing
        self._opening = opening
        self._media = media
        self._announcements = announcements
        self._evapi: Evapi | None = None
        self._calls: dict[str, Live] = {}
        self._desks = Desks()
        self._line = Line(self._queue.nuisance_bound_s)
        self._burst = False
        self._token = secrets.token_hex(8)
        self._leads = False
        self._presence: asyncio.TimerHandle | None = None
        self._seen_by_edge: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    # ── the line to Kamailio ──

    async def run(self) -> None:
        """Connect, lead or stand by, and come back whenever the line breaks; until cancelled."""
        while True:
            try:
                self._evapi = await Evapi.connect(self._telephony.decider_port)
            except OSError:
                await asyncio.sleep(AGAIN_S)
                continue
            beating = asyncio.create_task(self._beat())
            try:
                async for told in self._evapi.messages():
                    self._hear(told)
            finally:
                beating.cancel()
                self._leads = False
                await self._evapi.close()
                self._evapi = None
            log.warning("the line to Kamailio broke")

    async def _beat(self) -> None:
        while True:
            self._send(op="beat" if self._leads else "lead", token=self._token)
            if self._leads:
                with contextlib.suppress(DatabaseAway):
                    await self._look()
                self._tick()
            await asyncio.sleep(BEAT_S)

    def _send(self, **said: Any) -> None:
        if self._evapi is not None:
            self._evapi.send(**said)

    def _hear(self, told: dict[str, Any]) -> None:
        event = str(told.get("ev"))
        if event == "leads" and told.get("token") == self._token:
            self._begin()
            return
        heard = self._HEARD.get(event)
        if heard is None or not self._leads:
            return
        try:
            heard(self, told)
        except Exception:
            log.error("an event of the edge failed", event_kind=event, exc_info=True)
        self._write_presence()

    def _do(self, work: Awaitable[object]) -> None:
        """Run something beside the reading of events."""
        task = asyncio.ensure_future(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ── a new leader ──

    def _begin(self) -> None:
        """We lead now: forget what we thought, and ask."""
        self._leads = True
        now = time.monotonic()
        self._desks.no_phones(now)
        self._line = Line(self._queue.nuisance_bound_s)
        self._seen_by_edge = set()
        log.info("this decider leads")
        self._do(self._ask_everything())

    async def _ask_everything(self) -> None:
        """First who may answer (from the database), then which phones and calls there are (from the edge)."""
        with contextlib.suppress(DatabaseAway):
            await self._look()
        self._send(op="sync")

    def _on_live(self, told: dict[str, Any]) -> None:
        """A call that came before we led: the edge has it already; store it if nobody has."""
        said = told.get("told")
        if not isinstance(said, dict) or not said.get("ci"):
            return
        ci = str(said["ci"])
        self._seen_by_edge.add(ci)
        if said.get("mode") == "in" and ci not in self._calls:
            live = self._calls[ci] = Live(ci, said, time.monotonic(), where="ring_all")
            self._do(self._store(live))

    def _on_past(self, told: dict[str, Any]) -> None:
        """A call that came and went while nobody led."""
        said = told.get("told")
        if not isinstance(said, dict) or not said.get("ci"):
            return
        ci = str(said["ci"])
        if said.get("mode") == "in":
            live = self._calls.setdefault(ci, Live(ci, said, time.monotonic(), where="ring_all"))

            async def store_and_end() -> None:
                await self._store(live)
                self._end(live, "caller")
                await self._writing.settle()
                self._send(op="forget", ci=ci)

            self._do(store_and_end())
        else:
            self._send(op="forget", ci=ci)

    def _on_synced(self, _told: dict[str, Any]) -> None:
        """What the database thinks is live but the edge does not know has ended, unless its audio still flows."""
        self._do(self._reconcile())

    async def _reconcile(self) -> None:
        async with self._db.reading(self._city) as conn:
            stored = await store.live_calls(conn, self._city)
        now = time.monotonic()
        for call in stored:
            if call.sip_id in self._seen_by_edge or (
                call.state in (CallState.TALKING, CallState.HELD) and await self._media.is_alive(call.sip_id)
            ):
                live = self._calls.setdefault(call.sip_id, Live(call.sip_id, {"ci": call.sip_id}, now))
                self._take_over(live, call, now)
                live.is_lost = call.sip_id not in self._seen_by_edge
            elif call.sip_id not in self._calls or self._calls[call.sip_id].call == call.id:
                self._calls.pop(call.sip_id, None)
                self._tell(Live(call.sip_id, {}, now, call.id), service.call_ended, "network")
        self._write_presence()

    def _take_over(self, live: Live, call: Call, now: float) -> None:
        live.call, live.report, live.talking = call.id, call.report, call.state in (CallState.TALKING, CallState.HELD)
        if live.talking and call.operator is not None:
            live.person, live.where = call.operator, "desk"
            self._desks.move(self._desks[call.operator], Presence.TALKING, now, live.ci)

    # ── a call comes in ──

    def _on_call(self, told: dict[str, Any]) -> None:
        ci = str(told["ci"])
        self._seen_by_edge.add(ci)
        live = self._calls[ci] = Live(ci, told, time.monotonic())
        self._do(self._receive(live))

    async def _receive(self, live: Live) -> None:
        """Store it, and give it out; when storing takes long, give it out meanwhile."""
        storing = asyncio.ensure_future(self._store(live))
        done, _ = await asyncio.wait((storing,), timeout=PATIENCE_S)
        suspect = storing.result() if done else False
        if live.ci not in self._calls:
            return  # hung up meanwhile
        live.place = self._line.join(live.ci, live.arrived, suspect=suspect)
        self._give_out()
        if live.ci in self._line and live.place.ready:
            live.place.ready = False
            await self._let_wait(live)

    async def _store(self, live: Live) -> bool:
        """The call's row and its report; whether its caller looks like nuisance."""
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
        )
        at = utcnow()

        stored: list[Call] = []
        somebody_waits = len(self._line) > 0 or not self._desks.free()

        async def rings(tx: Transaction, scene: Scene) -> bool:
            call = await service.call_rings(tx, scene, ringing, at)
            stored.append(call)
            number = normal_number(ringing.number)
            return somebody_waits and bool(number) and looks_like_nuisance(*await service.history(tx, scene, number, at))

        suspect = await self._opening.put(rings)
        if stored:
            live.call, live.report = stored[-1].id, stored[-1].report
        for fact in live.untold:
            self._writing.put(fact)
        live.untold.clear()
        if live.where in ("ring_all", "pstn"):
            self._tell(live, service.call_overflowed, live.where, by_edge=True)
        return bool(suspect)

    async def _let_wait(self, live: Live) -> None:
        """Nobody is free: the announcement, where the caller's side can hear it before an answer."""
        sdp = ""
        if not live.announced and str(live.told.get("proto")) not in ("ws", "wss"):
            file = await self._announcements.file(burst=self._burst)
            offered = sdp_of(live.told)
            if file and offered:
                try:
                    sdp = await self._media.announce(live.ci, offered, file)
                    live.announced = True
                except MediaFailed as error:
                    log.warning("no announcement", reason=str(error))
        if live.ci not in self._calls:
            await self._media.stop_announcement(live.ci)
            return
        self._send(op="wait", ti=live.told["ti"], tl=live.told["tl"], sdp=sdp)
        self._tell(live, service.call_queued, announced=bool(sdp))

    def _on_held(self, told: dict[str, Any]) -> None:
        """The edge holds a call (again) and would follow."""
        ci, now = str(told["ci"]), time.monotonic()
        live = self._calls.get(ci)
        self._seen_by_edge.add(ci)
        if live is None:
            live = self._calls[ci] = Live(ci, told, now)
            self._do(self._receive_held(live))
            return
        live.told = {**live.told, "ti": told["ti"], "tl": told["tl"]}
        if told.get("why") == "still" and live.place is not None and live.place.ready:
            return
        self._lapse(live, str(told.get("why") or ""), now)
        if live.place is None:
            live.place = self._line.join(ci, live.arrived)
        live.place.ready = True
        if live.place.offers >= MOST_OFFERS:
            self._line.leave(ci)
            live.where = "ring_all"
            self._send(op="ring", ti=live.told["ti"], tl=live.told["tl"], where="all")
            return
        self._give_out()

    async def _receive_held(self, live: Live) -> None:
        await self._store(live)
        if live.ci in self._calls:
            live.place = self._line.join(live.ci, live.arrived)
            self._give_out()

    def _lapse(self, live: Live, why: str, now: float) -> None:
        """What it rang at did not answer."""
        if live.person is not None:
            person, live.person = live.person, None
            desk = self._desks[person]
            reason = LapseReason.GONE if not desk.phones else _LAPSES.get(why, LapseReason.FAILED)
            if desk.call == live.ci:
                self._desks.rest(person, now)
            if live.place is not None:
                self._line.put_back(live.place, person)
            self._tell(live, service.offer_lapsed, person, reason)
        elif live.where in (Step.MOBILE, Step.NEIGHBOUR, "ring_all", "pstn"):
            if live.place is not None:
                self._line.put_back(live.place, None)
            self._tell(live, service.call_queued, announced=False)
        live.where = ""

    def _give_out(self) -> None:
        """Ring phones for whoever waits, as long as there are both."""
        now = time.monotonic()
        for match in self._line.match(self._desks.free(), now, self._queue.other_desks):
            self._ring(match, now)
        self._write_presence()

    def _ring(self, match: Match, now: float) -> None:
        live = self._calls[match.key]
        live.person, live.where = match.person, "desk"
        self._desks.move(self._desks[match.person], Presence.RINGING, now, live.ci)
        self._send(
            op="ring", ti=live.told["ti"], tl=live.told["tl"], where="desk", person=match.person.hex,
            target=f"sip:{match.person.hex}@{self._telephony.realm}", ring_ms=round(self._queue.ring_s * 1000),
            call=(live.call or live.named).hex, report=(live.report or live.named_report).hex,
        )  # fmt: skip
        self._tell(live, service.call_offered, match.person)

    def _overflow(self, now: float) -> None:
        """Send calls outside the centre that the desks do not take."""
        anybody = self._desks.anybody()
        for place in self._line.places():
            live = self._calls.get(place.key)
            if live is None or not place.ready:
                continue
            step = next_step(
                now - live.arrived, live.outside_tried, len(self._queue.mobiles), bool(self._queue.neighbour), anybody,
                self._queue.overflow_after_s,
            )  # fmt: skip
            if step is None:
                continue
            number = self._queue.mobiles[live.outside_tried] if step is Step.MOBILE else self._queue.neighbour
            live.outside_tried += 1
            live.where = step.value
            self._line.leave(live.ci)
            place.ready = False
            self._send(
                op="ring", ti=live.told["ti"], tl=live.told["tl"], where=step.value, person="", target=number,
                ring_ms=round(self._queue.overflow_ring_s * 1000), call=live.call.hex if live.call else "", report="",
            )  # fmt: skip
            self._tell(live, service.call_overflowed, step.value, by_edge=False)

    # ── a call is answered, goes on, ends ──

    def _on_answered(self, told: dict[str, Any]) -> None:
        ci, now, where = str(told["ci"]), time.monotonic(), str(told.get("where") or "")
        live = self._calls.get(ci)
        if live is None:
            return
        self._line.leave(ci)
        live.talking = True
        if live.announced:
            self._do(self._media.stop_announcement(ci))
        by: Actor | None = None
        person = live.person if where in ("desk", "out") else None
        if person is not None:
            desk = self._desks[person]
            self._desks.move(desk, Presence.TALKING, now, ci)
            by = Actor(self._desks.name_of(person) or "", person)
        live.where = where
        self._tell(live, service.call_answered, by, where=where)
        if live.of_call is not None and by is not None:
            self._tried(live.of_call, by, CallBackOutcome.REACHED, live)

    def _on_talks(self, told: dict[str, Any]) -> None:
        """A call that was answered before we led; stored already, or not."""
        live = self._calls.get(str(told["ci"]))
        if live is None or live.talking:
            return
        with contextlib.suppress(ValueError):
            live.person = UUID(hex=str(told.get("person")))
        self._on_answered(told)

    def _on_alone(self, told: dict[str, Any]) -> None:
        """The edge moved a call without us."""
        live = self._calls.get(str(told["ci"]))
        if live is None:
            return
        self._line.leave(live.ci)
        self._lapse(live, "failed", time.monotonic())
        self._line.leave(live.ci)
        live.where = str(told.get("where") or "ring_all")
        self._tell(live, service.call_overflowed, live.where, by_edge=True)

    def _on_media(self, told: dict[str, Any]) -> None:
        live = self._calls.get(str(told["ci"]))
        if live is not None and told.get("by") == "operator":
            self._tell(live, service.call_held, live.person, told.get("way") == "held")

    def _on_bye(self, told: dict[str, Any]) -> None:
        live = self._calls.get(str(told["ci"]))
        if live is None:
            return
        from_caller = told.get("ft") == live.told.get("ft")
        if live.where == "out":
            from_caller = not from_caller  # we dialled: the other side is the caller
        by = "caller" if from_caller else "operator"
        live.ended_by = by
        if live.is_lost:
            self._end(live, by)  # nothing else will tell

    def _on_ended(self, told: dict[str, Any]) -> None:
        live = self._calls.get(str(told["ci"]))
        if live is not None:
            self._end(live, live.ended_by or "network")

    def _on_failed(self, told: dict[str, Any]) -> None:
        live = self._calls.get(str(told["ci"]))
        if live is not None:
            self._end(live, live.ended_by or "caller")

    def _on_unreached(self, told: dict[str, Any]) -> None:
        live = self._calls.get(str(told["ci"]))
        if live is not None:
            live.ended_by = "network"

    def _end(self, live: Live, by: str) -> None:
        now = time.monotonic()
        self._calls.pop(live.ci, None)
        self._seen_by_edge.discard(live.ci)
        self._line.leave(live.ci)
        if live.announced:
            self._do(self._media.stop_announcement(live.ci))
        if live.person is not None and self._desks[live.person].call == live.ci:
            if live.talking and self._desks[live.person].phones and self._queue.wrap_up_s:
                self._desks.move(self._desks[live.person], Presence.WRAP_UP, now)
            else:
                self._desks.rest(live.person, now)
        self._tell(live, service.call_ended, by)
        self._give_out()

    # ── phones ──

    def _on_phone(self, told: dict[str, Any]) -> None:
        try:
            person = UUID(hex=str(told.get("person")))
        except ValueError:
            return
        now = time.monotonic()
        desk = self._desks.phone(person, int(told.get("left") or 0), now)
        if self._desks.name_of(person) is None:
            self._do(self._look())
        if not desk.phones and desk.state is Presence.RINGING and desk.call in self._calls:
            live = self._calls[desk.call]
            self._send(op="take", ci=live.ci, cseq=str(live.told.get("cseq") or ""))
        if desk.phones:
            self._give_out()

    # ── calls out ──

    def _on_out(self, told: dict[str, Any]) -> None:
        self._do(self._dial(told))

    async def _dial(self, told: dict[str, Any]) -> None:
        """A desk calls somebody: whom, is decided here, so that no browser needs a caller's number."""
        ci, dialled = str(told["ci"]), str(told.get("dialled") or "")
        person = UUID(hex=str(told.get("who")))
        name = self._desks.name_of(person)
        if name is None:
            self._send(op="refuse", ti=told["ti"], tl=told["tl"], where="no")
            return
        live = Live(ci, told, time.monotonic(), person=person, where="out")
        number, about = dialled, self._report_at(person)
        if dialled.startswith("kembali-"):
            live.of_call = UUID(hex=dialled.removeprefix("kembali-"))
            found = await self._writing.put(partial(_missed, live.of_call))
            if found is None or not found[0]:
                self._send(op="refuse", ti=told["ti"], tl=told["tl"], where="no")
                return
            number, about = f"+{found[0]}", found[1]
        self._calls[ci] = live
        self._seen_by_edge.add(ci)
        self._desks.move(self._desks[person], Presence.TALKING, time.monotonic(), ci)
        self._write_presence()
        if about is not None:
            shown = "" if live.of_call else dialled
            ringing = Ringing(ci, direction=Direction.OUT, dialled=shown, of_call=live.of_call)
            call = await self._writing.put(partial(_out, ringing, about, Actor(name, person)))
            live.call, live.report = (call.id, call.report) if call else (None, None)
        self._send(
            op="dial", ti=told["ti"], tl=told["tl"], where="out", target=number, person=person.hex, ring_ms=60000,
            call=live.call.hex if live.call else "", report="",
        )  # fmt: skip

    def _report_at(self, person: UUID) -> UUID | None:
        """The report on which somebody works: that of their call."""
        return next((live.report for live in self._calls.values() if live.person == person and live.report is not None), None)

    def _on_out_failed(self, told: dict[str, Any]) -> None:
        live = self._calls.get(str(told["ci"]))
        if live is None:
            return
        live.ended_by = "network"
        if live.of_call is not None and live.person is not None:
            outcome = _OUTCOMES.get(int(told.get("code") or 0), CallBackOutcome.FAILED)
            by = Actor(self._desks.name_of(live.person) or "", live.person)
            self._tried(live.of_call, by, outcome, live)

    # ── text ──

    def _on_text(self, told: dict[str, Any]) -> None:
        self._do(self._text(told))

    async def _text(self, told: dict[str, Any]) -> None:
        contact = Contact(
            Channel.SMS, words=str(told.get("body") or ""), number=number_of(told), external_id=f"text:{told['ci']}"[:200]
        )
        if await self._writing.put(partial(_texted, contact)) is not None:
            self._send(op="stored", ti=told["ti"], tl=told["tl"])

    # ── keys ──

    def key(self, call_id: str, key: str) -> None:
        """The caller pressed a key; rtpengine told."""
        live = self._calls.get(call_id.removeprefix("ann-"))
        if live is None or not self._leads:
            return
        if key == "1" and self._burst and not live.talking:
            self._line.press_urgent(live.ci)
            self._give_out()
        self._tell(live, service.key_pressed, key)

    # ── the clock ──

    def _tick(self) -> None:
        now = time.monotonic()
        self._desks.wrapped_up(self._queue.wrap_up_s, now)
        self._give_out()
        self._overflow(now)
        self._write_presence()

    async def _look(self) -> None:
        """What people have set: who may answer, pauses, desks, a burst."""
        async with self._db.reading(self._city) as conn:
            allowed = await store.may_answer(conn, self._city)
            operators = await store.operators(conn, self._city)
            self._burst = await store.burst_since(conn, self._city, "main") is not None
        self._desks.allow(allowed)
        self._desks.wished(operators, time.monotonic())

    def _write_presence(self) -> None:
        """Soon, and once for whatever happens until then."""
        if self._desks.changed and self._presence is None:
            self._presence = asyncio.get_running_loop().call_later(PRESENCE_S, self._presence_now)

    def _presence_now(self) -> None:
        self._presence = None
        changed, self._desks.changed = self._desks.changed, set()
        for person in changed:
            if self._desks.name_of(person) is None:
                self._desks.changed.add(person)  # not known (yet) as somebody who takes calls
                continue
            desk = self._desks[person]
            live = self._calls.get(desk.call or "")
            self._writing.put(partial(_present, person, desk.state, live, bool(desk.phones), utcnow()))

    def _tell(self, live: Live, verb: Callable[..., Awaitable[object]], *said: Any, **more: Any) -> None:
        """Have it written what happened to a call, and when; after the call itself, which may not be stored yet."""
        now = utcnow()

        async def write(tx: Transaction, scene: Scene) -> None:
            if live.call is not None:
                await verb(tx, scene, live.call, *said, now, **more)

        if live.call is None:
            live.untold.append(write)
        else:
            self._writing.put(write)

    def _tried(self, missed: UUID, by: Actor, outcome: CallBackOutcome, out: Live) -> None:
        now = utcnow()

        async def write(tx: Transaction, scene: Scene) -> None:
            await service.call_back_tried(tx, scene, missed, by, outcome, now, out.call)

        self._writing.put(write)

    _HEARD: Final[dict[str, Callable[["Decider", dict[str, Any]], None]]] = {
        "call": _on_call, "held": _on_held, "answered": _on_answered, "alone": _on_alone, "media": _on_media, "bye": _on_bye,
        "ended": _on_ended, "failed": _on_failed, "unreached": _on_unreached, "phone": _on_phone, "out": _on_out,
        "out_failed": _on_out_failed, "text": _on_text, "live": _on_live, "talks": _on_talks, "past": _on_past,
        "synced": _on_synced,
    }  # fmt: skip


_LAPSES: Final = {"no_answer": LapseReason.NO_ANSWER, "refused": LapseReason.REFUSED, "gone": LapseReason.GONE}
_OUTCOMES: Final = {
    408: CallBackOutcome.NO_ANSWER, 480: CallBackOutcome.NO_ANSWER, 487: CallBackOutcome.NO_ANSWER,
    486: CallBackOutcome.BUSY, 600: CallBackOutcome.BUSY,
}  # fmt: skip


async def _logged(work: Awaitable[object]) -> None:
    try:
        await work
    except Exception:
        log.error("a step of the decider failed", exc_info=True)


async def _out(ringing: Ringing, report: UUID, by: Actor, tx: Transaction, scene: Scene) -> Call:
    return await service.call_out(tx, scene, ringing, report, by, utcnow())


async def _missed(call: UUID, tx: Transaction, scene: Scene) -> tuple[str, UUID]:
    return await service.number_to_dial(tx, scene, call), (await store.call(tx, scene.city, call)).report


async def _texted(contact: Contact, tx: Transaction, scene: Scene) -> UUID:
    return (await flow.receive(tx, scene, contact, utcnow())).report


async def _present(
    person: UUID, state: Presence, live: Live | None, registered: bool, now: datetime, tx: Transaction, scene: Scene
) -> None:
    await service.presence(tx, scene.city, person, state, now, call=live.call if live else None, registered=registered)
