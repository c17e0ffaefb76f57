"""`/health` for whoever restarts or balances, `/metrics` for Prometheus."""

import asyncio
import contextlib
import time
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.types import ControllerRouterHandler

from tanggap import __version__
from tanggap.intake.store import waiting_count
from tanggap.people.model import NotAllowed, NotSignedIn, Role
from tanggap.platform.database import DatabaseAway
from tanggap.platform.jobs import backlog
from tanggap.platform.telemetry import (
    JOBS_DUE,
    JOBS_FAILED,
    JOBS_OLDEST,
    RECORDINGS_FREE,
    RECORDINGS_WAITING,
    WAITING,
    exposition,
)
from tanggap.telephony.recording.keeping import room_of
from tanggap.web.forms import client_address
from tanggap.web.house import House
from tanggap.web.security import identify, who

#: A database that does not answer a trivial question within this is away, seconds.
PATIENCE_S = 1.0
#: An answer is used again for this long, so that asking costs next to nothing.
FRESH_S = 0.5
LOOPBACK = ("127.0.0.1", "::1", "local")
MAY_READ_METRICS = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})


class Health(msgspec.Struct, frozen=True):
    """How this process is."""

    status: str  # ok | unwell
    database: str  # ok | away
    feed: str  # ok | stopped
    live_screens: int
    version: str


async def examine(house: House) -> Health:
    """Ask the database one trivial question, and see that the feed's reader lives."""
    try:
        async with asyncio.timeout(PATIENCE_S), house.db.reading(house.city) as conn:
            await conn.execute("select")
        database = "ok"
    except (DatabaseAway, TimeoutError):
        database = "away"
    feed = "ok" if house.feed.is_running else "stopped"
    status = "ok" if (database, feed) == ("ok", "ok") else "unwell"
    return Health(status, database, feed, house.feed.listeners, __version__)


@get("/health", include_in_schema=False, **who("anyone", plain=True))
async def health(request: Request[Any, Any, Any]) -> Response[bytes]:
    """200 while this process can serve, 503 while it cannot."""
    house: House = request.app.state.house
    kept: tuple[float, Health] | None = request.app.state.get("health")
    if kept is None or time.monotonic() - kept[0] > FRESH_S:
        kept = request.app.state.health = (time.monotonic(), await examine(house))
    status = 200 if kept[1].status == "ok" else 503
    return Response(msgspec.json.encode(kept[1]), status_code=status, media_type="application/json")


@get("/metrics", include_in_schema=False, **who("anyone", plain=True))
async def metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The figures of this process: to this machine, and to tokens and sessions of administrators and auditors."""
    if client_address(request) not in LOOPBACK:
        await identify(request, request.app.state.house)
        person = request.scope["user"]
        if person is None:
            raise NotSignedIn
        if not person.roles & MAY_READ_METRICS:
            raise NotAllowed
    await _read_gauges(request.app.state.house)
    return Response(exposition(), media_type="text/plain; version=0.0.4")


async def _read_gauges(house: House) -> None:
    """What stands in the database, left as it was while that is away; and in the recordings' folder."""
    with contextlib.suppress(OSError):
        room = await asyncio.to_thread(room_of, house.recordings)
        RECORDINGS_FREE.set(room.free)
        RECORDINGS_WAITING.set(room.waiting)
    with contextlib.suppress(DatabaseAway):
        async with house.db.reading(house.city) as conn:
            waiting, _ = await waiting_count(conn, house.city)
        jobs = await backlog(house.db, house.city, house.now())
        WAITING.set(waiting)
        JOBS_DUE.set(jobs.due)
        JOBS_OLDEST.set(jobs.oldest_due_s)
        JOBS_FAILED.set(jobs.failed)


ROUTES: list[ControllerRouterHandler] = [health, metrics]
