"""`/lapor`: a report by anybody, stored before anything judges it. A plain form; scripts only make it easier."""

from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.response import Redirect

from tanggap import flow
from tanggap.incident import store as rows
from tanggap.incident.model import CITIZEN
from tanggap.incident.timeline import store as timelines
from tanggap.intake.model import Received
from tanggap.platform.database import DatabaseAway
from tanggap.platform.i18n import N_
from tanggap.platform.ids import new_token
from tanggap.scene import Scene
from tanggap.web.citizen.headers import private
from tanggap.web.citizen.model import GROUPS, KEY_SHAPE, MOST_SHOWN, Written, contact_of
from tanggap.web.errors import AWAY_RETRY_S
from tanggap.web.forms import Form, read_form
from tanggap.web.house import House
from tanggap.web.photos.uploads import MAX_FORM_BYTES, Uploaded, not_kept_yet, photos_of_form
from tanggap.web.rate_limit import TooMany, kept_limit
from tanggap.web.security import who
from tanggap.web.templating import render

SEE_OTHER: Final = 303
#: Where the process keeps how often visitors reported.
LIMIT = "citizen_report_limit"

NOTHING = N_("Laporan masih kosong. Tulis beberapa kata saja: apa yang terjadi, atau di mana.")
TOO_MANY = N_(
    "Terlalu banyak laporan dalam waktu singkat. Tulisan Anda tidak hilang: tunggu sebentar, lalu tekan «Kirim laporan» lagi."
)
AWAY = N_("Laporan belum terkirim: sistem sedang terganggu. Tulisan Anda masih ada di bawah; tekan «Kirim laporan» lagi.")


@get("/lapor", **who("anyone"))
async def form_page(request: Request[Any, Any, Any]) -> Response[str]:
    """The empty form."""
    return _form(request, Written(new_token()))


@post("/lapor", request_max_body_size=MAX_FORM_BYTES, **who("anyone"))
async def send(request: Request[Any, Any, Any]) -> Response[Any]:
    """Store the report, then its pictures; a bad picture never costs the report."""
    house: House = request.app.state.house
    form = await read_form(request)
    written = written_of(form)
    if written.is_empty and not form.all_files("foto"):
        return _form(request, written, NOTHING, status=422)
    try:
        kept_limit(request, LIMIT).check(request)
        scene = await house.scene()
        contact = contact_of(written, scene.catalogue, scene.suggester)
        received = await flow.receive_together(house.gathering, scene, contact, house.now())
    except TooMany as refusal:
        page = _form(request, written, TOO_MANY, status=429)
        page.headers["retry-after"] = str(int(refusal.retry_after_s) + 1)
        return page
    except DatabaseAway:
        page = _form(request, written, AWAY, status=503)
        page.headers["retry-after"] = str(AWAY_RETRY_S)
        return page
    refused = await _keep_photos(house, scene, received, form)
    return private(Redirect(f"/lacak/{received.token}?baru=1{'&foto=ditolak' if refused else ''}", status_code=SEE_OTHER))


def written_of(form: Form) -> Written:
    """What stands in the form."""
    key = form.text("kunci")
    return Written(
        key=key if KEY_SHAPE.fullmatch(key) else new_token(),
        words=form.text("kata"),
        address=form.text("tempat"),
        lat=form.text("lat"),
        lon=form.text("lon"),
        uncertainty_m=form.text("akurasi"),
        source=form.text("sumber"),
        group=form.text("jenis"),
        number=form.text("nomor"),
        name=form.text("nama"),
    )


async def _keep_photos(house: House, scene: Scene, received: Received, form: Form) -> bool:
    """Keep a report's pictures; says whether something with them went wrong. The report itself is safe already."""
    uploaded: Uploaded = await photos_of_form(form)
    if not uploaded.photos:
        return bool(uploaded.refused)
    try:
        async with house.db.transaction(house.city) as tx:
            await rows.lock_report(tx, house.city, received.report)
            timeline = await timelines.of_report(tx, house.city, received.report)
            for photo in not_kept_yet(uploaded.photos, timeline, None):
                await flow.add_photo(tx, scene, photo, CITIZEN, house.now(), report=received.report)
    except DatabaseAway:
        return True
    return bool(uploaded.refused)


def _form(request: Request[Any, Any, Any], written: Written, problem: str = "", *, status: int = 200) -> Response[str]:
    shown = {name: getattr(written, name)[:MOST_SHOWN] for name in written.__struct_fields__}
    calls = request.app.state.house.takes_calls
    more = {"written": shown, "groups": GROUPS, "problem": problem, "takes_calls": calls}
    return private(render(request, "citizen/report.html", status=status, **more))
