"""`/titik/<link>`: a caller who cannot say where they are lets the phone say it. One tap; without scripts, a few words."""

from typing import Any, Final
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from tanggap import flow
from tanggap.incident.model import CITIZEN, Report
from tanggap.incident.refusals import NotFound
from tanggap.location.estimate import Fix, Heard, Origin
from tanggap.location.sources.service import LINK_LASTS
from tanggap.location.sources.store import count_since
from tanggap.platform.i18n import N_
from tanggap.platform.text import clean_text
from tanggap.web.citizen.headers import private
from tanggap.web.citizen.model import Written, location_of
from tanggap.web.forms import Form, read_form
from tanggap.web.house import House
from tanggap.web.rate_limit import Limit, TooMany, kept_limit
from tanggap.web.security import who
from tanggap.web.templating import render

SEE_OTHER: Final = 303
#: Where the process keeps how often points were sent.
LIMIT = "citizen_point_limit"
#: A phone that gets surer sends some fixes in its first minute; more than that is a script.
BY_BROWSER = Limit(burst=12, per_minute=6)
BY_ADDRESS = Limit(burst=240, per_minute=120)
MOST_WORDS = 1_000
#: Points that one report takes within the life of a link, from whatever browser; then the next one waits, seconds.
MOST_POINTS = 60
WAIT_S = 60.0

NOTHING = N_("Belum ada lokasi. Tekan «Kirim lokasi saya», atau tulis di mana Anda.")


@get("/titik/{link:str}", **who("anyone"))
async def ask(request: Request[Any, Any, Any], link: FromPath[str]) -> Response[Any]:
    """The page that asks for the phone's point."""
    try:
        await _asked(request, link)
    except NotFound:
        return _over(request)
    return _page(request, link, is_sent="terkirim" in request.query_params)


@post("/titik/{link:str}", **who("anyone"))
async def answer(request: Request[Any, Any, Any], link: FromPath[str]) -> Response[Any]:
    """The point with its accuracy, words, or both: on the call taker's screen in the same second."""
    house: House = request.app.state.house
    form = await read_form(request)
    heard, words = heard_of(form), clean_text(form.text("kata").strip(), MOST_WORDS).text
    scene = await house.scene()
    is_script = "application/json" in request.headers.get("accept", "")
    try:
        report = await _asked(request, link)
        if heard is None and not words:
            return _page(request, link, NOTHING, status=422)
        kept_limit(request, LIMIT, BY_BROWSER, BY_ADDRESS).check(request)
        async with house.db.transaction(house.city) as tx:
            if await count_since(tx, house.city, report.id, house.now() - LINK_LASTS) >= MOST_POINTS:
                raise TooMany(WAIT_S)
            if heard is not None:
                await flow.add_location(tx, scene, report.id, heard, CITIZEN, house.now())
            if words:
                await flow.note(tx, scene, words, CITIZEN, house.now(), report=report.id, incident=report.incident)
    except NotFound:
        return _over(request)
    except TooMany as refusal:
        page = _page(request, link, TooMany.sentence, status=429, words=words)
        page.headers["retry-after"] = str(int(refusal.retry_after_s) + 1)
        return page
    if is_script:
        return private(Response({"metres": round(heard.fix.uncertainty_m) if heard and heard.fix else None}))
    return private(Redirect(f"/titik/{link}?terkirim=1", status_code=SEE_OTHER))


def heard_of(form: Form) -> Heard | None:
    """The phone's point in the form; None when there is none, or none on Earth."""
    said = {name: form.text(name) for name in ("lat", "lon", "akurasi")}
    place = location_of(Written("", lat=said["lat"], lon=said["lon"], uncertainty_m=said["akurasi"], source="device"))
    if place is None:
        return None
    return Heard(Origin.DEVICE, urlencode(said), Fix(place.lat, place.lon, place.uncertainty_m, place.uncertainty_m, 0.95))


async def _asked(request: Request[Any, Any, Any], link: str) -> Report:
    house: House = request.app.state.house
    scene = await house.scene()
    async with house.db.reading(house.city) as conn:
        return await flow.asked_by(conn, scene, link, house.now())


def _page(
    request: Request[Any, Any, Any], link: str, problem: str = "", *, status: int = 200, is_sent: bool = False, words: str = ""
) -> Response[str]:
    return private(render(request, "citizen/point.html", status=status, link=link, problem=problem, is_sent=is_sent, words=words))


def _over(request: Request[Any, Any, Any]) -> Response[str]:
    return private(render(request, "citizen/point_over.html", status=404))
