"""`/lapor/panggil`: a call to 112 from the browser, for whoever has data but no credit. The same queue as every other call."""

import asyncio
import contextlib
from typing import Any

import msgspec
from litestar import Request, Response, get, post

from tanggap.platform.database import DatabaseAway
from tanggap.telephony import service
from tanggap.telephony import store as calls
from tanggap.telephony.announcement import Saying, file_of
from tanggap.telephony.credentials import load_secret, visitor_credentials
from tanggap.telephony.model import UNANSWERED, URGENT_KEY, Direction
from tanggap.telephony.settings import secret_path
from tanggap.web.browser_phone import OneCall, calls_once
from tanggap.web.citizen.headers import private
from tanggap.web.forms import read_form
from tanggap.web.house import House
from tanggap.web.rate_limit import Limit, kept_limit
from tanggap.web.security import who
from tanggap.web.templating import render

#: Where the process keeps how often calls were begun.
LIMIT = "citizen_call_limit"
#: A person whose line breaks calls again, and again; a script calls a hundred times.
BY_BROWSER = Limit(burst=6, per_minute=2)
#: One address: a mobile carrier puts thousands behind one.
BY_ADDRESS = Limit(burst=60, per_minute=30)


class WebCall(OneCall, frozen=True, kw_only=True):
    """What a visitor's browser needs to call 112, once."""

    is_burst: bool  # so many call that «danger now» goes first


@get("/lapor/panggil", **who("anyone"))
async def page(request: Request[Any, Any, Any]) -> Response[str]:
    """The page with one big button. Without scripts it says what else there is."""
    return private(render(request, "citizen/web_call.html"))


@post("/lapor/panggil", status_code=200, **who("anyone"))
async def begin(request: Request[Any, Any, Any]) -> Response[WebCall]:
    """Anonymous credentials for one call, good for ten minutes; with them nothing else can be dialled.

    Raises:
        TooMany: too many calls from this browser or address.
    """
    house: House = request.app.state.house
    kept_limit(request, LIMIT, BY_BROWSER, BY_ADDRESS).check(request)
    made = visitor_credentials(load_secret(secret_path(house.settings)), house.telephony.realm, house.now())
    once = calls_once(house, made, house.telephony.numbers[0])
    is_burst = False
    with contextlib.suppress(DatabaseAway):  # one can call also then
        async with house.db.reading(house.city) as conn:
            is_burst = await calls.burst_since(conn, house.city, "main") is not None
    return private(Response(WebCall(**msgspec.structs.asdict(once), is_burst=is_burst)))


@post("/lapor/panggil/bahaya", status_code=200, **who("anyone"))
async def danger_now(request: Request[Any, Any, Any]) -> Response[dict[str, bool]]:
    """What «tekan 1» is on a telephone: by the name that the browser gave its call, which nobody else knows."""
    house: House = request.app.state.house
    scene, name = await house.scene(), (await read_form(request)).text("panggilan")[:200]
    async with house.db.transaction(house.city) as tx:
        call = await calls.by_sip_id(tx, house.city, name) if name else None
        waits = call is not None and call.direction is Direction.WEB and call.state in UNANSWERED
        if call is not None and waits and not call.is_urgent:
            await service.key_pressed(tx, scene, call.id, URGENT_KEY, house.now())
    return private(Response({"waits": waits}))


@get("/lapor/panggil/pengumuman", **who("anyone"))
async def announcement(request: Request[Any, Any, Any]) -> Response[bytes]:
    """What a caller hears who waits; the browser plays it by itself, because it takes one answer of the centre only.

    204 where nothing can be said (no espeak-ng, and no file of the city's own).
    """
    house: House = request.app.state.house
    file = file_of(house.settings.home / "telephony", house.telephony.queue, Saying.WEB)
    if file is None:
        return Response(b"", status_code=204)
    return Response(await asyncio.to_thread(file.read_bytes), media_type="audio/wav")
