"""`/lapor/panggil`: a call to 112 from the browser, for whoever has data but no credit. The same queue as every other call."""

import asyncio
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, get, post

from tanggap.telephony.announcement import Saying, file_of
from tanggap.telephony.credentials import load_secret, visitor_credentials
from tanggap.telephony.settings import secret_path
from tanggap.web.citizen.headers import private
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


class WebCall(msgspec.Struct, frozen=True):
    """What a visitor's browser needs to call 112, once."""

    address: str
    server: str
    username: str
    password: str
    realm: str
    target: str
    expires_at: datetime


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
    target = f"sip:{house.telephony.numbers[0]}@{made.realm}"
    return private(
        Response(WebCall(made.address, house.telephone, made.username, made.password, made.realm, target, made.expires_at))
    )


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
