"""Pictures for people who have signed in: the 112 team sees all, an agency those of its own incidents."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from tanggap.incident import store as rows
from tanggap.incident.photos import store as photo_rows
from tanggap.incident.photos.model import Photo
from tanggap.incident.refusals import NotFound
from tanggap.people.model import Person
from tanggap.people.permissions import Act, may
from tanggap.platform.database import Connection
from tanggap.routing.store import may_see
from tanggap.web.house import House
from tanggap.web.prepared import AS_IS
from tanggap.web.security import who

#: A picture never changes, but who may see it does: a browser keeps it for the length of a shift's break only.
KEPT_S = 900
#: A picture is a picture: even opened by itself it loads nothing and runs nothing.
HEADERS = {
    "cache-control": f"private, max-age={KEPT_S}, immutable",
    "content-disposition": 'inline; filename="foto.jpg"',
    "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
    "vary": "Cookie",
}


@get("/foto/{photo_id:uuid}", **who(Act.SEE_INCIDENTS, Act.ANSWER_ASSIGNMENT))
async def photo(request: Request[Any, Any, Any], photo_id: FromPath[UUID]) -> Response[bytes]:
    """A picture as large as we keep it."""
    return await _for_staff(request, photo_id, thumbnail=False)


@get("/foto/{photo_id:uuid}/kecil", **who(Act.SEE_INCIDENTS, Act.ANSWER_ASSIGNMENT))
async def thumbnail(request: Request[Any, Any, Any], photo_id: FromPath[UUID]) -> Response[bytes]:
    """A picture for a list."""
    return await _for_staff(request, photo_id, thumbnail=True)


async def _for_staff(request: Request[Any, Any, Any], photo_id: UUID, *, thumbnail: bool) -> Response[bytes]:
    house: House = request.app.state.house
    async with house.db.reading(house.city) as conn:
        found = await photo_rows.photo(conn, house.city, photo_id)
        if not await _is_for(conn, house.city, found, request.user):
            raise NotFound(kind="photo")
        return picture(await photo_rows.photo_bytes(conn, house.city, photo_id, thumbnail=thumbnail))


async def _is_for(conn: Connection, city: str, found: Photo, person: Person) -> bool:
    """The 112 team sees every picture; an agency those of incidents that it was asked to act on."""
    if person.agency is None:
        return may(person, Act.SEE_INCIDENTS)
    incidents = {found.incident}
    if found.report is not None:
        incidents.add((await rows.report(conn, city, found.report)).incident)
    return any([await may_see(conn, city, person.agency, incident) for incident in incidents if incident is not None])


def picture(content: bytes) -> Response[bytes]:
    """A JPEG as an answer."""
    return Response(content, media_type="image/jpeg", headers=HEADERS)


for _served in (photo, thumbnail):
    _served.opt[AS_IS] = True

ROUTES: list[ControllerRouterHandler] = [photo, thumbnail]
