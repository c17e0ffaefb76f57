"""The addresses of the roster: everybody's own, and those of who keeps it."""

from litestar.types import ControllerRouterHandler

from tanggap.web.roster import absences, keeping, own

ROUTES: list[ControllerRouterHandler] = [*own.ROUTES, *keeping.ROUTES, *absences.ROUTES]
