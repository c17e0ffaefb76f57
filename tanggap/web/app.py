"""The web application: what every request passes through, and which rooms answer."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar
from litestar.config.app import AppConfig
from litestar.config.compression import CompressionConfig
from litestar.datastructures import MutableScopeHeaders, State
from litestar.routes import BaseRoute
from litestar.types import ControllerRouterHandler, HTTPScope, Message, Scope

from tanggap.city.service import area_at
from tanggap.platform.database import Database, DatabaseAway
from tanggap.platform.logs import Log
from tanggap.platform.secrets import Keyring
from tanggap.platform.settings import Settings, load_settings
from tanggap.platform.supervisor import database_dsn
from tanggap.platform.telemetry import observe_request
from tanggap.web import assets, sign_in
from tanggap.web.account import routes as account
from tanggap.web.admin import routes as admin
from tanggap.web.agency import routes as agency
from tanggap.web.api import routes as api
from tanggap.web.audit import routes as audit
from tanggap.web.citizen import routes as citizen
from tanggap.web.console import routes as console
from tanggap.web.contacts import routes as contacts
from tanggap.web.coordinator import routes as coordinator
from tanggap.web.field import routes as field
from tanggap.web.gallery import routes as gallery
from tanggap.web.gateways import routes as gateways
from tanggap.web.house import House
from tanggap.web.live import routes as live
from tanggap.web.maps import routes as maps
from tanggap.web.ops import routes as ops
from tanggap.web.photos import routes as photos
from tanggap.web.prepared import AS_IS, WORTH_PACKING
from tanggap.web.recordings import routes as recordings
from tanggap.web.roster import routes as roster
from tanggap.web.security import secure
from tanggap.web.statistics import routes as statistics
from tanggap.web.supervisor import routes as supervisor
from tanggap.web.wall import routes as wall

log = Log("web")

#: The largest form: one photo of 10 MB and what is written beside it. Machines may send less, see `web/api`.
LARGEST_FORM = 12_000_000
#: Connections to the database that one process keeps, and may open.
FEWEST_CONNECTIONS, MOST_CONNECTIONS = 2, 12
#: Packing harder than this costs more time than it saves on pages of some kilobytes.
GZIP_LEVEL = 5
#: Routes that are asked all the time and tell nothing.
QUIET = frozenset({"/health", "/metrics", "/static/{path}"})

#: Methods that are counted by name; a visitor may send any word.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

#: Every room that answers.
ROUTES: list[ControllerRouterHandler] = [
    *assets.ROUTES,
    *citizen.ROUTES,
    *statistics.ROUTES,
    sign_in.ROUTER,
    *console.ROUTES,
    *agency.ROUTES,
    *field.ROUTES,
    *photos.ROUTES,
    *recordings.ROUTES,
    *supervisor.ROUTES,
    *roster.ROUTES,
    *wall.ROUTES,
    *coordinator.ROUTES,
    *contacts.ROUTES,
    *account.ROUTES,
    *gateways.ROUTES,
    *admin.ROUTES,
    *audit.ROUTES,
    *gallery.ROUTES,
    *live.ROUTES,
    *maps.ROUTES,
    *api.ROUTES,
    *ops.ROUTES,
]


class Observed(Litestar):
    """The application, with every answer counted, timed and logged: by the pattern of its route, never by path or person."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        started = time.perf_counter()

        async def observed(message: Message) -> None:
            if message["type"] == "http.response.start":
                _tell(scope, message["status"], time.perf_counter() - started)
            await send(message)

        await super().__call__(scope, receive, observed)


def _tell(scope: HTTPScope, status: int, seconds: float) -> None:
    route = str(scope.get("path_template") or "-")
    method = scope["method"] if scope["method"] in METHODS else "-"
    observe_request(method, route, status, seconds)
    say = log.debug if route in QUIET and status < 500 else log.info
    say("answered", method=method, route=route, status=status, ms=round(seconds * 1000, 1))


async def _name_all_methods(message: Message, scope: Scope) -> None:
    """The framework's answer to OPTIONS names the methods of one handler of a path; name those of all."""
    if message["type"] == "http.response.start" and scope.get("method") == "OPTIONS":
        path = scope.get("path_template")
        methods = {method for route in scope["litestar_app"].routes if route.path_format == path for method in _methods(route)}
        if methods:
            MutableScopeHeaders.from_message(message)["allow"] = ", ".join(sorted(methods))


def _methods(route: BaseRoute) -> set[str]:
    return {str(method) for method in getattr(route, "methods", ())}


@asynccontextmanager
async def keep_house(app: Litestar) -> AsyncIterator[None]:
    """Open what all requests share, and close it at the end."""
    settings: Settings = app.state.settings
    keyring = Keyring.load(settings.secret_file)
    db = await Database.open(database_dsn(settings), min_size=FEWEST_CONNECTIONS, max_size=MOST_CONNECTIONS)
    house = app.state.house = House(settings, db, keyring)
    house.feed.start()
    warming = asyncio.create_task(_warm(house), name="warming")
    try:
        yield
    finally:
        warming.cancel()
        await house.feed.stop()
        await house.scenes.close()
        await db.close()


async def _warm(house: House) -> None:
    """Read the city before the first visitor asks; when it cannot be read yet, the first visitor's request does."""
    with contextlib.suppress(DatabaseAway):
        catalogue = (await house.scene()).catalogue
        area_at(catalogue, catalogue.city.centre_lat, catalogue.city.centre_lon)


def _open_house(config: AppConfig) -> AppConfig:
    """Before the security layer asks its questions at the start, the house must stand."""
    config.lifespan.append(keep_house)
    return config


def create_app(settings: Settings | None = None) -> Litestar:
    """The application for `settings`, by default those of the environment.

    Raises:
        SettingsError: they are not sound.
    """
    return Observed(
        ROUTES,
        state=State({"settings": settings or load_settings()}),
        on_app_init=[_open_house, secure],
        before_send=[_name_all_methods],
        openapi_config=None,  # the API describes itself, see web/api/openapi.py
        logging_config=None,
        request_max_body_size=LARGEST_FORM,
        compression_config=CompressionConfig(
            backend="gzip", minimum_size=WORTH_PACKING, gzip_compress_level=GZIP_LEVEL, exclude_opt_key=AS_IS
        ),
    )
