"""Cross-site request forgery: a token in every form, bound to the session or to the anonymous browser, and the request's origin.

The token is an HMAC of what it is bound to, behind a random mask, so that it differs on every page and compression tells
nothing about it (BREACH). It is sent as the field `_csrf_token` or the header `x-csrftoken`.
"""

import base64
import binascii
import hmac
import os
import secrets
from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection, Request

from tanggap.people.model import Session
from tanggap.platform.i18n import N_
from tanggap.platform.refusals import Refusal
from tanggap.platform.secrets import Keyring
from tanggap.web.forms import read_form

FIELD = "_csrf_token"
HEADER = "x-csrftoken"
COOKIE = "tanggap_csrf"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
TOKEN_BYTES = 32
#: Where the request keeps a browser's new random value until the answer sets it as a cookie.
NEW_COOKIE = "tanggap_new_csrf_cookie"


class ForgedRequest(Refusal):
    """The request did not come from a page of ours, or the page is older than the sign-in."""

    slug = "forged-request"
    sentence = N_("Halaman ini sudah kedaluwarsa. Kembali, muat ulang halaman, lalu kirim sekali lagi.")


def csrf_token(connection: ASGIConnection[Any, Any, Any, Any], keyring: Keyring) -> str:
    """The token for the next form of this browser."""
    plain = keyring.hash("csrf", _binding(connection))
    pad = os.urandom(len(plain))
    return base64.urlsafe_b64encode(pad + _xor(pad, plain)).decode()


async def check_csrf(request: Request[Any, Any, Any], keyring: Keyring, public_url: str) -> None:
    """Raises ForgedRequest unless an unsafe request came from a page of ours."""
    if request.method in SAFE_METHODS:
        return
    if not _is_from_here(request, public_url):
        raise ForgedRequest
    sent = request.headers.get(HEADER) or (await read_form(request)).text(FIELD)
    if not _is_ours(sent, keyring.hash("csrf", _binding(request))):
        raise ForgedRequest


def _binding(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    session = connection.scope.get("auth")
    if isinstance(session, Session):
        return f"session {session.token_hash.hex()}"
    state = connection.scope["state"]
    value = state.get(NEW_COOKIE) or connection.cookies.get(COOKIE)
    if not value:
        value = state[NEW_COOKIE] = secrets.token_urlsafe(TOKEN_BYTES)
    return f"browser {value}"


def _is_from_here(request: Request[Any, Any, Any], public_url: str) -> bool:
    """What the browser itself says about where the request comes from; a browser that says nothing has its token only."""
    site = request.headers.get("sec-fetch-site")
    if site:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    if not origin:
        return True
    if origin == "null":  # older browsers on a page without referrer: the citizen's, where there is no session to abuse
        return request.scope.get("auth") is None
    try:
        host = urlsplit(origin).netloc
    except ValueError:
        return False
    return bool(host) and host in (request.headers.get("host"), urlsplit(public_url).netloc)


def _is_ours(sent: str, plain: bytes) -> bool:
    try:
        masked = base64.urlsafe_b64decode(sent.encode("ascii"))
    except (binascii.Error, ValueError):
        return False
    half = len(plain)
    return len(masked) == 2 * half and hmac.compare_digest(_xor(masked[:half], masked[half:]), plain)


def _xor(one: bytes, two: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, two, strict=True))
