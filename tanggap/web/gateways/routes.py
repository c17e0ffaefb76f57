"""`/gerbang`: what providers tell us. No session: an address that nobody can guess, or a signature of the body.

What is told is kept and committed before it is acknowledged; a provider whose call failed calls again.
"""

import hmac
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from tanggap.incident.refusals import NotFound
from tanggap.notification.channels.http_sms import read_callback
from tanggap.notification.channels.making import GATEWAY
from tanggap.notification.channels.whatsapp import is_signed, read_webhook
from tanggap.notification.inbox.service import keeper
from tanggap.notification.settings import HttpSms, Provider, WhatsApp, notification_settings, secret_of
from tanggap.platform.settings import SettingsError
from tanggap.web.forms import read_form
from tanggap.web.house import House
from tanggap.web.security import who

Asking = Request[Any, Any, Any]
SIGNED = who("anyone", signed=True)
#: The largest call of a provider's, bytes.
LARGEST_CALL = 1_000_000
Kind = TypeVar("Kind", bound=Provider)


def _provider(house: House, name: str, kind: type[Kind]) -> Kind:
    """A provider of `notifications.toml`. Raises NotFound."""
    try:
        listed = notification_settings(house.settings).provider
    except SettingsError as error:
        raise NotFound(kind="provider") from error
    found = next((one for one in listed if one.name == name and isinstance(one, kind)), None)
    if found is None:
        raise NotFound(kind="provider")
    return found


async def _told_by_gateway(request: Asking, name: str, signature: str) -> Response[str]:
    house: House = request.app.state.house
    if not house.keyring.verify(GATEWAY, name, signature):
        raise NotFound(kind="provider")
    said = _provider(house, name, HttpSms)
    brought = read_callback(said, await _fields(request))
    await keeper(house.db, house.city, house.keyring, house.now)(name, brought)
    return Response("ok", media_type=MediaType.TEXT)


async def _fields(request: Asking) -> Mapping[str, str]:
    """What a call says: in its query, as a form, or as JSON of one level."""
    said = {name: str(value) for name, value in request.query_params.items()}
    if request.method == "GET":
        return said
    form = await read_form(request)
    said |= {name: values[0] for name, values in form.texts.items() if values}
    if request.content_type[0] == "application/json":
        try:
            told = msgspec.json.decode(await request.body())
        except (msgspec.DecodeError, RecursionError):
            told = None
        if isinstance(told, dict):
            said |= {str(name): str(value) for name, value in told.items() if isinstance(value, str | int | float)}
    return said


@get("/gerbang/{provider:str}/{signature:str}", **SIGNED)
async def gateway_asks(request: Asking, provider: FromPath[str], signature: FromPath[str]) -> Response[str]:
    """A gateway that tells by GET."""
    return await _told_by_gateway(request, provider, signature)


@post("/gerbang/{provider:str}/{signature:str}", status_code=200, request_max_body_size=LARGEST_CALL, **SIGNED)
async def gateway_tells(request: Asking, provider: FromPath[str], signature: FromPath[str]) -> Response[str]:
    """A gateway that tells by POST."""
    return await _told_by_gateway(request, provider, signature)


@get("/gerbang/{provider:str}", **SIGNED)
async def whatsapp_asks(request: Asking, provider: FromPath[str]) -> Response[str]:
    """Meta asks once whether this address is ours, with a word that was agreed on."""
    house: House = request.app.state.house
    said = _provider(house, provider, WhatsApp)
    try:
        agreed = secret_of(house.settings, said.verify_token_file) if said.verify_token_file else ""
    except SettingsError:
        agreed = ""
    query = request.query_params
    sent = query.get("hub.verify_token", "").encode("utf-8", "surrogatepass")
    if not agreed or query.get("hub.mode") != "subscribe" or not hmac.compare_digest(agreed.encode(), sent):
        raise NotFound(kind="provider")
    return Response(query.get("hub.challenge", "")[:200], media_type=MediaType.TEXT)


@post("/gerbang/{provider:str}", status_code=200, request_max_body_size=LARGEST_CALL, **SIGNED)
async def whatsapp_tells(request: Asking, provider: FromPath[str]) -> Response[str]:
    """Meta tells of messages and of what became of ours."""
    house: House = request.app.state.house
    said = _provider(house, provider, WhatsApp)
    body = await request.body()
    try:
        secret = secret_of(house.settings, said.app_secret_file)
    except SettingsError as error:
        raise NotFound(kind="provider") from error
    if not is_signed(secret, body, request.headers.get("x-hub-signature-256", "")):
        raise NotFound(kind="provider")
    try:
        told = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        told = None
    await keeper(house.db, house.city, house.keyring, house.now)(provider, read_webhook(told))
    return Response("ok", media_type=MediaType.TEXT)


ROUTES: list[ControllerRouterHandler] = [gateway_asks, gateway_tells, whatsapp_asks, whatsapp_tells]
