"""What a crew says from the field, and when an incident counts as resolved."""

from datetime import datetime
from uuid import UUID

from tanggap.incident import store as rows
from tanggap.incident.model import ASSIGNMENT_NEXT, Actor, Assignment, AssignmentState, Incident, IncidentState, step
from tanggap.incident.service import change_state, record
from tanggap.incident.timeline.model import Kind
from tanggap.platform.database import Transaction
from tanggap.platform.text import clean_text

MAX_NOTE = 4_000

_STAMP = {
    AssignmentState.EN_ROUTE: ("en_route_at", Kind.EN_ROUTE),
    AssignmentState.ON_SCENE: ("on_scene_at", Kind.ON_SCENE),
    AssignmentState.DONE: ("done_at", Kind.DONE),
}


async def progress(
    tx: Transaction,
    city: str,
    assignment: Assignment,
    incident: Incident,
    to: AssignmentState,
    note: str,
    by: Actor,
    now: datetime,
) -> Assignment:
    """On the way, on scene, or done. Both rows are locked by the caller; saying the same again changes nothing.

    Raises:
        WrongState: the assignment has not been acknowledged, or is over.
    """
    if assignment.state is to:
        return assignment
    step(ASSIGNMENT_NEXT, assignment.state, to)
    column, kind = _STAMP[to]
    said = clean_text(note, MAX_NOTE).text
    changes = {"state": to.value, column: now, "answered_by": by.id}
    if to is AssignmentState.DONE:
        changes["result"] = said
    changed = await rows.change_assignment(tx, city, assignment.id, **changes)
    others = await rows.assignments_of(tx, city, incident.id)
    body = {"assignment": str(assignment.id), "note": said, "after_s": round((now - assignment.sent_at).total_seconds())}
    await record(tx, city, kind, by, now, incident=incident, assignments=others, agency=assignment.agency, body=body)
    if to in (AssignmentState.EN_ROUTE, AssignmentState.ON_SCENE) and incident.state in (
        IncidentState.OPEN,
        IncidentState.ASSIGNED,
    ):
        if incident.state is IncidentState.OPEN:
            incident = await change_state(tx, city, incident, IncidentState.ASSIGNED, now)
        await change_state(tx, city, incident, IncidentState.RESPONDING, now)
    return changed


async def unanswered_support(tx: Transaction, city: str, incident_id: UUID) -> list[Assignment]:
    """Supporting agencies that were asked and have not answered: nobody needs them once the lead is done."""
    return [o for o in await rows.assignments_of(tx, city, incident_id) if o.state is AssignmentState.SENT]


async def resolve_when_done(tx: Transaction, city: str, incident_id: UUID, by: Actor, now: datetime) -> bool:
    """Resolve an incident once an agency is done with it and no other is still at work. Says whether it did."""
    incident = await rows.lock_incident(tx, city, incident_id)
    assignments = await rows.assignments_of(tx, city, incident_id)
    if any(o.is_live for o in assignments) or not any(o.state is AssignmentState.DONE for o in assignments):
        return False
    if incident.state in (IncidentState.RESOLVED, IncidentState.CLOSED):
        return False
    await change_state(tx, city, incident, IncidentState.RESOLVED, now)
    body = {"after_s": round((now - incident.opened_at).total_seconds())}
    await record(tx, city, Kind.RESOLVED, by, now, incident=incident, assignments=assignments, body=body)
    return True
