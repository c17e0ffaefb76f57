"""What every answer says to the browser about itself: what it may load, who may frame it, whether it may be kept."""

from litestar.datastructures import Cookie, MutableScopeHeaders
from litestar.types import Message, Scope

from tanggap.platform.settings import Settings
from tanggap.web import csrf

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "connect-src 'self'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)
_ALWAYS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()",
    "cache-control": "no-store",
}
#: Two years, as the preload list wants.
STRICT_TRANSPORT = "max-age=63072000; includeSubDomains"
#: As they go over the wire, made once: every answer carries them.
ALWAYS = tuple((name.encode(), value.encode()) for name, value in _ALWAYS.items())
ALWAYS_SECURE = (*ALWAYS, (b"strict-transport-security", STRICT_TRANSPORT.encode()))


async def secure_answer(message: Message, scope: Scope) -> None:
    """Before an answer is sent: add the headers that it lacks, and the browser's new CSRF cookie if a page made one."""
    if message["type"] != "http.response.start":
        return
    settings: Settings = scope["litestar_app"].state.house.settings
    headers = MutableScopeHeaders.from_message(message)
    said = {name.lower() for name, _ in headers.headers}
    headers.headers += [pair for pair in (ALWAYS_SECURE if settings.secure else ALWAYS) if pair[0] not in said]
    if fresh := scope["state"].get(csrf.NEW_COOKIE):
        cookie = Cookie(csrf.COOKIE, value=fresh, httponly=True, secure=settings.secure, samesite="lax")
        headers.add("set-cookie", cookie.to_header(header=""))
