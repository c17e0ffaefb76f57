"""Coming to a shift: somebody signs on to the turn they have, or to the shift of the hour when they have none."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from tanggap.city.store import shift_plan
from tanggap.people.model import Person, Role
from tanggap.people.roster import store
from tanggap.people.roster.model import (
    DUTY_ROLES,
    EARLY,
    KEPT_WITHIN,
    OVERRUN,
    AlreadyThere,
    NoShiftNow,
    NotAMember,
    OwnTurn,
    Turn,
)
from tanggap.people.roster.planning import planned
from tanggap.platform.database import Connection, Transaction

#: The turns of one person that may be the present one begin and end within this of now.
AROUND = timedelta(hours=24)


async def sign_on(tx: Transaction, city: str, zone: ZoneInfo, person: Person, now: datetime) -> OwnTurn:
    """«Mulai tugas»: to the own turn that runs or begins within the hour, else, unplanned, to the shift that runs.

    Signing on twice changes nothing; whoever signed off too early is back in the same turn.

    Raises:
        NotAMember: the person has no role that works shifts.
        NoShiftNow: the city has no shift at this hour.
    """
    turns = await store.turns_of(tx, city, [person.id], now - AROUND, now + AROUND)
    own = startable(turns, now)
    if own is None:
        role = await role_of(tx, city, person)
        shift_id = await _running_shift(tx, city, zone, now)
        added = await store.add_turns(tx, city, [(shift_id, person.id, role)], is_planned=False)
        if not added:  # the other of two browsers was quicker
            raise AlreadyThere
        turn_id = added[0]
    else:
        turn_id = own.turn.id
    locked = await store.lock_turn(tx, city, turn_id)
    if locked is None:
        raise NoShiftNow
    if not locked.is_present(now):
        await store.sign_on(tx, city, turn_id, now)
    found = await store.turn(tx, city, turn_id)
    if found is None:
        raise NoShiftNow
    return found


def startable(turns: list[OwnTurn], now: datetime) -> OwnTurn | None:
    """Of one person's turns the one that «Mulai tugas» means: that which runs, else the next within the hour."""
    present = [own for own in turns if own.turn.is_present(now)]
    running = [own for own in turns if own.turn.starts_at <= now < own.turn.ends_at]
    coming = [own for own in turns if now < own.turn.starts_at <= now + EARLY]
    return next(iter([*running, *coming, *present]), None)


def current(turns: list[OwnTurn], now: datetime) -> OwnTurn | None:
    """Of one person's turns the one in which they are at work; of two the later."""
    present = [own for own in turns if own.turn.is_present(now)]
    return present[-1] if present else None


async def own_turns(conn: Connection, city: str, person: UUID, now: datetime) -> list[OwnTurn]:
    """The turns of a person that may be the present one."""
    return await store.turns_of(conn, city, [person], now - AROUND, now + AROUND)


async def role_of(conn: Connection, city: str, person: Person) -> Role:
    """The role of somebody who comes without a turn: as the list says, else the first of their own. Raises NotAMember."""
    listed = await store.member(conn, city, person.id)
    if listed is not None and listed.role in person.roles:
        return listed.role
    for role in DUTY_ROLES:
        if role in person.roles:
            return role
    raise NotAMember


async def _running_shift(tx: Transaction, city: str, zone: ZoneInfo, now: datetime) -> UUID:
    running = [shift for shift in await store.shifts(tx, city, now, now + timedelta(microseconds=1)) if shift.covers(now)]
    if running:
        return running[-1].id
    plan = await shift_plan(tx, city)
    today = now.astimezone(zone).date()
    wanted = planned(plan, (), today - timedelta(days=1), 2, zone, now) if plan else []
    due = [shift for shift in wanted if shift.starts_at <= now < shift.ends_at]
    if not due:
        raise NoShiftNow
    return (await store.write_shifts(tx, city, due[-1:]))[0][1]


def at_work(turns: list[Turn], now: datetime) -> list[Turn]:
    """Who of a role is on duty by its turns around now: those who signed on; where nobody did, those whose turn it is.

    Who is on leave or sick is told of nothing.
    """
    on = [turn for turn in turns if turn.is_present(now)]
    return on or [
        turn for turn in turns if turn.starts_at <= now < turn.ends_at and turn.signed_off_at is None and not turn.is_empty
    ]


async def on_duty(conn: Connection, city: str, role: Role, now: datetime) -> list[UUID] | None:
    """The people on duty in a role; None where no roster is kept for it, so that nobody can say who is."""
    found = at_work(await store.turns_in_role(conn, city, role, now - OVERRUN, now + EARLY), now)
    if found:
        return list(dict.fromkeys(turn.person for turn in found))
    return [] if await store.is_kept(conn, city, role, now, now - KEPT_WITHIN, now + KEPT_WITHIN) else None
