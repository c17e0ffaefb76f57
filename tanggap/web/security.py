"""The one place where it is decided who may do what: every route names who may, and one middleware asks."""

import contextlib
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, Protocol

from litestar import Litestar, Request
from litestar.config.app import AppConfig
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.handlers import BaseRouteHandler
from litestar.middleware import DefineMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from tanggap.incident.timeline.feed import Feed, cursor_text
from tanggap.people import machines, signing_in
from tanggap.people.model import (
    SESSION_ABSOLUTE,
    ApiToken,
    NotAllowed,
    NotSignedIn,
    PasswordIsTemporary,
    Person,
    Role,
    Session,
    hash_of,
)
from tanggap.people.permissions import Act, roles_that_may
from tanggap.platform.database import Database, DatabaseAway
from tanggap.platform.secrets import Keyring
from tanggap.platform.settings import Settings
from tanggap.web.csrf import SAFE_METHODS, check_csrf
from tanggap.web.errors import HANDLERS, is_for_machines, wants_page
from tanggap.web.headers import Headers, secure_answer
from tanggap.web.templating import FEED_PLACE, PLACE

SESSION_COOKIE = "tanggap_session"
DEVICE_COOKIE = "tanggap_device"
#: A token that was good is not looked up again for this long, so that a burst of reports costs no round trips for it;
#: one that was revoked works for this long at most.
TOKEN_REMEMBERED_S = 2.0
MOST_TOKENS_REMEMBERED = 1_000

Anybody = Literal["anyone", "signed_in"]
ANYBODY: tuple[Anybody, ...] = ("anyone", "signed_in")


class UnguardedRouteError(Exception):
    """A route does not name who may use it; the app does not start."""


class Served(Protocol):
    """What this layer needs of `app.state.house`."""

    settings: Settings
    city: str
    db: Database
    keyring: Keyring
    feed: Feed
    headers: Headers
    tokens: "TokenMemory"

    def now(self) -> datetime:
        """The time."""

    async def scene(self) -> Any:
        """The city's scene, from memory while it is fresh."""


def who(*may: Role | Act | Anybody, plain: bool = False, old_password: bool = False, signed: bool = False) -> dict[str, Any]:
    """The arguments by which a route names who may use it: `@get("/konsol", **who(Act.TAKE_CALLS))`.

    Roles and acts add up; "anyone" needs no sign-in, "signed_in" any person. `plain` routes (assets, health) ask for no session
    and no CSRF token; `old_password` routes can be used before a temporary password is changed. `signed` routes are called by
    other machines without a session: each checks a signature of its own before it does anything.
    """
    if not may:
        raise UnguardedRouteError("who() needs at least one role or act, or 'anyone'")
    anybody = next((word for word in ANYBODY if word in may), None)
    roles: set[Role] = {one for one in may if isinstance(one, Role)}
    for one in may:
        if isinstance(one, Act):
            roles |= roles_that_may(one)
    return {"opt": {"who": anybody or frozenset(roles), "plain": plain, "old_password": old_password, "signed": signed}}


def is_allowed(rule: object, person: Person | None) -> bool:
    """Whether a route's rule lets the person in. A rule that is none of ours lets nobody in."""
    if rule == "anyone":
        return True
    if person is None:
        return False
    return rule == "signed_in" or (isinstance(rule, frozenset) and bool(rule & person.roles))


class TokenMemory:
    """Good tokens of the last two seconds, so that intake at full speed does not ask the database for each report."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Remember nothing yet."""
        self._clock = clock
        self._kept: dict[bytes, tuple[ApiToken, float]] = {}

    async def find(self, house: Served, token_hash: bytes) -> ApiToken | None:
        """The valid token with that hash."""
        now = house.now()
        kept = self._kept.get(token_hash)
        if kept and self._clock() - kept[1] < TOKEN_REMEMBERED_S:
            return kept[0] if kept[0].is_valid(now) else None
        asked_at = self._clock()
        async with house.db.reading(house.city) as conn:
            token = await machines.token_of(conn, house.city, token_hash, now)
        if len(self._kept) >= MOST_TOKENS_REMEMBERED:
            self._kept.clear()
        if token:
            self._kept[token_hash] = (token, asked_at)
        else:
            self._kept.pop(token_hash, None)
        return token


class Gate:
    """The middleware in front of every route: who is it, may they, and did the request come from a page of ours."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand in front of `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or raise what refuses it."""
        scope["user"] = scope["auth"] = None
        handler = scope["route_handler"]
        rule = handler.opt.get("who")
        if not (handler.opt.get("plain") and rule == "anyone") and not _is_automatic(handler):
            request: Request[Any, Any, Any] = Request(scope, receive)
            await self._check(request, rule, handler.opt)
        await self.app(scope, receive, send)

    async def _check(self, request: Request[Any, Any, Any], rule: object, opt: dict[str, Any]) -> None:
        house: Served = request.app.state.house
        is_machine = await identify(request, house)
        person: Person | None = request.scope["user"]
        if not is_allowed(rule, person):
            if person is None:
                raise NotSignedIn
            await _find_place(request, house)  # the page that says so tells the city's time
            raise NotAllowed
        if person and person.must_change_password and not opt.get("old_password"):
            raise PasswordIsTemporary
        if not is_machine and not opt.get("signed"):
            await check_csrf(request, house.keyring, house.settings.public_url)
            await _find_place(request, house)
            if person and wants_page(request):
                await _find_feed_place(request, house)


async def identify(request: Request[Any, Any, Any], house: Served) -> bool:
    """Find out who asks, by bearer token or session cookie; returns whether it is a machine.

    Raises:
        NotSignedIn: a bearer token was sent that is not valid.
    """
    authorization = request.headers.get("authorization", "")
    if authorization and is_for_machines(request.scope["path"]):
        scheme, _, secret = authorization.partition(" ")
        token = await house.tokens.find(house, hash_of(secret.strip())) if scheme.lower() == "bearer" else None
        if token is None:
            raise NotSignedIn
        request.scope["user"], request.scope["auth"] = token.as_person(), token
        return True
    if session := await find_session(request, house):
        request.scope["user"], request.scope["auth"] = session.person, session
    return False


async def find_session(connection: ASGIConnection[Any, Any, Any, Any], house: Served) -> Session | None:
    """The living session of the browser's cookie, noted as seen; costs nothing without a cookie."""
    cookie = connection.cookies.get(SESSION_COOKIE)
    if not cookie:
        return None
    now = house.now()
    async with house.db.reading(house.city) as conn:
        session = await signing_in.session_of(conn, house.city, hash_of(cookie), now)
        if session:
            await signing_in.touch(conn, session, now)
    return session


async def is_still_allowed(request: Request[Any, Any, Any]) -> bool:
    """Whether whoever opened a long answer (a live feed) could open it now; to be asked every few seconds."""
    house: Served = request.app.state.house
    before: Person | None = request.scope.get("user")
    auth = request.scope.get("auth")
    if isinstance(auth, ApiToken):
        secret = request.headers.get("authorization", "").partition(" ")[2].strip()
        return await house.tokens.find(house, hash_of(secret)) is not None
    session = await find_session(request, house)
    return session is not None and session.person == before


async def _find_place(request: Request[Any, Any, Any], house: Served) -> None:
    try:
        request.scope["state"][PLACE] = (await house.scene()).catalogue.city
    except DatabaseAway:
        request.scope["state"][PLACE] = None


async def _find_feed_place(request: Request[Any, Any, Any], house: Served) -> None:
    """Before a page reads anything: where the feed stands, so that the page follows it from there and nothing falls between."""
    with contextlib.suppress(DatabaseAway):
        request.scope["state"][FEED_PLACE] = cursor_text(await house.feed.place())


def session_cookie(settings: Settings, token: str | None) -> Cookie:
    """The cookie that carries a session's token; without one, the cookie that takes it away."""
    age_s = int(SESSION_ABSOLUTE.total_seconds()) if token else 0
    return Cookie(SESSION_COOKIE, value=token or "", max_age=age_s, httponly=True, secure=settings.secure, samesite="lax")


def _is_automatic(handler: BaseRouteHandler) -> bool:
    """Whether it is the framework's own answer to OPTIONS, which says only which methods there are."""
    return getattr(handler, "http_methods", None) == {"OPTIONS"}


def unguarded_routes(app: Litestar) -> list[str]:
    """The paths of all routes that do not name who may use them, or that would write without a CSRF token."""
    found = []
    for route in app.routes:
        handlers = getattr(route, "route_handlers", None) or [getattr(route, "route_handler", None)]
        for handler in handlers:
            rule = handler.opt.get("who") if handler else None
            named = rule in ANYBODY or (isinstance(rule, frozenset) and rule)
            writes = handler and handler.opt.get("plain") and not getattr(handler, "http_methods", SAFE_METHODS) <= SAFE_METHODS
            if handler is None or writes or not (named or _is_automatic(handler)):
                found.append(f"{route.path} ({handler})")
    return found


async def refuse_unguarded_routes(app: Litestar) -> None:
    """At start: raises UnguardedRouteError when any route does not name who may use it."""
    if found := unguarded_routes(app):
        raise UnguardedRouteError("these routes do not say who may use them: " + ", ".join(sorted(found)))


def secure(config: AppConfig) -> AppConfig:
    """Put this layer around an app: `Litestar(..., on_app_init=[secure])`. The house must stand at `app.state.house`."""
    config.middleware.insert(0, DefineMiddleware(Gate))
    config.before_send.append(secure_answer)
    config.exception_handlers.update(HANDLERS)
    config.on_startup.append(refuse_unguarded_routes)
    return config
