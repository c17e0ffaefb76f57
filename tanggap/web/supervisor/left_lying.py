"""`/pengawas/tertinggal`: what is left lying, who looks after it, and the next act on each."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tanggap import oversight
from tanggap.evaluation.left_lying import service, store
from tanggap.evaluation.left_lying.model import WHY, Kind, NobodyChosen
from tanggap.incident.refusals import NotFound, TanggapRefusal
from tanggap.people import service as people
from tanggap.people import signing_in
from tanggap.people.model import Person
from tanggap.people.permissions import Act, may
from tanggap.platform.database import Connection, Transaction
from tanggap.platform.i18n import N_
from tanggap.scene import Scene, actor_of
from tanggap.web.errors import problem_of
from tanggap.web.forms import Form, read_form
from tanggap.web.house import House
from tanggap.web.security import who
from tanggap.web.supervisor.view import names
from tanggap.web.templating import locale_of, render

Asking = Request[Any, Any, Any]
Deed = Callable[[Transaction, Scene, Kind, UUID, Form, Person, datetime], Awaitable[str]]
SUPERVISES = who(Act.SUPERVISE)
DONE_WORDS = {
    "diambil": N_("Anda yang menanganinya sekarang."),
    "diserahkan": N_("Diserahkan."),
    "dilepas": N_("Dilepas: belum ada yang menanganinya."),
    "diingatkan": N_("Instansi diingatkan."),
    "diulang": N_("Pesan dikirim ulang."),
    "selesai": N_("Dicatat: sudah diberi tahu dengan cara lain."),
}


@get("/pengawas/tertinggal", **SUPERVISES)
async def page(request: Asking) -> Response[Any]:
    """The list."""
    return await _page(request)


@get("/pengawas/tertinggal/langsung", **SUPERVISES)
async def live(request: Asking) -> Response[Any]:
    """The same without the page around it, for a script to put in."""
    return await _page(request, template="supervisor/_left_lying.html")


async def _page(
    request: Asking,
    *,
    template: str = "supervisor/left_lying.html",
    status: int = 200,
    refusal: TanggapRefusal | None = None,
    said: str = "",
) -> Response[Any]:
    house: House = request.app.state.house
    scene = await house.scene()
    only = kind_of(said or request.query_params.get("jenis", ""))
    async with house.db.reading(house.city) as conn:
        listed = await store.listed(conn, house.city, house.now(), only)
        colleagues = await _colleagues(conn, house, request.user)
    done = DONE_WORDS.get(request.query_params.get("pesan", "")) if refusal is None else None
    context = names(scene.catalogue, locale_of(request))
    return render(
        request, template, status=status, refusal=refusal, done=done, listed=listed, only=only, colleagues=colleagues,
        why_sentences=WHY, **context,
    )  # fmt: skip


def kind_of(said: str) -> Kind | None:
    """The kind that an address names; None for all, or for one that there is not."""
    return Kind(said) if said in set(Kind) else None


async def _colleagues(conn: Connection, house: House, person: Person) -> list[Person]:
    """Who is signed in and could see to something, oneself first."""
    online = [one.person for one in await signing_in.online(conn, house.city, house.now())]
    able = [one for one in online if one.id != person.id and (may(one, Act.TAKE_CALLS) or may(one, Act.SUPERVISE))]
    return [person, *sorted(able, key=lambda one: one.name)]


async def take(tx: Transaction, scene: Scene, kind: Kind, subject: UUID, _form: Form, person: Person, now: datetime) -> str:
    """«I see to it»."""
    await service.take(tx, scene.city, kind, subject, person, now)
    return "diambil"


async def pass_on(tx: Transaction, scene: Scene, kind: Kind, subject: UUID, form: Form, _by: Person, now: datetime) -> str:
    """Somebody else sees to it."""
    await service.still_lies(tx, scene.city, kind, subject, now)
    chosen = form.text("kepada")
    found = next((one for one in await people.people(tx, scene.city) if str(one.id) == chosen and one.active), None)
    if found is None:
        raise NobodyChosen
    await service.take(tx, scene.city, kind, subject, found, now)
    return "diserahkan"


async def lay_down(tx: Transaction, scene: Scene, kind: Kind, subject: UUID, _form: Form, _by: Person, now: datetime) -> str:
    """Nobody sees to it any more."""
    await service.lay_down(tx, scene.city, kind, subject, now)
    return "dilepas"


#: What can be done with every row, by the last part of its address.
DEEDS: dict[str, Deed] = {"ambil": take, "serahkan": pass_on, "lepas": lay_down}


async def _do(request: Asking, deed: Callable[[Transaction, Scene, Form], Awaitable[str]]) -> Response[Any]:
    """One act in one transaction, and the list again, with what was refused."""
    house: House = request.app.state.house
    scene, form = await house.scene(), await read_form(request)
    only = kind_of(form.text("jenis"))
    try:
        async with house.db.transaction(house.city) as tx:
            said = await deed(tx, scene, form)
    except TanggapRefusal as refusal:
        return await _page(request, status=problem_of(refusal)[0].status, refusal=refusal, said=form.text("jenis"))
    return Redirect(f"/pengawas/tertinggal?pesan={said}{f'&jenis={only}' if only else ''}", status_code=303)


def _route(word: str, deed: Deed) -> ControllerRouterHandler:
    @post(f"/pengawas/tertinggal/{{kind:str}}/{{subject_id:uuid}}/{word}", status_code=200, name=f"lying_{word}", **SUPERVISES)
    async def act(request: Asking, kind: FromPath[str], subject_id: FromPath[UUID]) -> Response[Any]:
        """Do one thing with a row."""
        known = kind_of(kind)
        if known is None:
            raise NotFound(kind="kind")
        now = request.app.state.house.now()
        return await _do(request, lambda tx, scene, form: deed(tx, scene, known, subject_id, form, request.user, now))

    return act


@post("/pengawas/tertinggal/penugasan/{assignment_id:uuid}/ingatkan", status_code=200, **SUPERVISES)
async def remind(request: Asking, assignment_id: FromPath[UUID]) -> Response[Any]:
    """The agency is told once more."""

    async def reminded(tx: Transaction, scene: Scene, _form: Form) -> str:
        await oversight.remind(tx, scene, assignment_id, actor_of(request.user), request.app.state.house.now())
        return "diingatkan"

    return await _do(request, reminded)


@post("/pengawas/tertinggal/pesan/{delivery_id:uuid}/ulang", status_code=200, **SUPERVISES)
async def send_again(request: Asking, delivery_id: FromPath[UUID]) -> Response[Any]:
    """A dead message is sent again."""

    async def sent(tx: Transaction, _scene: Scene, _form: Form) -> str:
        await service.send_again(tx, delivery_id, request.user, request.app.state.house.now())
        return "diulang"

    return await _do(request, sent)


@post("/pengawas/tertinggal/pesan/{delivery_id:uuid}/selesai", status_code=200, **SUPERVISES)
async def settle(request: Asking, delivery_id: FromPath[UUID]) -> Response[Any]:
    """The recipient of a dead message was told in another way."""

    async def settled(tx: Transaction, _scene: Scene, _form: Form) -> str:
        await service.settle(tx, delivery_id, request.user, request.app.state.house.now())
        return "selesai"

    return await _do(request, settled)


ROUTES: list[ControllerRouterHandler] = [
    page, live, remind, send_again, settle, *(_route(word, deed) for word, deed in DEEDS.items())
]  # fmt: skip
