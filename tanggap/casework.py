"""Acts on an incident that several parts of the story need: making one, amending, reopening, closing it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from tanggap.city.kinds import Priority
from tanggap.city.rules.as_of import as_of
from tanggap.incident import service as incidents
from tanggap.incident import store as rows
from tanggap.incident.model import Actor, Assignment, Incident, IncidentState, Report
from tanggap.incident.timeline.model import Kind
from tanggap.notification.model import Occasion
from tanggap.platform.database import Transaction
from tanggap.routing import service as routing
from tanggap.routing.escalation import service as escalation
from tanggap.routing.escalation.model import finish_due, leading
from tanggap.routing.model import AssignmentRole, Attention
from tanggap.scene import Scene


async def incident_of(tx: Transaction, scene: Scene, report: Report, by: Actor, now: datetime) -> Incident:
    if report.incident is not None:
        return await rows.lock_incident(tx, scene.city, report.incident)
    category = scene.catalogue.categories_by_code.get(report.category or "")
    priority = report.priority or (category.priority_for(report.answers) if category else Priority.P3)
    due_at = finish_due(scene.catalogue, leading((), scene.catalogue, report.category), priority, now)
    incident = await incidents.open_incident(
        tx, scene.city, report, priority=priority, due_at=due_at, by=by, now=now, catalogue_version=scene.catalogue.version
    )
    await rows.change_report(tx, scene.city, report.id, incident=incident.id)
    return await rows.lock_incident(tx, scene.city, incident.id)


async def reopened(
    tx: Transaction, scene: Scene, incident: Incident, again: Sequence[Assignment], why: str, by: Actor, now: datetime
) -> Incident:
    catalogue = await as_of(tx, scene.catalogue, incident.catalogue_version)
    due_at = finish_due(catalogue, leading(again, catalogue, incident.category), incident.priority, now)
    to = IncidentState.ASSIGNED if again else IncidentState.OPEN
    attention = None if again else Attention.REOPENED.value
    incident = await incidents.change_state(
        tx, scene.city, incident, to, now, reopened=incident.reopened + 1, due_at=due_at, due_from=now, attention=attention
    )
    body = {"words": why, "times": incident.reopened, "due_at": due_at.isoformat()}
    await incidents.record(tx, scene.city, Kind.REOPENED, by, now, incident=incident, assignments=again, body=body)
    asked = {o.agency: AssignmentRole(o.role) for o in again}
    if asked and AssignmentRole.LEAD not in asked.values():
        asked[next(iter(asked))] = AssignmentRole.LEAD
    await routing.send(tx, scene.catalogue, incident, list(asked.items()), by, now, occasion=Occasion.REOPENED)
    return await rows.incident(tx, scene.city, incident.id)


async def amend(tx: Transaction, scene: Scene, incident_id: UUID, changes: dict[str, Any], by: Actor, now: datetime) -> Incident:
    """Correct an incident's category, priority, words or place; its agencies see it.

    A new priority moves the due time; so does a new category, while nobody leads.
    """
    incident = await rows.lock_incident(tx, scene.city, incident_id)
    if "priority" in changes or "category" in changes:
        catalogue = await as_of(tx, scene.catalogue, incident.catalogue_version)
        assignments = await rows.assignments_of(tx, scene.city, incident_id)
        agency = leading(assignments, catalogue, changes.get("category", incident.category))
        due_at = finish_due(catalogue, agency, Priority(changes.get("priority", incident.priority)), incident.runs_from)
        changes = changes | {"due_at": due_at}
    changed = await rows.change_incident(tx, scene.city, incident_id, **changes)
    if changed.priority is not incident.priority:
        await escalation.priority_changed(tx, scene.catalogue, changed, now)
    told = {name: value for name, value in changes.items() if name != "due_at"}
    assignments = await rows.assignments_of(tx, scene.city, incident_id)
    body = {"fields": told} | ({"due_at": changes["due_at"].isoformat()} if "due_at" in changes else {})
    await incidents.record(tx, scene.city, Kind.AMENDED, by, now, incident=changed, assignments=assignments, body=body)
    return changed


async def close(tx: Transaction, scene: Scene, incident_id: UUID, reason: str, by: Actor, now: datetime) -> Incident:
    """Close an incident with a reason; agencies that still have it are called back."""
    incident = await rows.lock_incident(tx, scene.city, incident_id)
    if incident.state is IncidentState.CLOSED:
        return incident
    assignments = await rows.assignments_of(tx, scene.city, incident_id)
    for assignment in assignments:
        if assignment.is_live:
            await routing.withdraw(tx, scene.city, incident, assignment, reason, by, now)
    body = {"reason": reason}
    await incidents.record(tx, scene.city, Kind.CLOSED, by, now, incident=incident, assignments=assignments, body=body)
    closed = await incidents.change_state(tx, scene.city, incident, IncidentState.CLOSED, now)
    await escalation.replan_incident(tx, scene.catalogue, incident_id, now)
    return closed
