"""`/koordinator/aturan`: all its addresses."""

from litestar.types import ControllerRouterHandler

from tanggap.web.coordinator.rules import calendar, climbing, draft, entries, trial, versions

ROUTES: list[ControllerRouterHandler] = [
    *draft.ROUTES,
    *entries.ROUTES,
    *climbing.ROUTES,
    *calendar.ROUTES,
    *trial.ROUTES,
    *versions.ROUTES,
]
