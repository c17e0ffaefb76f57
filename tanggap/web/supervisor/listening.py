"""Listening to a call that goes on: rtpengine sends both voices to the supervisor's browser; nothing of theirs goes back."""

import re
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, post
from litestar.params import FromPath

from tanggap.incident.refusals import TanggapRefusal
from tanggap.people.audit import record_access
from tanggap.people.permissions import Act
from tanggap.platform.i18n import N_
from tanggap.telephony import store
from tanggap.telephony.edge.media import Media, MediaFailed
from tanggap.telephony.model import CallState
from tanggap.telephony.recording.service import Audited
from tanggap.web.house import House
from tanggap.web.security import who

Asking = Request[Any, Any, Any]
MAY = who(Act.SUPERVISE)
#: As a browser wants it: encrypted, one port for audio and its control. Rtpengine takes no part in choosing the way (ICE-lite):
#: in a subscription it would think, as the browser does, that the other side chooses; and browsers that are told so twice, once
#: for each voice, turn round twice and never agree.
FOR_BROWSERS: dict[str, Any] = {
    "flags": ["all", "trust address"],
    "replace": ["origin"],
    "ICE": "force",
    "ICE_lite": "forward",
    "DTLS": "passive",
    "SDES": ["off"],
    "rtcp_mux": ["offer", "require"],
    "transport_protocol": "UDP/TLS/RTP/SAVPF",
}
#: And for its answer.
FOR_ANSWERS: dict[str, Any] = {"flags": ["trust address"], "ICE": "force", "rtcp_mux": ["require"], "SDES": ["off"]}
MOST_SDP = 20_000


class CannotListen(TanggapRefusal):
    """The call has just ended, or rtpengine is away."""

    slug = "cannot-listen"
    sentence = N_("Panggilan ini tidak dapat didengarkan: mungkin baru saja berakhir.")


class Offered(msgspec.Struct, frozen=True):
    """What rtpengine would send, and under which name."""

    tag: str
    sdp: str


class Answered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the browser takes of it; without `sdp` it has listened long enough."""

    tag: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    sdp: Annotated[str, msgspec.Meta(max_length=MOST_SDP)] = ""


@post("/pengawas/panggilan/{call_id:uuid}/dengar", status_code=200, **MAY)
async def listen(request: Asking, call_id: FromPath[UUID]) -> Offered:
    """Begin to listen; the audit says so before anything is sent.

    Raises:
        CannotListen: nobody talks, or rtpengine does not answer.
    """
    house: House = request.app.state.house
    async with house.db.transaction(house.city) as tx:
        call = await store.call(tx, house.city, call_id)
        if call.state not in (CallState.TALKING, CallState.HELD):
            raise CannotListen
        detail = {"report": str(call.report)}
        await record_access(tx, house.city, request.user, Audited.LISTENED.value, f"call:{call_id}", detail, house.now())
    told = await _ask(house, "subscribe request", call.sip_id, **FOR_BROWSERS)
    return Offered(str(told["to-tag"]), choosing(str(told["sdp"])))


@post("/pengawas/panggilan/{call_id:uuid}/dengar/jawab", status_code=200, **MAY)
async def answer(request: Asking, call_id: FromPath[UUID]) -> dict[str, bool]:
    """The browser is ready to hear, or has heard enough."""
    house: House = request.app.state.house
    said = msgspec.json.decode(await request.body(), type=Answered)
    async with house.db.reading(house.city) as conn:
        call = await store.call(conn, house.city, call_id)
    if said.sdp:
        await _ask(house, "subscribe answer", call.sip_id, to_tag=said.tag, sdp=said.sdp, **FOR_ANSWERS)
    else:
        await _ask(house, "unsubscribe", call.sip_id, to_tag=said.tag)
    return {"listening": bool(said.sdp)}


def choosing(sdp: str) -> str:
    """A description that tells the browser to choose the way (RFC 8445, 6.1.1): rtpengine 10.5 is lite but does not say so."""
    if "\na=ice-lite" in sdp:
        return sdp
    return re.sub(r"^(t=[^\r\n]*(\r?\n))", r"\1a=ice-lite\2", sdp, count=1, flags=re.MULTILINE)


async def _ask(house: House, command: str, call_id: str, **said: Any) -> dict[str, Any]:
    media = await Media.open(house.telephony.media_port)
    try:
        return await media.ask(command, call_id=call_id, **said)
    except MediaFailed as failed:
        raise CannotListen(why=str(failed)) from failed
    finally:
        media.close()


ROUTES = [listen, answer]
