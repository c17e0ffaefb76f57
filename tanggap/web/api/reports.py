"""Reports: the door through which other systems bring them, and the lists in which the 112 team finds them."""

from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.params import FromPath
from litestar.types import ASGIApp

from tanggap import flow
from tanggap.incident import store as rows
from tanggap.incident.model import ReportState
from tanggap.incident.refusals import TanggapRefusal
from tanggap.intake import store as intake_rows
from tanggap.intake.model import Received
from tanggap.people.permissions import Act
from tanggap.platform.database import DatabaseAway
from tanggap.platform.logs import Log
from tanggap.scene import actor_of
from tanggap.web.api.contact import ReportIn, contact_of, external_id_of
from tanggap.web.api.door import (
    BEFORE,
    JSON,
    LIMIT,
    PlainAnswer,
    Query,
    decoded,
    door,
    get,
    json_answer,
    next_of,
    one_of,
    page_of,
    post,
    the_id,
)
from tanggap.web.api.model import ReportOut, Reports, ReportStored, report_out
from tanggap.web.house import House
from tanggap.web.prepared import AS_IS

log = Log("api")

TEXT = "text/plain"
KEY = Query("Idempotency-Key", "Your own key for this report: sending it again returns the first report and stores nothing.")
STATES = tuple(state.value for state in ReportState)
STATE = Query("state", "Only reports in this state.", {"type": "string", "enum": list(STATES)})


@post(
    "/api/reports",
    **door(
        Act.TAKE_CALLS,
        answer=ReportStored,
        body=ReportIn,
        headers=(KEY,),
        status=201,
        other_status=200,
        body_types=(JSON, TEXT),
        said="201: stored. 200: the key was seen before, and this is the report of the first time. With `hand_over` the report "
        "goes to the competent agency at once, by its category or its words, else before the supervisor.",
        tag="reports",
    ),
)
async def receive_report(request: Request[Any, Any, Any]) -> ASGIApp:
    """Bring a report: it is stored as it was said before anything judges it."""
    house: House = request.app.state.house
    said = await _said(request)
    scene = await house.scene()
    now = house.now()
    contact = contact_of(said, scene.catalogue.city, external_id_of(request.headers.get("idempotency-key"), request.user), now)
    received = await flow.receive_together(house.gathering, scene, contact, now)
    incident = await _hand_over(request, received) if said.hand_over else None
    track_url = f"{house.settings.public_url}/lacak/{received.token}"
    stored = ReportStored(received.report, track_url, received.is_repeat, incident)
    return PlainAnswer(stored, status=200 if received.is_repeat else 201)


async def _said(request: Request[Any, Any, Any]) -> ReportIn:
    """The report of the body: a JSON object, or plain text, which is what was said."""
    kind = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if kind == TEXT:
        return ReportIn(words=(await request.body()).decode("utf-8", "replace"))
    if kind not in (JSON, "") and not kind.endswith("+json"):
        raise HTTPException(status_code=415, detail=f"send {JSON} or {TEXT}")
    return decoded(await request.body(), ReportIn)


async def _hand_over(request: Request[Any, Any, Any], received: Received) -> Any:
    """Route a stored report at once. If that fails it is not lost: it waits for a call taker, as any other does."""
    house: House = request.app.state.house
    try:
        scene = await house.scene()
        async with house.db.transaction(house.city) as tx:
            report = await rows.lock_report(tx, house.city, received.report)
            if report.incident is not None or report.state is not ReportState.WAITING:
                return report.incident
            incident = await flow.hand_over_unattended(tx, scene, report.id, actor_of(request.user), house.now())
            return incident.id
    except (TanggapRefusal, DatabaseAway) as error:
        log.warning("a report was stored but not handed over", report=str(received.report), why=type(error).__name__)
        return None


@get("/api/reports", **door(Act.SEE_INCIDENTS, answer=Reports, query=(STATE, LIMIT, BEFORE), refusals=(400,), tag="reports"))
async def list_reports(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Reports, newest first."""
    house: House = request.app.state.house
    page = page_of(request)
    state = one_of(request, "state", STATES)
    async with house.db.reading(house.city) as conn:
        found = await intake_rows.page(conn, house.city, ReportState(state) if state else None, page.before, page.limit)
    following = next_of(found[-1].received_at, found[-1].id) if len(found) == page.limit else None
    return json_answer(Reports([report_out(report) for report in found], following))


@get("/api/reports/{report_id:str}", **door(Act.SEE_INCIDENTS, answer=ReportOut, refusals=(404,), tag="reports"))
async def show_report(request: Request[Any, Any, Any], report_id: FromPath[str]) -> Response[bytes]:
    """One report."""
    house: House = request.app.state.house
    async with house.db.reading(house.city) as conn:
        return json_answer(report_out(await rows.report(conn, house.city, the_id(report_id, "report"))))


receive_report.opt[AS_IS] = True  # its answer is too short to be packed

ROUTES = [receive_report, list_reports, show_report]
