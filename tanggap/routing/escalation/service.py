"""Planning the timers of an assignment at each of its changes, and letting those that are due fire, each once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from tanggap.city.kinds import Priority
from tanggap.city.ladder import Clock, Told
from tanggap.city.model import Catalogue
from tanggap.city.rules.as_of import as_of
from tanggap.incident import store as rows
from tanggap.incident.model import SYSTEM, Actor, Assignment, AssignmentState, Incident
from tanggap.incident.refusals import WrongState
from tanggap.incident.service import record
from tanggap.incident.timeline import store as timelines
from tanggap.incident.timeline.model import Entry, Kind
from tanggap.notification.model import ContactStep, Notice, Occasion
from tanggap.notification.service import announce, announce_all
from tanggap.people.model import Role
from tanggap.platform.database import Transaction
from tanggap.routing.escalation import store
from tanggap.routing.escalation.model import CLOCKS, TARGET, Timer, Turn, after_expiry, answer_due_anew, plan, running, started
from tanggap.routing.model import AssignmentRole, Attention

#: Timers that one transaction lets fire: a storm's thousand is a few of them, and no lock is held for long.
MOST_AT_ONCE = 400

OCCASIONS = {Clock.ANSWER: Occasion.UNANSWERED, Clock.START: Occasion.NOT_STARTED, Clock.FINISH: Occasion.NOT_FINISHED}
CONTACTS = {Told.SECOND: ContactStep.SECOND, Told.HEAD: ContactStep.HEAD}
ROLES = {Told.SUPERVISOR: Role.SUPERVISOR, Told.COORDINATOR: Role.COORDINATOR}


async def replan(
    tx: Transaction,
    catalogue: Catalogue,
    incident: Incident,
    assignments: Sequence[Assignment],
    now: datetime,
    *,
    anew: bool = False,
) -> None:
    """Bring the timers of an incident to what its assignments (all of them, as they stand now) need.

    The caller holds the incident's lock. `anew`: the priority has changed, so the times of what has not fired change too.
    Target times are those of the rules that the incident began with.
    """
    catalogue = await as_of(tx, catalogue, incident.catalogue_version)
    timers = [
        timer for one in assignments for timer in plan(one, incident, catalogue, assignments, anew_at=now if anew else None)
    ]
    await store.put_down(tx, catalogue.city.code, incident.id, [one.id for one in assignments], timers, now, anew=anew)


async def replan_incident(tx: Transaction, catalogue: Catalogue, incident_id: UUID, now: datetime) -> None:
    """As `replan`, of an incident as it stands in the database."""
    city = catalogue.city.code
    incident = await rows.incident(tx, city, incident_id)
    await replan(tx, catalogue, incident, await rows.assignments_of(tx, city, incident_id), now)


async def priority_changed(tx: Transaction, catalogue: Catalogue, incident: Incident, now: datetime) -> None:
    """Give every agency that has not answered the time of the new priority, and plan anew."""
    city = catalogue.city.code
    catalogue = await as_of(tx, catalogue, incident.catalogue_version)
    planned = []
    for one in await rows.assignments_of(tx, city, incident.id):
        due = answer_due_anew(catalogue, one, incident.priority, now) if one.state is AssignmentState.SENT else one.answer_due_at
        changed = await rows.change_assignment(tx, city, one.id, answer_due_at=due) if due != one.answer_due_at else one
        planned.append(changed)
    await replan(tx, catalogue, incident, planned, now, anew=True)


async def plan_missing(tx: Transaction, catalogue: Catalogue, now: datetime) -> int:
    """Plan for assignments that have no timer; how many incidents had such."""
    found = await store.unplanned(tx, catalogue.city.code, MOST_AT_ONCE)
    for incident in found:
        await rows.lock_incident(tx, catalogue.city.code, incident)
        await replan_incident(tx, catalogue, incident, now)
    return len(found)


async def fire_due(tx: Transaction, city: str, now: datetime, limit: int = MOST_AT_ONCE) -> int:
    """Let the timers that are due fire: each brings its entry on the timeline, and has somebody told. Returns how many did."""
    incidents = {incident.id: incident for incident in await store.hold_due(tx, city, now, limit)}
    if not incidents:
        return 0
    fired = await store.fire(tx, city, list(incidents), now)
    firing = _Firing(city, now, incidents, await store.assignments_of_all(tx, city, list(incidents)))
    for timer in fired:
        firing.fire(timer)
    if firing.expired:
        await store.expire_all(tx, city, firing.expired, now)
        await store.turn_all(tx, city, firing.turns)
    await timelines.append(tx, city, firing.entries)
    await announce_all(tx, firing.notices, now)
    return len(fired)


async def remind(tx: Transaction, city: str, incident: Incident, assignment: Assignment, by: Actor, now: datetime) -> None:
    """Tell the agency's duty contact once more, for what it is waited for. The caller holds the incident's lock.

    Raises:
        WrongState: nothing is waited for.
    """
    clocks = CLOCKS.get(assignment.state, ())
    if not clocks:
        raise WrongState(now=assignment.state.value, to="reminded")
    waited_s = round((now - started(assignment, clocks[0])).total_seconds())
    body = {"assignment": str(assignment.id), "clock": clocks[0].value, "after_s": waited_s}
    await record(tx, city, Kind.REMINDED, by, now, incident=incident, agency=assignment.agency, body=body)
    notice = Notice(
        occasion=OCCASIONS[clocks[0]], agency=assignment.agency, incident=incident.id, assignment=assignment.id,
        is_urgent=incident.priority is Priority.P1, after_s=waited_s, is_example=incident.is_example,
    )  # fmt: skip
    await announce(tx, notice, now)


class _Firing:
    """What a batch of timers brings about, worked out before any of it is written."""

    def __init__(self, city: str, now: datetime, incidents: dict[UUID, Incident], assignments: Iterable[Assignment]) -> None:
        self.city = city
        self.now = now
        self.incidents = incidents
        self.by_incident: dict[UUID, dict[UUID, Assignment]] = defaultdict(dict)
        self.by_id: dict[UUID, Assignment] = {}
        for one in assignments:
            self._keep(one)
        self.expired: list[UUID] = []
        self.turns: dict[UUID, Turn] = {}
        self.entries: list[Entry] = []
        self.notices: list[Notice] = []

    def fire(self, timer: Timer) -> None:
        """One timer. What it waited for may have happened without a word to the timers: then it says nothing."""
        assignment = self.by_id[timer.assignment]
        incident = self.incidents[assignment.incident]
        if timer.is_taken or timer.clock not in running(assignment, incident, self.by_incident[incident.id].values()):
            return
        waited_s = round((self.now - started(assignment, timer.clock)).total_seconds())
        if timer.tell != TARGET:
            self._tell(timer, assignment, incident, waited_s)
        elif assignment.state is AssignmentState.SENT:
            self._expire(assignment, incident, waited_s)

    def _expire(self, assignment: Assignment, incident: Incident, waited_s: int) -> None:
        expired = replace(assignment, state=AssignmentState.EXPIRED, ended_at=self.now)
        self._keep(expired)
        self.expired.append(expired.id)
        body = {"assignment": str(expired.id), "waited_s": waited_s}
        self._entry(Kind.EXPIRED, incident, body, agency=expired.agency, everybody=True)
        if expired.role != AssignmentRole.LEAD:
            return
        turn = after_expiry(incident, expired, list(self.by_incident[incident.id].values()))
        self.turns[incident.id] = turn
        self.incidents[incident.id] = replace(incident, state=turn.state, attention=turn.attention)
        self._entry(Kind.ESCALATED, incident, {"attention": Attention.UNANSWERED.value})

    def _tell(self, timer: Timer, assignment: Assignment, incident: Incident, waited_s: int) -> None:
        clock, tell = timer.clock, Told(timer.tell)
        body: dict[str, Any] = {
            "assignment": str(assignment.id), "clock": clock.value, "step": tell.value, "waited_s": waited_s, "after_s": waited_s
        }  # fmt: skip
        if timer.times > 1:
            body["times"] = timer.times
        self._entry(Kind.ESCALATED, incident, body, agency=assignment.agency)
        role = ROLES.get(tell)
        self.notices.append(
            Notice(
                occasion=OCCASIONS[clock],
                agency=assignment.agency if role is None else None,
                step=CONTACTS.get(tell, ContactStep.DUTY),
                role=role.value if role else None,
                incident=incident.id,
                assignment=assignment.id,
                is_urgent=incident.priority is Priority.P1,
                after_s=waited_s,
                is_example=incident.is_example,
            )
        )

    def _entry(
        self, kind: Kind, incident: Incident, body: dict[str, Any], agency: str | None = None, *, everybody: bool = False
    ) -> None:
        seeing = {one.agency for one in self.by_incident[incident.id].values()} if everybody else {agency} if agency else set()
        entry = Entry(
            subject=incident.id, kind=kind, at=self.now, incident=incident.id, agency=agency, audience=tuple(sorted(seeing)),
            actor=SYSTEM, body=body, is_example=incident.is_example,
        )  # fmt: skip
        self.entries.append(entry)

    def _keep(self, assignment: Assignment) -> None:
        self.by_incident[assignment.incident][assignment.id] = assignment
        self.by_id[assignment.id] = assignment
