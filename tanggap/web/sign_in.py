"""Signing in and out, the own password, and the own language and theme."""

from typing import Any, Final
from urllib.parse import urlsplit

from litestar import Request, Response, Router, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath
from litestar.response import Redirect

from tanggap.people import service, signing_in
from tanggap.people.model import DEVICE_KEPT, Busy, LockedOut, NotSignedIn, Person, Session, WeakPassword, WrongPassword
from tanggap.people.passwords import SHORTEST
from tanggap.people.permissions import home_of
from tanggap.platform.i18n import N_, known_locale
from tanggap.platform.settings import Settings
from tanggap.web.csrf import csrf_token
from tanggap.web.errors import explain_problem, problem_of
from tanggap.web.forms import local_path, read_form
from tanggap.web.security import DEVICE_COOKIE, session_cookie, who
from tanggap.web.templating import LOCALE_COOKIE, THEME_COOKIE, THEMES, render

#: How long a browser keeps its language and theme.
CHOICE_KEPT_S = 365 * 24 * 3600
SEE_OTHER: Final = 303

DIFFERENT = N_("Kedua kata sandi baru tidak sama.")

#: Pages that only make sense before signing in: nobody is sent back to them.
DOORS = ("/masuk", "/keluar", "/sandi")


@get("/masuk", **who("anyone"))
async def sign_in_page(request: Request[Any, Any, Any]) -> Response[Any]:
    """The sign-in page; somebody who is in already goes to their own screen."""
    next_path = _next_path(request.query_params.get("lanjut"))
    if isinstance(request.scope["auth"], Session):
        return Redirect(next_path or home_of(request.scope["user"]), status_code=SEE_OTHER)
    return render(request, "people/sign_in.html", next_path=next_path, login="", problem=None, wait_s=0)


@post("/masuk", status_code=200, **who("anyone", old_password=True))
async def sign_in(request: Request[Any, Any, Any]) -> Response[Any]:
    """Sign in; a refused attempt shows the page again with the login kept, and says why."""
    house = request.app.state.house
    form = await read_form(request)
    next_path = _next_path(form.text("lanjut"))
    now = house.now()
    agent = request.headers.get("user-agent", "")
    device = request.cookies.get(DEVICE_COOKIE)
    login = form.text("nama")
    try:
        signed_in = await signing_in.log_in(house.db, house.city, house.keyring, login, form.text("sandi"), device, agent, now)
    except (WrongPassword, LockedOut, Busy) as refusal:
        problem, headers = problem_of(refusal)
        wait_s = int(headers.get("retry-after", 0))
        page = render(
            request,
            "people/sign_in.html",
            status=problem.status,
            next_path=next_path,
            login=login[:40],
            problem=refusal.sentence,
            wait_s=wait_s,
        )
        page.headers.update(headers)
        return page
    if isinstance(before := request.scope["auth"], Session):
        async with house.db.transaction(house.city) as tx:
            await signing_in.log_out(tx, before, now)
    person = signed_in.person
    target = "/sandi" if person.must_change_password else next_path or home_of(person)
    response = Redirect(target, status_code=SEE_OTHER)
    response.set_cookie(session_cookie(house.settings, signed_in.session_token))
    response.set_cookie(_device_cookie(house.settings, signed_in.device_token))
    return response


@post("/keluar", status_code=SEE_OTHER, **who("anyone", old_password=True))
async def sign_out(request: Request[Any, Any, Any]) -> Response[Any]:
    """End this browser's session."""
    house = request.app.state.house
    if isinstance(session := request.scope["auth"], Session):
        async with house.db.transaction(house.city) as tx:
            await signing_in.log_out(tx, session, house.now())
    response = Redirect("/masuk", status_code=SEE_OTHER)
    response.set_cookie(session_cookie(house.settings, None))
    return response


@get("/sandi", **who("signed_in", old_password=True))
async def password_page(request: Request[Any, Any, Any]) -> Response[Any]:
    """The page on which one changes one's own password."""
    return render(request, "people/password.html", problem=None, shortest=SHORTEST)


@post("/sandi", status_code=200, **who("signed_in", old_password=True))
async def change_password(request: Request[Any, Any, Any]) -> Response[Any]:
    """Change one's own password; all other sessions of this person end."""
    house = request.app.state.house
    session = request.scope["auth"]
    if not isinstance(session, Session):
        raise NotSignedIn
    form = await read_form(request)
    new = form.text("baru")
    try:
        if new != form.text("ulang"):
            return render(request, "people/password.html", status=422, problem=DIFFERENT, shortest=SHORTEST)
        async with house.db.transaction(house.city) as tx:
            device = request.cookies.get(DEVICE_COOKIE)
            token = await service.change_password(tx, session, form.text("lama"), new, device, house.now())
    except (WrongPassword, WeakPassword) as refusal:
        sentence = N_("Kata sandi lama salah.") if isinstance(refusal, WrongPassword) else refusal.sentence
        return render(request, "people/password.html", status=422, problem=sentence, shortest=SHORTEST)
    response = Redirect(home_of(session.person), status_code=SEE_OTHER)
    response.set_cookie(session_cookie(house.settings, token))
    return response


@get("/sesi", **who("anyone", old_password=True))
async def session_state(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """Whether this browser is still signed in, and its CSRF token: a screen asks before it sends what it kept while offline."""
    person: Person | None = request.scope["user"]
    return {
        "signed_in": person is not None,
        "person": str(person.id) if person else None,
        "name": person.name if person else None,
        "csrf_token": csrf_token(request, request.app.state.house.keyring),
    }


@post("/bahasa", status_code=SEE_OTHER, **who("anyone", old_password=True))
async def choose_language(request: Request[Any, Any, Any]) -> Response[Any]:
    """Switch between Indonesian and English; a person's choice goes with them to every desk."""
    house = request.app.state.house
    form = await read_form(request)
    locale = known_locale(form.text("bahasa"))
    if isinstance(request.scope["auth"], Session):
        async with house.db.transaction(house.city) as tx:
            await service.set_locale(tx, request.scope["user"], locale)
    return _back(request, form.text("kembali"), LOCALE_COOKIE, locale, house.settings)


@post("/tema", status_code=SEE_OTHER, **who("anyone", old_password=True))
async def choose_theme(request: Request[Any, Any, Any]) -> Response[Any]:
    """Choose the light or the night theme for this browser."""
    form = await read_form(request)
    theme = form.text("tema") if form.text("tema") in THEMES else THEMES[0]
    return _back(request, form.text("kembali"), THEME_COOKIE, theme, request.app.state.house.settings)


def _next_path(said: str | None) -> str:
    path = local_path(said, "")
    return "" if path.split("?")[0] in DOORS else path


def _back(request: Request[Any, Any, Any], said: str, cookie: str, value: str, settings: Settings) -> Response[Any]:
    try:
        referred = urlsplit(request.headers.get("referer", "")).path
    except ValueError:
        referred = ""
    response = Redirect(local_path(said, local_path(referred)), status_code=SEE_OTHER)
    response.set_cookie(Cookie(cookie, value=value, max_age=CHOICE_KEPT_S, secure=settings.secure, samesite="lax"))
    return response


def _device_cookie(settings: Settings, token: str) -> Cookie:
    age_s = int(DEVICE_KEPT.total_seconds())
    return Cookie(DEVICE_COOKIE, value=token, max_age=age_s, httponly=True, secure=settings.secure, samesite="strict")


@get("/problems/{slug:str}", **who("anyone", old_password=True))
async def problem_page(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[Any]:
    """What the `type` of a problem means."""
    return await explain_problem(request, slug)


#: Everything that this room serves.
ROUTER = Router(
    "/",
    route_handlers=[
        sign_in_page,
        sign_in,
        sign_out,
        password_page,
        change_password,
        session_state,
        choose_language,
        choose_theme,
        problem_page,
    ],
    include_in_schema=False,
)
