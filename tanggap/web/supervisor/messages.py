"""`/pengawas/pesan`: what was to be told to whom, the dead first; and what was answered. One key for each act, and one back."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tanggap.notification import service, store
from tanggap.notification.inbox import model as inbox_model
from tanggap.notification.inbox import store as inbox
from tanggap.notification.model import CHANNEL_WORDS, STATE_WORDS, Channel, Delivery, DeliveryState
from tanggap.people.model import Person
from tanggap.people.permissions import Act
from tanggap.platform.database import Transaction
from tanggap.platform.i18n import N_
from tanggap.platform.refusals import Refusal
from tanggap.web.errors import problem_of
from tanggap.web.house import House
from tanggap.web.security import who
from tanggap.web.supervisor.view import names
from tanggap.web.templating import locale_of, render

Asking = Request[Any, Any, Any]
SUPERVISES = who(Act.SUPERVISE)
MOST_SHOWN, MOST_INBOUND = 100, 30
DONE_WORDS = {
    "ambil": N_("Pesan ini kini tanggungan Anda; alarmnya berhenti."),
    "lepas": N_("Pesan ini dilepas lagi; alarm berlanjut sampai ada yang mengambil."),
    "kirim": N_("Pesan dikirim ulang."),
    "beres": N_("Pesan ditandai sudah dibereskan dengan cara lain."),
    "batal": N_("Tanda beres dicabut."),
    "baca": N_("Pemberitahuan ditandai sudah dibaca."),
}
#: What takes each act back.
UNDONE_BY = {"ambil": "lepas", "beres": "batal"}


@get("/pengawas/pesan", **SUPERVISES)
async def page(request: Asking) -> Response[Any]:
    """The list."""
    return await _page(request, "supervisor/messages.html")


@get("/pengawas/pesan/langsung", **SUPERVISES)
async def live_part(request: Asking) -> Response[Any]:
    """The list alone, for a script that asks again and again."""
    return await _page(request, "supervisor/_messages.html")


async def _page(request: Asking, template: str, *, status: int = 200, refusal: Refusal | None = None) -> Response[Any]:
    house: House = request.app.state.house
    scene, query = await house.scene(), request.query_params
    state, channel, agency = query.get("keadaan", ""), query.get("saluran", ""), query.get("instansi", "")
    state = state if state in {one.value for one in DeliveryState} else ""
    channel = channel if channel in {one.value for one in Channel} else ""
    agency = agency if agency in scene.catalogue.agencies_by_code else ""
    async with house.db.reading(house.city) as conn:
        found = await store.page(conn, house.city, state, channel, agency, MOST_SHOWN)
        dead = await store.undelivered(conn, house.city)
        providers = await store.provider_states(conn, house.city)
        inbound = await inbox.latest(conn, house.city, MOST_INBOUND)
        owners = await store.names_of(conn, house.city, [one.owner for one in found if one.owner])
    done = query.get("pesan", "") if refusal is None else ""
    return render(
        request, template, status=status, refusal=refusal, deliveries=found, dead=dead, inbound=inbound, owners=owners,
        providers=[one for one in providers if one.retry_at is not None], state=state, channel=channel, agency=agency,
        done=DONE_WORDS.get(done), undo=UNDONE_BY.get(done), about=query.get("kiriman", ""), channel_words=CHANNEL_WORDS,
        state_words=STATE_WORDS, inbound_words=inbox_model.STATE_WORDS,
        agencies=[one for one in scene.catalogue.agencies if one.active], **names(scene.catalogue, locale_of(request)),
    )  # fmt: skip


Deed = Callable[[Transaction, UUID, Person, Any], Awaitable[Delivery]]
#: The buttons of a message: the last part of their address, and what they do.
DEEDS: dict[str, Deed] = {
    "ambil": service.take,
    "lepas": service.give_up,
    "kirim": service.resend,
    "beres": service.settle,
    "batal": service.unsettle,
}


def _route(word: str, deed: Deed) -> ControllerRouterHandler:
    @post(f"/pengawas/pesan/{{delivery_id:uuid}}/{word}", status_code=200, name=f"delivery_{word}", **SUPERVISES)
    async def act(request: Asking, delivery_id: FromPath[UUID]) -> Response[Any]:
        """Do one thing about a message."""
        house: House = request.app.state.house
        try:
            async with house.db.transaction(house.city) as tx:
                await deed(tx, delivery_id, request.user, house.now())
        except Refusal as refusal:
            return await _page(request, "supervisor/messages.html", status=problem_of(refusal)[0].status, refusal=refusal)
        return Redirect(f"/pengawas/pesan?{urlencode({'pesan': word, 'kiriman': str(delivery_id)})}", status_code=303)

    return act


@post("/pengawas/pesan/{centre_notice_id:uuid}/baca", status_code=303, **SUPERVISES)
async def read(request: Asking, centre_notice_id: FromPath[UUID]) -> Response[Any]:
    """A notice on the centre's screen was read."""
    house: House = request.app.state.house
    async with house.db.transaction(house.city) as tx:
        await service.read_on_screen(tx, house.city, centre_notice_id, None, house.now())
    return Redirect("/pengawas", status_code=303)


@post("/pengawas/pesan/baca", status_code=303, **SUPERVISES)
async def read_all(request: Asking) -> Response[Any]:
    """Whatever stands on the centre's screen was read; all of it stays in the list of messages."""
    house: House = request.app.state.house
    async with house.db.transaction(house.city) as tx:
        await store.read_all_on_screen(tx, house.city, house.now())
    return Redirect("/pengawas", status_code=303)


ROUTES: list[ControllerRouterHandler] = [page, live_part, *(_route(word, deed) for word, deed in DEEDS.items()), read, read_all]
