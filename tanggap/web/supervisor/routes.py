"""`/pengawas`: the addresses of the supervisor's pages."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tanggap.incident import store as rows
from tanggap.incident.model import Actor
from tanggap.incident.refusals import TanggapRefusal
from tanggap.people.permissions import Act
from tanggap.platform.database import Transaction
from tanggap.scene import Scene, actor_of
from tanggap.web.errors import problem_of
from tanggap.web.forms import Form, read_form
from tanggap.web.house import House
from tanggap.web.roster.view import on_board
from tanggap.web.security import who
from tanggap.web.supervisor import acts, left_lying, messages, recurring, view
from tanggap.web.supervisor.listening import ROUTES as LISTENING
from tanggap.web.supervisor.model import DONE_WORDS
from tanggap.web.supervisor.refusals import UnknownNumber
from tanggap.web.templating import locale_of, render
from tanggap.web.words import number_in

Asking = Request[Any, Any, Any]
Deed = Callable[[Transaction, Scene, UUID, Form, Actor, datetime], Awaitable[acts.Done]]

SEE_OTHER: Final = 303
SUPERVISES = who(Act.SUPERVISE)
NO_FORM = Form()


@get("/pengawas", **SUPERVISES)
async def board(request: Asking) -> Response[Any]:
    """All that is live."""
    return await _board(request, "supervisor/board.html")


@get("/pengawas/langsung", **SUPERVISES)
async def live_board(request: Asking) -> Response[Any]:
    """The same without the page around it, for a script to put in."""
    return await _board(request, "supervisor/_board.html")


async def _board(request: Asking, template: str, *, status: int = 200, refusal: TanggapRefusal | None = None) -> Response[Any]:
    house: House = request.app.state.house
    scene = await house.scene()
    async with house.db.reading(house.city) as conn:
        found = await view.board(conn, scene, house.now())
        found |= await on_board(conn, scene, request.user, house.now())
    notice = DONE_WORDS.get(request.query_params.get("pesan", ""))
    names = view.names(scene.catalogue, locale_of(request))
    learned = scene.suggester.reader is not None
    return render(request, template, status=status, notice=notice, refusal=refusal, learned=learned, **found, **names)


@get("/pengawas/cari", **SUPERVISES)
async def find(request: Asking) -> Response[Any]:
    """Go to the incident of a number."""
    house: House = request.app.state.house
    number = number_in(request.query_params.get("nomor", ""))
    try:
        if number is None:
            raise UnknownNumber
        async with house.db.reading(house.city) as conn:
            found = await rows.incident_by_number(conn, house.city, number)
    except TanggapRefusal:
        return await _board(request, "supervisor/board.html", status=404, refusal=UnknownNumber())
    return Redirect(f"/pengawas/{found.id}", status_code=SEE_OTHER)


@get("/pengawas/laporan/{report_id:uuid}", **SUPERVISES)
async def report_page(request: Asking, report_id: FromPath[UUID]) -> Response[Any]:
    """One report that waits or is being handled."""
    return await _report(request, report_id)


async def _report(
    request: Asking, report_id: UUID, *, status: int = 200, refusal: TanggapRefusal | None = None, form: Form = NO_FORM
) -> Response[Any]:
    house: House = request.app.state.house
    scene = await house.scene()
    locale = locale_of(request)
    async with house.db.reading(house.city) as conn:
        found = await view.report_page(conn, scene, report_id, locale)
    context = found | view.names(scene.catalogue, locale)
    return render(request, "supervisor/report.html", status=status, refusal=refusal, typed=form.text, notice=None, **context)


@post("/pengawas/laporan/{report_id:uuid}/ambil", status_code=200, **SUPERVISES)
async def take(request: Asking, report_id: FromPath[UUID]) -> Response[Any]:
    """Take a report to one's own desk."""
    return await _do_with_report(request, report_id, acts.take)


@post("/pengawas/laporan/{report_id:uuid}/lepas", status_code=200, **SUPERVISES)
async def release(request: Asking, report_id: FromPath[UUID]) -> Response[Any]:
    """Put a report back in the line."""
    return await _do_with_report(request, report_id, acts.release)


async def _do_with_report(
    request: Asking, report_id: UUID, deed: Callable[[Transaction, Scene, UUID, Form, Actor, datetime], Awaitable[str]]
) -> Response[Any]:
    house: House = request.app.state.house
    scene = await house.scene()
    form = await read_form(request)
    try:
        async with house.db.transaction(house.city) as tx:
            word = await deed(tx, scene, report_id, form, actor_of(request.user), house.now())
    except TanggapRefusal as refusal:
        return await _report(request, report_id, status=problem_of(refusal)[0].status, refusal=refusal, form=form)
    return Redirect(f"/pengawas?pesan={word}", status_code=SEE_OTHER)


@get("/pengawas/{incident_id:uuid}", **SUPERVISES)
async def incident_page(request: Asking, incident_id: FromPath[UUID]) -> Response[Any]:
    """One incident, and everything that can be done with it."""
    return await _incident(request, incident_id)


@get("/pengawas/{incident_id:uuid}/langsung", **SUPERVISES)
async def live_incident(request: Asking, incident_id: FromPath[UUID]) -> Response[Any]:
    """What changes by itself on that page; the forms are left alone."""
    return await _incident(request, incident_id, template="supervisor/_facts.html")


async def _incident(
    request: Asking, incident_id: UUID, *, template: str = "supervisor/incident.html", status: int = 200,
    refusal: TanggapRefusal | None = None, panel: str = "", form: Form = NO_FORM,
) -> Response[Any]:  # fmt: skip
    house: House = request.app.state.house
    scene = await house.scene()
    locale = locale_of(request)
    async with house.db.reading(house.city) as conn:
        found = await view.incident_page(conn, scene, incident_id, locale, house.now())
    present = acts.shown(found["incident"]) | acts.point_shown(found["incident"])
    typed = {name: form.text(name) if panel == "perbaiki" else value for name, value in present.items()}
    context = found | view.names(scene.catalogue, locale)
    notice = DONE_WORDS.get(request.query_params.get("pesan", "")) if refusal is None else None
    return render(
        request, template, status=status, notice=notice, refusal=refusal, panel=panel, form=form, present=present, typed=typed,
        **context,
    )  # fmt: skip


async def _do(request: Asking, incident_id: UUID, panel: str, deed: Deed) -> Response[Any]:
    """One act on an incident. A refusal shows the incident as it is now, with the form still filled in."""
    house: House = request.app.state.house
    scene = await house.scene()
    form = await read_form(request)
    try:
        async with house.db.transaction(house.city) as tx:
            done = await deed(tx, scene, incident_id, form, actor_of(request.user), house.now())
    except TanggapRefusal as refusal:
        status = problem_of(refusal)[0].status
        return await _incident(request, incident_id, status=status, refusal=refusal, panel=panel, form=form)
    return Redirect(f"/pengawas/{done.incident}?pesan={done.word}", status_code=SEE_OTHER)


#: The forms of an incident's page: the last part of their address, and what they do.
DEEDS: dict[str, Deed] = {
    "teruskan": acts.assign,
    "alihkan": acts.reassign,
    "gabung": acts.merge,
    "pisah": acts.split,
    "buka": acts.reopen,
    "tutup": acts.close,
    "perbaiki": acts.amend,
    "catat": acts.add_note,
}


def _route(panel: str, deed: Deed) -> ControllerRouterHandler:
    @post(f"/pengawas/{{incident_id:uuid}}/{panel}", status_code=200, name=f"supervisor_{panel}", **SUPERVISES)
    async def act(request: Asking, incident_id: FromPath[UUID]) -> Response[Any]:
        """Do one thing with an incident."""
        return await _do(request, incident_id, panel, deed)

    return act


ROUTES: list[ControllerRouterHandler] = [
    *LISTENING, board, live_board, find, report_page, take, release, incident_page, live_incident,
    *recurring.ROUTES, *left_lying.ROUTES, *messages.ROUTES,
    *(_route(panel, deed) for panel, deed in DEEDS.items()),
]  # fmt: skip
