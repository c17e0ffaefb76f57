"""The console's pages and the parts of them that stay live."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tanggap.city.kinds import Priority
from tanggap.city.model import Catalogue
from tanggap.incident import store as rows
from tanggap.people.model import Person
from tanggap.people.permissions import Act
from tanggap.people.roster.relief.service import duty_of
from tanggap.platform.i18n import Locale, translator
from tanggap.scene import Scene
from tanggap.verification.model import DISPOSITION_KEYS
from tanggap.verification.order import SAID_BY_HAND, SILENT_WORDS
from tanggap.web.console import store
from tanggap.web.console.acts import ACTS, SEE_OTHER, house_of
from tanggap.web.console.commands import LARGEST, commands
from tanggap.web.console.desk import desk
from tanggap.web.console.handing_on import ROUTES as HANDING_ON
from tanggap.web.console.joining import JOINING
from tanggap.web.console.model import CHANNEL_ICONS, FLAG_WORDS, GROUP_WORDS, KEYS, MEND_S
from tanggap.web.console.places import ROUTES as PLACES
from tanggap.web.console.reaching import ROUTES as REACHING
from tanggap.web.console.reaching import link_words
from tanggap.web.console.sheet import sheet
from tanggap.web.console.telephone import ROUTES as TELEPHONE
from tanggap.web.console.texting import ROUTES as TEXTING
from tanggap.web.security import who
from tanggap.web.templating import locale_of, render
from tanggap.web.timeline import CHANNEL_WORDS, DISPOSITION_WORDS
from tanggap.web.words import number_of

Asking = Request[Any, Any, Any]
MAY = who(Act.TAKE_CALLS)
#: Longest text that suggestions are asked for, characters.
MOST_ASKED = 2_000


def _shared(scene: Scene, locale: Locale) -> dict[str, Any]:
    """What every template of the console may use beside the page's own."""
    return {
        "catalogue": scene.catalogue,
        "priorities": tuple(Priority),
        "keys": KEYS,
        "disposition_keys": DISPOSITION_KEYS,
        "disposition_words": DISPOSITION_WORDS,
        "channel_words": CHANNEL_WORDS,
        "channel_icons": CHANNEL_ICONS,
        "flag_words": FLAG_WORDS,
        "silent_words": SILENT_WORDS,
        "silent_by_hand": SAID_BY_HAND,
        "link_words": link_words,
        "number_of": lambda number: number_of(scene.catalogue.city, number),
        "mend_s": MEND_S,
        "groups": _groups(scene.catalogue, locale),
    }


def _groups(catalogue: Catalogue, locale: Locale) -> list[tuple[str, list[Any]]]:
    """All categories under the headings of their groups, in the pack's order."""
    found: dict[str, list[Any]] = {}
    for category in catalogue.categories:
        if category.active:
            found.setdefault(category.group, []).append(category)
    return [(translator(locale)(GROUP_WORDS.get(group, group)), entries) for group, entries in found.items()]


@get("/konsol", **MAY)
async def console(request: Asking) -> Response[Any]:
    """The console without an open report."""
    return await _page(request, None)


@get("/konsol/{report_id:uuid}", **MAY)
async def console_with_report(request: Asking, report_id: FromPath[UUID]) -> Response[Any]:
    """The console with one report open. Looking does not claim it."""
    return await _page(request, report_id)


async def _page(request: Asking, report_id: UUID | None) -> Response[Any]:
    house = house_of(request)
    scene, locale, now = await house.scene(), locale_of(request), house.now()
    person: Person = request.user
    async with house.db.reading(house.city) as conn:
        opened = await sheet(conn, scene, report_id, person, locale, now) if report_id else None
        lists = await desk(conn, scene, person, locale, now)
        duty = await duty_of(conn, house.city, person, now)
    return render(
        request, "console/page.html", desk=lists, duty=duty, sheet=opened, opened=str(report_id or ""),
        text_phrases=house.telephony.text_phrases, **_shared(scene, locale),
    )  # fmt: skip


@get("/konsol/daftar", **MAY)
async def live_lists(request: Asking) -> Response[Any]:
    """The lists and counters, to be put in place of those on the screen."""
    house = house_of(request)
    scene, locale = await house.scene(), locale_of(request)
    async with house.db.reading(house.city) as conn:
        lists = await desk(conn, scene, request.user, locale, house.now())
        duty = await duty_of(conn, house.city, request.user, house.now())
    opened = request.query_params.get("terbuka", "")
    return render(request, "console/live.html", desk=lists, duty=duty, opened=opened, **_shared(scene, locale))


@get("/konsol/{report_id:uuid}/lembar", **MAY)
async def live_report(request: Asking, report_id: FromPath[UUID]) -> Response[Any]:
    """The open report, form and everything beside it: for opening another one, or for those parts that have changed."""
    house = house_of(request)
    scene, locale, now = await house.scene(), locale_of(request), house.now()
    async with house.db.reading(house.city) as conn:
        opened = await sheet(conn, scene, report_id, request.user, locale, now)
    return render(request, "console/sheet.html", sheet=opened, **_shared(scene, locale))


@get("/konsol/kejadian/{number:int}", **MAY)
async def by_number(request: Asking, number: FromPath[int]) -> Response[Any]:
    """KDI-0042: the report that told of the incident first."""
    house = house_of(request)
    async with house.db.reading(house.city) as conn:
        incident = await rows.incident_by_number(conn, house.city, min(number, LARGEST))
        report_id = await store.first_report_of(conn, house.city, incident.id)
    return Redirect(f"/konsol/{report_id}", status_code=SEE_OTHER)


class CategoryFound(msgspec.Struct, frozen=True):
    """A category that the words point to, and which of them did."""

    code: str
    name: str
    priority: Priority
    shape: str
    word: str
    because: tuple[str, ...]


class Suggested(msgspec.Struct, frozen=True):
    """What the words point to. `danger`: the words that speak of danger to life, None when none do."""

    categories: list[CategoryFound]
    danger: tuple[str, ...] | None = None


@get("/konsol/kategori", **MAY)
async def categories(request: Asking, q: FromQuery[str] = "") -> Suggested:
    """Up to three categories that the words point to, and whether a life may be in danger. From memory."""
    scene, locale = await house_of(request).scene(), locale_of(request)
    known = scene.catalogue.categories_by_code
    say = translator(locale)
    said = q[:MOST_ASKED]
    reading = scene.suggester.read(said)
    suggestions = scene.suggester.by_keywords(said) if reading is None else scene.suggester.suggestions(reading)
    found = [
        CategoryFound(
            one.category, known[one.category].name(locale), one.priority, one.priority.shape, say(one.priority.word), one.because
        )
        for one in suggestions
    ]
    return Suggested(found, reading.why_p1 if reading is not None and reading.is_p1 else None)


ROUTES: list[ControllerRouterHandler] = [
    console, console_with_report, live_lists, live_report, by_number, *PLACES, *TELEPHONE, *TEXTING, *HANDING_ON,
    categories, commands, *ACTS, *JOINING, *REACHING,
]  # fmt: skip
