"""What the API tells: the house's nouns without callers' numbers, and without what an agency must not see."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tanggap.city.categories import Category
from tanggap.city.kinds import Priority
from tanggap.city.model import Agency, Catalogue, City
from tanggap.city.targets import Target
from tanggap.incident.model import (
    Assignment,
    AssignmentState,
    Disposition,
    Incident,
    IncidentState,
    Location,
    Report,
    ReportState,
)
from tanggap.incident.timeline.model import Kind, Recorded
from tanggap.location.model import Found
from tanggap.people.model import Person
from tanggap.platform.i18n import translator
from tanggap.web.timeline import sentence


class ReportStored(msgspec.Struct, frozen=True):
    """The report is stored: its id, and the page on which the citizen follows it."""

    report: UUID
    track_url: str
    is_repeat: bool
    incident: UUID | None = None


class ReportOut(msgspec.Struct, frozen=True):
    """A report. Who called is not told here."""

    id: UUID
    received_at: datetime
    channel: str
    state: ReportState
    words: str
    address_words: str
    location: Location | None
    category: str | None
    priority: Priority | None
    answers: dict[str, Any]
    flags: tuple[str, ...]
    disposition: Disposition | None
    disposed_at: datetime | None
    incident: UUID | None
    rev: int
    is_example: bool


class IncidentOut(msgspec.Struct, frozen=True):
    """An incident. `label` is the number that people say; `attention` is told to the 112 team only."""

    id: UUID
    number: int
    label: str
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


class AssignmentOut(msgspec.Struct, frozen=True):
    """One agency asked to act on one incident."""

    id: UUID
    incident: UUID
    agency: str
    role: str
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
    rev: int
    is_example: bool


class EntryOut(msgspec.Struct, frozen=True):
    """One thing that happened, and how it is said in Indonesian."""

    at: datetime
    kind: Kind
    said: str
    report: UUID | None
    agency: str | None
    by: str
    body: dict[str, Any]


class IncidentWhole(msgspec.Struct, frozen=True):
    """An incident with everything that happened to it and everybody who was asked."""

    incident: IncidentOut
    assignments: list[AssignmentOut]
    timeline: list[EntryOut]


class Reports(msgspec.Struct, frozen=True):
    """A page of reports, newest first; `next` asks for the one after it."""

    items: list[ReportOut]
    next: str | None


class Incidents(msgspec.Struct, frozen=True):
    """A page of incidents, newest first; `next` asks for the one after it."""

    items: list[IncidentOut]
    next: str | None


class Assignments(msgspec.Struct, frozen=True):
    """A page of assignments, newest first; `next` asks for the one after it."""

    items: list[AssignmentOut]
    next: str | None


class Asked(msgspec.Struct, frozen=True):
    """Who is asked for an incident now."""

    assignments: list[AssignmentOut]


class Rejected(msgspec.Struct, frozen=True):
    """The assignment that was given back, and the agency that is asked instead; none: the supervisor looks."""

    assignment: AssignmentOut
    next_agency: str | None


class CatalogueOut(msgspec.Struct, frozen=True):
    """What the city has configured."""

    city: City
    version: int
    agencies: tuple[Agency, ...]
    categories: tuple[Category, ...]
    targets: tuple[Target, ...]


class WhyOut(msgspec.Struct, frozen=True):
    """One reason: a sentence with named gaps, and what fills them."""

    sentence: str
    filled: dict[str, str]


class BorderOut(msgspec.Struct, frozen=True):
    """A kelurahan whose border is so close that the point may lie in it."""

    area: str
    name: str
    distance_m: float


class PlaceOut(msgspec.Struct, frozen=True):
    """A place that the words may mean. `p` is the probability that it is meant; `drawn` a GeoJSON geometry beside the point."""

    place: str
    name: str
    kind: str
    lat: float
    lon: float
    uncertainty_m: float
    area: str | None
    kelurahan: str | None
    district: str | None
    p: float
    why: list[WhyOut]
    near: list[BorderOut]
    drawn: dict[str, Any] | None
    also: list[str]


class Places(msgspec.Struct, frozen=True):
    """Places that the words may mean, best first; whether the first may be relied on; and what to ask the caller when not."""

    items: list[PlaceOut]
    confident: bool
    ask: str | None


def places_out(found: Found) -> Places:
    """What was found, as it is told."""
    items = [
        PlaceOut(
            one.place, one.name, one.kind, one.lat, one.lon, one.uncertainty_m, one.area, one.kelurahan, one.district, one.p,
            [WhyOut(reason.sentence, dict(reason.filled)) for reason in one.why],
            [BorderOut(border.area, border.name, border.distance_m) for border in one.near], one.drawn, list(one.also),
        )
        for one in found.candidates
    ]  # fmt: skip
    return Places(items, found.confident, found.ask.value if found.ask else None)


def report_out(report: Report) -> ReportOut:
    """A report as it is told."""
    same = {name: getattr(report, name) for name in ReportOut.__struct_fields__ if name != "location"}
    return ReportOut(**same, location=report.location)


def incident_out(incident: Incident, catalogue: Catalogue, person: Person) -> IncidentOut:
    """An incident as it is told to this person."""
    same = {name: getattr(incident, name) for name in IncidentOut.__struct_fields__ if name not in ("label", "attention")}
    attention = incident.attention if person.agency is None else None
    return IncidentOut(**same, label=f"{catalogue.city.prefix}-{incident.number:04d}", attention=attention)


def assignment_out(assignment: Assignment) -> AssignmentOut:
    """An assignment as it is told."""
    return AssignmentOut(**{name: getattr(assignment, name) for name in AssignmentOut.__struct_fields__})


def entry_out(entry: Recorded, catalogue: Catalogue) -> EntryOut:
    """A timeline entry as it is told."""
    said = sentence(entry, catalogue, translator("id"))
    return EntryOut(entry.at, entry.kind, said, entry.report, entry.agency, entry.actor_name, entry.body)
