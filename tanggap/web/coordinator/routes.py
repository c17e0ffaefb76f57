"""`/koordinator`: figures of a day or a month, and their downloads."""

from collections.abc import AsyncIterator
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, Response, get
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from tanggap.evaluation import store
from tanggap.evaluation.model import ExportRow, Period, month, named
from tanggap.incident.model import IncidentState
from tanggap.people.permissions import Act
from tanggap.platform.i18n import N_, Locale, translator
from tanggap.scene import Scene
from tanggap.web import words
from tanggap.web.coordinator import evidence, places, view
from tanggap.web.coordinator.csv import BYTE_ORDER_MARK, MEDIA_TYPE, Cell, lines_of
from tanggap.web.coordinator.rules import routes as rules
from tanggap.web.house import House
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
    """CEPAT, TEPAT and TUNTAS of a day or a month."""
    house: House = request.app.state.house
    scene, locale, now = await house.scene(), locale_of(request), house.now()
    zone = ZoneInfo(scene.catalogue.city.timezone)
    period = named(request.query_params.get("periode"), now, zone)
    figures = await view.figures_of(house, scene, period)
    return render(
        request,
        "coordinator/page.html",
        period=period,
        title=view.period_title(period, now, zone, locale),
        earlier=view.earlier_months(now, zone, locale),
        this_month=month(now, zone).name,
        figures=figures,
        undone=await view.undone(house, period),
        charts=view.charts(figures, scene.catalogue, translator(locale), locale),
        agencies=view.agencies(figures, scene.catalogue),
        agency_columns=view.AGENCY_COLUMNS,
        most_bars=view.MOST_BARS,
        **await view.live(house, now),
        **names(scene.catalogue, locale),
    )


@get("/koordinator/angka.csv", **SEES)
async def figures_csv(request: Asking) -> Response[bytes]:
    """The figures of a period as CSV."""
    house: House = request.app.state.house
    scene, locale = await house.scene(), locale_of(request)
    zone = ZoneInfo(scene.catalogue.city.timezone)
    period = named(request.query_params.get("periode"), house.now(), zone)
    figures = await view.figures_of(house, scene, period)
    rows = view.figure_rows(figures, scene.catalogue, translator(locale), locale)
    body = (BYTE_ORDER_MARK + lines_of(rows, zone)).encode()
    return Response(body, media_type=MEDIA_TYPE, headers=_download(scene, period, "angka"))


@get("/koordinator/kejadian.csv", **SEES)
async def incidents_csv(request: Asking) -> Stream:
    """The incidents of a period as CSV, without anything that names a caller."""
    house: House = request.app.state.house
    scene, locale = await house.scene(), locale_of(request)
    period = named(request.query_params.get("periode"), house.now(), ZoneInfo(scene.catalogue.city.timezone))
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


ROUTES: list[ControllerRouterHandler] = [page, figures_csv, incidents_csv, *places.ROUTES, *evidence.ROUTES, *rules.ROUTES]
