"""`/koordinator/aturan`: all its addresses."""

from litestar.types import ControllerRouterHandler

from tanggap.web.coordinator.rules import draft, entries, trial, versions

ROUTES: list[ControllerRouterHandler] = [*draft.ROUTES, *entries.ROUTES, *trial.ROUTES, *versions.ROUTES]
