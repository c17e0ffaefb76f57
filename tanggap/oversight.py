"""The supervisor puts right: asks others, reassigns, merges, splits, reopens."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tanggap.casework import incident_of, reopened
from tanggap.handing_over import ask
from tanggap.incident import service as incidents
from tanggap.incident import store as rows
from tanggap.incident.model import Actor, Assignment, AssignmentState, Disposition, Incident, IncidentState
from tanggap.incident.refusals import WrongState
from tanggap.incident.timeline.model import Kind
from tanggap.joining import alarmed, joined, one_of_several
from tanggap.platform.database import Transaction
from tanggap.routing import service as routing
from tanggap.routing.escalation import service as escalation
from tanggap.routing.model import AssignmentRole, Attention
from tanggap.scene import Scene


async def assign(
    tx: Transaction, scene: Scene, incident_id: UUID, agencies: Sequence[str], by: Actor, now: datetime
) -> list[Assignment]:
    """Ask further agencies; the first leads when nobody does."""
    incident = await rows.lock_incident(tx, scene.city, incident_id)
    if incident.state is IncidentState.CLOSED:
        raise WrongState(now=incident.state.value, to="assigned")
    return await ask(tx, scene, incident, agencies, by, now)


async def reassign(
    tx: Transaction, scene: Scene, assignment_id: UUID, agency: str, reason: str, by: Actor, now: datetime
) -> list[Assignment]:
    """Take an assignment from one agency and give it to another, in the same role."""
    assignment, incident = await routing.held(tx, scene.city, assignment_id, by)
    if assignment.state is not AssignmentState.EXPIRED:
        await routing.withdraw(tx, scene.city, incident, assignment, reason, by, now)
    return await routing.send(tx, scene.catalogue, incident, [(agency, AssignmentRole(assignment.role))], by, now)


async def remind(tx: Transaction, scene: Scene, assignment_id: UUID, by: Actor, now: datetime) -> Assignment:
    """Have an agency told once more of what it has not answered, started or finished.

    Raises:
        WrongState: it need not act any more.
    """
    assignment, incident = await routing.held(tx, scene.city, assignment_id, by)
    await escalation.remind(tx, scene.city, incident, assignment, by, now)
    return assignment


async def merge(tx: Transaction, scene: Scene, source_id: UUID, target_id: UUID, by: Actor, now: datetime) -> Incident:
    """Two incidents are one: the source's reports move, its agencies are called back or asked for the target instead.

    Raises:
        WrongState: the same incident twice, or one of them is closed.
    """
    if source_id == target_id:
        raise WrongState(now="same", to="merged")
    first, second = sorted((source_id, target_id))
    locked = {first: await rows.lock_incident(tx, scene.city, first), second: await rows.lock_incident(tx, scene.city, second)}
    source, target = locked[source_id], locked[target_id]
    if IncidentState.CLOSED in (source.state, target.state):
        raise WrongState(now="closed", to="merged")
    moving = [o for o in await rows.assignments_of(tx, scene.city, source_id) if o.is_live]
    for assignment in moving:
        await routing.withdraw(tx, scene.city, source, assignment, f"Digabung ke {target.number}", by, now)
    for report in await rows.reports_of(tx, scene.city, source_id):
        moved = await rows.change_report(tx, scene.city, report.id, incident=target_id)
        await joined(tx, scene, moved, target, by, now)
    await incidents.record(
        tx, scene.city, Kind.MERGED, by, now, incident=source, assignments=moving, body={"into": target.number}
    )
    closed = await rows.change_incident(tx, scene.city, source_id, merged_into=target_id, report_count=0)
    await incidents.change_state(tx, scene.city, closed, IncidentState.CLOSED, now)
    await escalation.replan_incident(tx, scene.catalogue, source_id, now)
    has = {o.agency for o in await rows.assignments_of(tx, scene.city, target_id)}
    missing = [o.agency for o in moving if o.agency not in has]
    if missing and target.state is not IncidentState.RESOLVED:
        await assign(tx, scene, target_id, missing, by, now)
    return await rows.incident(tx, scene.city, target_id)


async def split(tx: Transaction, scene: Scene, report_id: UUID, by: Actor, now: datetime) -> Incident:
    """A report is about something else after all: it becomes an incident of its own, for the supervisor to send.

    Raises:
        WrongState: it is the incident's only report.
    """
    old, report = await one_of_several(tx, scene, report_id, to="split")
    disposition = Disposition.GENUINE.value if report.disposition is Disposition.DUPLICATE else report.disposition
    parted = await rows.change_report(tx, scene.city, report_id, incident=None, disposition=disposition)
    new = await incident_of(tx, scene, parted, by, now)
    new = await rows.change_incident(tx, scene.city, new.id, attention=Attention.NOT_SENT.value)
    assignments = await rows.assignments_of(tx, scene.city, old.id)
    body = {"to": new.number}
    await incidents.record(tx, scene.city, Kind.SPLIT, by, now, report=parted, incident=old, assignments=assignments, body=body)
    await incidents.count_reports(tx, scene.city, old.id)
    await alarmed(tx, scene, old.id, by, now)
    return new


async def reopen(tx: Transaction, scene: Scene, incident_id: UUID, reason: str, by: Actor, now: datetime) -> Incident:
    """The supervisor opens a resolved or closed incident again; the agencies that finished it are asked anew."""
    incident = await rows.lock_incident(tx, scene.city, incident_id)
    if incident.state not in (IncidentState.RESOLVED, IncidentState.CLOSED) or incident.merged_into is not None:
        raise WrongState(now=incident.state.value, to="reopened")
    finished = [o for o in await rows.assignments_of(tx, scene.city, incident_id) if o.state is AssignmentState.DONE]
    return await reopened(tx, scene, incident, finished, reason, by, now)
