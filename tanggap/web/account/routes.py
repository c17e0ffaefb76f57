"""`/akun`: one's own addresses, notices in this browser, and the short address that stands in messages (`/t/42`)."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tanggap.answering import assignment_for
from tanggap.incident import store as rows
from tanggap.incident.refusals import NotFound
from tanggap.notification.channels.push import public_key, signing_key
from tanggap.notification.contacts import service, store
from tanggap.notification.contacts.model import Contact, UnfitAddress
from tanggap.notification.model import CHANNEL_WORDS, Channel
from tanggap.people.model import Person
from tanggap.people.permissions import Act, may
from tanggap.platform.i18n import N_
from tanggap.platform.refusals import Refusal
from tanggap.web.errors import problem_of
from tanggap.web.forms import Form, read_form
from tanggap.web.house import House
from tanggap.web.security import who
from tanggap.web.templating import STATIC, render

Asking = Request[Any, Any, Any]
OWN = who("signed_in")
#: What people of the centre may enter for themselves; a browser enters itself.
CHANNELS = (Channel.SMS, Channel.WHATSAPP, Channel.EMAIL)
DONE_WORDS = {
    "tambah": N_("Alamat ditambahkan."),
    "hapus": N_("Alamat dihapus."),
    "pulih": N_("Alamat dipulihkan."),
}
UNDONE_BY = {"tambah": "hapus", "hapus": "pulih"}
NO_FORM = Form()


@get("/akun", **OWN)
async def page(request: Asking) -> Response[Any]:
    """One's own addresses."""
    return await _page(request)


async def _page(request: Asking, *, status: int = 200, refusal: Refusal | None = None, form: Form = NO_FORM) -> Response[Any]:
    house: House = request.app.state.house
    person: Person = request.user
    async with house.db.reading(house.city) as conn:
        contacts = await store.of_person(conn, house.city, person.id)
    query = request.query_params
    done = query.get("pesan", "") if refusal is None else ""
    return render(
        request, "account/page.html", status=status, refusal=refusal, form=form, contacts=contacts,
        channels=CHANNELS if person.agency is None else (), channel_words=CHANNEL_WORDS, done=DONE_WORDS.get(done),
        undo=UNDONE_BY.get(done), about=query.get("kontak", ""), push_key=public_key(signing_key(house.keyring)),
    )  # fmt: skip


@post("/akun/kontak", status_code=200, **OWN)
async def add(request: Asking) -> Response[Any]:
    """One address more. A refusal keeps what was typed. A browser sends its own, and reads a sentence."""
    house: House = request.app.state.house
    form = await read_form(request)
    person: Person = request.user
    said = form.text("saluran")
    try:
        allowed = {*(CHANNELS if person.agency is None else ()), Channel.PUSH}
        if said not in {channel.value for channel in allowed}:
            raise UnfitAddress
        async with house.db.transaction(house.city) as tx:
            contact = await service.add_of_person(tx, house.keyring, person, Channel(said), form.text("alamat"), house.now())
    except Refusal as refusal:
        return await _page(request, status=problem_of(refusal)[0].status, refusal=refusal, form=form)
    return _back("tambah", contact)


def _back(word: str, contact: Contact) -> Response[Any]:
    return Redirect(f"/akun?{urlencode({'pesan': word, 'kontak': str(contact.id)})}", status_code=303)


async def _switch(request: Asking, contact_id: UUID, word: str, *, active: bool) -> Response[Any]:
    house: House = request.app.state.house
    try:
        async with house.db.transaction(house.city) as tx:
            contact = await service.switch_of_person(tx, request.user, contact_id, house.now(), active=active)
    except Refusal as refusal:
        return await _page(request, status=problem_of(refusal)[0].status, refusal=refusal)
    return _back(word, contact)


@post("/akun/kontak/{contact_id:uuid}/hapus", status_code=200, **OWN)
async def remove(request: Asking, contact_id: FromPath[UUID]) -> Response[Any]:
    """Take an address away."""
    return await _switch(request, contact_id, "hapus", active=False)


@post("/akun/kontak/{contact_id:uuid}/pulih", status_code=200, **OWN)
async def restore(request: Asking, contact_id: FromPath[UUID]) -> Response[Any]:
    """Bring it back."""
    return await _switch(request, contact_id, "pulih", active=True)


@get("/t/{number:int}", **who(Act.ANSWER_ASSIGNMENT, Act.SUPERVISE))
async def short(request: Asking, number: FromPath[int]) -> Response[Any]:
    """The address in a message: the agency's own assignment of that incident, or the supervisor's page of it."""
    house: House = request.app.state.house
    scene, person = await house.scene(), request.user
    if not 0 < number < 2**31:
        raise NotFound(kind="incident")
    async with house.db.transaction(house.city) as tx:
        if person.agency is not None:
            return Redirect(f"/instansi/{await assignment_for(tx, scene, number, person.agency)}", status_code=303)
        incident = await rows.incident_by_number(tx, house.city, number)
    return Redirect(f"/pengawas/{incident.id}" if may(person, Act.SUPERVISE) else "/", status_code=303)


@get("/notifikasi.js", **who("anyone", plain=True))
async def service_worker() -> Response[bytes]:
    """The part of a browser that shows notices while no page is open. It must stand at the root to speak for all pages."""
    body = (STATIC / "js" / "service-worker.js").read_bytes()
    return Response(body, media_type="text/javascript", headers={"cache-control": "no-cache"})


ROUTES: list[ControllerRouterHandler] = [page, add, remove, restore, short, service_worker]
