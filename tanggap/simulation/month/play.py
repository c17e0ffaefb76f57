"""Playing a planned month through the story's own verbs, each at its own time on a clock that runs as fast as the machine."""

import heapq
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import msgspec

from tanggap import flow
from tanggap.city.kinds import Priority
from tanggap.evaluation.left_lying import service as lying
from tanggap.evaluation.left_lying import store as left_lying
from tanggap.incident import store as rows
from tanggap.incident.model import Actor, Assignment, AssignmentState, Disposition, IncidentState, ReportState
from tanggap.incident.refusals import WrongState
from tanggap.intake.model import Changes
from tanggap.people.model import Person
from tanggap.platform.database import Database, Transaction
from tanggap.routing.model import AssignmentRole
from tanggap.scene import Scene
from tanggap.simulation.month.mix import Mix
from tanggap.simulation.month.plan import Call, month_span, spread
from tanggap.simulation.play import Cast
from tanggap.telephony import service as calls
from tanggap.telephony.model import CallBackOutcome, CallBackState, Direction, Ringing

#: Names the calls of a run, so that the same month played twice into one database is stored once.
RUN = UUID("2f9d9a2e-6c0c-4a4e-9d57-112112112112")
#: Seconds after which a caller who was not heard is called back, and between end of talk and the next call.
CALL_BACK_AFTER_S, WRAP_UP_S = 90, 15
#: What an agency that left a request lying needs until somebody has reminded it, at most.
REMINDED_WITHIN = timedelta(hours=20)
#: Something is finished at latest this long before the month ends, when it is to be finished within the month.
LAST = timedelta(hours=2)
#: How long the clock runs on after the month: what was finished on its last day is closed by then, what was not is overdue.
AFTERMATH = timedelta(days=21)
#: How often a day the supervisor looks at what is left lying.
LOOKS_A_DAY = 2
#: A call about something that was not handed over yet is looked at again after this.
LATER = timedelta(minutes=2)
STARS = (3, 4, 4, 5, 5, 5)

Run = Callable[[Transaction, datetime], Awaitable[None]]


class Clockwork(Protocol):
    """What the house does by itself: the jobs and timers that fall due."""

    async def run_until(self, moment: datetime) -> None:
        """Do all that is due until then, each at its own time."""


class Played(msgspec.Struct, frozen=True):
    """What was played."""

    calls: int
    tickets: int
    acts: int
    until: datetime


class _Reaction(msgspec.Struct, frozen=True):
    """How an agency answers one request: moments, None for what it does not do."""

    answers: datetime | None
    gives_back: bool = False
    goes: datetime | None = None
    arrives: datetime | None = None
    finishes: datetime | None = None


class Month:
    """One run: a heap of acts by time, filled by the calls and by what follows from each."""

    def __init__(
        self, db: Database, scene: Scene, mix: Mix, planned: Sequence[Call], cast: Cast, watch: Person, seed: int
    ) -> None:  # fmt: skip
        """`cast` answers and acts, `watch` sees to what is left lying."""
        self._db, self._scene, self._mix, self._cast, self._watcher, self._seed = db, scene, mix, cast, watch, seed
        self._rng = random.Random(f"{seed} acts")  # noqa: S311 - not for secrets
        self._planned = planned
        self._start, self._end = month_span(mix.month, ZoneInfo(scene.catalogue.city.timezone))
        self._heap: list[tuple[datetime, int, Run]] = []
        self._count = 0
        self._free: dict[UUID | None, datetime] = {}
        self._incidents: dict[int, UUID] = {}
        self._reacting: set[UUID] = set()
        self._finishing = self._who_finishes()

    def _who_finishes(self) -> set[int]:
        """The tickets that their lead agency finishes within the month: as many as the mix says, by lot."""
        by_lead: dict[str, list[int]] = {}
        for call in self._planned:
            if call.kind is Disposition.GENUINE and call.category and call.about is not None:
                by_lead.setdefault(self._scene.catalogue.category(call.category).lead, []).append(call.about)
        groups: dict[str, list[int]] = {}
        for lead, tickets in by_lead.items():
            groups.setdefault(lead if lead in self._mix.finishes else "others", []).extend(tickets)
        return {
            one
            for agency, tickets in groups.items()
            for one in self._rng.sample(tickets, round(len(tickets) * self._mix.finished_share(agency)))
        }

    # ── the clock ──

    def _at(self, moment: datetime, run: Run) -> None:
        heapq.heappush(self._heap, (moment, self._count, run))
        self._count += 1

    async def play(self, clockwork: Clockwork, tell: Callable[[int], None]) -> Played:
        """Play the month, and what follows from it until everything that closes by itself has closed.

        `tell` is given the number of calls that have rung.
        """
        for number, call in enumerate(self._planned):
            self._at(call.at, self._rings(number, call, tell))
        until = self._end + AFTERMATH
        for number in range(LOOKS_A_DAY * (until - self._start).days):
            self._at(self._start + number * timedelta(days=1) / LOOKS_A_DAY, self._looks_at_the_list)
        self._at(until - timedelta(seconds=1), self._looks_at_the_list)
        acts = 0
        while self._heap and self._heap[0][0] < until:
            moment, _, run = heapq.heappop(self._heap)
            await clockwork.run_until(moment)
            async with self._db.transaction(self._scene.city) as tx:
                await run(tx, moment)
            acts += 1
        await clockwork.run_until(until)
        tickets = sum(call.kind is Disposition.GENUINE for call in self._planned)
        return Played(len(self._planned), tickets, acts, until)

    async def _looks_at_the_list(self, tx: Transaction, now: datetime) -> None:
        """The supervisor takes what lies and is nobody's."""
        for one in await left_lying.everything(tx, self._scene.city, now):
            if one.owner is None:
                await lying.take(tx, self._scene.city, one.kind, one.subject, self._watcher, now)

    # ── a call ──

    def _rings(self, number: int, call: Call, tell: Callable[[int], None]) -> Run:
        async def ring(tx: Transaction, now: datetime) -> None:
            sip_id = f"month-{self._mix.month}-{self._seed}-{number}"
            ringing = Ringing(
                sip_id, call.number, Direction.IN, "simulation", "112", is_example=True, call=uuid5(RUN, sip_id),
                report=uuid5(RUN, f"{sip_id} report"),
            )  # fmt: skip
            stored = await calls.call_rings(tx, self._scene, ringing, now)
            tell(number + 1)
            if call.kind is Disposition.ABANDONED:
                self._at(now + _s(call.wait_s), self._gives_up(stored.id, stored.report))
                return
            by = min(self._cast.takers, key=lambda one: self._free.get(one.id, now))
            answered = max(now + _s(call.wait_s), self._free.get(by.id, now))
            self._free[by.id] = answered + _s(call.talk_s + WRAP_UP_S)
            if by.id is not None:
                await calls.call_offered(tx, self._scene, stored.id, by.id, now)
            self._at(answered, self._answers(call, stored.id, stored.report, by))

        return ring

    def _answers(self, call: Call, call_id: UUID, report: UUID, by: Actor) -> Run:
        async def answer(tx: Transaction, now: datetime) -> None:
            await calls.call_answered(tx, self._scene, call_id, by, now)
            self._at(now + _s(call.talk_s * 0.4), self._listens(call, report, by))
            self._at(now + _s(call.talk_s * 0.8), self._decides(call, report, by))
            self._at(now + _s(call.talk_s), self._hangs_up(call_id))

        return answer

    def _listens(self, call: Call, report: UUID, by: Actor) -> Run:
        async def listen(tx: Transaction, now: datetime) -> None:
            said: dict[str, Any] = {"words": call.words, "address_words": call.address_words, "category": call.category}
            if call.lat is not None and call.lon is not None:
                said |= {"lat": call.lat, "lon": call.lon, "uncertainty_m": 200.0, "location_source": "words"}
            fields = {name: value for name, value in said.items() if value}
            if fields:
                await flow.describe(tx, self._scene, report, Changes(fields), by, now)

        return listen

    def _decides(self, call: Call, report: UUID, by: Actor) -> Run:
        async def decide(tx: Transaction, now: datetime) -> None:
            if call.kind is Disposition.GENUINE:
                incident = await flow.hand_over(tx, self._scene, report, None, by, now)
                if call.about is not None:
                    self._incidents[call.about] = incident.id
                await self._watch(tx, incident.id, call.about, now)
                if (await rows.report(tx, self._scene.city, report)).disposition is None:
                    await flow.dispose(tx, self._scene, report, Disposition.GENUINE, by, now)
            elif call.kind is Disposition.DUPLICATE:
                await self._joins(tx, call, report, by, now)
            else:
                await flow.dispose(tx, self._scene, report, call.kind, by, now)

        return decide

    async def _joins(self, tx: Transaction, call: Call, report: UUID, by: Actor, now: datetime) -> None:
        incident = self._incidents.get(call.about) if call.about is not None else None
        if incident is None:
            self._at(now + LATER, self._decides(call, report, by))
            return
        await flow.join(tx, self._scene, report, incident, by, now)

    def _hangs_up(self, call_id: UUID) -> Run:
        async def hang_up(tx: Transaction, now: datetime) -> None:
            await calls.call_ended(tx, self._scene, call_id, "caller", now)

        return hang_up

    # ── a caller who was not heard ──

    def _gives_up(self, call_id: UUID, report: UUID) -> Run:
        async def give_up(tx: Transaction, now: datetime) -> None:
            await calls.call_abandoned(tx, self._scene, call_id, now)
            self._at(now + _s(CALL_BACK_AFTER_S), self._is_called_back(call_id, report))

        return give_up

    def _is_called_back(self, call_id: UUID, report: UUID) -> Run:
        async def call_back(tx: Transaction, now: datetime) -> None:
            due = {one.id: one for one in await calls.calls_to_call_back(tx, self._scene)}
            if call_id not in due:
                return
            by = min(self._cast.takers, key=lambda one: self._free.get(one.id, now))
            is_reached = self._lot(self._mix.share.reached)
            outcome = CallBackOutcome.REACHED if is_reached else CallBackOutcome.NO_ANSWER
            tried = await calls.call_back_tried(tx, self._scene, call_id, by, outcome, now)
            if tried.call_back_state is CallBackState.DUE and tried.call_back_at is not None:
                self._at(tried.call_back_at, self._is_called_back(call_id, report))
            elif (await rows.report(tx, self._scene.city, report)).state is not ReportState.CLOSED:
                what = Disposition.INFORMATION if is_reached else Disposition.ABANDONED
                await flow.dispose(tx, self._scene, report, what, by, now)

        return call_back

    # ── the agencies ──

    async def _watch(self, tx: Transaction, incident: UUID, ticket: int | None, now: datetime) -> None:
        """Have every agency react that was asked and does not react yet."""
        for asked in await rows.assignments_of(tx, self._scene.city, incident):
            if asked.id in self._reacting or asked.state is not AssignmentState.SENT:
                continue
            self._reacting.add(asked.id)
            priority = (await rows.incident(tx, self._scene.city, incident)).priority
            reaction = self._reaction(asked, priority, ticket, now)
            if reaction.answers is not None:
                self._at(reaction.answers, self._agency_answers(asked, reaction, ticket))

    def _reaction(self, asked: Assignment, priority: Priority, ticket: int | None, now: datetime) -> _Reaction:
        pace, share = self._mix.pace, self._mix.share
        answer, go, way, work = (_s(spread(self._rng, median, pace.spread)) for median in pace.of(priority))
        is_lead = asked.role == AssignmentRole.LEAD
        will_finish = ticket in self._finishing or not is_lead
        if self._lot(share.unanswered):
            if not (will_finish and is_lead):
                return _Reaction(None)
            answer += self._rng.random() * REMINDED_WITHIN
        if is_lead and self._lot(share.rejected):
            return _Reaction(now + answer, gives_back=True)
        if not will_finish:
            return _Reaction(now + answer, goes=now + answer + go if self._lot(50) else None)
        moments = [now + answer, now + answer + go, now + answer + go + way, now + answer + go + way + work]
        limit = self._end - LAST * (1 + self._rng.random())
        if moments[-1] > limit > now:  # all of it sooner, in the same proportions
            shrink = (limit - now) / (moments[-1] - now)
            moments = [now + (moment - now) * shrink for moment in moments]
        return _Reaction(moments[0], goes=moments[1], arrives=moments[2], finishes=moments[3])

    def _agency_answers(self, asked: Assignment, reaction: _Reaction, ticket: int | None) -> Run:
        by = self._cast.agency(asked.agency)

        async def answer(tx: Transaction, now: datetime) -> None:
            held = await rows.assignment(tx, self._scene.city, asked.id)
            if held.state not in (AssignmentState.SENT, AssignmentState.EXPIRED):
                return
            if reaction.gives_back and held.state is AssignmentState.SENT:
                await flow.reject(tx, self._scene, asked.id, "bukan wewenang kami", by, now)
                await self._watch(tx, asked.incident, ticket, now)
                return
            try:
                await flow.acknowledge(tx, self._scene, asked.id, by, now)
            except WrongState:  # others were done meanwhile, or the agency was asked anew
                return
            steps = (
                (reaction.goes, AssignmentState.EN_ROUTE), (reaction.arrives, AssignmentState.ON_SCENE),
                (reaction.finishes, AssignmentState.DONE),
            )  # fmt: skip
            for moment, state in steps:
                if moment is not None:
                    self._at(max(moment, now), self._agency_goes_on(asked, state, ticket, by))

        return answer

    def _agency_goes_on(self, asked: Assignment, state: AssignmentState, ticket: int | None, by: Actor) -> Run:
        async def go_on(tx: Transaction, now: datetime) -> None:
            if not (await rows.assignment(tx, self._scene.city, asked.id)).is_live:
                return
            await flow.progress(tx, self._scene, asked.id, state, "", by, now)
            incident = await rows.incident(tx, self._scene.city, asked.incident)
            if incident.state is IncidentState.RESOLVED:
                self._citizen_looks(incident.id, ticket, now)

        return go_on

    # ── the citizen ──

    def _citizen_looks(self, incident: UUID, ticket: int | None, now: datetime) -> None:
        share = self._mix.share
        lot = self._rng.random() * 100
        after = timedelta(hours=self._rng.uniform(0.1, 30))
        if lot < share.confirmed + share.not_done:
            self._at(now + after, self._citizen_says(incident, ticket, lot < share.confirmed))

    def _citizen_says(self, incident: UUID, ticket: int | None, is_done: bool) -> Run:
        async def say(tx: Transaction, now: datetime) -> None:
            if (await rows.incident(tx, self._scene.city, incident)).state is not IncidentState.RESOLVED:
                return
            first = (await rows.reports_of(tx, self._scene.city, incident))[0]
            if is_done:
                await flow.confirm(tx, self._scene, first, self._rng.choice(STARS), "", now)
                return
            await flow.not_done(tx, self._scene, first, "belum selesai", now)
            await self._watch(tx, incident, ticket, now)

        return say

    def _lot(self, of_hundred: float) -> bool:
        return self._rng.random() * 100 < of_hundred


def _s(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)
