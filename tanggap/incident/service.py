"""Writing the timeline, opening incidents, joining and parting reports."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from tanggap.city.kinds import Priority
from tanggap.incident import store
from tanggap.incident.model import INCIDENT_NEXT, Actor, Assignment, Incident, IncidentState, Report, step
from tanggap.incident.timeline import store as timelines
from tanggap.incident.timeline.model import Entry, Kind
from tanggap.platform.database import Transaction
from tanggap.platform.ids import new_id

INCIDENT_NUMBERS = "incident"


async def record(
    tx: Transaction,
    city: str,
    kind: Kind,
    by: Actor,
    now: datetime,
    *,
    report: Report | None = None,
    incident: Incident | UUID | None = None,
    assignments: Iterable[Assignment] = (),
    agency: str | None = None,
    body: dict[str, Any] | None = None,
) -> None:
    """Append one entry: to the incident's chain where there is one, else to the report's.

    `assignments` are those of the incident: their agencies may see the entry on their live screens.
    """
    entry = entry_of(kind, by, now, report=report, incident=incident, assignments=assignments, agency=agency, body=body)
    await timelines.append(tx, city, [entry])


def entry_of(
    kind: Kind,
    by: Actor,
    at: datetime,
    *,
    report: Report | None = None,
    incident: Incident | UUID | None = None,
    assignments: Iterable[Assignment] = (),
    agency: str | None = None,
    body: dict[str, Any] | None = None,
) -> Entry:
    """The entry that `record` appends, for who appends many at once."""
    incident_id = incident.id if isinstance(incident, Incident) else incident
    if incident_id is None and report is not None:
        incident_id = report.incident
    subject = incident_id or (report.id if report else None)
    if subject is None:
        raise ValueError("an entry is about a report or an incident")
    is_example = report.is_example if report else incident.is_example if isinstance(incident, Incident) else False
    audience = {assignment.agency for assignment in assignments} | ({agency} if agency else set())
    return Entry(
        subject=subject,
        kind=kind,
        at=at,
        report=report.id if report else None,
        incident=incident_id,
        agency=agency,
        audience=tuple(sorted(audience)),
        actor=by,
        body=body or {},
        is_example=is_example,
    )


async def open_incident(
    tx: Transaction, city: str, report: Report, *, priority: Priority, due_at: datetime | None, by: Actor, now: datetime,
    catalogue_version: int | None = None,
) -> Incident:  # fmt: skip
    """A new incident from the report that tells of it first. `catalogue_version`: the rules that it keeps."""
    incident = Incident(
        city=city,
        id=new_id(),
        number=await store.next_number(tx, city, INCIDENT_NUMBERS),
        state=IncidentState.OPEN,
        category=report.category,
        priority=priority,
        summary=report.words,
        address_words=report.address_words,
        place_label=report.place_label,
        lat=report.lat,
        lon=report.lon,
        uncertainty_m=report.uncertainty_m,
        area=report.area,
        opened_at=now,
        assigned_at=None,
        responding_at=None,
        resolved_at=None,
        closed_at=None,
        due_at=due_at,
        reopened=0,
        attention=None,
        report_count=1,
        merged_into=None,
        rev=1,
        is_example=report.is_example,
        catalogue_version=catalogue_version,
        due_from=now,
    )
    await store.insert_incident(tx, incident)
    body = {
        "number": incident.number, "category": incident.category, "priority": incident.priority.value,
        "due_at": due_at.isoformat() if due_at else None,
    }  # fmt: skip
    await record(tx, city, Kind.OPENED, by, now, report=report, incident=incident, body=body)
    return incident


async def change_state(tx: Transaction, city: str, incident: Incident, to: IncidentState, now: datetime, **more: Any) -> Incident:
    """Move an incident to another state, stamping when it got there. The caller holds its lock and writes the entry."""
    if incident.state is to:
        return await store.change_incident(tx, city, incident.id, **more) if more else incident
    step(INCIDENT_NEXT, incident.state, to)
    stamps: dict[IncidentState, dict[str, Any]] = {
        IncidentState.OPEN: {"resolved_at": None, "closed_at": None},
        IncidentState.ASSIGNED: {"assigned_at": incident.assigned_at or now, "resolved_at": None, "closed_at": None},
        IncidentState.RESPONDING: {"responding_at": incident.responding_at or now},
        IncidentState.RESOLVED: {"resolved_at": now, "attention": None},
        IncidentState.CLOSED: {"closed_at": now, "attention": None},
    }
    return await store.change_incident(tx, city, incident.id, state=to.value, **(stamps[to] | more))


async def count_reports(tx: Transaction, city: str, incident_id: UUID) -> Incident:
    """Set an incident's number of reports to what stands in the table."""
    reports = await store.reports_of(tx, city, incident_id)
    return await store.change_incident(tx, city, incident_id, report_count=len(reports))


async def add_note(
    tx: Transaction,
    city: str,
    by: Actor,
    words: str,
    now: datetime,
    *,
    report: Report | None = None,
    incident: Incident | None = None,
) -> None:
    """A note on the timeline; agencies of the incident see it."""
    assignments = await store.assignments_of(tx, city, incident.id) if incident else []
    await record(
        tx,
        city,
        Kind.NOTE,
        by,
        now,
        report=report,
        incident=incident,
        assignments=assignments,
        agency=by.agency,
        body={"words": words},
    )
