"""Speaking beside a call that goes on: to the call taker alone (a whisper), or to everybody on it.

The voice itself comes by a call of its own to the desk's browser; here it is said who may make it, and written down that it was.
"""

from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Request, post
from litestar.params import FromPath

from tanggap.incident.refusals import TanggapRefusal
from tanggap.people.audit import record_access
from tanggap.people.permissions import Act
from tanggap.platform.i18n import N_
from tanggap.scene import actor_of
from tanggap.telephony import passing, store
from tanggap.telephony.credentials import Beside, beside_credentials, load_secret
from tanggap.telephony.model import CallState
from tanggap.telephony.recording.service import Audited
from tanggap.telephony.settings import secret_path
from tanggap.web.browser_phone import OneCall, calls_once
from tanggap.web.house import House
from tanggap.web.security import who

MAY = who(Act.SUPERVISE)
_AUDITED: Final = {Beside.WHISPER: Audited.WHISPERED, Beside.JOIN: Audited.JOINED}


class CannotSpeak(TanggapRefusal):
    """Nobody of the centre talks in this call (any more)."""

    slug = "cannot-speak"
    sentence = N_("Tidak ada petugas yang sedang bicara dalam panggilan ini.")


class Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who shall hear it."""

    cara: Beside


@post("/pengawas/panggilan/{call_id:uuid}/bicara", status_code=200, **MAY)
async def speak(request: Request[Any, Any, Any], call_id: FromPath[UUID]) -> OneCall:
    """Begin to speak; audit and timeline say so before anything is heard.

    Raises:
        CannotSpeak: the call is over, or somebody outside the centre has it.
    """
    house: House = request.app.state.house
    manner = msgspec.json.decode(await request.body(), type=Wish).cara
    scene, now = await house.scene(), house.now()
    async with house.db.transaction(house.city) as tx:
        call = await store.call(tx, house.city, call_id)
        if call.state not in (CallState.TALKING, CallState.HELD) or call.operator is None:
            raise CannotSpeak
        detail = {"report": str(call.report)}
        await record_access(tx, house.city, request.user, _AUDITED[manner].value, f"call:{call_id}", detail, now)
        await passing.supervisor_speaks(tx, scene, call_id, actor_of(request.user), now, to_both=manner is Beside.JOIN)
    made = beside_credentials(load_secret(secret_path(house.settings)), call.operator, manner, house.telephony.realm, now)
    return calls_once(house, made, call.operator.hex)


ROUTES = [speak]
