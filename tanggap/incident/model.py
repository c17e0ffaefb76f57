"""The nouns of 112, their states, and the only changes of state that exist."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from tanggap.city.kinds import Priority
from tanggap.incident.refusals import WrongState


class ReportState(StrEnum):
    WAITING = "waiting"  # nobody has taken it yet
    ACTIVE = "active"  # a call taker has it
    CLOSED = "closed"  # has a disposition; genuine ones live on as an incident


class IncidentState(StrEnum):
    OPEN = "open"  # known, no agency asked or none has it
    ASSIGNED = "assigned"  # handed over; the lead has not set out
    RESPONDING = "responding"  # somebody is on the way or there
    RESOLVED = "resolved"  # the agency says it is done
    CLOSED = "closed"  # the citizen agrees, or said nothing in time


class AssignmentState(StrEnum):
    SENT = "sent"  # handed over; the acknowledgement clock runs
    ACKNOWLEDGED = "acknowledged"  # the agency has said: ours
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    DONE = "done"
    REJECTED = "rejected"  # «not ours», with a reason; routing offers the next competent agency
    EXPIRED = "expired"  # nobody answered in time; escalated
    WITHDRAWN = "withdrawn"  # the 112 team took it back (merged, reassigned)


class Disposition(StrEnum):
    """What a report turned out to be (the field's dispositions, NENA-STA-020.1's wording where it has one)."""

    GENUINE = "genuine"
    TEST = "test"
    PRANK = "prank"
    SILENT = "silent"
    ABANDONED = "abandoned"
    MISDIAL = "misdial"
    INFORMATION = "information"
    COUNSELLING = "counselling"
    DUPLICATE = "duplicate"


#: Dispositions that end a report at the desk: nobody needs to go.
ENDING = frozenset(Disposition) - {Disposition.GENUINE, Disposition.DUPLICATE}

#: From each state, the states that may follow. Nothing else changes a report's state.
REPORT_NEXT: Mapping[ReportState, frozenset[ReportState]] = {
    ReportState.WAITING: frozenset({ReportState.ACTIVE, ReportState.CLOSED}),
    ReportState.ACTIVE: frozenset({ReportState.WAITING, ReportState.CLOSED}),
    ReportState.CLOSED: frozenset({ReportState.ACTIVE}),  # a disposition undone
}

INCIDENT_NEXT: Mapping[IncidentState, frozenset[IncidentState]] = {
    IncidentState.OPEN: frozenset({IncidentState.ASSIGNED, IncidentState.RESOLVED, IncidentState.CLOSED}),
    IncidentState.ASSIGNED: frozenset(
        {IncidentState.OPEN, IncidentState.RESPONDING, IncidentState.RESOLVED, IncidentState.CLOSED}
    ),
    IncidentState.RESPONDING: frozenset(
        {IncidentState.OPEN, IncidentState.ASSIGNED, IncidentState.RESOLVED, IncidentState.CLOSED}
    ),
    IncidentState.RESOLVED: frozenset({IncidentState.OPEN, IncidentState.ASSIGNED, IncidentState.CLOSED}),
    IncidentState.CLOSED: frozenset({IncidentState.OPEN, IncidentState.ASSIGNED}),
}

ASSIGNMENT_NEXT: Mapping[AssignmentState, frozenset[AssignmentState]] = {
    AssignmentState.SENT: frozenset(
        {AssignmentState.ACKNOWLEDGED, AssignmentState.REJECTED, AssignmentState.EXPIRED, AssignmentState.WITHDRAWN}
    ),
    AssignmentState.ACKNOWLEDGED: frozenset(
        {
            AssignmentState.EN_ROUTE,
            AssignmentState.ON_SCENE,
            AssignmentState.DONE,
            AssignmentState.REJECTED,
            AssignmentState.WITHDRAWN,
        }
    ),
    AssignmentState.EN_ROUTE: frozenset({AssignmentState.ON_SCENE, AssignmentState.DONE, AssignmentState.WITHDRAWN}),
    AssignmentState.ON_SCENE: frozenset({AssignmentState.DONE, AssignmentState.WITHDRAWN}),
    AssignmentState.DONE: frozenset(),
    AssignmentState.REJECTED: frozenset(),
    AssignmentState.EXPIRED: frozenset({AssignmentState.ACKNOWLEDGED}),  # late, but better than never
    AssignmentState.WITHDRAWN: frozenset(),
}

#: States in which an agency has the incident on its screen and a clock runs.
LIVE_ASSIGNMENT = frozenset(
    {AssignmentState.SENT, AssignmentState.ACKNOWLEDGED, AssignmentState.EN_ROUTE, AssignmentState.ON_SCENE}
)

State = TypeVar("State", ReportState, IncidentState, AssignmentState)


def step(table: Mapping[State, frozenset[State]], now: State, to: State) -> State:
    """`to`, when it may follow `now`.

    Raises:
        WrongState: it may not.
    """
    if to not in table[now]:
        raise WrongState(now=now.value, to=to.value)
    return to


class Actor(msgspec.Struct, frozen=True):
    """Who does something: a person of the team or an agency, a citizen, or the system itself."""

    name: str
    id: UUID | None = None
    agency: str | None = None  # set for people of an agency: they act on their own assignments only


CITIZEN = Actor(name="Pelapor")
SYSTEM = Actor(name="Sistem")


class Caller(msgspec.Struct, frozen=True):
    """A pseudonymous contact: found by keyed hash, the number itself sealed."""

    id: UUID
    masked: str
    first_seen_at: datetime
    last_seen_at: datetime


class Location(msgspec.Struct, frozen=True):
    """A point with its uncertainty, where it came from, and what people call it. Degrees WGS 84, metres."""

    lat: float
    lon: float
    uncertainty_m: float
    source: str  # words | map | device | area
    label: str = ""
    area: str | None = None  # kelurahan code


class Report(msgspec.Struct, frozen=True):
    """What one citizen told us once, by any channel; kept whatever it turns out to be."""

    city: str
    id: UUID
    received_at: datetime
    channel: str
    state: ReportState
    words: str
    address_words: str
    caller: UUID | None
    lat: float | None
    lon: float | None
    uncertainty_m: float | None
    location_source: str | None
    place_label: str
    area: str | None
    category: str | None
    priority: Priority | None
    answers: dict[str, Any]
    flags: tuple[str, ...]
    disposition: Disposition | None
    disposed_at: datetime | None
    disposed_by: UUID | None
    incident: UUID | None
    claimed_by: UUID | None
    claimed_at: datetime | None
    external_id: str | None
    rev: int
    is_example: bool

    @property
    def location(self) -> Location | None:
        """The chosen point, when there is one."""
        if self.lat is None or self.lon is None:
            return None
        return Location(
            self.lat, self.lon, self.uncertainty_m or 0.0, self.location_source or "words", self.place_label, self.area
        )


class Incident(msgspec.Struct, frozen=True):
    """The thing in the world; one or more reports are about it."""

    city: str
    id: UUID
    number: int
    state: IncidentState
    category: str | None
    priority: Priority
    summary: str
    address_words: str
    place_label: str
    lat: float | None
    lon: float | None
    uncertainty_m: float | None
    area: str | None
    opened_at: datetime
    assigned_at: datetime | None
    responding_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None
    reopened: int
    attention: str | None
    report_count: int
    merged_into: UUID | None
    rev: int
    is_example: bool
    alarm: int = 1  # 1 as told, 2 and 3 by how many people call about it
    catalogue_version: int | None = None  # the rules it was opened with, and keeps
    due_from: datetime | None = None  # since when its time runs: it was opened, or opened again

    @property
    def runs_from(self) -> datetime:
        """Since when its time runs, also of one that is older than `due_from`."""
        return self.due_from or self.opened_at


class Assignment(msgspec.Struct, frozen=True):
    """One agency asked to act on one incident."""

    city: str
    id: UUID
    incident: UUID
    agency: str
    role: str  # lead | support
    state: AssignmentState
    sent_at: datetime
    answer_due_at: datetime
    acknowledged_at: datetime | None
    en_route_at: datetime | None
    on_scene_at: datetime | None
    done_at: datetime | None
    ended_at: datetime | None
    reason: str
    result: str
    answered_by: UUID | None
    rev: int
    is_example: bool

    @property
    def is_live(self) -> bool:
        """Whether the agency has it on its screen and a clock runs."""
        return self.state in LIVE_ASSIGNMENT
