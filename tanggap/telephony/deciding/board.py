"""What the decider knows at this moment: calls, desks, the line; and how it speaks to the edge and has things written."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

import msgspec

from tanggap.incident.model import Actor
from tanggap.people.roster.store import abilities
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database, Transaction
from tanggap.platform.ids import new_id
from tanggap.platform.logs import Log
from tanggap.scene import Scene
from tanggap.telephony import service, store
from tanggap.telephony.acd import Line, Place
from tanggap.telephony.announcement import Announcements
from tanggap.telephony.credentials import DESK_LASTS
from tanggap.telephony.desks import Desks
from tanggap.telephony.edge.evapi import Evapi
from tanggap.telephony.edge.legs import Leg, Legs
from tanggap.telephony.edge.media import Media
from tanggap.telephony.model import Call, CallBackOutcome, Presence
from tanggap.telephony.settings import TelephonySettings
from tanggap.telephony.store import Seen
from tanggap.telephony.story import Told
from tanggap.telephony.writing import Writing

log = Log("telephony")

#: Presence is written this often at most: screens follow it, the queue has it in memory.
PRESENCE_S: Final = 0.2


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
    named: UUID = msgspec.field(default_factory=new_id)  # the ids that it has when it is stored for the first time
    named_report: UUID = msgspec.field(default_factory=new_id)
    untold: list[Callable[[], object]] = []  # what happened to it before it was stored
    is_lost: bool = False  # the edge was started anew and knows nothing of it; its audio still flows
    of_call: UUID | None = None
    desk_tag: str = ""  # under which the desk's side is known to rtpengine and in the caller's dialog
    ears: str = ""  # where the first phone said that it listens: address|port
    packets: int = -1  # that rtpengine has had from the desk, and when that last grew
    heard_at: float = 0.0
    lost_phone: bool = False  # the connection of the phone that talks broke
    is_comforted: bool = False  # a voice speaks to the caller in place of the desk
    is_cut: bool = False  # talked, and waits for somebody who goes on
    leg: Leg | None = None  # the phone that goes on
    left: set[str] = msgspec.field(default_factory=set)  # legs that have nothing more to say in it
    passed_by: UUID | None = None  # who passed it on; it comes back to them when nobody answers
    suspect: bool = False  # by the caller's history
    needs: frozenset[str] = frozenset()  # skills and languages


class Board:
    """Shared by everything that the decider does. All of it can be learnt anew from the edge and the database."""

    def __init__(
        self,
        db: Database,
        city: str,
        telephony: TelephonySettings,
        opening: Writing,
        writing: Writing,
        media: Media,
        announcements: Announcements,
        legs: Legs,
    ) -> None:
        """`opening` writes new calls, `writing` their stories."""
        self.db = db
        self.city = city
        self.telephony = telephony
        self.queue = telephony.queue
        self.opening = opening
        self.writing = writing
        self.media = media
        self.announcements = announcements
        self.legs = legs
        self.evapi: Evapi | None = None
        self.calls: dict[str, Live] = {}
        self.desks = Desks()
        self.line = Line(self.queue.nuisance_bound_s)
        self.burst = False
        self.leads = False
        self.to_hand_on: list[Call] = []  # whose call takers want somebody else to go on
        self.pressed: list[str] = []  # callers in browsers who say «danger now»
        self.out: dict[UUID, datetime] = {}  # whose credentials the edge takes no more, and since when
        self.seen: set[str] = set()  # Call-IDs of which this Kamailio has told
        self._presence: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, **said: Any) -> None:
        if self.evapi is not None:
            self.evapi.send(**said)

    def do(self, work: Awaitable[object]) -> None:
        """Run something beside the reading of events."""
        task = asyncio.ensure_future(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def look(self) -> None:
        """What people have set: who may answer, pauses, desks, a burst."""
        async with self.db.reading(self.city) as conn:
            allowed = await store.may_answer(conn, self.city)
            operators = await store.operators(conn, self.city)
            able = await abilities(conn, self.city)
            self.burst = await store.burst_since(conn, self.city, "main") is not None
            out = await store.signed_out(conn, self.city, utcnow() - DESK_LASTS)
            self.to_hand_on = await store.to_hand_on(conn, self.city)
            self.pressed = await store.urgent_in_browsers(conn, self.city) if self.burst else []
        for person, at in out.items():
            if self.out.get(person) != at:
                self.out[person] = at
                self.send(op="out", person=person.hex, at=int(at.timestamp()))
        self.desks.allow(allowed)
        self.desks.able(able)
        self.desks.wished(operators, time.monotonic())

    def done(self, live: Live, person: UUID, now: float, *, wraps_up: bool) -> None:
        """A person has nothing more to do with a call: back to the other one that they talk on, to its report, or free."""
        desk = self.desks[person]
        if desk.call != live.ci:
            return
        other = next((one.ci for one in self.calls.values() if one is not live and one.person == person and one.talking), None)
        if other is not None:
            self.desks.move(desk, Presence.TALKING, now, other)
        elif wraps_up and desk.phones and self.queue.wrap_up_s:
            self.desks.move(desk, Presence.WRAP_UP, now)
        else:
            self.desks.rest(person, now)

    def write_presence(self) -> None:
        """Soon, and once for whatever happens until then."""
        if self.desks.changed and self._presence is None:
            self._presence = asyncio.get_running_loop().call_later(PRESENCE_S, self._presence_now)

    def _presence_now(self) -> None:
        self._presence = None
        changed, self.desks.changed = self.desks.changed, set()
        seen: list[tuple[UUID, Presence, Live | None, bool]] = []
        for person in changed:
            if self.desks.name_of(person) is None:
                self.desks.changed.add(person)  # not known (yet) as somebody who takes calls
                continue
            desk = self.desks[person]
            seen.append((person, desk.state, self.calls.get(desk.call or ""), bool(desk.phones)))
        if seen:
            self.writing.put(partial(_present, seen, utcnow()))

    def tell(self, live: Live, verb: Callable[..., Awaitable[object]], *said: Any, **more: Any) -> None:
        """Have it written what happened to a call, and when; after the call itself, which may not be stored yet."""
        now = utcnow()

        async def write(tx: Transaction, scene: Scene) -> None:
            if live.call is not None:
                await verb(tx, scene, live.call, *said, now, **more)

        self._once_stored(live, lambda: self.writing.put(write))

    def write_down(self, live: Live, told: Callable[..., Told], **said: Any) -> None:
        """As `tell`, for the most frequent facts: they are written together."""
        now, event = utcnow(), new_id()

        def put() -> None:
            if live.call is not None:
                self.writing.put(told(call=live.call, at=now, event=event, **said))

        self._once_stored(live, put)

    @staticmethod
    def _once_stored(live: Live, put: Callable[[], object]) -> None:
        if live.call is None:
            live.untold.append(put)
        else:
            put()

    def tried(self, missed: UUID, by: Actor, outcome: CallBackOutcome, out: Live) -> None:
        now = utcnow()

        async def write(tx: Transaction, scene: Scene) -> None:
            again = self.queue.call_back_again
            await service.call_back_tried(tx, scene, missed, by, outcome, now, out.call, again)

        self.writing.put(write)


async def _logged(work: Awaitable[object]) -> None:
    try:
        await work
    except Exception:
        log.error("a step of the decider failed", exc_info=True)


async def _present(seen: list[tuple[UUID, Presence, Live | None, bool]], now: datetime, tx: Transaction, scene: Scene) -> None:
    rows = [Seen(person, state, live.call if live else None, registered) for person, state, live, registered in seen]
    await store.set_presence(tx, scene.city, rows, now)
