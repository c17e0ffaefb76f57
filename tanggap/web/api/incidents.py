"""Incidents: lists, one with its whole history, and whom the supervisor asks for it."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.params import FromPath

from tanggap import oversight
from tanggap.incident import store as rows
from tanggap.incident.model import Incident, IncidentState
from tanggap.incident.refusals import NotFound
from tanggap.incident.timeline import store as timelines
from tanggap.incident.timeline.model import Recorded
from tanggap.people.model import Person
from tanggap.people.permissions import Act
from tanggap.platform.database import Connection
from tanggap.routing import store as routing_rows
from tanggap.scene import Scene, actor_of
from tanggap.web.api.door import BEFORE, LIMIT, Query, door, get, json_answer, next_of, one_of, page_of, post, read_body, the_id
from tanggap.web.api.model import Asked, Incidents, IncidentWhole, assignment_out, entry_out, incident_out
from tanggap.web.house import House

STATES = tuple(state.value for state in IncidentState)
STATE = Query("state", "Only incidents in this state.", {"type": "string", "enum": list(STATES)})
AGENCY = Query("agency", "Only incidents that this agency was ever asked for. Agencies are given their own, whatever they ask.")
CATEGORY = Query("category", "Only incidents of this category.")
GEOJSON = "application/geo+json"
#: More points than this are no map any more.
MOST_POINTS = 2_000
LARGEST_NUMBER = 2**63 - 1


class Ask(msgspec.Struct, frozen=True):
    """The agencies to ask; the first one leads when nobody does."""

    agencies: Annotated[list[str], msgspec.Meta(min_length=1, max_length=20)]


@get(
    "/api/incidents",
    **door(
        Act.SEE_INCIDENTS,
        Act.ANSWER_ASSIGNMENT,
        answer=Incidents,
        query=(STATE, AGENCY, CATEGORY, LIMIT, BEFORE),
        refusals=(400,),
        tag="incidents",
    ),
)
async def list_incidents(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Incidents, newest first; to an agency its own, the one it was asked for last first."""
    house: House = request.app.state.house
    scene = await house.scene()
    person: Person = request.user
    page = page_of(request)
    said = one_of(request, "state", STATES)
    state = IncidentState(said) if said else None
    category = request.query_params.get("category")
    agency = person.agency or request.query_params.get("agency")
    is_known = category is None or category in scene.catalogue.categories_by_code
    if not is_known or (agency is not None and agency not in scene.catalogue.agencies_by_code):
        return json_answer(Incidents([], None))
    if agency is None:
        async with house.db.reading(house.city) as conn:
            found = await rows.incidents_page(conn, house.city, state, category, page.before, page.limit)
            last = (found[-1].opened_at, found[-1].id) if found else None
    else:
        async with house.db.transaction(house.city) as tx:
            tasks = await routing_rows.incidents_page(tx, house.city, agency, state, category, page.before, page.limit)
            found = [task.incident for task in tasks]
            last = (tasks[-1].assignment.sent_at, tasks[-1].assignment.id) if tasks else None
    following = next_of(*last) if last and len(found) == page.limit else None
    return json_answer(Incidents([incident_out(incident, scene.catalogue, person) for incident in found], following))


@get(
    "/api/incidents/{incident_id:str}",
    **door(
        Act.SEE_INCIDENTS,
        Act.ANSWER_ASSIGNMENT,
        answer=IncidentWhole,
        refusals=(404,),
        said="By id, or by its number: 42 and KDI-0042 are the same incident.",
        tag="incidents",
    ),
)
async def show_incident(request: Request[Any, Any, Any], incident_id: FromPath[str]) -> Response[bytes]:
    """One incident, who was asked, and everything that happened."""
    house: House = request.app.state.house
    scene = await house.scene()
    person: Person = request.user
    async with house.db.reading(house.city) as conn:
        incident = await _found(conn, scene, incident_id)
        if person.agency and not await routing_rows.may_see(conn, house.city, person.agency, incident.id):
            raise NotFound(kind="incident")
        assignments = await rows.assignments_of(conn, house.city, incident.id)
        timeline = await timelines.of_incident(conn, house.city, incident.id)
    whole = IncidentWhole(
        incident_out(incident, scene.catalogue, person),
        [assignment_out(assignment) for assignment in assignments],
        [entry_out(entry, scene.catalogue) for entry in timeline if _may_see(person, entry)],
    )
    return json_answer(whole)


def _may_see(person: Person, entry: Recorded) -> bool:
    return person.agency is None or person.agency in entry.audience


async def _found(conn: Connection, scene: Scene, said: str) -> Incident:
    """An incident by id or number. Raises NotFound."""
    number = said.upper().removeprefix(f"{scene.catalogue.city.prefix}-")
    if number.isascii() and number.isdigit() and len(number) < 20:
        if int(number) > LARGEST_NUMBER:
            raise NotFound(kind="incident")
        return await rows.incident_by_number(conn, scene.city, int(number))
    return await rows.incident(conn, scene.city, the_id(said, "incident"))


@post(
    "/api/incidents/{incident_id:str}/assignments",
    **door(Act.SUPERVISE, answer=Asked, body=Ask, status=201, refusals=(400, 404, 409, 422), tag="incidents"),
)
async def ask_agencies(request: Request[Any, Any, Any], incident_id: FromPath[str]) -> Response[bytes]:
    """Ask further agencies; one that has the incident already is not asked twice."""
    house: House = request.app.state.house
    scene = await house.scene()
    ask = await read_body(request, Ask)
    for agency in ask.agencies:
        if agency not in scene.catalogue.agencies_by_code:
            raise NotFound(kind="agency")
    async with house.db.transaction(house.city) as tx:
        incident: UUID = (await _found(tx, scene, incident_id)).id
        wanted = list(dict.fromkeys(ask.agencies))
        await oversight.assign(tx, scene, incident, wanted, actor_of(request.user), house.now())
        assignments = await rows.assignments_of(tx, house.city, incident)
    asked = [assignment_out(assignment) for assignment in assignments if assignment.is_live]
    return json_answer(Asked(asked), status=201)


@get(
    "/api/incidents.geojson",
    **door(
        Act.SEE_INCIDENTS,
        Act.ANSWER_ASSIGNMENT,
        answer=dict[str, Any],
        media_type=GEOJSON,
        said="A FeatureCollection of points with `id`, `label`, `state`, `priority`, `category`, `uncertainty_m`, `opened_at`.",
        tag="map",
    ),
)
async def map_incidents(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Incidents that are not closed, as points for a map; to an agency its own."""
    house: House = request.app.state.house
    scene = await house.scene()
    person: Person = request.user
    async with house.db.reading(house.city) as conn:
        found = await rows.incidents_on_map(conn, house.city, person.agency, MOST_POINTS)
    features = [_feature(incident, scene) for incident in found]
    return json_answer({"type": "FeatureCollection", "features": features}, media_type=GEOJSON)


def _feature(incident: Incident, scene: Scene) -> dict[str, Any]:
    names = ("id", "number", "state", "priority", "category", "uncertainty_m", "opened_at", "due_at")
    told = {name: getattr(incident, name) for name in names}
    told["label"] = f"{scene.catalogue.city.prefix}-{incident.number:04d}"
    point = {"type": "Point", "coordinates": [incident.lon, incident.lat]}
    return {"type": "Feature", "id": str(incident.id), "geometry": point, "properties": told}


ROUTES = [list_incidents, show_incident, ask_agencies, map_incidents]
