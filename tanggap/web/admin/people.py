"""People and their sessions. Each change is audited where it is made, in the room of people."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tanggap.people import service, signing_in, store
from tanggap.people.model import UnknownPerson
from tanggap.platform.database import Transaction
from tanggap.platform.refusals import Refusal
from tanggap.web.admin import view
from tanggap.web.admin.page import ADMINISTERS, SEE_OTHER, Asking, chosen_agency, page
from tanggap.web.errors import problem_of
from tanggap.web.forms import Form, read_form
from tanggap.web.house import House


@get("/admin", **ADMINISTERS)
async def people(request: Asking) -> Response[Any]:
    """Everybody who may sign in."""
    return await _people(request)


async def _people(request: Asking, **context: Any) -> Response[Any]:
    house: House = request.app.state.house
    query = request.query_params
    wanted = view.Filter(query.get("cari", ""), query.get("peran", ""), query.get("instansi", ""), query.get("akun", "active"))
    now = house.now()
    async with house.db.reading(house.city) as conn:
        everybody = await service.people(conn, house.city)
        online = {one.person.id: one for one in await signing_in.online(conn, house.city, now)}
    found = view.found(everybody, wanted)
    shown = found[: view.MOST_PEOPLE]
    return await page(
        request,
        "admin/people.html",
        people=shown,
        total=len(found),
        everybody=len(everybody),
        wanted=wanted,
        online=online,
        **context,
    )


@post("/admin/orang", status_code=200, **ADMINISTERS)
async def add(request: Asking) -> Response[Any]:
    """Make an account; its first password is shown once, on this answer alone."""
    house: House = request.app.state.house
    form = await read_form(request)
    try:
        async with house.db.transaction(house.city) as tx:
            person, password = await service.add_person(
                tx, house.city, form.text("login"), form.text("nama"), view.roles_in(form.all_texts("peran")),
                await chosen_agency(house, form), request.user, house.now(),
            )  # fmt: skip
    except Refusal as refusal:
        return await _people(request, status=problem_of(refusal)[0].status, refusal=refusal, form=form)
    return await _person(request, person.id, secret=password)


@get("/admin/orang/{person_id:uuid}", **ADMINISTERS)
async def person(request: Asking, person_id: FromPath[UUID]) -> Response[Any]:
    """One person, with their sessions."""
    return await _person(request, person_id)


async def _person(request: Asking, person_id: UUID, **context: Any) -> Response[Any]:
    house: House = request.app.state.house
    async with house.db.reading(house.city) as conn:
        found = next((one for one in await service.people(conn, house.city) if one.id == person_id), None)
        sessions = await signing_in.sessions(conn, house.city, house.now())
    if found is None:
        raise UnknownPerson
    own = [session for session in sessions if session.person.id == person_id]
    return await page(request, "admin/person.html", who=found, sessions=own, **context)


Deed = Callable[[Transaction, House, Form], Awaitable[str]]


async def _do(request: Asking, person_id: UUID, deed: Deed) -> Response[Any]:
    house: House = request.app.state.house
    form = await read_form(request)
    try:
        async with house.db.transaction(house.city) as tx:
            word = await deed(tx, house, form)
    except Refusal as refusal:
        return await _person(request, person_id, status=problem_of(refusal)[0].status, refusal=refusal, form=form)
    return Redirect(f"/admin/orang/{person_id}?pesan={word}", status_code=SEE_OTHER)


@post("/admin/orang/{person_id:uuid}/ubah", status_code=200, **ADMINISTERS)
async def change(request: Asking, person_id: FromPath[UUID]) -> Response[Any]:
    """Change a person's name, roles and agency."""

    async def deed(tx: Transaction, house: House, form: Form) -> str:
        roles = view.roles_in(form.all_texts("peran"))
        agency = await chosen_agency(house, form)
        await service.change_person(tx, house.city, person_id, form.text("nama"), roles, agency, request.user, house.now())
        return "changed"

    return await _do(request, person_id, deed)


@post("/admin/orang/{person_id:uuid}/sandi", status_code=200, **ADMINISTERS)
async def reset_password(request: Asking, person_id: FromPath[UUID]) -> Response[Any]:
    """A new first password, shown once, on this answer alone."""
    house: House = request.app.state.house
    async with house.db.transaction(house.city) as tx:
        password = await service.reset_password(tx, house.city, person_id, request.user, house.now())
    if person_id == request.user.id:
        return await page(request, "admin/own_password.html", secret=password)
    return await _person(request, person_id, secret=password)


@post("/admin/orang/{person_id:uuid}/tutup", status_code=200, **ADMINISTERS)
async def deactivate(request: Asking, person_id: FromPath[UUID]) -> Response[Any]:
    """Close an account."""

    async def deed(tx: Transaction, house: House, form: Form) -> str:
        await service.deactivate(tx, house.city, person_id, request.user, house.now())
        return "closed"

    return await _do(request, person_id, deed)


@post("/admin/orang/{person_id:uuid}/aktifkan", status_code=200, **ADMINISTERS)
async def reactivate(request: Asking, person_id: FromPath[UUID]) -> Response[Any]:
    """Open a closed account again."""

    async def deed(tx: Transaction, house: House, form: Form) -> str:
        await service.reactivate(tx, house.city, person_id, request.user, house.now())
        return "opened"

    return await _do(request, person_id, deed)


@post("/admin/orang/{person_id:uuid}/akhiri", status_code=200, **ADMINISTERS)
async def end_all(request: Asking, person_id: FromPath[UUID]) -> Response[Any]:
    """End every session of a person."""

    async def deed(tx: Transaction, house: House, form: Form) -> str:
        now = house.now()
        await store.lock_person(tx, house.city, person_id)
        for session in await signing_in.sessions(tx, house.city, now):
            if session.person.id == person_id:
                await signing_in.end_session(tx, house.city, session.id, request.user, now)
        return "all_ended"

    return await _do(request, person_id, deed)


@get("/admin/sesi", **ADMINISTERS)
async def sessions(request: Asking) -> Response[Any]:
    """Who is signed in, since when, and when their screen last spoke to us."""
    house: House = request.app.state.house
    async with house.db.reading(house.city) as conn:
        living = await signing_in.sessions(conn, house.city, house.now())
    own = request.scope["auth"].id if request.scope["auth"] else None
    return await page(request, "admin/sessions.html", sessions=living, own=own, browser_of=view.browser_of)


@post("/admin/sesi/{session_id:uuid}/akhiri", status_code=SEE_OTHER, **ADMINISTERS)
async def end_session(request: Asking, session_id: FromPath[UUID]) -> Response[Any]:
    """End one session."""
    house: House = request.app.state.house
    async with house.db.transaction(house.city) as tx:
        await signing_in.end_session(tx, house.city, session_id, request.user, house.now())
    return Redirect("/admin/sesi?pesan=ended", status_code=SEE_OTHER)


ROUTES: list[ControllerRouterHandler] = [
    people, add, person, change, reset_password, deactivate, reactivate, end_all, sessions, end_session,
]  # fmt: skip
