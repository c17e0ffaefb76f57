"""«With these rules, 14 of 289 would have gone elsewhere»: the draft tried on a month of incidents, page by page."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response, get
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from tanggap import rulebook
from tanggap.evaluation.model import Period, named
from tanggap.evaluation.trial.model import Outcome
from tanggap.evaluation.trial.service import trying
from tanggap.platform.i18n import translator
from tanggap.scene import Scene
from tanggap.web.coordinator.rules import view
from tanggap.web.coordinator.rules.page import KEEPS, Asking, draft_of, shown
from tanggap.web.coordinator.rules.view import ROOT
from tanggap.web.coordinator.view import earlier_months, period_title
from tanggap.web.house import House
from tanggap.web.supervisor.view import names
from tanggap.web.templating import context_of, environment, locale_of

#: The period of which nobody has said another.
LAST_DAYS = timedelta(days=30)
RESULT = "coordinator/rules/_outcome.html"


def period_of(said: str | None, now: datetime, zone: ZoneInfo) -> Period:
    """The last thirty days up to now, or a month by its name: 2026-10."""
    return named(said, now, zone) if said else Period("", now - LAST_DAYS, now)


@get(f"{ROOT}/uji", **KEEPS)
async def page(request: Asking) -> Response[Any]:
    """The trial. A browser without scripts waits for it; others are shown how far it is (`jalan`)."""
    house: House = request.app.state.house
    scene, locale, now = await house.scene(), locale_of(request), house.now()
    zone = ZoneInfo(scene.catalogue.city.timezone)
    said = request.query_params.get("periode", "")
    period = period_of(said, now, zone)
    outcome = None
    if request.query_params.get("langsung"):
        outcome = await _begun(house, scene)
        async for _ in trying(house.db, house.city, period, outcome):
            pass
    return await shown(
        request, "coordinator/rules/trial.html", await draft_of(request), outcome=outcome, chosen=period.name if said else "",
        title=period_title(period, now, zone, locale) if said else "", months=earlier_months(now, zone, locale),
    )  # fmt: skip


@get(f"{ROOT}/uji/jalan", **KEEPS)
async def run(request: Asking) -> Stream:
    """The trial as lines of JSON: how far it is, and last of all the outcome as a part of the page."""
    house: House = request.app.state.house
    scene = await house.scene()
    zone = ZoneInfo(scene.catalogue.city.timezone)
    period = period_of(request.query_params.get("periode", ""), house.now(), zone)
    return Stream(_lines(request, house, scene, period), media_type="application/x-ndjson")


async def _lines(request: Asking, house: House, scene: Scene, period: Period) -> AsyncIterator[bytes]:
    outcome = await _begun(house, scene)
    async for done, of in trying(house.db, house.city, period, outcome):
        yield msgspec.json.encode({"done": done, "of": of}) + b"\n"
    yield msgspec.json.encode({"html": _part(request, scene, outcome)}) + b"\n"


async def _begun(house: House, scene: Scene) -> Outcome:
    async with house.db.reading(house.city) as conn:
        return await rulebook.trial(conn, scene.catalogue)


def _part(request: Asking, scene: Scene, outcome: Outcome) -> str:
    locale = locale_of(request)
    known = names(scene.catalogue, locale) | view.words(scene.catalogue, translator(locale))
    return environment().get_template(RESULT).render(context_of(request) | known | {"outcome": outcome})


ROUTES: list[ControllerRouterHandler] = [page, run]
