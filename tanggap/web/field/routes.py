"""`/lapangan`: a crew's phone. The task at hand, one giant next step, and what is typed or photographed survives a dead spot."""

from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tanggap.incident.refusals import NotFound, TanggapRefusal
from tanggap.people.model import Role
from tanggap.platform.i18n import translator
from tanggap.web.agency import answers
from tanggap.web.agency.routes import agency_of, first_of
from tanggap.web.agency.views import STEP_WORDS, detail_of, list_of
from tanggap.web.forms import read_form
from tanggap.web.house import House
from tanggap.web.photos.uploads import MAX_FORM_BYTES
from tanggap.web.security import who
from tanggap.web.templating import locale_of, render

SEE_OTHER: Final = 303


@get("/lapangan", **who(Role.FIELD))
async def crew(request: Request[Any, Any, Any]) -> Response[str]:
    """What the crew has to do now, the most pressing task opened."""
    return await _page(request, None)


@get("/lapangan/{assignment_id:uuid}", **who(Role.FIELD))
async def task(request: Request[Any, Any, Any], assignment_id: FromPath[UUID]) -> Response[str]:
    """One task."""
    return await _page(request, assignment_id)


@post("/lapangan/{assignment_id:uuid}/langkah", request_max_body_size=MAX_FORM_BYTES, **who(Role.FIELD))
async def step(request: Request[Any, Any, Any], assignment_id: FromPath[UUID]) -> Response[Any]:
    """The next step; the same step sent again by a phone that came back changes nothing."""
    form = await read_form(request)
    try:
        code = await answers.take_step(request, assignment_id, form)
    except (TanggapRefusal, answers.BadPhotos) as refusal:
        return await _refused(request, assignment_id, refusal, {"note": form.text("catatan")})
    path = "/lapangan" if form.text("ke") == "selesai" else f"/lapangan/{assignment_id}"
    return Redirect(f"{path}?{urlencode({'kabar': code})}", status_code=SEE_OTHER)


@post("/lapangan/{assignment_id:uuid}/catatan", request_max_body_size=MAX_FORM_BYTES, **who(Role.FIELD))
async def note(request: Request[Any, Any, Any], assignment_id: FromPath[UUID]) -> Response[Any]:
    """A note or pictures from the scene."""
    form = await read_form(request)
    try:
        code = await answers.write_note(request, assignment_id, form)
    except (TanggapRefusal, answers.BadPhotos) as refusal:
        return await _refused(request, assignment_id, refusal, {"remark": form.text("catatan")})
    return Redirect(f"/lapangan/{assignment_id}?{urlencode({'kabar': code})}", status_code=SEE_OTHER)


async def _refused(
    request: Request[Any, Any, Any], assignment_id: UUID, refusal: TanggapRefusal | answers.BadPhotos, typed: dict[str, str]
) -> Response[str]:
    if isinstance(refusal, NotFound):
        raise refusal
    problem, status = answers.problem_words(request, refusal)
    return await _page(request, assignment_id, status=status, problem=problem, typed=typed)


async def _page(
    request: Request[Any, Any, Any], chosen: UUID | None, *, status: int = 200, problem: str = "",
    typed: dict[str, str] | None = None,
) -> Response[str]:  # fmt: skip
    house: House = request.app.state.house
    scene, locale = await house.scene(), locale_of(request)
    translate = translator(locale)
    async with house.db.reading(house.city) as conn:
        tasks = await list_of(conn, scene, agency_of(request.user), house.now(), with_past=False)
        shown = chosen or first_of(tasks)
        detail = await detail_of(conn, scene, request.user, shown, translate, locale) if shown else None
    return render(
        request,
        "field/crew.html",
        status=status,
        tasks=tasks,
        detail=detail,
        chosen=str(shown or ""),
        catalogue=scene.catalogue,
        step_words=STEP_WORDS,
        problem=problem,
        typed=typed or {},
        news=answers.news_of(request, scene.catalogue),
    )


ROUTES: list[ControllerRouterHandler] = [crew, task, step, note]
