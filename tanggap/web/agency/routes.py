"""`/instansi`: an agency's own assignments, and what its desk answers. Every act is a plain form; scripts make it quicker."""

from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tanggap.incident.refusals import NotFound, Stale, TanggapRefusal, WrongState
from tanggap.notification.service import read_on_screen
from tanggap.notification.store import on_screen
from tanggap.people.model import Person
from tanggap.people.permissions import Act
from tanggap.platform.i18n import translator
from tanggap.web.agency import acts
from tanggap.web.agency.answers import BadPhotos, news_of, problem_words, take_step, write_note
from tanggap.web.agency.views import STEP_WORDS, TaskList, detail_of, list_of, reasons_of
from tanggap.web.forms import read_form
from tanggap.web.house import House
from tanggap.web.photos.uploads import MAX_FORM_BYTES
from tanggap.web.security import who
from tanggap.web.templating import locale_of, render

SEE_OTHER: Final = 303


@get("/instansi", **who(Act.ANSWER_ASSIGNMENT))
async def desk(request: Request[Any, Any, Any]) -> Response[str]:
    """The list, with what is most pressing opened beside it."""
    return await page(request, None)


@get("/instansi/daftar", **who(Act.ANSWER_ASSIGNMENT))
async def task_list(request: Request[Any, Any, Any]) -> Response[str]:
    """The list alone, for a script that heard of something new."""
    house: House = request.app.state.house
    scene = await house.scene()
    async with house.db.reading(house.city) as conn:
        tasks = await list_of(conn, scene, agency_of(request.user), house.now())
        notices = await on_screen(conn, house.city, agency_of(request.user), house.now())
    chosen = request.query_params.get("pilih", "")
    return render(request, "agency/list.html", tasks=tasks, catalogue=scene.catalogue, chosen=chosen, notices=notices)


@get("/instansi/{assignment_id:uuid}", **who(Act.ANSWER_ASSIGNMENT))
async def assignment(request: Request[Any, Any, Any], assignment_id: FromPath[UUID]) -> Response[str]:
    """One assignment, with the list beside it where there is room."""
    return await page(request, assignment_id)


@get("/instansi/{assignment_id:uuid}/isi", **who(Act.ANSWER_ASSIGNMENT))
async def assignment_body(request: Request[Any, Any, Any], assignment_id: FromPath[UUID]) -> Response[str]:
    """One assignment alone, for a script."""
    return await page(request, assignment_id, template="agency/detail.html")


@post("/instansi/{assignment_id:uuid}/langkah", request_max_body_size=MAX_FORM_BYTES, **who(Act.ANSWER_ASSIGNMENT))
async def step(request: Request[Any, Any, Any], assignment_id: FromPath[UUID]) -> Response[Any]:
    """Accept, set out, arrive, finish."""
    form = await read_form(request)
    try:
        code = await take_step(request, assignment_id, form)
    except (TanggapRefusal, BadPhotos) as refusal:
        return await refused(request, assignment_id, refusal, {"note": form.text("catatan")})
    return _back(f"/instansi/{assignment_id}", code)


@post("/instansi/{assignment_id:uuid}/tolak", **who(Act.ANSWER_ASSIGNMENT))
async def reject(request: Request[Any, Any, Any], assignment_id: FromPath[UUID]) -> Response[Any]:
    """«Bukan kami», with a reason."""
    house: House = request.app.state.house
    scene, form = await house.scene(), await read_form(request)
    chosen, written = form.text("alasan").strip(), form.text("alasan_lain").strip()
    try:
        async with house.db.transaction(house.city) as tx:
            reason = ". ".join(part for part in (chosen, written) if part)
            _, following = await acts.give_back(tx, scene, request.user, assignment_id, reason, form.text("keadaan"), house.now())
    except TanggapRefusal as refusal:
        return await refused(request, assignment_id, refusal, {"chosen": chosen, "reason": written})
    return _back("/instansi", "tolak-ke" if following else "tolak", **({"ke": following} if following else {}))


@post("/instansi/{assignment_id:uuid}/catatan", request_max_body_size=MAX_FORM_BYTES, **who(Act.ANSWER_ASSIGNMENT))
async def note(request: Request[Any, Any, Any], assignment_id: FromPath[UUID]) -> Response[Any]:
    """A note, pictures, or both."""
    form = await read_form(request)
    try:
        code = await write_note(request, assignment_id, form)
    except (TanggapRefusal, BadPhotos) as refusal:
        return await refused(request, assignment_id, refusal, {"remark": form.text("catatan")})
    return _back(f"/instansi/{assignment_id}", code)


@post("/instansi/{assignment_id:uuid}/nomor", status_code=200, **who(Act.ANSWER_ASSIGNMENT))
async def number(request: Request[Any, Any, Any], assignment_id: FromPath[UUID]) -> Response[str]:
    """A reporter's number, shown once and audited. It is never in an address."""
    house: House = request.app.state.house
    scene, form = await house.scene(), await read_form(request)
    try:
        report_id = UUID(form.text("laporan"))
    except ValueError as error:
        raise NotFound(kind="report") from error
    async with house.db.transaction(house.city) as tx:
        revealed = await acts.reveal(tx, scene, request.user, assignment_id, report_id, house.now())
    return await page(request, assignment_id, revealed=revealed)


@post("/instansi/kabar/{notice_id:uuid}/baca", status_code=SEE_OTHER, **who(Act.ANSWER_ASSIGNMENT))
async def read(request: Request[Any, Any, Any], notice_id: FromPath[UUID]) -> Response[Any]:
    """A notice on the agency's screen was read."""
    house: House = request.app.state.house
    async with house.db.transaction(house.city) as tx:
        await read_on_screen(tx, house.city, notice_id, agency_of(request.user), house.now())
    return Redirect("/instansi", status_code=SEE_OTHER)


def agency_of(person: Person) -> str:
    """The agency whose desk this is. Raises NotFound."""
    if person.agency is None:
        raise NotFound(kind="agency")
    return person.agency


async def page(
    request: Request[Any, Any, Any], chosen: UUID | None, *, status: int = 200, template: str = "agency/desk.html", **more: Any
) -> Response[str]:
    """The desk. Raises NotFound when the chosen assignment is not this agency's."""
    house: House = request.app.state.house
    scene, locale, now = await house.scene(), locale_of(request), house.now()
    translate = translator(locale)
    async with house.db.reading(house.city) as conn:
        tasks = await list_of(conn, scene, agency_of(request.user), now)
        notices = await on_screen(conn, house.city, agency_of(request.user), now)
        shown = chosen or first_of(tasks)
        detail = await detail_of(conn, scene, request.user, shown, translate, locale) if shown else None
    news = news_of(request, scene.catalogue)
    context: dict[str, Any] = {"revealed": None, "problem": None, "is_late": False, "typed": {}, "news": news}
    return render(
        request,
        template,
        status=status,
        tasks=tasks,
        notices=notices,
        detail=detail,
        chosen=str(shown or ""),
        is_open=chosen is not None,
        catalogue=scene.catalogue,
        reasons=reasons_of(scene.catalogue, locale, translate),
        step_words=STEP_WORDS,
        **(context | more),
    )


def first_of(tasks: TaskList) -> UUID | None:
    """The assignment that presses most."""
    return next((task.assignment.id for task in tasks.current), None)


async def refused(
    request: Request[Any, Any, Any], assignment_id: UUID, refusal: TanggapRefusal | BadPhotos, typed: dict[str, str],
    *, template: str = "agency/desk.html",
) -> Response[str]:  # fmt: skip
    """The page again, with what went wrong, how things stand now, and everything that was typed. Raises NotFound."""
    if isinstance(refusal, NotFound):
        raise refusal
    problem, status = problem_words(request, refusal)
    is_late = isinstance(refusal, WrongState | Stale)
    return await page(request, assignment_id, status=status, template=template, problem=problem, is_late=is_late, typed=typed)


def _back(path: str, code: str, **more: str) -> Response[Any]:
    return Redirect(f"{path}?{urlencode({'kabar': code, **more})}", status_code=SEE_OTHER)


ROUTES: list[ControllerRouterHandler] = [desk, task_list, assignment, assignment_body, step, reject, note, number, read]
