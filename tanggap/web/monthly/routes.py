"""`/koordinator/laporan`: the monthly report to read, and its files."""

from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tanggap.evaluation.model import month as month_of
from tanggap.evaluation.monthly.model import Month, reported_month
from tanggap.evaluation.monthly.service import gather
from tanggap.incident.refusals import NotFound
from tanggap.interop.ministry import FORMATS, ministry_month
from tanggap.people.permissions import Act
from tanggap.platform.i18n import Locale, format_month
from tanggap.scene import Scene
from tanggap.web.coordinator.csv import MEDIA_TYPE as CSV
from tanggap.web.coordinator.view import MONTHS_BACK, Choice
from tanggap.web.house import House
from tanggap.web.monthly.alone import html_of
from tanggap.web.monthly.document import document
from tanggap.web.monthly.exports import csv_of, json_of
from tanggap.web.monthly.printing import beside, printed
from tanggap.web.security import who
from tanggap.web.templating import locale_of, render

Asking = Request[Any, Any, Any]
SEES = who(Act.SEE_STATISTICS)
#: How a ministry's file is called in an address, before its format.
MINISTRY = "kementerian."


@get("/koordinator/laporan", **SEES)
async def choose(request: Asking) -> Redirect:
    """To the month that was chosen, else to the last one that is over."""
    house: House = request.app.state.house
    zone = ZoneInfo((await house.scene()).catalogue.city.timezone)
    said = request.query_params.get("bulan") or month_of(house.now(), zone, 1).name
    return Redirect(f"/koordinator/laporan/{reported_month(said, house.now(), zone).name}")


@get("/koordinator/laporan/{month_name:str}", **SEES)
async def page(request: Asking, month_name: FromPath[str]) -> Response[Any]:
    """A month to read."""
    scene, month, locale = await _gathered(request, month_name)
    made = await beside(partial(document, month, scene.catalogue, locale))
    zone = ZoneInfo(scene.catalogue.city.timezone)
    months = [month_of(month.counted_at, zone, back) for back in range(MONTHS_BACK + 1)]
    if month.period.name not in [one.name for one in months]:
        months.append(month.period)
    return render(
        request,
        "monthly/page.html",
        document=made,
        period=month.period,
        months=[Choice(one.name, format_month(one.start.year, one.start.month, locale)) for one in months],
        here=f"/koordinator/laporan/{month.period.name}",
    )


@get("/koordinator/laporan/{month_name:str}/{form:str}", **SEES)
async def file(request: Asking, month_name: FromPath[str], form: FromPath[str]) -> Response[bytes]:
    """A month as a file: pdf, html, csv, json, kementerian.csv, kementerian.json."""
    ministry = FORMATS.get(form.removeprefix(MINISTRY)) if form.startswith(MINISTRY) else None
    if ministry is None and form not in ("pdf", "html", "csv", "json"):
        raise NotFound(kind="file")
    scene, month, locale = await _gathered(request, month_name)
    catalogue = scene.catalogue
    if ministry is not None:
        body, media = await beside(lambda: ministry.write(ministry_month(month, catalogue))), ministry.media_type
    elif form == "csv":
        body, media = await beside(lambda: csv_of(month, catalogue, locale)), CSV
    elif form == "json":
        body, media = await beside(lambda: json_of(month, catalogue, locale)), "application/json"
    elif form == "html":
        body, media = await beside(lambda: html_of(document(month, catalogue, locale)).encode()), "text/html"
    else:
        body, media = await printed(await beside(lambda: document(month, catalogue, locale))), "application/pdf"
    name = f"{catalogue.city.code}-laporan-{month.period.name}{'-' if ministry else '.'}{form}"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(body, media_type=media, headers=headers)


async def _gathered(request: Asking, said: str) -> tuple[Scene, Month, Locale]:
    house: House = request.app.state.house
    scene, now = await house.scene(), house.now()
    period = reported_month(said, now, ZoneInfo(scene.catalogue.city.timezone))
    async with house.db.reading(house.city) as conn:
        return scene, await gather(conn, scene.catalogue, period, now), locale_of(request)


ROUTES: list[ControllerRouterHandler] = [choose, page, file]
"""All of the monthly report."""
