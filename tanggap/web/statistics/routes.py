"""`/statistik`: the figures of a month that is over, as a page, as CSV and as JSON, the same for everybody."""

import asyncio
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, Response, get
from litestar.types import ControllerRouterHandler

from tanggap.evaluation.disclosure import SMALL
from tanggap.evaluation.figures import By
from tanggap.evaluation.model import Period, month, named
from tanggap.evaluation.published import OpenData, published
from tanggap.incident.model import Disposition
from tanggap.intake.model import Channel
from tanggap.platform.i18n import DEFAULT_LOCALE
from tanggap.scene import Scene
from tanggap.web.coordinator.csv import BYTE_ORDER_MARK, lines_of
from tanggap.web.coordinator.figures import performance_of
from tanggap.web.coordinator.view import OUTCOME_WORDS, earlier_months, month_name
from tanggap.web.house import House
from tanggap.web.prepared import AS_IS, Prepared
from tanggap.web.rate_limit import Limit, RateLimit
from tanggap.web.security import who
from tanggap.web.statistics.words import LICENCE, LICENCE_ADDRESS, page_parts, rows_of
from tanggap.web.templating import locale_of, render

Asking = Request[Any, Any, Any]
#: Whoever reads may keep it for so long; a month that is over hardly changes.
KEPT_S = 900
MONTHS_KEPT = 24
#: Reading is counted by address: generous, for a school class sits behind one.
READING = RateLimit(Limit(burst=60, per_minute=30), Limit(burst=240, per_minute=120))
_PUBLISHED: WeakKeyDictionary[House, dict[str, tuple[datetime, int, asyncio.Task[OpenData]]]] = WeakKeyDictionary()


async def _data(request: Asking) -> tuple[OpenData, Scene, Period]:
    """The month that is asked for, or the last one that is over; counted once in a quarter of an hour.

    Raises:
        TooMany: this visitor asks too often.
    """
    READING.check(request)
    house: House = request.app.state.house
    scene, now = await house.scene(), house.now()
    zone = ZoneInfo(scene.catalogue.city.timezone)
    period = named(request.query_params.get("bulan"), now, zone)
    if period.end > now or period.name == "today":
        period = month(now, zone, 1)
    kept = _PUBLISHED.setdefault(house, {})
    found = kept.get(period.name)
    if found is None or found[1] != scene.catalogue.version or (now - found[0]).total_seconds() > KEPT_S or _failed(found[2]):
        if len(kept) >= MONTHS_KEPT:
            kept.clear()
        found = kept[period.name] = (now, scene.catalogue.version, asyncio.create_task(_count(house, scene, period)))
    return await asyncio.shield(found[2]), scene, period


def _failed(counting: "asyncio.Task[OpenData]") -> bool:
    return counting.done() and (counting.cancelled() or counting.exception() is not None)


async def _count(house: House, scene: Scene, period: Period) -> OpenData:
    whole = await performance_of(house, scene, period)
    apart = {by: await performance_of(house, scene, period, by) for by in (By.HOUR, By.AREA, By.CATEGORY, By.AGENCY)}
    outcomes = [code for code in OUTCOME_WORDS if code]
    dispositions = ["", *(one.value for one in Disposition)]
    channels = [one.value for one in Channel if one is not Channel.REPLAY]
    return published(period.name, scene.catalogue, whole, apart, outcomes, dispositions, channels)


@get("/statistik", **who("anyone", old_password=True))
async def page(request: Asking) -> Response[Any]:
    """The month for people."""
    found, scene, period = await _data(request)
    locale, house = locale_of(request), request.app.state.house
    zone = ZoneInfo(scene.catalogue.city.timezone)
    return render(
        request,
        "statistics/page.html",
        title=month_name(period, locale),
        months=earlier_months(house.now(), zone, locale),
        month=period.name,
        licence=LICENCE,
        licence_address=LICENCE_ADDRESS,
        found=found,
        is_empty=not any((found.calls.total, found.reports.total, found.incidents.total)),
        **page_parts(found, scene.catalogue, locale),
    )


@get("/statistik.json", **who("anyone", plain=True))
async def as_json(request: Asking) -> Response[bytes]:
    """The month for machines."""
    found, _, period = await _data(request)
    body = {"licence": LICENCE, "licence_address": LICENCE_ADDRESS, "withheld_below": SMALL, **msgspec.to_builtins(found)}
    return _file(request, msgspec.json.encode(body), "application/json", f"{found.city}-statistik-{period.name}.json")


@get("/statistik.csv", **who("anyone", plain=True))
async def as_csv(request: Asking) -> Response[bytes]:
    """The month as a table, in Indonesian."""
    found, scene, period = await _data(request)
    zone = ZoneInfo(scene.catalogue.city.timezone)
    body = (BYTE_ORDER_MARK + lines_of(rows_of(found, scene.catalogue, DEFAULT_LOCALE), zone)).encode()
    return _file(request, body, "text/csv; charset=utf-8", f"{found.city}-statistik-{period.name}.csv")


def _file(request: Asking, body: bytes, media_type: str, name: str) -> Response[bytes]:
    answer = Prepared(body, media_type).answer(request, f"public, max-age={KEPT_S}")
    answer.headers.update({"content-disposition": f'inline; filename="{name}"', "access-control-allow-origin": "*"})
    return answer


as_json.opt[AS_IS] = True
as_csv.opt[AS_IS] = True
ROUTES: list[ControllerRouterHandler] = [page, as_json, as_csv]
