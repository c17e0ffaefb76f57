"""`/lacak/<token>`: what has become of a report, and whether it really is done. Whoever has the address may see and say."""

from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from tanggap import flow
from tanggap.incident import store as rows
from tanggap.incident.model import IncidentState, Report
from tanggap.incident.photos import store as photo_rows
from tanggap.incident.refusals import NotFound, WrongState
from tanggap.platform.database import Connection
from tanggap.platform.i18n import N_
from tanggap.scene import Scene
from tanggap.web.citizen.headers import private
from tanggap.web.citizen.model import MOST_SHOWN
from tanggap.web.citizen.progress import find_photo, tracked, visible_photos
from tanggap.web.forms import read_form
from tanggap.web.house import House
from tanggap.web.photos.routes import picture
from tanggap.web.prepared import AS_IS
from tanggap.web.security import who
from tanggap.web.templating import render

SEE_OTHER: Final = 303
ANSWERS = ("selesai", "belum")
CHANGED = N_("Keadaannya baru saja berubah, jadi jawaban Anda belum tercatat. Tulisan Anda masih ada di bawah.")


@get("/lacak", **who("anyone"))
async def enter_token(request: Request[Any, Any, Any]) -> Response[Any]:
    """Where somebody who kept only the code, or the whole address, can type it."""
    said = request.query_params.get("kode", "").strip()
    token = said.split("?")[0].split("#")[0].rstrip("/").rsplit("/", 1)[-1][:200]
    if token and token.isascii() and token.replace("-", "").replace("_", "").isalnum():
        return private(Redirect(f"/lacak/{token}", status_code=SEE_OTHER))
    return private(render(request, "citizen/enter_token.html", said=said[:200]))


@get("/lacak/{token:str}", **who("anyone"))
async def track_page(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
    """The whole page."""
    return await _page(request, token)


@get("/lacak/{token:str}/keadaan", **who("anyone"))
async def track_state(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
    """The part of the page that changes, for a script that asks every ten seconds."""
    return await _page(request, token, template="citizen/progress.html")


@post("/lacak/{token:str}/jawab", **who("anyone"))
async def answer(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """«Sudah selesai», with stars and thanks, or «belum selesai», which reopens the incident."""
    house: House = request.app.state.house
    scene, form = await house.scene(), await read_form(request)
    words, said, stars = form.text("kata"), form.text("jawaban"), stars_of(form.text("bintang"))
    try:
        async with house.db.transaction(house.city) as tx:
            report = await flow.report_of_token(tx, scene, token)
            if said == "belum":
                await _not_done(tx, scene, report, words, house)
            elif said == "selesai":
                await _confirm(tx, scene, report, stars, words, house)
            else:
                raise WrongState(to=said)
    except NotFound:
        return _unknown(request)
    except WrongState:
        return await _page(request, token, status=409, problem=CHANGED, typed=words[:MOST_SHOWN])
    return private(Redirect(f"/lacak/{token}", status_code=SEE_OTHER))


async def _not_done(tx: Connection, scene: Scene, report: Report, words: str, house: House) -> None:
    """Reopen; the same words sent twice reopen once. Raises WrongState."""
    if report.incident is not None:
        incident = await rows.lock_incident(tx, scene.city, report.incident)
        if incident.state not in (IncidentState.RESOLVED, IncidentState.CLOSED):
            raise WrongState(now=incident.state.value, to="reopened")
    await flow.not_done(tx, scene, report, words, house.now())


async def _confirm(tx: Connection, scene: Scene, report: Report, stars: int | None, words: str, house: House) -> None:
    """Confirm or rate; one citizen's rating counts once. Raises WrongState."""
    if report.incident is not None:
        incident = await rows.lock_incident(tx, scene.city, report.incident)
        before = await tracked(tx, scene.catalogue, report)
        if incident.state is IncidentState.CLOSED and (not before.may_rate or (stars is None and not words.strip())):
            return
    await flow.confirm(tx, scene, report, stars, words, house.now())


def stars_of(said: str) -> int | None:
    """1 to 5, or none given."""
    return int(said) if said in ("1", "2", "3", "4", "5") else None


@get("/lacak/{token:str}/foto/{photo_id:uuid}", **who("anyone"))
async def track_photo(request: Request[Any, Any, Any], token: FromPath[str], photo_id: FromPath[UUID]) -> Response[Any]:
    """A picture of the report, or of what the agency did."""
    return await _photo(request, token, photo_id, thumbnail=False)


@get("/lacak/{token:str}/foto/{photo_id:uuid}/kecil", **who("anyone"))
async def track_thumbnail(request: Request[Any, Any, Any], token: FromPath[str], photo_id: FromPath[UUID]) -> Response[Any]:
    """The same, small."""
    return await _photo(request, token, photo_id, thumbnail=True)


async def _photo(request: Request[Any, Any, Any], token: str, photo_id: UUID, *, thumbnail: bool) -> Response[Any]:
    house: House = request.app.state.house
    scene = await house.scene()
    async with house.db.reading(house.city) as conn:
        report = await flow.report_of_token(conn, scene, token)
        if find_photo(await visible_photos(conn, house.city, report), photo_id) is None:
            raise NotFound(kind="photo")
        shown = picture(await photo_rows.photo_bytes(conn, house.city, photo_id, thumbnail=thumbnail))
    shown.headers["referrer-policy"] = "no-referrer"
    return shown


async def _page(
    request: Request[Any, Any, Any], token: str, *, status: int = 200, template: str = "citizen/track.html", problem: str = "",
    typed: str = "",
) -> Response[str]:  # fmt: skip
    house: House = request.app.state.house
    scene = await house.scene()
    try:
        async with house.db.reading(house.city) as conn:
            report = await flow.report_of_token(conn, scene, token)
            shown = await tracked(conn, scene.catalogue, report)
    except NotFound:
        return _unknown(request)
    return private(
        render(
            request,
            template,
            status=status,
            tracked=shown,
            token=token,
            catalogue=scene.catalogue,
            problem=problem,
            typed=typed,
            is_new="baru" in request.query_params,
            photo_refused=request.query_params.get("foto") == "ditolak",
        )
    )


def _unknown(request: Request[Any, Any, Any]) -> Response[str]:
    return private(render(request, "citizen/unknown.html", status=404))


for _served in (track_photo, track_thumbnail):
    _served.opt[AS_IS] = True
