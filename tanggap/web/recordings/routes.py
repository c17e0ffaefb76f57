"""`/rekaman`: each play begins with a request that is audited; what it answers opens the audio for this person, for a while."""

import asyncio
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from tanggap.incident.refusals import NotFound
from tanggap.people.permissions import Act
from tanggap.platform.logs import Log
from tanggap.platform.secrets import Unreadable
from tanggap.telephony.recording import service
from tanggap.telephony.recording.vault import length, unseal
from tanggap.telephony.recording.wav import needed, played, played_size
from tanggap.web.assets import wanted_range
from tanggap.web.forms import read_form
from tanggap.web.house import House
from tanggap.web.prepared import AS_IS
from tanggap.web.security import who
from tanggap.web.supervisor.refusals import ReasonMissing

Asking = Request[Any, Any, Any]
log = Log("recordings")

PURPOSE: Final = "recording play"
#: One play may be listened to, and jumped about in, for this long.
LASTS: Final = timedelta(minutes=30)
#: An open-ended range is answered in parts of this size: five and a half minutes of two voices are 10 MB.
MOST_AT_ONCE: Final = 1 << 20
HEADERS: Final = {
    "accept-ranges": "bytes",
    "cache-control": "no-store",
    "content-disposition": 'inline; filename="rekaman.wav"',
    "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
}


@post("/rekaman/{recording_id:uuid}/putar", status_code=200, **who(Act.TAKE_CALLS, Act.HEAR_RECORDINGS))
async def play(request: Asking, recording_id: FromPath[UUID]) -> dict[str, str]:
    """Say who listens, and give the address at which they can."""
    house: House = request.app.state.house
    now = house.now()
    async with house.db.transaction(house.city) as tx:
        await service.hear(tx, house.city, recording_id, request.user, now)
    until = int((now + LASTS).timestamp())
    return {"address": f"/rekaman/{recording_id}?sampai={until}&bukti={_proof(house, recording_id, request.user.id, until)}"}


@get("/rekaman/{recording_id:uuid}", **who(Act.TAKE_CALLS, Act.HEAR_RECORDINGS))
async def audio(
    request: Asking, recording_id: FromPath[UUID], sampai: FromQuery[str] = "", bukti: FromQuery[str] = ""
) -> Response[bytes]:
    """The audio as a WAV of 16 bit, the caller left, the desk right; in parts where they are asked for."""
    house: House = request.app.state.house
    until = int(sampai) if sampai.isascii() and sampai.isdigit() and len(sampai) < 12 else 0
    sound = house.keyring.verify(PURPOSE, _said(recording_id, request.user.id, until), bukti)
    if not sound or until < house.now().timestamp():
        raise NotFound(kind="recording")
    path = house.recordings.file_of(recording_id)
    try:
        kept = await asyncio.to_thread(length, path)
        size = played_size(kept)
        span = wanted_range(request.headers.get("range"), size)
        if span is not None and span[0] > span[1]:
            return Response(b"", status_code=416, headers={**HEADERS, "content-range": f"bytes */{size}"}, media_type="audio/wav")
        first, last = (0, size - 1) if span is None else (span[0], min(span[1], span[0] + MOST_AT_ONCE - 1))
        low, high = needed(first, last, kept)
        alaw = await asyncio.to_thread(unseal, house.keyring, path, recording_id, low, high) if high >= low else b""
    except FileNotFoundError as gone:
        raise NotFound(kind="recording") from gone
    except Unreadable as broken:
        log.error("a recording cannot be opened", recording=str(recording_id), why=str(broken))
        raise NotFound(kind="recording") from broken
    body = await asyncio.to_thread(played, first, last, kept, alaw)
    if span is None:
        return Response(body, headers=HEADERS, media_type="audio/wav")
    return Response(
        body, status_code=206, headers={**HEADERS, "content-range": f"bytes {first}-{last}/{size}"}, media_type="audio/wav"
    )


audio.opt[AS_IS] = True


@post("/rekaman/{recording_id:uuid}/tahan", status_code=200, **who(Act.SUPERVISE))
async def hold(request: Asking, recording_id: FromPath[UUID]) -> dict[str, bool]:
    """Keep it beyond its time, with a reason."""
    house: House = request.app.state.house
    reason = (await read_form(request)).text("alasan").strip()
    if not reason:
        raise ReasonMissing
    async with house.db.transaction(house.city) as tx:
        await service.hold(tx, house.city, recording_id, request.user, reason, house.now())
    return {"held": True}


@post("/rekaman/{recording_id:uuid}/lepas", status_code=200, **who(Act.SUPERVISE))
async def release(request: Asking, recording_id: FromPath[UUID]) -> dict[str, bool]:
    """Let the rule for its age apply again."""
    house: House = request.app.state.house
    async with house.db.transaction(house.city) as tx:
        await service.release(tx, house.city, recording_id, request.user, house.now())
    return {"held": False}


def _said(recording: UUID, person: UUID, until: int) -> str:
    return f"{recording} {person} {until}"


def _proof(house: House, recording: UUID, person: UUID, until: int) -> str:
    return house.keyring.sign(PURPOSE, _said(recording, person, until))


ROUTES: list[ControllerRouterHandler] = [play, audio, hold, release]
