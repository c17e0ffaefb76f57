"""`/pengawas/regu/anggota/…/absen`: leave and sickness are noted, taken back, and had again."""

from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from tanggap.people.model import UnknownPerson
from tanggap.people.roster.absences import service
from tanggap.platform.database import Transaction
from tanggap.platform.refusals import Refusal
from tanggap.web.forms import Form
from tanggap.web.roster.keeping import KEEPS, ROOT, show_members
from tanggap.web.roster.shared import Asking, Doing, do


@post(f"{ROOT}/anggota/{{person_id:uuid}}/absen", status_code=200, **KEEPS)
async def note(request: Asking, person_id: FromPath[UUID]) -> Response[Any]:
    """Somebody is away for some days."""

    async def deed(tx: Transaction, doing: Doing) -> str:
        days = doing.day("dari"), doing.day("sampai")
        kind, said = doing.form.text("sebab"), doing.form.text("keterangan")
        await service.note(tx, doing.city, doing.zone, person_id, kind, days, said, doing.person, doing.now)
        return f"{ROOT}/anggota?pesan=absen"

    async def again(refusal: Refusal, status: int, form: Form) -> Response[Any]:
        if isinstance(refusal, UnknownPerson):
            raise refusal
        return await show_members(request, status=status, refusal=refusal, form=form, opened=person_id)

    return await do(request, deed, again)


@post(f"{ROOT}/absen/{{absence_id:uuid}}", status_code=200, **KEEPS)
async def change(request: Asking, absence_id: FromPath[UUID]) -> Response[Any]:
    """Take an absence back («cabut»), or that back («pulihkan»)."""

    async def deed(tx: Transaction, doing: Doing) -> str:
        if doing.form.text("tindakan") == "pulihkan":
            await service.restore(tx, doing.city, absence_id, doing.person, doing.now)
            return f"{ROOT}/anggota?pesan=absen"
        await service.withdraw(tx, doing.city, absence_id, doing.person, doing.now)
        return f"{ROOT}/anggota?pesan=absen-dicabut&absen={absence_id}"

    async def again(refusal: Refusal, status: int, form: Form) -> Response[Any]:
        return await show_members(request, status=status, refusal=refusal, form=form)

    return await do(request, deed, again)


ROUTES: list[ControllerRouterHandler] = [note, change]
