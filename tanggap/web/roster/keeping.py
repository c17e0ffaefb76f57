"""`/pengawas/regu`: the week as a grid, gaps, swaps to decide, one shift, and who is on the roster's list."""

import re
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from tanggap.people import service as people
from tanggap.people.model import Role, UnknownPerson
from tanggap.people.permissions import Act
from tanggap.people.roster import membership, service
from tanggap.people.roster.model import DUTY_ROLES, Employment, Member, WeeksUnclear
from tanggap.people.roster.planning import week_of
from tanggap.people.roster.swaps import service as swaps
from tanggap.platform.database import Transaction
from tanggap.platform.refusals import Refusal
from tanggap.web.forms import Form
from tanggap.web.house import House
from tanggap.web.roster import view
from tanggap.web.roster.shared import Asking, Doing, day_in, do, page, zone_of
from tanggap.web.security import who

KEEPS = who(Act.KEEP_ROSTER)
ROOT = "/pengawas/regu"
IS_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@get(ROOT, **KEEPS)
async def week(request: Asking, minggu: FromQuery[str] = "") -> Response[Any]:
    """A week, and what waits for a decision."""
    return await _week(request, minggu)


async def _week(request: Asking, said: str = "", *, status: int = 200, **context: Any) -> Response[Any]:
    house: House = request.app.state.house
    zone, now = await zone_of(house), house.now()
    monday = week_of(day_in(said) or now.astimezone(zone).date())
    async with house.db.reading(house.city) as conn:
        found = await view.week_page(conn, house.city, zone, monday, now)
    return await page(request, "roster/week.html", status=status, **found | context)


async def _do_week(request: Asking, deed: Any) -> Response[Any]:
    async def again(refusal: Refusal, status: int, form: Form) -> Response[Any]:
        return await _week(request, form.text("minggu"), status=status, refusal=refusal, form=form)

    return await do(request, deed, again)


@post(f"{ROOT}/buat", status_code=200, **KEEPS)
async def generate(request: Asking) -> Response[Any]:
    """Make the roster of some weeks from the plan."""

    async def deed(tx: Transaction, doing: Doing) -> str:
        first = doing.day("mulai")
        if first is None:
            raise WeeksUnclear
        weeks = doing.number("minggu_banyak")
        await service.generate(tx, doing.city, doing.zone, first, weeks, doing.person, doing.now)
        return _week_path(first, "dibuat")

    return await _do_week(request, deed)


@post(f"{ROOT}/perubahan/{{change_id:uuid}}/urungkan", status_code=200, **KEEPS)
async def undo(request: Asking, change_id: FromPath[UUID]) -> Response[Any]:
    """Take one change back."""

    async def deed(tx: Transaction, doing: Doing) -> str:
        await service.undo(tx, doing.city, change_id, doing.person, doing.now)
        return _week_path(doing.day("minggu"), "diurungkan")

    return await _do_week(request, deed)


@post(f"{ROOT}/tukar/{{swap_id:uuid}}", status_code=200, **KEEPS)
async def decide(request: Asking, swap_id: FromPath[UUID]) -> Response[Any]:
    """Say yes or no to a swap that two have agreed on."""

    async def deed(tx: Transaction, doing: Doing) -> str:
        if doing.form.text("putusan") == "setuju":
            await swaps.approve(tx, doing.city, swap_id, doing.person, doing.now)
            return _week_path(doing.day("minggu"), "disetujui")
        await swaps.decline(tx, doing.city, swap_id, doing.form.text("alasan"), doing.person, doing.now)
        return _week_path(doing.day("minggu"), "ditolak")

    return await _do_week(request, deed)


def _week_path(day: date | None, word: str) -> str:
    return f"{ROOT}?minggu={day.isoformat() if day else ''}&pesan={word}"


@get(f"{ROOT}/{{shift_id:uuid}}", **KEEPS)
async def shift(request: Asking, shift_id: FromPath[UUID]) -> Response[Any]:
    """One shift of one day."""
    return await _shift(request, shift_id)


async def _shift(request: Asking, shift_id: UUID, *, status: int = 200, **context: Any) -> Response[Any]:
    house: House = request.app.state.house
    async with house.db.reading(house.city) as conn:
        found = await view.shift_page(conn, house.city, shift_id)
    return await page(request, "roster/shift.html", status=status, **found | context)


@post(f"{ROOT}/{{shift_id:uuid}}/tambah", status_code=200, **KEEPS)
async def add(request: Asking, shift_id: FromPath[UUID]) -> Response[Any]:
    """Give somebody a turn in a shift."""

    async def deed(tx: Transaction, doing: Doing) -> str:
        await service.find_shift(tx, doing.city, shift_id)
        person, role = doing.id("orang") if doing.form.text("orang") else doing.person.id, doing.form.text("peran")
        await service.add(tx, doing.city, shift_id, person, role, doing.person, doing.now)
        return f"{ROOT}/{shift_id}?pesan=ditambah"

    async def again(refusal: Refusal, status: int, form: Form) -> Response[Any]:
        return await _shift(request, shift_id, status=status, refusal=refusal, form=form)

    return await do(request, deed, again)


async def _do_turn(request: Asking, turn_id: UUID, deed: Any) -> Response[Any]:
    async def again(refusal: Refusal, status: int, form: Form) -> Response[Any]:
        house: House = request.app.state.house
        async with house.db.reading(house.city) as conn:
            turn = await service.find_turn(conn, house.city, turn_id)
        return await _shift(request, turn.turn.shift, status=status, refusal=refusal, form=form)

    return await do(request, deed, again)


@post(f"{ROOT}/giliran/{{turn_id:uuid}}/keluarkan", status_code=200, **KEEPS)
async def remove(request: Asking, turn_id: FromPath[UUID]) -> Response[Any]:
    """Take a turn away."""

    async def deed(tx: Transaction, doing: Doing) -> str:
        turn = await service.find_turn(tx, doing.city, turn_id)
        await service.remove(tx, doing.city, turn_id, doing.person, doing.now)
        return f"{ROOT}/{turn.turn.shift}?pesan=dikeluarkan"

    return await _do_turn(request, turn_id, deed)


@post(f"{ROOT}/giliran/{{turn_id:uuid}}/ganti", status_code=200, **KEEPS)
async def replace(request: Asking, turn_id: FromPath[UUID]) -> Response[Any]:
    """Give somebody's turn to somebody else."""

    async def deed(tx: Transaction, doing: Doing) -> str:
        turn = await service.find_turn(tx, doing.city, turn_id)
        person = doing.id("orang") if doing.form.text("orang") else turn.turn.person
        await service.replace(tx, doing.city, turn_id, person, doing.person, doing.now)
        return f"{ROOT}/{turn.turn.shift}?pesan=diganti"

    return await _do_turn(request, turn_id, deed)


@get(f"{ROOT}/anggota", **KEEPS)
async def members(request: Asking) -> Response[Any]:
    """Everybody who can be put on the roster: team, skills, languages, who lends them."""
    return await show_members(request)


async def show_members(request: Asking, *, status: int = 200, **context: Any) -> Response[Any]:
    house: House = request.app.state.house
    async with house.db.reading(house.city) as conn:
        today = house.now().astimezone(await zone_of(house)).date()
        found = await view.members_page(conn, house.city, await people.people(conn, house.city), today)
    withdrawn = request.query_params.get("absen", "") if request.query_params.get("pesan") == "absen-dicabut" else ""
    shared: dict[str, Any] = {"opened": None, "withdrawn": withdrawn if IS_ID.fullmatch(withdrawn) else ""}
    return await page(request, "roster/members.html", status=status, **shared | found | context)


@post(f"{ROOT}/anggota/{{person_id:uuid}}", status_code=200, **KEEPS)
async def set_member(request: Asking, person_id: FromPath[UUID]) -> Response[Any]:
    """Put somebody on the list, or change what it says of them."""
    agencies = {agency.code for agency in (await request.app.state.house.scene()).catalogue.agencies}

    async def deed(tx: Transaction, doing: Doing) -> str:
        known = {one.id: one for one in await people.people(tx, doing.city)}
        if person_id not in known:
            raise UnknownPerson
        entry = _entry(doing.form, person_id, known[person_id].name, view.own_roles(known[person_id]))
        await membership.set_member(tx, doing.city, entry, agencies, doing.person, doing.now)
        return f"{ROOT}/anggota?pesan=anggota"

    async def again(refusal: Refusal, status: int, form: Form) -> Response[Any]:
        if isinstance(refusal, UnknownPerson):
            raise refusal
        return await show_members(request, status=status, refusal=refusal, form=form, opened=person_id)

    return await do(request, deed, again)


def _entry(form: Form, person: UUID, name: str, roles: list[Role]) -> Member:
    said, employed = form.text("peran"), form.text("kepegawaian")
    named = [role for role in DUTY_ROLES if role.value == said]
    return Member(
        person, name, next(iter([*named, *roles]), DUTY_ROLES[0]), form.text("regu") or None,
        frozenset(form.all_texts("keahlian")), frozenset(form.all_texts("bahasa_kuasai")), form.text("instansi_asal") or None,
        Employment(employed) if employed in set(Employment) else Employment.OTHER, active=form.text("aktif", "ya") == "ya",
    )  # fmt: skip


ROUTES: list[ControllerRouterHandler] = [
    week, generate, undo, decide, members, set_member, shift, add, remove, replace,
]  # fmt: skip
