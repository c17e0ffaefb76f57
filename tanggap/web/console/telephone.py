"""The call taker's telephone: signing in at the edge, ready or away, what is known of a call, callers who were not heard."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.exceptions import ClientException
from litestar.params import FromPath, FromQuery

from tanggap.city.shift_plan import Known as KnownAbility
from tanggap.city.store import shift_plan
from tanggap.people.permissions import Act
from tanggap.people.roster.model import Ability
from tanggap.people.roster.store import abilities
from tanggap.platform.database import Connection
from tanggap.platform.i18n import N_, Locale, translator
from tanggap.scene import actor_of
from tanggap.telephony import service
from tanggap.telephony import store as calls
from tanggap.telephony.credentials import credentials_for, load_secret
from tanggap.telephony.model import Call, CallBackOutcome, Presence
from tanggap.telephony.settings import secret_path
from tanggap.telephony.texting import store as texts
from tanggap.web.browser_phone import SignIn, signs_in
from tanggap.web.console import store
from tanggap.web.forms import read_form
from tanggap.web.house import House
from tanggap.web.security import who
from tanggap.web.templating import locale_of

Asking = Request[Any, Any, Any]
MAY = who(Act.TAKE_CALLS)

PRESENCE_WORDS: dict[Presence, str] = {
    Presence.AWAY: N_("tidak di tempat"),
    Presence.READY: N_("siap"),
    Presence.RINGING: N_("berdering"),
    Presence.TALKING: N_("sedang bicara"),
    Presence.WRAP_UP: N_("menyelesaikan laporan"),
}


class Known(msgspec.Struct, frozen=True):
    """What the screen says of a call: never the number itself."""

    call: UUID
    report: UUID
    state: str
    direction: str
    trunk: str
    is_urgent: bool
    masked: str | None
    earlier: int | None
    unreal: int
    place: str
    has_text: bool  # the caller can write within the call


class Phone(msgspec.Struct, frozen=True):
    """A number: as it is read, and as it is dialled."""

    said: str
    dial: str


class AgencyPhones(msgspec.Struct, frozen=True):
    """An agency that can be asked by telephone."""

    name: str
    phones: tuple[Phone, ...]


class Colleague(msgspec.Struct, frozen=True):
    """Somebody whose telephone can ring."""

    user: str
    name: str
    state: str
    can: str = ""  # the languages and skills of theirs


class Targets(msgspec.Struct, frozen=True):
    """Who can be asked, or given a call."""

    colleagues: tuple[Colleague, ...]
    agencies: tuple[AgencyPhones, ...]


def house_of(request: Asking) -> House:
    """What every page of this process shares."""
    house: House = request.app.state.house
    return house


@post("/konsol/telepon", status_code=200, **MAY)
async def sign_in(request: Asking) -> SignIn:
    """Short-lived credentials of this person's telephone."""
    house = house_of(request)
    made = credentials_for(load_secret(secret_path(house.settings)), request.user.id, house.telephony.realm, house.now())
    return signs_in(house, made)


@get("/konsol/telepon", **MAY)
async def presence(request: Asking) -> dict[str, Any]:
    """How the queue sees this person."""
    house = house_of(request)
    async with house.db.reading(house.city) as conn:
        found = await calls.operator(conn, house.city, request.user.id)
    if found is None:
        return {"state": Presence.AWAY, "paused": True, "registered": False, "call": None}
    return {"state": found.state, "paused": found.paused, "registered": found.registered, "call": found.call}


@post("/konsol/telepon/siap", status_code=200, **MAY)
async def be_ready(request: Asking) -> dict[str, bool]:
    """This person wants calls, or none for now."""
    house = house_of(request)
    form = await read_form(request)
    is_ready = bool(form.text("siap"))
    async with house.db.transaction(house.city) as tx:
        if is_ready:
            await service.resume(tx, house.city, request.user.id, house.now())
        else:
            await service.pause(tx, house.city, request.user.id, form.text("alasan"), house.now())
    return {"ready": is_ready}


@get("/konsol/telepon/panggilan/{call_id:uuid}", **MAY)
async def about_call(request: Asking, call_id: FromPath[UUID]) -> Known:
    """What is known of a call that rings here."""
    house = house_of(request)
    async with house.db.reading(house.city) as conn:
        return await _known(conn, house.city, await calls.call(conn, house.city, call_id))


@get("/konsol/telepon/panggilan", **MAY)
async def about_named_call(request: Asking, sip: FromQuery[str] = "") -> Known | None:
    """The same by the name that the edge gives a call; nothing while it was not told of it."""
    house = house_of(request)
    async with house.db.reading(house.city) as conn:
        found = await calls.by_sip_id(conn, house.city, sip[:300])
        return await _known(conn, house.city, found) if found else None


async def _known(conn: Connection, city: str, found: Call) -> Known:
    caller = await store.caller_in_short(conn, city, found.report)
    has_text = await texts.of_call(conn, city, found.id) is not None
    return Known(
        found.id, found.report, found.state.value, found.direction.value, found.trunk, found.is_urgent, caller.masked,
        caller.earlier if caller.masked else None, caller.unreal, caller.place, has_text,
    )  # fmt: skip


@get("/konsol/telepon/tujuan", **MAY)
async def targets(request: Asking) -> Targets:
    """Colleagues whose telephone is connected, and agencies that have one."""
    house = house_of(request)
    scene, locale = await house.scene(), locale_of(request)
    say = translator(locale)
    async with house.db.reading(house.city) as conn:
        names = await calls.may_answer(conn, house.city)
        there = [one for one in await calls.operators(conn, house.city) if one.registered and one.person in names]
        plan, able = await shift_plan(conn, house.city), await abilities(conn, house.city)
    known = (*plan.languages, *plan.skills) if plan else ()
    colleagues = [
        Colleague(one.person.hex, names[one.person], say(PRESENCE_WORDS[one.state]), _can(able.get(one.person), known, locale))
        for one in there
        if one.person != request.user.id
    ]
    agencies = [
        AgencyPhones(agency.short, tuple(Phone(said, dialled(said)) for said in agency.phones if dialled(said)))
        for agency in scene.catalogue.agencies
        if agency.active
    ]
    return Targets(
        tuple(sorted(colleagues, key=lambda one: one.name)), tuple(agency for agency in agencies if agency.phones)
    )  # fmt: skip


def _can(ability: Ability | None, known: Sequence[KnownAbility], locale: Locale) -> str:
    return ", ".join(one.name(locale) for one in known if ability is not None and one.code in ability.all)


def dialled(said: str) -> str:
    """A number as it is dialled: digits, with a plus in front when it has one. '' when there are too few."""
    digits = re.sub(r"[^0-9]", "", said)
    if len(digits) < 3:
        return ""
    return f"+{digits}" if said.strip().startswith("+") else digits


@post("/konsol/telepon/kembali/{call_id:uuid}", status_code=200, **MAY)
async def called_back(request: Asking, call_id: FromPath[UUID]) -> dict[str, str | None]:
    """How one try to call a missed caller came out. A call that was answered at first has nothing to be tried."""
    house = house_of(request)
    scene = await house.scene()
    form = await read_form(request)
    try:
        outcome = CallBackOutcome(form.text("hasil"))
    except ValueError as error:
        raise ClientException("no such outcome") from error
    if outcome is CallBackOutcome.LINK_SENT:
        raise ClientException("a link is sent by its own act")
    async with house.db.transaction(house.city) as tx:
        call = await calls.lock_call(tx, house.city, call_id)
        if call.call_back_state is not None:
            again = house.telephony.queue.call_back_again
            by = actor_of(request.user)
            call = await service.call_back_tried(tx, scene, call_id, by, outcome, house.now(), again_after=again)
    return {"report": str(call.report), "state": call.call_back_state.value if call.call_back_state else None}


ROUTES = [sign_in, presence, be_ready, about_call, about_named_call, targets, called_back]
