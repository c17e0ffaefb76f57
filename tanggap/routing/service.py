"""Handing an incident to agencies, and what an agency answers first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from tanggap.city.kinds import Priority
from tanggap.city.model import Catalogue
from tanggap.city.rules.as_of import as_of
from tanggap.incident import store as rows
from tanggap.incident.model import ASSIGNMENT_NEXT, Actor, Assignment, AssignmentState, Incident, IncidentState, step
from tanggap.incident.refusals import NotYours, WrongState
from tanggap.incident.service import change_state, record
from tanggap.incident.timeline.model import Kind
from tanggap.notification.model import Notice, Occasion
from tanggap.notification.service import announce
from tanggap.platform.database import Transaction
from tanggap.platform.text import clean_text
from tanggap.routing.escalation import store as timers
from tanggap.routing.escalation.model import answer_due, finish_due
from tanggap.routing.escalation.service import replan
from tanggap.routing.model import AssignmentRole, Attention, Proposal, new_assignment, next_competent

MAX_REASON = 1_000


def propose(catalogue: Catalogue, category: str | None) -> Proposal:
    """Lead and supporting agencies for a category; none when the category is not known."""
    if category is None or category not in catalogue.categories_by_code:
        return Proposal(None)
    competent = catalogue.competent(category)
    lead = competent[0] if competent else None
    return Proposal(lead, tuple(agency for agency in catalogue.supporting(category) if agency != lead))


async def send(
    tx: Transaction,
    catalogue: Catalogue,
    incident: Incident,
    agencies: Sequence[tuple[str, AssignmentRole]],
    by: Actor,
    now: datetime,
    *,
    occasion: Occasion = Occasion.SENT,
) -> list[Assignment]:
    """Ask agencies to act. One that has the incident on its screen already is not asked twice; its role is set.

    The caller holds the incident's lock. The times to answer and to finish are those of the rules the incident began with; a new
    lead's working time moves when the incident is due. Who is asked is told so after the commit; `occasion` says why.

    Raises:
        NotInCatalogue: an agency that the catalogue does not have.
    """
    catalogue = await as_of(tx, catalogue, incident.catalogue_version)
    known = await rows.assignments_of(tx, incident.city, incident.id)
    sent: list[Assignment] = []
    due_at = incident.due_at
    for agency, role in agencies:
        catalogue.agency(agency)
        has = next((one for one in known if one.agency == agency and one.is_live), None)
        if has is None:
            sent.append(await _ask(tx, catalogue, incident, agency, role, known, occasion, by, now))
            known = [*known, sent[-1]]
        elif has.role != role:
            sent.append(await _set_role(tx, catalogue, incident, has, role, known, by, now))
            known = [sent[-1] if one.id == has.id else one for one in known]
        if role is AssignmentRole.LEAD and sent and sent[-1].agency == agency:
            due_at = _due(catalogue, incident, agency)
    moved: dict[str, Any] = {"due_at": due_at} if due_at != incident.due_at else {}
    if any(one.is_live for one in known) and incident.state in (IncidentState.OPEN, IncidentState.RESOLVED):
        incident = await change_state(tx, incident.city, incident, IncidentState.ASSIGNED, now, attention=None, **moved)
    elif sent and (incident.attention or moved):
        incident = await rows.change_incident(tx, incident.city, incident.id, attention=None, **moved)
    if sent:
        await replan(tx, catalogue, incident, known, now)
    return sent


async def _ask(
    tx: Transaction, catalogue: Catalogue, incident: Incident, agency: str, role: AssignmentRole,
    known: Sequence[Assignment], occasion: Occasion, by: Actor, now: datetime,
) -> Assignment:  # fmt: skip
    """One more agency is asked, and told so; those `known` see it on the timeline."""
    asked = new_assignment(incident, agency, role, answer_due(catalogue, agency, incident.priority, now), now)
    await rows.insert_assignment(tx, asked)
    await announce(tx, _notice(occasion, incident, asked), now)
    body = {
        "role": role.value,
        "assignment": str(asked.id),
        "answer_due_at": asked.answer_due_at.isoformat(),
        "priority": incident.priority.value,
        "number": incident.number,
        "category": incident.category,
        **_promise(catalogue, incident, agency, role),
    }
    everybody = [*known, asked]
    await record(tx, incident.city, Kind.SENT, by, now, incident=incident, assignments=everybody, agency=agency, body=body)
    return asked


def _due(catalogue: Catalogue, incident: Incident, lead: str) -> datetime:
    """When an incident is due that an agency leads."""
    return finish_due(catalogue, lead, incident.priority, incident.runs_from)


def _promise(catalogue: Catalogue, incident: Incident, agency: str, role: AssignmentRole) -> dict[str, str]:
    """What the timeline says of the due time when a lead is asked."""
    return {"due_at": _due(catalogue, incident, agency).isoformat()} if role is AssignmentRole.LEAD else {}


async def _set_role(
    tx: Transaction,
    catalogue: Catalogue,
    incident: Incident,
    has: Assignment,
    role: AssignmentRole,
    known: Sequence[Assignment],
    by: Actor,
    now: datetime,
) -> Assignment:
    """An agency that has the incident already leads it from now on, or no longer does."""
    changed = await rows.change_assignment(tx, incident.city, has.id, role=role.value)
    everybody = [changed if one.id == has.id else one for one in known]
    promise = _promise(catalogue, incident, has.agency, role)
    body = {"role": role.value, "promoted": role is AssignmentRole.LEAD, **promise}
    await record(tx, incident.city, Kind.SENT, by, now, incident=incident, assignments=everybody, agency=has.agency, body=body)
    return changed


async def held(tx: Transaction, city: str, assignment_id: UUID, by: Actor) -> tuple[Assignment, Incident]:
    """An assignment and its incident, both locked (incident first, everywhere), checked to be `by`'s.

    Raises:
        NotFound: no such assignment.
        NotYours: it belongs to another agency.
    """
    found = await rows.assignment(tx, city, assignment_id)
    if by.agency is not None and by.agency != found.agency:
        raise NotYours(agency=found.agency)
    incident = await rows.lock_incident(tx, city, found.incident)
    return await rows.lock_assignment(tx, city, assignment_id), incident


async def acknowledge(tx: Transaction, catalogue: Catalogue, assignment_id: UUID, by: Actor, now: datetime) -> Assignment:
    """The agency says: ours. Saying it again, or after the time ran out, is fine.

    Raises:
        NotFound, NotYours: see `held`.
        WrongState: it was rejected, withdrawn or is done, or its time ran out and the incident is over.
    """
    city = catalogue.city.code
    assignment, incident = await held(tx, city, assignment_id, by)
    if assignment.is_live and assignment.state is not AssignmentState.SENT:
        return assignment
    others = [o for o in await rows.assignments_of(tx, city, incident.id) if o.id != assignment.id]
    if assignment.state is AssignmentState.EXPIRED and incident.state in (IncidentState.RESOLVED, IncidentState.CLOSED):
        raise WrongState(now=incident.state.value, to="acknowledged")  # nobody need go any more
    if assignment.state is AssignmentState.EXPIRED and any(o.agency == assignment.agency and o.is_live for o in others):
        raise WrongState(now=assignment.state.value, to="acknowledged")
    state = step(ASSIGNMENT_NEXT, assignment.state, AssignmentState.ACKNOWLEDGED)
    assignment = await rows.change_assignment(
        tx, city, assignment.id, state=state.value, acknowledged_at=now, ended_at=None, answered_by=by.id
    )
    body = {"assignment": str(assignment.id), "after_s": round((now - assignment.sent_at).total_seconds())}
    await record(
        tx,
        city,
        Kind.ACKNOWLEDGED,
        by,
        now,
        incident=incident,
        assignments=[*others, assignment],
        agency=assignment.agency,
        body=body,
    )
    if incident.state is IncidentState.OPEN:
        incident = await change_state(tx, city, incident, IncidentState.ASSIGNED, now, attention=None)
    elif incident.attention == Attention.UNANSWERED and not any(o.state is AssignmentState.EXPIRED for o in others):
        incident = await rows.change_incident(tx, city, incident.id, attention=None)
    await replan(tx, catalogue, incident, [*others, assignment], now)
    return assignment


async def reject(
    tx: Transaction, catalogue: Catalogue, assignment_id: UUID, reason: str, by: Actor, now: datetime
) -> tuple[Assignment, str | None]:
    """Give an assignment back as «not ours», and offer the incident to the next competent agency.

    Returns the assignment and the agency that is asked instead; None when the supervisor must look.

    Raises:
        NotFound, NotYours: see `held`.
        WrongState: it is no longer waiting for an answer.
    """
    city = catalogue.city.code
    assignment, incident = await held(tx, city, assignment_id, by)
    state = step(ASSIGNMENT_NEXT, assignment.state, AssignmentState.REJECTED)
    said = clean_text(reason, MAX_REASON).text
    assignment = await rows.change_assignment(
        tx, city, assignment.id, state=state.value, ended_at=now, reason=said, answered_by=by.id
    )
    await timers.forget(tx, city, assignment.id)
    others = await rows.assignments_of(tx, city, incident.id)
    body = {"assignment": str(assignment.id), "reason": said}
    await record(tx, city, Kind.REJECTED, by, now, incident=incident, assignments=others, agency=assignment.agency, body=body)
    if assignment.role != AssignmentRole.LEAD:
        return assignment, None
    catalogue = await as_of(tx, catalogue, incident.catalogue_version)
    given_back = {o.agency for o in others if o.state is AssignmentState.REJECTED}
    following = next_competent(catalogue.competent(incident.category), given_back) if incident.category else None
    if following is not None:
        await send(tx, catalogue, incident, [(following, AssignmentRole.LEAD)], by, now)
    else:
        await _needs_supervisor(tx, city, incident, Attention.ALL_REJECTED, others, now, by)
    return assignment, following


async def withdraw(
    tx: Transaction, city: str, incident: Incident, assignment: Assignment, reason: str, by: Actor, now: datetime
) -> Assignment:
    """Take an assignment back from an agency; it is told so. The caller holds the incident's lock.

    Raises:
        WrongState: the agency is done with it, or gave it back.
    """
    state = step(ASSIGNMENT_NEXT, assignment.state, AssignmentState.WITHDRAWN)
    said = clean_text(reason, MAX_REASON).text
    changed = await rows.change_assignment(tx, city, assignment.id, state=state.value, ended_at=now, reason=said)
    await timers.forget(tx, city, assignment.id)
    body = {"assignment": str(assignment.id), "reason": said}
    await record(
        tx, city, Kind.WITHDRAWN, by, now, incident=incident, assignments=[assignment], agency=assignment.agency, body=body
    )
    await announce(tx, _notice(Occasion.WITHDRAWN, incident, assignment), now)
    return changed


def _notice(occasion: Occasion, incident: Incident, assignment: Assignment) -> Notice:
    """What an agency is told of its assignment: by its duty desk, before everything else when a life may hang on it."""
    return Notice(
        occasion=occasion,
        agency=assignment.agency,
        incident=incident.id,
        assignment=assignment.id,
        is_urgent=incident.priority is Priority.P1,
        is_example=incident.is_example,
    )


async def _needs_supervisor(
    tx: Transaction, city: str, incident: Incident, why: Attention, others: Sequence[Assignment], now: datetime, by: Actor
) -> None:
    """Put an incident before the supervisor; without any live agency it is open again."""
    current = await rows.assignments_of(tx, city, incident.id)
    answered = any(o.is_live and o.state is not AssignmentState.SENT for o in current)
    if not any(o.is_live for o in current) and incident.state in (IncidentState.ASSIGNED, IncidentState.RESPONDING):
        await change_state(tx, city, incident, IncidentState.OPEN, now, attention=why.value)
    elif not answered:
        await rows.change_incident(tx, city, incident.id, attention=why.value)
    await record(tx, city, Kind.ESCALATED, by, now, incident=incident, body={"attention": why.value})
