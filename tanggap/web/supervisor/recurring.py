"""`/pengawas/berulang`: callers who call for nothing again and again, and what was tried. Nobody is blocked here."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tanggap.incident.refusals import TanggapRefusal
from tanggap.people.permissions import Act
from tanggap.platform.i18n import N_
from tanggap.scene import actor_of
from tanggap.verification.nuisance import service as nuisance
from tanggap.verification.nuisance.model import LATELY, MEASURE_WORDS, MOST_DAYS, OFTEN, USUAL_DAYS
from tanggap.verification.nuisance.store import recurring
from tanggap.web.errors import problem_of
from tanggap.web.forms import read_form
from tanggap.web.house import House
from tanggap.web.security import who
from tanggap.web.templating import render

Asking = Request[Any, Any, Any]
SUPERVISES = who(Act.SUPERVISE)
DONE_WORDS = {"dicatat": N_("Tindakan dicatat."), "dicabut": N_("Tindakan dicabut.")}


@get("/pengawas/berulang", **SUPERVISES)
async def page(request: Asking) -> Response[Any]:
    """The list."""
    return await _page(request)


async def _page(request: Asking, *, status: int = 200, refusal: TanggapRefusal | None = None) -> Response[Any]:
    house: House = request.app.state.house
    async with house.db.reading(house.city) as conn:
        callers = await recurring(conn, house.city, house.now())
    done = DONE_WORDS.get(request.query_params.get("pesan", "")) if refusal is None else None
    return render(
        request, "supervisor/recurring.html", status=status, refusal=refusal, done=done, callers=callers,
        measure_words=MEASURE_WORDS, usual_days=USUAL_DAYS, most_days=MOST_DAYS, often=OFTEN, lately=LATELY.days,
    )  # fmt: skip


@post("/pengawas/berulang/{caller_id:uuid}", status_code=200, **SUPERVISES)
async def take_measure(request: Asking, caller_id: FromPath[UUID]) -> Response[Any]:
    """Record what was done about a caller."""
    house: House = request.app.state.house
    form = await read_form(request)
    days = int(form.text("hari")) if form.text("hari").isdecimal() and len(form.text("hari")) < 5 else 0
    try:
        async with house.db.transaction(house.city) as tx:
            kind, note = form.text("tindakan"), form.text("catatan")
            await nuisance.take_measure(tx, house.city, caller_id, kind, note, days, actor_of(request.user), house.now())
    except TanggapRefusal as refusal:
        return await _page(request, status=problem_of(refusal)[0].status, refusal=refusal)
    return Redirect("/pengawas/berulang?pesan=dicatat", status_code=303)


@post("/pengawas/berulang/tindakan/{measure_id:uuid}/cabut", status_code=200, **SUPERVISES)
async def end_measure(request: Asking, measure_id: FromPath[UUID]) -> Response[Any]:
    """Take a measure back before its time."""
    house: House = request.app.state.house
    try:
        async with house.db.transaction(house.city) as tx:
            await nuisance.end_measure(tx, house.city, measure_id, house.now())
    except TanggapRefusal as refusal:
        return await _page(request, status=problem_of(refusal)[0].status, refusal=refusal)
    return Redirect("/pengawas/berulang?pesan=dicabut", status_code=303)


ROUTES: list[ControllerRouterHandler] = [page, take_measure, end_measure]
