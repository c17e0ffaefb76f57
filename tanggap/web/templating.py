"""Pages: Jinja with every value escaped, and what each may count on: language, person, city, time, tokens, asset addresses."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from litestar import MediaType, Request, Response
from litestar.connection import ASGIConnection

from tanggap.people.model import Person
from tanggap.people.permissions import Act, home_of, may
from tanggap.platform.i18n import (
    Locale,
    format_ago,
    format_clock,
    format_day,
    format_duration,
    format_moment,
    known_locale,
    translator,
    translator_in_context,
)
from tanggap.web.csrf import csrf_token
from tanggap.web.screens import screens_of

WEB = Path(__file__).parent
STATIC = WEB / "static"
LOCALE_COOKIE = "tanggap_bahasa"
THEME_COOKIE = "tanggap_tema"
#: Themes a person may choose; `auto` follows the page (the console is dark after 18:00) and the device.
THEMES = ("auto", "light", "night")
#: Where the request keeps the city that its page is about.
PLACE = "tanggap_place"
#: Where the request keeps the place of the live feed from before its page was read.
FEED_PLACE = "tanggap_feed_place"
#: The zone while nothing is known of the city, as on a problem page before the first look at the database.
NO_ZONE = ZoneInfo("UTC")


@cache
def environment() -> jinja2.Environment:
    """The templates of the house; a name that a page does not have is an error, not an empty string."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(WEB / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.do"],
    )
    made.globals.update(static=static, may=may, Act=Act, home_of=home_of, screens_of=screens_of)
    made.filters.update(moment=_moment, clock=_clock, day=_day, ago=_ago, duration=_duration, share2=_share2, signed=_signed)
    return made


@cache
def static_version() -> str:
    """One version for all assets together, so that modules which import each other by relative paths always match."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(STATIC).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def static(path: str) -> str:
    """The address of an asset, which changes whenever any asset does, so that browsers may keep it for ever."""
    return f"/static/{static_version()}/{path}"


def locale_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Locale:
    """The language to answer in: the person's own, else the browser's choice here, else Indonesian."""
    person: Person | None = connection.scope.get("user")
    return known_locale(person.locale if person else connection.cookies.get(LOCALE_COOKIE))


def theme_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The theme chosen in this browser."""
    chosen = connection.cookies.get(THEME_COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"


def context_of(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """What every page may use; `city` is a City, or none while the database was never seen."""
    house = request.app.state.house
    locale = locale_of(request)
    place = request.scope["state"].get(PLACE)
    return {
        "_": translator(locale),
        "pgettext": translator_in_context(locale),
        "locale": locale,
        "theme": theme_of(request),
        "person": request.scope.get("user"),
        "city": place,
        "feed_place": request.scope["state"].get(FEED_PLACE, ""),
        "zone": ZoneInfo(place.timezone) if place else NO_ZONE,
        "now": house.now(),
        "csrf_token": csrf_token(request, house.keyring),
        "path": request.scope["path"],
        "is_demo": house.settings.demo,
        "public_url": house.settings.public_url,
    }


def render(request: Request[Any, Any, Any], name: str, *, status: int = 200, **context: Any) -> Response[str]:
    """A page, or a part of one for a script to put in, from a template."""
    text = environment().get_template(name).render({**context_of(request), **context})
    return Response(text, status_code=status, media_type=MediaType.HTML)


def _in_zone(
    say: Callable[[datetime, ZoneInfo, Locale], str],
) -> Callable[[jinja2.runtime.Context, datetime | None], str]:
    @jinja2.pass_context
    def filtered(context: jinja2.runtime.Context, at: datetime | None) -> str:
        return say(at, context["zone"], context["locale"]) if at else ""

    return filtered


_moment = _in_zone(format_moment)
_clock = _in_zone(format_clock)
_day = _in_zone(format_day)


@jinja2.pass_context
def _share2(context: jinja2.runtime.Context, share: float) -> str:
    """A probability as the reader's language writes it: 0,93."""
    return _decimal(f"{share:.2f}", context["locale"])


@jinja2.pass_context
def _signed(context: jinja2.runtime.Context, value: float) -> str:
    """A weight with its sign: +1,2."""
    return _decimal(f"{value:+.1f}".replace("-", "−"), context["locale"])


def _decimal(said: str, locale: Locale) -> str:
    return said.replace(".", ",") if locale == "id" else said


@jinja2.pass_context
def _ago(context: jinja2.runtime.Context, at: datetime | None) -> str:
    return format_ago(at, context["now"], context["locale"]) if at else ""


@jinja2.pass_context
def _duration(context: jinja2.runtime.Context, length: timedelta | float | None) -> str:
    return format_duration(length, context["locale"]) if length is not None else ""
