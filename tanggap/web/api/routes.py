"""Every door of the API."""

from litestar.types import ControllerRouterHandler

from tanggap.web.api import assignments, city, figures, incidents, location, openapi, reports

ROUTES: list[ControllerRouterHandler] = [
    *reports.ROUTES,
    *location.ROUTES,
    *incidents.ROUTES,
    *assignments.ROUTES,
    *city.ROUTES,
    *figures.ROUTES,
    *openapi.ROUTES,
]
