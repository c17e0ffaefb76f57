"""`/admin`: the addresses of the administrator's pages; here those that only show."""

from typing import Any

from litestar import Response, get
from litestar.types import ControllerRouterHandler

from tanggap.doctor import Patient
from tanggap.location.store import count_places
from tanggap.web.admin import people, tokens, view
from tanggap.web.admin.page import ADMINISTERS, Asking, page
from tanggap.web.house import House


@get("/admin/katalog", **ADMINISTERS)
async def catalogue(request: Asking) -> Response[Any]:
    """What the city has configured, to look at, and what of it is still to be confirmed."""
    house: House = request.app.state.house
    known = (await house.scene()).catalogue
    async with house.db.reading(house.city) as conn:
        places = await count_places(conn, house.city)
    return await page(request, "admin/catalogue.html", catalogue=known, provenances=view.provenances(known, places))


@get("/admin/sistem", **ADMINISTERS)
async def system(request: Asking) -> Response[Any]:
    """What the quick checks of `tanggap doctor` say."""
    house: House = request.app.state.house
    findings = await view.findings(Patient(house.settings, house.db))
    return await page(request, "admin/system.html", findings=findings, listeners=house.feed.listeners)


ROUTES: list[ControllerRouterHandler] = [*people.ROUTES, *tokens.ROUTES, catalogue, system]
