"""Where is it, while one types: candidates with their reasons, and what stands around a point. All from memory."""

from typing import Any

import msgspec
from litestar import Request, get
from litestar.exceptions import ClientException
from litestar.params import FromQuery
from litestar.types import ControllerRouterHandler

from tanggap.city.service import area_at
from tanggap.location.around import away_words
from tanggap.location.model import Candidate
from tanggap.location.outside import outside
from tanggap.people.permissions import Act
from tanggap.platform.i18n import translator
from tanggap.web.house import House
from tanggap.web.place_words import area_words, kelurahan_words, sure_word
from tanggap.web.security import who
from tanggap.web.templating import locale_of
from tanggap.web.timeline import Translate
from tanggap.web.words import reason_said

MAY = who(Act.TAKE_CALLS)
#: Longest text that places are asked for, characters.
MOST_ASKED = 2_000
MOST_PLACES = 5
#: Less likely ones only take the eye away; the first is shown whatever it is.
LEAST_P = 0.01
#: Reasons that fit on a line.
MOST_REASONS = 4
#: How uncertain a point is of which nothing is said, metres.
DEFAULT_M = 50.0


class PlaceFound(msgspec.Struct, frozen=True):
    """A candidate for the words that were said, in the reader's language."""

    place: str
    name: str
    where: str  # «kel. Bende atau Wowawanggu · Kadia»
    lat: float
    lon: float
    uncertainty_m: float
    p: float
    sure: str
    why: tuple[str, ...]
    drawn: dict[str, Any] | None


class PlacesFound(msgspec.Struct, frozen=True):
    """What the words may mean, whether the first may be relied on, and what to ask when not."""

    candidates: tuple[PlaceFound, ...]
    confident: bool
    ask: str | None


class Around(msgspec.Struct, frozen=True):
    """What is here: what stands around a point, the nearest first, its kelurahan, and whom to call outside the city."""

    near: tuple[str, ...]
    within: str
    outside: str | None


def place_found(one: Candidate, translate: Translate) -> PlaceFound:
    """A candidate as a line of the list."""
    is_area = one.kind in ("kelurahan", "kecamatan")
    within = "" if is_area else kelurahan_words(one.kelurahan, one.near, translate)
    district = "" if one.kind == "kecamatan" else one.district or ""
    where = " · ".join(part for part in (within, district) if part)
    return PlaceFound(
        one.place, one.name, where, one.lat, one.lon, round(one.uncertainty_m), one.p, translate(sure_word(one.p)),
        tuple(reason_said(reason, translate) for reason in one.why[:MOST_REASONS]), one.drawn,
    )  # fmt: skip


def _number(request: Request[Any, Any, Any], name: str, most: float, default: float | None = None) -> float:
    """A number of the address between ±`most`. Raises ClientException."""
    try:
        value = float(request.query_params.get(name, "" if default is None else str(default)))
    except ValueError as error:
        raise ClientException(f"{name} is no number") from error
    if not -most <= value <= most:
        raise ClientException(f"{name} is out of range")
    return value


def _house(request: Request[Any, Any, Any]) -> House:
    house: House = request.app.state.house
    return house


@get("/konsol/lokasi", **MAY)
async def places(request: Request[Any, Any, Any], q: FromQuery[str] = "") -> PlacesFound:
    """Places that the words may mean, best first, each with its reasons. A space at the end says that the last word is whole."""
    scene, translate = await _house(request).scene(), translator(locale_of(request))
    found = scene.gazetteer.find(q[:MOST_ASKED], most=MOST_PLACES, is_typing=not q.endswith(" "))
    likely = [one for at, one in enumerate(found.candidates) if at == 0 or one.p >= LEAST_P]
    lines = tuple(place_found(one, translate) for one in likely)
    return PlacesFound(lines, found.confident, translate(found.ask.value) if found.ask else None)


@get("/konsol/apa-di-sini", **MAY)
async def around(request: Request[Any, Any, Any]) -> Around:
    """What is here, at ?lat=&lon= (degrees WGS 84), uncertain by ?m= (metres): the nearest known places, kelurahan, borders."""
    lat, lon = _number(request, "lat", 90.0), _number(request, "lon", 180.0)
    m = _number(request, "m", 1e6, DEFAULT_M)
    scene, translate = await _house(request).scene(), translator(locale_of(request))
    near = scene.gazetteer.reverse(lat, lon)
    found = area_at(scene.catalogue, lat, lon)
    beyond = outside(scene.catalogue, lat, lon, m) if found is None else None
    return Around(
        tuple(away_words(one, translate) for one in near),
        area_words(found, translate),
        reason_said(beyond.reason, translate) if beyond else None,
    )


ROUTES: list[ControllerRouterHandler] = [places, around]
