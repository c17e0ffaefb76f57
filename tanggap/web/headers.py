"""What every answer says to the browser about itself: what it may load, who may frame it, whether it may be kept."""

from litestar.datastructures import Cookie, MutableScopeHeaders
from litestar.types import Message, Scope

from tanggap.platform.settings import Settings
from tanggap.web import csrf

#: What a page may load. `connect-src` gets one address more: the edge's WebSocket, to which the browsers' telephones connect.
POLICY = (
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "worker-src 'self' blob:",
    "connect-src 'self'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
)
_ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "geolocation=(self), camera=(self), microphone=(self), payment=(), usb=()",
    "cache-control": "no-store",
}
#: Two years, as the preload list wants.
STRICT_TRANSPORT = "max-age=63072000; includeSubDomains"
Headers = tuple[tuple[bytes, bytes], ...]


def content_security_policy(telephone: str) -> str:
    """The policy of an installation whose telephones connect to the WebSocket `telephone`."""
    return "; ".join(f"{rule} {telephone}" if rule.startswith("connect-src") else rule for rule in POLICY)


def headers_of(settings: Settings, telephone: str) -> Headers:
    """What every answer of an installation carries, as it goes over the wire: made once."""
    always = {"content-security-policy": content_security_policy(telephone), **_ALWAYS}
    if settings.secure:
        always["strict-transport-security"] = STRICT_TRANSPORT
    return tuple((name.encode(), value.encode()) for name, value in always.items())


async def secure_answer(message: Message, scope: Scope) -> None:
    """Before an answer is sent: add the headers that it lacks, and the browser's new CSRF cookie if a page made one."""
    if message["type"] != "http.response.start":
        return
    house = scope["litestar_app"].state.house
    settings: Settings = house.settings
    headers = MutableScopeHeaders.from_message(message)
    said = {name.lower() for name, _ in headers.headers}
    headers.headers += [pair for pair in house.headers if pair[0] not in said]
    if fresh := scope["state"].get(csrf.NEW_COOKIE):
        cookie = Cookie(csrf.COOKIE, value=fresh, httponly=True, secure=settings.secure, samesite="lax")
        headers.add("set-cookie", cookie.to_header(header=""))
