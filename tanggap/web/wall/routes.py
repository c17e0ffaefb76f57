"""`/dinding`: the wall display."""

from typing import Any

from litestar import Request, Response, get
from litestar.types import ControllerRouterHandler

from tanggap.city.kinds import Priority
from tanggap.evaluation import store as evaluation
from tanggap.intake.store import waiting_count
from tanggap.people.permissions import Act
from tanggap.web.house import House
from tanggap.web.security import who
from tanggap.web.supervisor.store import contact_counts, needing_attention
from tanggap.web.supervisor.view import names
from tanggap.web.templating import locale_of, render
from tanggap.web.wall import store

Asking = Request[Any, Any, Any]
SEES = who(Act.SEE_INCIDENTS)
#: Agencies that fit on a wall.
MOST_AGENCIES = 9


@get("/dinding", **SEES)
async def wall(request: Asking) -> Response[Any]:
    """The whole display."""
    return await _wall(request, "wall/page.html")


@get("/dinding/langsung", **SEES)
async def live_wall(request: Asking) -> Response[Any]:
    """What changes on it, for a script to put in."""
    return await _wall(request, "wall/_figures.html")


async def _wall(request: Asking, template: str) -> Response[Any]:
    house: House = request.app.state.house
    scene = await house.scene()
    now = house.now()
    async with house.db.reading(house.city) as conn:
        waiting, since = await waiting_count(conn, house.city)
        active = (await contact_counts(conn, house.city)).get("active", 0)
        counts = await evaluation.live_counts(conn, house.city, now)
        loads = await store.agency_loads(conn, house.city)
        attention = len(await needing_attention(conn, house.city))
    return render(
        request,
        template,
        map_center=(scene.catalogue.city.centre_lat, scene.catalogue.city.centre_lon),
        waiting_total=waiting,
        waiting_since=since,
        active_total=active,
        by_priority={priority: counts.get(priority.value, 0) for priority in Priority},
        overdue=counts.get("overdue", 0),
        attention=attention,
        loads=loads[:MOST_AGENCIES],
        more_agencies=max(0, len(loads) - MOST_AGENCIES),
        **names(scene.catalogue, locale_of(request)),
    )


ROUTES: list[ControllerRouterHandler] = [wall, live_wall]
