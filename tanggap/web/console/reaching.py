"""What a call taker sends to a caller, and which steps they take with one who says nothing."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, post
from litestar.exceptions import ClientException
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from tanggap import reaching
from tanggap.notification.model import Channel, DeliveryState
from tanggap.notification.store import ToCaller
from tanggap.notification.texts import Text
from tanggap.platform.i18n import N_, translator
from tanggap.telephony import store as calls
from tanggap.verification.order import SilentStep
from tanggap.verification.service import silent_step
from tanggap.web.console.acts import MAY, Asking, acting, done, house_of
from tanggap.web.forms import read_form
from tanggap.web.templating import locale_of

#: How far a link is, as the lists say it.
LINK_WORDS: dict[DeliveryState, str] = {
    DeliveryState.QUEUED: N_("tautan dikirim"),
    DeliveryState.SENDING: N_("tautan dikirim"),
    DeliveryState.SENT: N_("tautan terkirim"),
    DeliveryState.DELIVERED: N_("tautan sampai"),
    DeliveryState.DEAD: N_("tautan gagal"),
    DeliveryState.SETTLED: N_("tautan gagal"),
}
ON_SCREEN = N_("tautan siap dikirim dari ponsel Anda")
SENDING = N_("Tautan dikirim ke nomor pelapor.")
BY_YOURSELF = N_("Belum ada gerbang SMS: kirim pesannya dari ponsel Anda.")


class Reached(msgspec.Struct, frozen=True):
    """What became of a link: who carries it, and the text where the call taker must send it themselves."""

    report: UUID
    channel: Channel
    said: str
    text: str = ""


def link_words(state: DeliveryState | None, channel: Channel | None) -> str:
    """How far a link is; '' when none was sent."""
    if state is None:
        return ""
    return ON_SCREEN if channel is Channel.SCREEN else LINK_WORDS[state]


def _reached(request: Asking, sent: ToCaller, text: Text) -> Reached:
    is_own = sent.channel is Channel.SCREEN
    said = translator(locale_of(request))(BY_YOURSELF if is_own else SENDING)
    return Reached(sent.report, sent.channel, said, text.text if is_own else "")


@post("/konsol/telepon/kembali/{call_id:uuid}/tautan", status_code=200, **MAY)
async def send_report_link(request: Asking, call_id: FromPath[UUID]) -> Reached:
    """Send the address of /lapor to a caller who was not heard."""
    house = house_of(request)
    async with acting(request) as (tx, scene, _, now):
        report = (await calls.call(tx, house.city, call_id)).report
        sent, text = await reaching.send_report_link(
            tx, scene, house.settings.public_url, house.way_to_callers, report, request.user, now
        )
    return _reached(request, sent, text)


@post("/konsol/{report_id:uuid}/tautan/kirim", status_code=200, **MAY)
async def send_point_link(request: Asking, report_id: FromPath[UUID]) -> Response[Any]:
    """Send the address at which the caller's phone sends its point."""
    house = house_of(request)
    async with acting(request) as (tx, scene, _, now):
        sent, text = await reaching.send_point_link(
            tx, scene, house.settings.public_url, house.way_to_callers, report_id, request.user, now
        )
    return done(request, report_id, _reached(request, sent, text).said)


@post("/konsol/{report_id:uuid}/diam", status_code=200, **MAY)
async def take_silent_step(request: Asking, report_id: FromPath[UUID]) -> Response[Any]:
    """A step with a caller who says nothing was taken."""
    form = await read_form(request)
    try:
        taken = SilentStep(form.text("langkah"))
    except ValueError as error:
        raise ClientException("no such step") from error
    async with acting(request) as (tx, scene, by, now):
        await silent_step(tx, scene.city, report_id, taken, by, now)
    return done(request, report_id)


ROUTES: list[ControllerRouterHandler] = [send_report_link, send_point_link, take_silent_step]
