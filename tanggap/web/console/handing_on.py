"""Handing a call on to whoever speaks the caller's language, and noting what a caller needs for the next time."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath

from tanggap.city.store import shift_plan
from tanggap.incident.refusals import WrongState
from tanggap.people.roster import store as roster
from tanggap.platform.database import Connection
from tanggap.platform.i18n import known_locale
from tanggap.telephony import needing
from tanggap.telephony import store as calls
from tanggap.telephony.model import NeedsBy
from tanggap.web.console.acts import MAY, Asking, acting, house_of
from tanggap.web.forms import read_form
from tanggap.web.templating import locale_of


class Need(msgspec.Struct, frozen=True):
    """A skill or a language that a call may need, and how many colleagues at work have it."""

    code: str
    name: str
    here: int


class HandedOn(msgspec.Struct, frozen=True):
    """How far it is: whether the call still is with this call taker."""

    call: UUID
    is_mine: bool
    is_over: bool


@get("/konsol/telepon/kemampuan", **MAY)
async def needs(request: Asking) -> list[Need]:
    """What a call may need: the languages, then the skills of the city's plan."""
    house = house_of(request)
    locale = known_locale(locale_of(request))
    async with house.db.reading(house.city) as conn:
        plan = await shift_plan(conn, house.city)
        able = await roster.abilities(conn, house.city)
        there = [one.person for one in await calls.operators(conn, house.city) if one.registered and not one.paused]
    others = [able[person].all for person in there if person in able and person != request.user.id]
    known = (*plan.languages, *plan.skills) if plan else ()
    return [Need(one.code, one.name(locale), sum(one.code in skills for skills in others)) for one in known]


@post("/konsol/telepon/panggilan/{call_id:uuid}/kebutuhan", status_code=200, **MAY)
async def want(request: Asking, call_id: FromPath[UUID]) -> dict[str, Any]:
    """Note what this caller needs: their next call is offered to who has it."""
    wanted = (await read_form(request)).all_texts("butuh")
    async with acting(request) as (tx, scene, by, now):
        known = await _known(tx, scene.city, wanted)
        call = await needing.want(tx, scene, call_id, known, NeedsBy.PERSON, now, by.id)
    return {"needs": list(call.needs)}


@post("/konsol/telepon/panggilan/{call_id:uuid}/serahkan", status_code=200, **MAY)
async def hand_on(request: Asking, call_id: FromPath[UUID]) -> HandedOn:
    """Ask that somebody with what the caller needs goes on. The call stays here until it was taken."""
    form = await read_form(request)
    async with acting(request) as (tx, scene, by, now):
        if form.text("batal"):
            await needing.keep_after_all(tx, scene, call_id, by)
        else:
            await calls.call(tx, scene.city, call_id)
            wanted = await _known(tx, scene.city, form.all_texts("butuh"))
            if not wanted:
                raise WrongState(to="handed_on")
            await needing.hand_on(tx, scene, call_id, wanted, by, now)
    return await _how_far(request, call_id)


@get("/konsol/telepon/panggilan/{call_id:uuid}/serahkan", **MAY)
async def handed_on(request: Asking, call_id: FromPath[UUID]) -> HandedOn:
    """Whether it was taken from here: then this telephone may hang up."""
    return await _how_far(request, call_id)


async def _how_far(request: Asking, call_id: UUID) -> HandedOn:
    house = house_of(request)
    async with house.db.reading(house.city) as conn:
        call = await calls.call(conn, house.city, call_id)
    return HandedOn(call.id, call.operator == request.user.id, call.is_over)


async def _known(conn: Connection, city: str, wanted: list[str]) -> list[str]:
    plan = await shift_plan(conn, city)
    codes = {one.code for one in (*plan.languages, *plan.skills)} if plan else set()
    return [code for code in wanted if code in codes]


ROUTES = [needs, want, hand_on, handed_on]
