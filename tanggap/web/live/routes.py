"""`GET /api/live`: everything that happens, to whoever may see it, without a gap or a repetition over reconnects."""

import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from litestar import Request
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from tanggap.incident.timeline.feed import Cursor, Sees, cursor_of
from tanggap.people.model import Person
from tanggap.people.permissions import Act
from tanggap.platform.database import DatabaseAway
from tanggap.platform.telemetry import FEED_CLIENTS
from tanggap.web.api.door import Query, door, get
from tanggap.web.house import House
from tanggap.web.prepared import AS_IS
from tanggap.web.security import is_still_allowed

#: A quiet stream says something this often, so that proxies keep it and browsers notice when it is gone.
BEAT_S = 15.0
#: Whoever has signed out, or lost the role, loses the stream within this time and a beat.
CHECK_EVERY_S = 60.0
#: Browsers come back after this, milliseconds.
RETRY = b"retry: 1000\n\n"
ENDED = b"event: ended\ndata: {}\n\n"

HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


@get(
    "/api/live",
    **door(
        Act.SEE_INCIDENTS,
        Act.ADMINISTER,
        Act.ANSWER_ASSIGNMENT,
        media_type="text/event-stream",
        query=(Query("after", "The id of the last event that was read, where the header Last-Event-ID cannot be sent."),),
        headers=(Query("Last-Event-ID", "The id of the last event that was read: the stream goes on right after it."),),
        said="Events `tanggap` with JSON data (kind, subject, report, incident, agency, at, …); `reset`: load everything anew; "
        "`ended`: sign in again. Nothing that a citizen said goes out here.",
        tag="live",
    ),
)
async def live(request: Request[Any, Any, Any]) -> Stream:
    """Follow everything that happens."""
    house: House = request.app.state.house
    after = cursor_of(request.headers.get("last-event-id")) or cursor_of(request.query_params.get("after"))
    stream = frames(request, house, sees_of(request.user), after)
    return Stream(stream, media_type="text/event-stream", headers=HEADERS)


def sees_of(person: Person) -> Sees:
    """What a person's live screens show: the 112 team all of it, an agency what is about its own incidents."""
    agency = person.agency
    if agency is None:
        return lambda _: True
    return lambda entry: agency in entry.audience


async def frames(request: Request[Any, Any, Any], house: House, sees: Sees, after: Cursor | None) -> AsyncIterator[bytes]:
    """The bytes of one stream, until the reader goes, falls too far behind or may not read on."""
    checked = time.monotonic()
    FEED_CLIENTS.inc()
    try:
        yield RETRY
        async with aclosing(house.feed.listen(sees, after, BEAT_S)) as feed:  # type: ignore[type-var]
            async for wire in feed:
                if time.monotonic() - checked >= CHECK_EVERY_S:
                    checked = time.monotonic()
                    if not await _may_go_on(request):
                        yield ENDED
                        return
                yield wire
    finally:
        FEED_CLIENTS.dec()


async def _may_go_on(request: Request[Any, Any, Any]) -> bool:
    """Whether the reader is still allowed; while the database cannot say so, nobody is thrown out."""
    try:
        return await is_still_allowed(request)
    except DatabaseAway:
        return True


live.opt[AS_IS] = True

ROUTES: list[ControllerRouterHandler] = [live]
