"""The ladder an assignment climbs: which clocks run on it, when each rung is due, and what a timer that runs out brings about."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from tanggap.city.kinds import Priority
from tanggap.city.ladder import Clock, Rung, Told
from tanggap.city.model import Catalogue
from tanggap.city.working_time import Unit, Wait, due_after
from tanggap.incident.model import Assignment, AssignmentState, Incident, IncidentState
from tanggap.routing.model import AssignmentRole, Attention

#: The end of the target time itself: the first timer of an answer, which tells nobody and says that it is expired.
TARGET = "target"

#: So many times the coordinator is told of one thing at most; then it stays on the list, and nobody is called any more.
MOST_TIMES = 6

#: Incidents in which somebody is still to act.
UNFINISHED = frozenset({IncidentState.OPEN, IncidentState.ASSIGNED, IncidentState.RESPONDING})

#: From each state of an assignment, what is waited for.
CLOCKS: dict[AssignmentState, tuple[Clock, ...]] = {
    AssignmentState.SENT: (Clock.ANSWER, Clock.FINISH),
    AssignmentState.EXPIRED: (Clock.ANSWER, Clock.FINISH),
    AssignmentState.ACKNOWLEDGED: (Clock.START, Clock.FINISH),
    AssignmentState.EN_ROUTE: (Clock.FINISH,),
    AssignmentState.ON_SCENE: (Clock.FINISH,),
}


class Timer(msgspec.Struct, frozen=True):
    """One rung of one clock of one assignment, and when it is due."""

    assignment: UUID
    clock: Clock
    tell: str  # a `Told`, or TARGET
    due_at: datetime
    every_s: int | None = None  # told again so many seconds later, until somebody takes it
    times: int = 0  # that it has fired, this one counted
    is_taken: bool = False  # somebody has said that they look after it

    @property
    def order(self) -> tuple[datetime, int]:
        """Which of several that are due at once goes first: the end of the target time, then rung by rung."""
        return self.due_at, -1 if self.tell == TARGET else Told(self.tell).height


def running(assignment: Assignment, incident: Incident, others: Iterable[Assignment]) -> tuple[Clock, ...]:
    """The clocks that run on an assignment: none once its incident is over, or another agency was asked in its stead."""
    if incident.state not in UNFINISHED or (assignment.state is AssignmentState.EXPIRED and is_replaced(assignment, others)):
        return ()
    return CLOCKS.get(assignment.state, ())


def is_replaced(assignment: Assignment, others: Iterable[Assignment]) -> bool:
    """Whether somebody else has its part, or has done it: another lead, or support that was asked later."""
    return any(
        other.id != assignment.id
        and other.role == assignment.role
        and (other.is_live or other.state is AssignmentState.DONE)
        and (assignment.role == AssignmentRole.LEAD or other.sent_at > assignment.sent_at)
        for other in others
    )


def started(assignment: Assignment, clock: Clock) -> datetime:
    """Since when a clock of an assignment runs."""
    if clock is Clock.START and assignment.acknowledged_at is not None:
        return assignment.acknowledged_at
    return assignment.sent_at


def answer_due(catalogue: Catalogue, agency: str, priority: Priority, since: datetime) -> datetime:
    """Until when an agency that is asked at `since` is to answer: in its office hours, where its clocks pause outside of them."""
    return _within(catalogue, agency, priority, since, catalogue.target(priority).acknowledge_s)


def finish_due(catalogue: Catalogue, agency: str | None, priority: Priority, since: datetime) -> datetime:
    """Until when what an agency leads is to be finished: in the same working time as the ladder's; by the wall clock without one.

    The one truth of «in time»: an incident's time runs from its opening (or reopening), an agency's own from when it was asked.
    """
    seconds = catalogue.target(priority).resolve_s
    return since + timedelta(seconds=seconds) if agency is None else _within(catalogue, agency, priority, since, seconds)


def leading(assignments: Iterable[Assignment], catalogue: Catalogue, category: str | None) -> str | None:
    """The agency in whose working time an incident is due: who leads, or led last, else whom the catalogue would ask first."""
    leads = [one for one in assignments if one.role == AssignmentRole.LEAD]
    last = max(leads, key=lambda one: (one.is_live or one.state is AssignmentState.DONE, one.sent_at), default=None)
    if last is not None:
        return last.agency
    known = category is not None and category in catalogue.categories_by_code
    return next(iter(catalogue.competent(category)), None) if known and category else None


def answer_due_anew(catalogue: Catalogue, assignment: Assignment, priority: Priority, now: datetime) -> datetime:
    """The same after the priority has changed: when it is more urgent, the agency has the shorter time from now on."""
    due = answer_due(catalogue, assignment.agency, priority, assignment.sent_at)
    if due > now:
        return due
    return min(assignment.answer_due_at, answer_due(catalogue, assignment.agency, priority, now))


def plan(
    assignment: Assignment,
    incident: Incident,
    catalogue: Catalogue,
    others: Iterable[Assignment] = (),
    anew_at: datetime | None = None,
) -> tuple[Timer, ...]:
    """All timers of an assignment as it stands now, fired or not: each change of it is followed by planning again.

    `others` are the incident's assignments. With `anew_at` (its priority has changed) nothing is due before that moment, and each
    rung keeps its distance to the one below: nobody's time is spent before he could know.
    """
    found: list[Timer] = []
    for clock in running(assignment, incident, others):
        if clock is Clock.ANSWER and assignment.state is AssignmentState.SENT:
            found.append(Timer(assignment.id, clock, TARGET, assignment.answer_due_at))
        found += _climb(assignment, incident, clock, catalogue, anew_at)
    return tuple(found)


def _climb(
    assignment: Assignment, incident: Incident, clock: Clock, catalogue: Catalogue, anew_at: datetime | None
) -> Iterable[Timer]:
    agency, priority, start = assignment.agency, incident.priority, started(assignment, clock)
    rungs = catalogue.ladder(priority, clock, incident.category, agency)
    told = _told(rungs, catalogue.begins_with(agency, priority, start))
    calendar, pauses = catalogue.calendar(agency), catalogue.pauses(agency, priority)
    floor = _limit(assignment, priority, clock, catalogue)
    again = next((rung.again_minutes for rung in rungs if rung.tell is Told.COORDINATOR), None)
    below: Rung | None = None
    for tell, rung in zip(told, rungs, strict=False):
        gap = _gap(below, rung) if below else None
        if gap is not None:
            floor = due_after(floor, gap, calendar, pauses=pauses)
        floor = max(due_after(start, rung.wait, calendar, pauses=pauses), floor, anew_at or floor)
        every_s = 60 * again if again and tell is Told.COORDINATOR else None
        yield Timer(assignment.id, clock, tell.value, floor, every_s)
        below = rung


def _told(rungs: Sequence[Rung], first: Told | None) -> list[Told]:
    """Who is told on each rung; where nobody is there by night, those above move down to the lowest rungs."""
    there = [rung.tell for rung in rungs]
    return [tell for tell in there if first is None or tell.height >= first.height]


def _limit(assignment: Assignment, priority: Priority, clock: Clock, catalogue: Catalogue) -> datetime:
    """The end of the target time: before it nobody is told."""
    if clock is Clock.ANSWER:
        return assignment.answer_due_at
    if clock is Clock.START:
        return started(assignment, clock)
    return finish_due(catalogue, assignment.agency, priority, assignment.sent_at)


def _within(catalogue: Catalogue, agency: str, priority: Priority, since: datetime, seconds: int) -> datetime:
    calendar, pauses = catalogue.calendar(agency), catalogue.pauses(agency, priority)
    return due_after(since, Wait(seconds), calendar, pauses=pauses)


def _gap(below: Rung, above: Rung) -> Wait | None:
    """The time between two rungs; None where they are counted so differently that there is none."""
    lower, upper = below.wait.length, above.wait.length
    if lower is not None and upper is not None:
        return Wait(max(0, round((upper - lower) / timedelta(seconds=1))))
    if lower is None and upper is None:
        return Wait(max(0, above.after - below.after), Unit.WORKING_DAYS)
    return None


class Step(msgspec.Struct, frozen=True):
    """The next rung of an assignment that nobody has climbed yet: who will be told of which clock, and when."""

    assignment: UUID
    clock: Clock
    tell: Told
    due_at: datetime


def next_step(timers: Iterable[Timer]) -> Step | None:
    """The one that is due first of those that still wait."""
    waiting = [timer for timer in timers if timer.tell != TARGET]
    first = min(waiting, key=lambda timer: timer.order, default=None)
    return Step(first.assignment, first.clock, Told(first.tell), first.due_at) if first else None


class Turn(msgspec.Struct, frozen=True):
    """What becomes of an incident whose agency has not answered in time."""

    state: IncidentState
    attention: str | None


def after_expiry(incident: Incident, expired: Assignment, current: Sequence[Assignment]) -> Turn:
    """An unanswered lead puts the incident before the supervisor; without any live agency it is open again.

    `current` are the assignments as they stand after it has expired.
    """
    if expired.role != AssignmentRole.LEAD:
        return Turn(incident.state, incident.attention)
    if not any(one.is_live for one in current) and incident.state in (IncidentState.ASSIGNED, IncidentState.RESPONDING):
        return Turn(IncidentState.OPEN, Attention.UNANSWERED.value)
    return Turn(incident.state, Attention.UNANSWERED.value)
