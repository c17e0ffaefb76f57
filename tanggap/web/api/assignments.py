"""Assignments: what an agency was asked, and what it answers."""

from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.params import FromPath

from tanggap import flow
from tanggap.incident import store as rows
from tanggap.incident.model import Actor, AssignmentState
from tanggap.incident.refusals import NotFound
from tanggap.people.permissions import Act
from tanggap.platform.database import Transaction
from tanggap.routing import store as routing_rows
from tanggap.scene import actor_of
from tanggap.web.api.door import BEFORE, LIMIT, Query, door, get, json_answer, next_of, one_of, page_of, post, read_body, the_id
from tanggap.web.api.model import AssignmentOut, Assignments, Rejected, assignment_out
from tanggap.web.house import House

STATES = tuple(state.value for state in AssignmentState)
STATE = Query("state", "Only assignments in this state.", {"type": "string", "enum": list(STATES)})
AGENCY = Query("agency", "Only this agency's. Agencies are given their own, whatever they ask.")
REFUSALS = (400, 404, 409)


class Step(StrEnum):
    """How far a crew is."""

    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"


class Reason(msgspec.Struct, frozen=True):
    """Why it is «not ours»."""

    reason: str


class Progressed(msgspec.Struct, frozen=True):
    """The crew is on the way, or there."""

    to: Step
    note: str | None = None


class Note(msgspec.Struct, frozen=True):
    """What was done."""

    note: str | None = None


class Nothing(msgspec.Struct, frozen=True):
    """No more needs to be said."""


@get(
    "/api/assignments",
    **door(
        Act.SEE_INCIDENTS,
        Act.ANSWER_ASSIGNMENT,
        answer=Assignments,
        query=(STATE, AGENCY, LIMIT, BEFORE),
        refusals=(400,),
        tag="assignments",
    ),
)
async def list_assignments(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Assignments, newest first; to an agency its own."""
    house: House = request.app.state.house
    page = page_of(request)
    state = one_of(request, "state", STATES)
    agency = request.user.agency or request.query_params.get("agency")
    if agency is not None and agency not in (await house.scene()).catalogue.agencies_by_code:
        return json_answer(Assignments([], None))
    async with house.db.reading(house.city) as conn:
        found = await routing_rows.assignments_page(
            conn, house.city, agency, AssignmentState(state) if state else None, page.before, page.limit
        )
    following = next_of(found[-1].sent_at, found[-1].id) if len(found) == page.limit else None
    return json_answer(Assignments([assignment_out(assignment) for assignment in found], following))


@post(
    "/api/assignments/{assignment_id:str}/acknowledge",
    **door(Act.ANSWER_ASSIGNMENT, answer=AssignmentOut, body=Nothing, refusals=REFUSALS, tag="assignments"),
)
async def acknowledge(request: Request[Any, Any, Any], assignment_id: FromPath[str]) -> Response[bytes]:
    """Say: ours."""
    house: House = request.app.state.house
    await read_body(request, Nothing)
    scene = await house.scene()
    by = actor_of(request.user)
    async with house.db.transaction(house.city) as tx:
        asked = await _asked(tx, house.city, by, assignment_id)
        changed = await flow.acknowledge(tx, scene, asked, by, house.now())
    return json_answer(assignment_out(changed))


@post(
    "/api/assignments/{assignment_id:str}/reject",
    **door(Act.ANSWER_ASSIGNMENT, answer=Rejected, body=Reason, refusals=REFUSALS, tag="assignments"),
)
async def reject(request: Request[Any, Any, Any], assignment_id: FromPath[str]) -> Response[bytes]:
    """Say: not ours, and why; the next competent agency is asked at once."""
    house: House = request.app.state.house
    said = await read_body(request, Reason)
    scene = await house.scene()
    by = actor_of(request.user)
    async with house.db.transaction(house.city) as tx:
        asked = await _asked(tx, house.city, by, assignment_id)
        changed, following = await flow.reject(tx, scene, asked, said.reason, by, house.now())
    return json_answer(Rejected(assignment_out(changed), following))


@post(
    "/api/assignments/{assignment_id:str}/progress",
    **door(Act.ANSWER_ASSIGNMENT, answer=AssignmentOut, body=Progressed, refusals=REFUSALS, tag="assignments"),
)
async def progress(request: Request[Any, Any, Any], assignment_id: FromPath[str]) -> Response[bytes]:
    """Say that the crew is on the way, or there."""
    said = await read_body(request, Progressed)
    return await _progress(request, assignment_id, AssignmentState(said.to.value), said.note or "")


@post(
    "/api/assignments/{assignment_id:str}/done",
    **door(Act.ANSWER_ASSIGNMENT, answer=AssignmentOut, body=Note, refusals=REFUSALS, tag="assignments"),
)
async def done(request: Request[Any, Any, Any], assignment_id: FromPath[str]) -> Response[bytes]:
    """Say that it is done, and what was done."""
    said = await read_body(request, Note)
    return await _progress(request, assignment_id, AssignmentState.DONE, said.note or "")


async def _progress(request: Request[Any, Any, Any], said_id: str, to: AssignmentState, note: str) -> Response[bytes]:
    house: House = request.app.state.house
    scene = await house.scene()
    by = actor_of(request.user)
    async with house.db.transaction(house.city) as tx:
        changed = await flow.progress(tx, scene, await _asked(tx, house.city, by, said_id), to, note, by, house.now())
    return json_answer(assignment_out(changed))


async def _asked(tx: Transaction, city: str, by: Actor, said_id: str) -> UUID:
    """The assignment that an address names; one in whose incident the agency has no part is not there. Raises NotFound."""
    found = the_id(said_id, "assignment")
    if by.agency is not None:
        incident = (await rows.assignment(tx, city, found)).incident
        if not await routing_rows.may_see(tx, city, by.agency, incident):
            raise NotFound(kind="assignment")
    return found


ROUTES = [list_assignments, acknowledge, reject, progress, done]
