"""What a call taker does about several reports of one thing: joins one, or all of a burst, and takes one out again."""

from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.exceptions import ClientException
from litestar.params import FromPath

from tanggap import flow
from tanggap.incident import store as rows
from tanggap.platform.i18n import N_, translator
from tanggap.web.console.acts import MAY, Asking, acting, done
from tanggap.web.console.model import NotSentYet
from tanggap.web.forms import read_form
from tanggap.web.templating import locale_of
from tanggap.web.words import number_of


@post("/konsol/{report_id:uuid}/gabung", status_code=200, **MAY)
async def join(request: Asking, report_id: FromPath[UUID]) -> Response[Any]:
    """Join the report to a known incident."""
    form = await read_form(request)
    try:
        incident_id = UUID(form.text("kejadian"))
    except ValueError as error:
        raise ClientException("no such incident") from error
    async with acting(request) as (tx, scene, by, now):
        incident = await flow.join(tx, scene, report_id, incident_id, by, now)
    number = number_of(scene.catalogue.city, incident.number)
    return done(request, report_id, translator(locale_of(request))(N_("Digabung ke {number}.")).format(number=number))


@post("/konsol/{report_id:uuid}/gabung-semua", status_code=200, **MAY)
async def join_all(request: Asking, report_id: FromPath[UUID]) -> Response[Any]:
    """Join the waiting reports that the sheet named to the incident of this report: a burst, in one act."""
    form = await read_form(request)
    try:
        chosen = [UUID(one) for one in form.all_texts("laporan")]
    except ValueError as error:
        raise ClientException("no such report") from error
    async with acting(request) as (tx, scene, by, now):
        report = await rows.report(tx, scene.city, report_id)
        if report.incident is None:
            raise NotSentYet
        _, many = await flow.join_all(tx, scene, report.incident, chosen, by, now)
    return done(request, report_id, translator(locale_of(request))(N_("{n} laporan digabung.")).format(n=many))


@post("/konsol/{report_id:uuid}/lepaskan", status_code=200, **MAY)
async def part(request: Asking, report_id: FromPath[UUID]) -> Response[Any]:
    """Take a joined report out of its incident again."""
    async with acting(request) as (tx, scene, by, now):
        await flow.part(tx, scene, report_id, by, now)
    return done(request, report_id)


JOINING = [join, join_all, part]
