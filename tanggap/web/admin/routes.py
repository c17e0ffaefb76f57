"""`/admin`: the addresses of the administrator's pages. Each change is audited where it is made, in the room of people."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tanggap.doctor import Patient
from tanggap.location.store import count_places
from tanggap.people import machines, service, signing_in, store
from tanggap.people.model import Role, UnfitRoles, UnknownPerson
from tanggap.people.permissions import Act
from tanggap.platform.database import Transaction
from tanggap.platform.i18n import N_
from tanggap.platform.refusals import Refusal
from tanggap.web.admin import view
from tanggap.web.errors import problem_of
from tanggap.web.forms import Form, read_form
from tanggap.web.house import House
from tanggap.web.security import who
from tanggap.web.supervisor.view import names
from tanggap.web.templating import locale_of, render

Asking = Request[Any, Any, Any]
SEE_OTHER: Final = 303
ADMINISTERS = who(Act.ADMINISTER)
#: How long a machine's token is valid, in days; none: until it is revoked.
LIFETIMES: tuple[int, ...] = (30, 90, 365)

DONE_WORDS: dict[str, str] = {
    "changed": N_("Perubahan disimpan dan langsung berlaku."),
    "closed": N_("Akun ditutup: semua sesinya berakhir, token yang diterbitkannya dicabut."),
    "opened": N_("Akun dibuka kembali."),
    "ended": N_("Sesi diakhiri."),
    "all_ended": N_("Semua sesi orang ini diakhiri."),
    "revoked": N_("Token dicabut."),
}


async def _page(request: Asking, template: str, *, status: int = 200, **context: Any) -> Response[Any]:
    house: House = request.app.state.house
    scene = await house.scene()
    shared = {
        "notice": DONE_WORDS.get(request.query_params.get("pesan", "")), "refusal": None, "form": Form(), "secret": None,
        "roles": list(Role), "agencies": [agency for agency in scene.catalogue.agencies if agency.active],
    } | names(scene.catalogue, locale_of(request))  # fmt: skip
    return render(request, template, status=status, **shared | context)


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
    return await _page(
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
                await _agency(house, form), request.user, house.now(),
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
    return await _page(request, "admin/person.html", who=found, sessions=own, **context)


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
        agency = await _agency(house, form)
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
        return await _page(request, "admin/own_password.html", secret=password)
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
    return await _page(request, "admin/sessions.html", sessions=living, own=own)


@post("/admin/sesi/{session_id:uuid}/akhiri", status_code=SEE_OTHER, **ADMINISTERS)
async def end_session(request: Asking, session_id: FromPath[UUID]) -> Response[Any]:
    """End one session."""
    house: House = request.app.state.house
    async with house.db.transaction(house.city) as tx:
        await signing_in.end_session(tx, house.city, session_id, request.user, house.now())
    return Redirect("/admin/sesi?pesan=ended", status_code=SEE_OTHER)


@get("/admin/token", **ADMINISTERS)
async def tokens(request: Asking) -> Response[Any]:
    """The keys that machines have."""
    return await _tokens(request)


async def _tokens(request: Asking, **context: Any) -> Response[Any]:
    house: House = request.app.state.house
    async with house.db.reading(house.city) as conn:
        issued = await machines.tokens(conn, house.city)
    return await _page(request, "admin/tokens.html", tokens=issued, lifetimes=LIFETIMES, **context)


@post("/admin/token", status_code=200, **ADMINISTERS)
async def issue(request: Asking) -> Response[Any]:
    """Make a token; it is shown once, on this answer alone."""
    house: House = request.app.state.house
    form = await read_form(request)
    now = house.now()
    days = form.text("berlaku")
    expires_at = now + timedelta(days=int(days)) if days in {str(lifetime) for lifetime in LIFETIMES} else None
    roles = view.roles_in([form.text("peran")])
    try:
        async with house.db.transaction(house.city) as tx:
            agency = await _agency(house, form)
            if not roles:
                raise UnfitRoles
            _, secret = await machines.issue_token(
                tx, house.city, form.text("nama"), roles[0], agency, expires_at, request.user, now
            )
    except Refusal as refusal:
        return await _tokens(request, status=problem_of(refusal)[0].status, refusal=refusal, form=form)
    return await _tokens(request, secret=secret)


@post("/admin/token/{token_id:uuid}/cabut", status_code=SEE_OTHER, **ADMINISTERS)
async def revoke(request: Asking, token_id: FromPath[UUID]) -> Response[Any]:
    """Take a token back."""
    house: House = request.app.state.house
    async with house.db.transaction(house.city) as tx:
        await machines.revoke_token(tx, house.city, token_id, request.user, house.now())
    return Redirect("/admin/token?pesan=revoked", status_code=SEE_OTHER)


@get("/admin/katalog", **ADMINISTERS)
async def catalogue(request: Asking) -> Response[Any]:
    """What the city has configured, to look at, and what of it is still to be confirmed."""
    house: House = request.app.state.house
    known = (await house.scene()).catalogue
    async with house.db.reading(house.city) as conn:
        places = await count_places(conn, house.city)
    return await _page(request, "admin/catalogue.html", catalogue=known, provenances=view.provenances(known, places))


@get("/admin/sistem", **ADMINISTERS)
async def system(request: Asking) -> Response[Any]:
    """What the quick checks of `tanggap doctor` say."""
    house: House = request.app.state.house
    findings = await view.findings(Patient(house.settings, house.db))
    return await _page(request, "admin/system.html", findings=findings, listeners=house.feed.listeners)


async def _agency(house: House, form: Form) -> str | None:
    """The agency that was chosen. Raises UnfitRoles when the city has no such agency."""
    code = form.text("instansi") or None
    if code is not None and code not in (await house.scene()).catalogue.agencies_by_code:
        raise UnfitRoles(agency=code)
    return code


ROUTES: list[ControllerRouterHandler] = [
    people, add, person, change, reset_password, deactivate, reactivate, end_all, sessions, end_session, tokens, issue, revoke,
    catalogue, system,
]  # fmt: skip
