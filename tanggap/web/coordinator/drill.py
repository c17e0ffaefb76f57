"""`/koordinator/angka/…`: one figure told apart by agency, category, kelurahan, hour or shift."""

from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from tanggap.evaluation.figures import FIGURES_BY_CODE, By, Figure
from tanggap.evaluation.model import Period
from tanggap.evaluation.periods import before, chosen
from tanggap.incident.refusals import NotFound
from tanggap.people.permissions import Act
from tanggap.platform.i18n import translator
from tanggap.web.area_map import drawing, shaded
from tanggap.web.coordinator.figures import card_of, lines, performance_of, span_title
from tanggap.web.figure_words import BY_WORDS, count_of
from tanggap.web.house import House
from tanggap.web.security import who
from tanggap.web.templating import locale_of, render

Asking = Request[Any, Any, Any]


def period_asked(request: Asking, zone: ZoneInfo) -> Period:
    """The period of an address: `periode`, or `dari` and `sampai`."""
    asked = request.query_params
    return chosen(asked.get("periode"), asked.get("dari"), asked.get("sampai"), request.app.state.house.now(), zone)


def dimension_asked(request: Asking, figure: Figure | None = None) -> By | None:
    """The dimension of an address, when there is such a one and the figure has it."""
    said = request.query_params.get("menurut", "")
    by = By(said) if said in set(By) else None
    return by if by and (figure is None or figure.can_be_told_by(by)) else None


@get("/koordinator/angka/{figure:str}", **who(Act.SEE_STATISTICS))
async def figure_page(request: Asking, figure: FromPath[str]) -> Response[Any]:
    """One figure in a period and the one before, by one dimension."""
    house: House = request.app.state.house
    scene, locale = await house.scene(), locale_of(request)
    catalogue, zone = scene.catalogue, ZoneInfo(scene.catalogue.city.timezone)
    known = FIGURES_BY_CODE.get(figure)
    if known is None:
        raise NotFound(kind="figure")
    period = period_asked(request, zone)
    by = dimension_asked(request, known) or (By.AGENCY if known.can_be_told_by(By.AGENCY) else By.HOUR)
    found = await performance_of(house, scene, period, by)
    earlier = await performance_of(house, scene, before(period, zone), by)
    rows = lines(known, by, found, earlier, catalogue, locale)
    whole = card_of(known, found.all.measures[figure], earlier.all.measures[figure], catalogue, locale)
    values = {row.key: row.bar for row in rows}
    return render(
        request,
        "coordinator/figure.html",
        figure=known,
        period=period,
        title=span_title(period, zone, locale),
        earlier_title=span_title(before(period, zone), zone, locale),
        by=by,
        dimensions=[(one, translator(locale)(word)) for one, word in BY_WORDS.items() if known.can_be_told_by(one)],
        rows=rows,
        whole=whole,
        facts=count_of(known, found.all),
        areas=shaded(catalogue, values, {row.key: row.card.value for row in rows}) if by is By.AREA else [],
        map_height=drawing(catalogue).height,
    )


ROUTES: list[ControllerRouterHandler] = [figure_page]
