"""Every door of the API."""

from litestar.types import ControllerRouterHandler

from tanggap.web.api import assignments, city, incidents, openapi, reports

ROUTES: list[ControllerRouterHandler] = [
    *reports.ROUTES,
    *incidents.ROUTES,
    *assignments.ROUTES,
    *city.ROUTES,
    *openapi.ROUTES,
]
