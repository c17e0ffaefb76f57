"""Text within a call on the screen: what both sides have written so far, letter by letter, and writing to the caller."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.exceptions import ClientException
from litestar.params import FromPath, FromQuery

from tanggap.incident.refusals import NotFound
from tanggap.platform.i18n import translator
from tanggap.telephony import store as calls
from tanggap.telephony.texting import service, store
from tanggap.telephony.texting.letters import Line, Side
from tanggap.web.console.acts import MAY, Asking, acting, house_of
from tanggap.web.forms import read_form
from tanggap.web.templating import locale_of
from tanggap.web.texts import CENTRE


class TextLine(msgspec.Struct, frozen=True):
    """A line, which may still be written on."""

    side: Side
    who: str
    at: int  # milliseconds since 1970
    text: str
    is_over: bool


class Texts(msgspec.Struct, frozen=True):
    """How far a conversation is; `lines` lack when nothing is newer than what was asked after."""

    position: int
    is_live: bool
    is_mine: bool  # this person may write
    lines: tuple[TextLine, ...] | None


@get("/konsol/telepon/panggilan/{call_id:uuid}/teks", **MAY)
async def conversation(request: Asking, call_id: FromPath[UUID], sesudah: FromQuery[int] = -1) -> Texts:
    """The conversation of a call, when there is anything after the position `sesudah`."""
    house = house_of(request)
    scene = await house.scene()
    async with house.db.reading(house.city) as conn:
        found = await store.of_call(conn, house.city, call_id)
        if found is None:
            raise NotFound(kind="text")
        call = await calls.call(conn, house.city, call_id)
        position = await store.last_position(conn, house.city, call_id)
        lines = await service.conversation(conn, scene, call_id) if position != sesudah else None
    shown = None if lines is None else _shown(lines, translator(locale_of(request))(CENTRE))
    is_live = found.closed_at is None and not call.is_over
    return Texts(position, is_live, is_live and call.operator == request.user.id, shown)


def _shown(lines: list[Line], centre: str) -> tuple[TextLine, ...]:
    last = {line.side: line for line in lines}
    return tuple(
        TextLine(
            line.side, "" if line.side is Side.CALLER else line.name or centre, round(line.at.timestamp() * 1000), line.text,
            line.is_over or last[line.side] is not line,
        )
        for line in lines
    )  # fmt: skip


@post("/konsol/telepon/panggilan/{call_id:uuid}/teks", status_code=200, **MAY)
async def write(request: Asking, call_id: FromPath[UUID]) -> dict[str, Any]:
    """Write to the caller: letters, with backspaces for corrections. `id` makes that what is sent twice is written once."""
    form = await read_form(request)
    try:
        piece = UUID(form.text("id"))
    except ValueError as error:
        raise ClientException("no such id") from error
    async with acting(request) as (tx, scene, by, now):
        await service.write(tx, scene, call_id, piece, form.text("huruf"), by, now)
    return {"written": True}


ROUTES = [conversation, write]
