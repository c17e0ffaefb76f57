"""`/kontak`: the contacts of all agencies, whether each can be reached, and the key of a webhook."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tanggap.notification import store as deliveries
from tanggap.notification.contacts import service, store
from tanggap.notification.contacts.model import TYPED, Contact, UnfitAddress
from tanggap.notification.model import CHANNEL_WORDS, STATE_WORDS, STEP_WORDS, Channel, ContactStep
from tanggap.notification.settings import CHANNEL_OF, notification_settings
from tanggap.people.audit import record_access
from tanggap.people.permissions import Act
from tanggap.platform.database import Transaction
from tanggap.platform.i18n import N_
from tanggap.platform.refusals import Refusal
from tanggap.platform.settings import SettingsError
from tanggap.telling import try_contact
from tanggap.web.errors import problem_of
from tanggap.web.forms import Form, read_form
from tanggap.web.house import House
from tanggap.web.security import who
from tanggap.web.supervisor.view import names
from tanggap.web.templating import locale_of, render

Asking = Request[Any, Any, Any]
KEEPS = who(Act.KEEP_CONTACTS)
DONE_WORDS = {
    "tambah": N_("Kontak ditambahkan. Kirim pesan uji coba untuk memastikan kontak ini dapat dihubungi."),
    "ubah": N_("Kontak diubah."),
    "hapus": N_("Kontak dihapus."),
    "pulih": N_("Kontak dipulihkan."),
    "uji": N_("Pesan uji coba dikirim; hasilnya muncul di baris kontak ini."),
}
#: What takes each act back.
UNDONE_BY = {"tambah": "hapus", "hapus": "pulih"}
NO_FORM = Form()


@get("/kontak", **KEEPS)
async def page(request: Asking) -> Response[Any]:
    """The list, and a form for one more."""
    return await _page(request)


async def _page(
    request: Asking, *, status: int = 200, refusal: Refusal | None = None, form: Form = NO_FORM, key: str = ""
) -> Response[Any]:
    house: House = request.app.state.house
    scene, query = await house.scene(), request.query_params
    agency = form.text("instansi") or query.get("instansi", "")
    agency = agency if agency in scene.catalogue.agencies_by_code else ""
    async with house.db.reading(house.city) as conn:
        contacts = await store.of_agencies(conn, house.city, agency or None)
        trials = await deliveries.latest_trials(conn, house.city, [one.id for one in contacts])
    try:
        carried = {CHANNEL_OF[type(one)] for one in notification_settings(house.settings).provider}
    except SettingsError:
        carried = set()
    done = query.get("pesan", "") if refusal is None and not key else ""
    without = [one for one in scene.catalogue.agencies if one.active and one.code not in {c.agency for c in contacts}]
    return render(
        request, "contacts/page.html", status=status, refusal=refusal, form=form, key=key, contacts=contacts, trials=trials,
        agency=agency, without=[] if agency else without, agencies=[one for one in scene.catalogue.agencies if one.active],
        channels=TYPED, uncarried=[one for one in TYPED if one not in carried and one is not Channel.WEBHOOK],
        steps=list(ContactStep), channel_words=CHANNEL_WORDS, step_words=STEP_WORDS, state_words=STATE_WORDS,
        done=DONE_WORDS.get(done), undo=UNDONE_BY.get(done), about=query.get("kontak", ""),
        **names(scene.catalogue, locale_of(request)),
    )  # fmt: skip


def _back(word: str, contact: Contact) -> Response[Any]:
    query = urlencode({"pesan": word, "kontak": str(contact.id)})
    return Redirect(f"/kontak?{query}#kontak-{contact.id}", status_code=303)


@post("/kontak", status_code=200, **KEEPS)
async def add(request: Asking) -> Response[Any]:
    """One contact more. A refusal keeps what was typed."""
    house: House = request.app.state.house
    form, scene = await read_form(request), await house.scene()
    try:
        agency, step, channel = form.text("instansi"), _step(form), form.text("saluran")
        if agency not in scene.catalogue.agencies_by_code or channel not in {one.value for one in TYPED}:
            raise UnfitAddress
        async with house.db.transaction(house.city) as tx:
            contact = await service.add_of_agency(
                tx, house.city, house.keyring, agency, step, form.text("nama"), Channel(channel), form.text("alamat"),
                request.user, house.now(),
            )  # fmt: skip
    except Refusal as refusal:
        return await _page(request, status=problem_of(refusal)[0].status, refusal=refusal, form=form)
    return _back("tambah", contact)


def _step(form: Form) -> ContactStep:
    said = form.text("urutan")
    return ContactStep(said) if said in {step.value for step in ContactStep} else ContactStep.DUTY


Deed = Callable[[Transaction, House, UUID, Form, Any], Awaitable[Contact]]


async def _change(tx: Transaction, house: House, contact: UUID, form: Form, by: Any) -> Contact:
    return await service.change_of_agency(tx, house.city, contact, form.text("nama"), _step(form), by, house.now())


async def _remove(tx: Transaction, house: House, contact: UUID, form: Form, by: Any) -> Contact:
    return await service.switch_of_agency(tx, house.city, contact, by, house.now(), active=False)


async def _restore(tx: Transaction, house: House, contact: UUID, form: Form, by: Any) -> Contact:
    return await service.switch_of_agency(tx, house.city, contact, by, house.now(), active=True)


async def _try(tx: Transaction, house: House, contact_id: UUID, form: Form, by: Any) -> Contact:
    contact = await store.one_of_agency(tx, house.city, contact_id)
    await try_contact(tx, await house.scene(), contact, house.now())
    detail = {"channel": contact.channel.value, "agency": contact.agency, "masked": contact.address_masked}
    await record_access(tx, house.city, by, service.Audited.TRIED.value, f"contact:{contact.id}", detail, house.now())
    return contact


#: The buttons of a contact: the last part of their address, and what they do.
DEEDS: dict[str, Deed] = {"ubah": _change, "hapus": _remove, "pulih": _restore, "uji": _try}


def _route(word: str, deed: Deed) -> ControllerRouterHandler:
    @post(f"/kontak/{{contact_id:uuid}}/{word}", status_code=200, name=f"contact_{word}", **KEEPS)
    async def act(request: Asking, contact_id: FromPath[UUID]) -> Response[Any]:
        """Do one thing with a contact."""
        house: House = request.app.state.house
        form = await read_form(request)
        try:
            async with house.db.transaction(house.city) as tx:
                contact = await deed(tx, house, contact_id, form, request.user)
        except Refusal as refusal:
            return await _page(request, status=problem_of(refusal)[0].status, refusal=refusal)
        return _back(word, contact)

    return act


@post("/kontak/{webhook_id:uuid}/kunci", status_code=200, **KEEPS)
async def show_key(request: Asking, webhook_id: FromPath[UUID]) -> Response[Any]:
    """The key by which an agency's program checks our calls: shown on this answer alone, and audited."""
    house: House = request.app.state.house
    try:
        async with house.db.transaction(house.city) as tx:
            contact = await store.one_of_agency(tx, house.city, webhook_id)
            if contact.channel is not Channel.WEBHOOK:
                raise UnfitAddress
            key = await service.webhook_key(tx, house.city, house.keyring, webhook_id, request.user, house.now())
    except Refusal as refusal:
        return await _page(request, status=problem_of(refusal)[0].status, refusal=refusal)
    return await _page(request, key=key)


ROUTES: list[ControllerRouterHandler] = [page, add, *(_route(word, deed) for word, deed in DEEDS.items()), show_key]
