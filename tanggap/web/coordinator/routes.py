"""`/koordinator`: figures of a day or a month, and their downloads."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, Response, get
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from tanggap.evaluation import store
from tanggap.evaluation.figures import FIGURES_BY_CODE, By
from tanggap.evaluation.model import ExportRow, Period, month
from tanggap.evaluation.periods import before, first_and_last
from tanggap.incident.model import IncidentState
from tanggap.people.permissions import Act
from tanggap.platform.i18n import N_, Locale, translator
from tanggap.scene import Scene
from tanggap.web import words
from tanggap.web.area_map import drawing
from tanggap.web.coordinator import drill, evidence, places, view
from tanggap.web.coordinator import words as words_learned
from tanggap.web.coordinator.csv import BYTE_ORDER_MARK, MEDIA_TYPE, Cell, lines_of
from tanggap.web.coordinator.drill import dimension_asked, period_asked
from tanggap.web.coordinator.figures import area_cards, cards, hours, measure_rows, performance_of
from tanggap.web.house import House
from tanggap.web.monthly import routes as monthly
from tanggap.web.security import who
from tanggap.web.supervisor.view import names
from tanggap.web.templating import locale_of, render

Asking = Request[Any, Any, Any]
SEES = who(Act.SEE_STATISTICS)

HEADINGS = (
    N_("Nomor"), N_("Dibuka"), N_("Keadaan"), N_("Kategori"), N_("Prioritas"), N_("Kelurahan"), N_("Lokasi"), N_("Lintang"),
    N_("Bujur"), N_("Jumlah laporan"), N_("Instansi"), N_("Diteruskan"), N_("Selesai"), N_("Ditutup"), N_("Batas waktu"),
    N_("Dibuka kembali"),
)  # fmt: skip


@get("/koordinator", **SEES)
async def page(request: Asking) -> Response[Any]:
    """CEPAT, TEPAT and TUNTAS of a day, a month, a year or any days, beside the period before."""
    house: House = request.app.state.house
    scene, locale, now = await house.scene(), locale_of(request), house.now()
    catalogue, zone = scene.catalogue, ZoneInfo(scene.catalogue.city.timezone)
    period = period_asked(request, zone)
    earlier = before(period, zone)
    async with asyncio.TaskGroup() as group:
        counting = group.create_task(view.figures_of(house, scene, period))
        asked = [
            group.create_task(performance_of(house, scene, which, by))
            for which, by in ((period, None), (earlier, None), (period, By.HOUR), (period, By.AREA))
        ]
    figures, (found, was, by_hour, by_area) = counting.result(), [task.result() for task in asked]
    first, last = first_and_last(period, zone)
    return render(
        request,
        "coordinator/page.html",
        period=period,
        first=first,
        last=last,
        title=view.period_title(period, now, zone, locale),
        earlier_title=view.period_title(earlier, now, zone, locale),
        earlier=view.earlier_months(now, zone, locale),
        this_month=month(now, zone).name,
        years=[now.astimezone(zone).year - n for n in range(3)],
        figures=figures,
        found=found,
        cards=cards(found, was, catalogue, locale),
        multiples=hours(by_hour, catalogue, locale),
        areas=area_cards(by_area, catalogue, locale),
        map_height=drawing(catalogue).height,
        charts=view.charts(figures, catalogue, translator(locale), locale),
        agencies=view.agencies(figures, catalogue),
        agency_columns=view.AGENCY_COLUMNS,
        most_bars=view.MOST_BARS,
        **await view.live(house, now),
        **names(catalogue, locale),
    )


@get("/koordinator/ukuran.csv", **SEES)
async def measures_csv(request: Asking) -> Response[bytes]:
    """Every figure of a period as CSV, or one (`ukuran`), told apart by one dimension (`menurut`)."""
    house: House = request.app.state.house
    scene, locale = await house.scene(), locale_of(request)
    zone = ZoneInfo(scene.catalogue.city.timezone)
    period, only = period_asked(request, zone), request.query_params.get("ukuran")
    found = await performance_of(house, scene, period, dimension_asked(request))
    rows = measure_rows(found, scene.catalogue, locale, only if only in FIGURES_BY_CODE else None)
    body = (BYTE_ORDER_MARK + lines_of(rows, zone)).encode()
    return Response(body, media_type=MEDIA_TYPE, headers=_download(scene, period, "ukuran"))


@get("/koordinator/angka.csv", **SEES)
async def figures_csv(request: Asking) -> Response[bytes]:
    """The figures of a period as CSV."""
    house: House = request.app.state.house
    scene, locale = await house.scene(), locale_of(request)
    zone = ZoneInfo(scene.catalogue.city.timezone)
    period = period_asked(request, zone)
    figures = await view.figures_of(house, scene, period)
    rows = view.figure_rows(figures, scene.catalogue, translator(locale), locale)
    body = (BYTE_ORDER_MARK + lines_of(rows, zone)).encode()
    return Response(body, media_type=MEDIA_TYPE, headers=_download(scene, period, "angka"))


@get("/koordinator/kejadian.csv", **SEES)
async def incidents_csv(request: Asking) -> Stream:
    """The incidents of a period as CSV, without anything that names a caller."""
    house: House = request.app.state.house
    scene, locale = await house.scene(), locale_of(request)
    period = period_asked(request, ZoneInfo(scene.catalogue.city.timezone))
    lines = _incident_lines(house, scene, period, locale)
    return Stream(lines, media_type=MEDIA_TYPE, headers=_download(scene, period, "kejadian"))


async def _incident_lines(house: House, scene: Scene, period: Period, locale: Locale) -> AsyncIterator[bytes]:
    zone = ZoneInfo(scene.catalogue.city.timezone)
    translate = translator(locale)
    yield (BYTE_ORDER_MARK + lines_of([[translate(heading) for heading in HEADINGS]], zone)).encode()
    after = None
    while True:
        async with house.db.reading(house.city) as conn:
            rows = await store.export_page(conn, house.city, period, after)
        if not rows:
            return
        yield lines_of([_cells(row, scene, locale) for row in rows], zone).encode()
        after = rows[-1].opened_at, rows[-1].number


def _cells(row: ExportRow, scene: Scene, locale: Locale) -> list[Cell]:
    catalogue = scene.catalogue
    state = translator(locale)(words.INCIDENT_WORDS[IncidentState(row.state)])
    agencies = ", ".join(words.agency_name(catalogue, code) for code in row.agencies.split())
    return [
        words.number_of(catalogue.city, row.number), row.opened_at, state,
        words.category_name(catalogue, row.category, locale), row.priority, words.area_name(catalogue, row.kelurahan), row.place,
        row.lat, row.lon, row.reports, agencies, row.assigned_at, row.resolved_at, row.closed_at, row.due_at, row.reopened,
    ]  # fmt: skip


def _download(scene: Scene, period: Period, what: str) -> dict[str, str]:
    name = f"{scene.catalogue.city.code}-{what}-{period.start:%Y-%m-%d}.csv"
    return {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}


ROUTES: list[ControllerRouterHandler] = [
    page,
    figures_csv,
    measures_csv,
    incidents_csv,
    *drill.ROUTES,
    *places.ROUTES,
    *evidence.ROUTES,
    *monthly.ROUTES,
    *words_learned.ROUTES,
]
