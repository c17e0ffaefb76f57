"""What is done with the roster: making it from the plan, changing it by hand, undoing."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from tanggap.city.shift_plan import Limits, ShiftPlan
from tanggap.city.store import shift_plan
from tanggap.people.audit import record_access
from tanggap.people.model import Person, Role
from tanggap.people.roster import store
from tanggap.people.roster.model import (
    DUTY_ROLES,
    MOST_WEEKS,
    AlreadyThere,
    Change,
    ChangeKind,
    Member,
    NobodyInTeams,
    NoShiftPlan,
    NotAMember,
    NothingToUndo,
    OwnTurn,
    Shift,
    Turn,
    TurnStarted,
    UnknownRosterEntry,
    WeeksUnclear,
)
from tanggap.people.roster.planning import days_from, planned
from tanggap.people.roster.rules import WEEK, Span, Warned, warnings_about
from tanggap.platform.database import Connection, Transaction
from tanggap.platform.i18n import DEFAULT_LOCALE, MONTHS
from tanggap.platform.ids import new_id


class Audited(StrEnum):
    """What this room writes into the audit."""

    GENERATED = "roster_generated"
    CHANGED = "roster_changed"
    UNDONE = "roster_undone"


async def plan_of(conn: Connection, city: str) -> ShiftPlan:
    """The city's plan. Raises NoShiftPlan."""
    plan = await shift_plan(conn, city)
    if plan is None:
        raise NoShiftPlan
    return plan


async def shift_at(conn: Connection, city: str, at: datetime) -> str | None:
    """The code of the shift in which a moment lies, for figures by shift; None when no roster was made for it."""
    return await store.shift_at(conn, city, at)


async def generate(tx: Transaction, city: str, zone: ZoneInfo, first: date, weeks: int, by: Person, now: datetime) -> Change:
    """Make the roster of some weeks: each team into the shifts of its rotation. Shifts with people in them stay as they are.

    Raises:
        NoShiftPlan: the city's pack says nothing of shifts.
        WeeksUnclear: not 1 to 12 weeks, or from a day that is over.
        NobodyInTeams: no member is in a team.
    """
    if not 1 <= weeks <= MOST_WEEKS or not 0 <= (first - now.astimezone(zone).date()).days <= 366:
        raise WeeksUnclear
    plan = await plan_of(tx, city)
    listed = await store.members(tx, city)
    if not any(member.active and plan.team(member.team) for member in listed):
        raise NobodyInTeams
    written = await store.write_shifts(tx, city, planned(plan, listed, first, weeks * 7, zone, now))
    has_people = await store.peopled(tx, city, [shift_id for _, shift_id, _ in written])
    wanted = [
        (shift_id, person, role) for one, shift_id, _ in written if shift_id not in has_people for person, role in one.people
    ]
    added = await store.add_turns(tx, city, wanted)
    made = [shift_id for _, shift_id, is_new in written if is_new]
    words = f"{_day(first)} {first.year} · {weeks}"
    return await _changed(tx, city, ChangeKind.GENERATED, by, now, added=added, made=made, words=words, act=Audited.GENERATED)


async def _changed(
    tx: Transaction, city: str, kind: ChangeKind, by: Person, now: datetime, *, added: Sequence[UUID] = (),
    removed: Sequence[UUID] = (), made: Sequence[UUID] = (), words: str = "", act: Audited = Audited.CHANGED,
) -> Change:  # fmt: skip
    change = Change(new_id(), now, kind, by.id, by.name, words, tuple(added), tuple(removed), tuple(made))
    await store.add_change(tx, city, change)
    detail = {"kind": kind.value, "added": len(added), "removed": len(removed), "shifts": len(made)}
    await record_access(tx, city, by, act, f"roster:{change.id}", detail, now)
    return change


async def add(tx: Transaction, city: str, shift_id: UUID, person: UUID, role: str, by: Person, now: datetime) -> Change:
    """Give somebody a turn in a shift.

    Raises:
        UnknownRosterEntry, NotAMember, AlreadyThere; TurnStarted: the shift is over.
    """
    shift, member = await _open_shift(tx, city, shift_id, now), await _member(tx, city, person)
    added = await store.add_turns(tx, city, [(shift_id, person, _role(member, role))])
    if not added:
        raise AlreadyThere
    return await _changed(tx, city, ChangeKind.ADDED, by, now, added=added, words=_words(shift, member.name))


async def remove(tx: Transaction, city: str, turn_id: UUID, by: Person, now: datetime) -> Change:
    """Take a turn away to which nobody signed on. Raises UnknownRosterEntry, TurnStarted."""
    turn = await _open_turn(tx, city, turn_id, now)
    shift = await _open_shift(tx, city, turn.shift, now)
    removed = await store.remove_turns(tx, city, [turn_id], now)
    return await _changed(tx, city, ChangeKind.REMOVED, by, now, removed=removed, words=_words(shift, turn.name))


async def replace(tx: Transaction, city: str, turn_id: UUID, person: UUID, by: Person, now: datetime) -> Change:
    """Give somebody's turn to somebody else, in one change.

    Raises:
        UnknownRosterEntry, TurnStarted, NotAMember, AlreadyThere.
    """
    turn = await _open_turn(tx, city, turn_id, now)
    shift, member = await _open_shift(tx, city, turn.shift, now), await _member(tx, city, person)
    removed = await store.remove_turns(tx, city, [turn_id], now)
    added = await store.add_turns(tx, city, [(turn.shift, person, turn.role)])
    if not added:
        raise AlreadyThere
    words = _words(shift, f"{turn.name} → {member.name}")
    return await _changed(tx, city, ChangeKind.REPLACED, by, now, added=added, removed=removed, words=words)


async def exchange(tx: Transaction, city: str, given: Turn, to: UUID, back: Turn | None, by: Person, now: datetime) -> Change:
    """Carry out a swap that was agreed: `given` goes to `to`, and `back`, one of theirs, the other way.

    Raises:
        TurnStarted: one of them was begun meanwhile. AlreadyThere: one has a turn in that shift already. NotAMember.
    """
    taker = await _member(tx, city, to)
    turns = [given, *([back] if back else [])]
    removed = await store.remove_turns(tx, city, [turn.id for turn in turns], now)
    if len(removed) < len(turns) or any(turn.starts_at <= now for turn in turns):
        raise TurnStarted
    wanted = [(given.shift, to, given.role), *([(back.shift, given.person, back.role)] if back else [])]
    added = await store.add_turns(tx, city, wanted)
    if len(added) < len(wanted):
        raise AlreadyThere
    words = f"{given.name} {'↔' if back else '→'} {taker.name}"
    return await _changed(tx, city, ChangeKind.SWAPPED, by, now, added=added, removed=removed, words=words)


async def undo(tx: Transaction, city: str, change_id: UUID, by: Person, now: datetime) -> Change:
    """Take one change back: what came goes, what went comes back. A made roster loses the turns to which nobody signed on yet.

    Raises:
        UnknownRosterEntry; NothingToUndo: it was undone, or not all of it is as the change left it.
    """
    change = await store.lock_change(tx, city, change_id)
    if change is None:
        raise UnknownRosterEntry
    if change.undone_at is not None:
        raise NothingToUndo
    gone = await store.remove_turns(tx, city, change.added, now)
    back = await store.restore_turns(tx, city, change.removed, now)
    is_whole = len(gone) == len(change.added) and len(back) == len(change.removed)
    if change.kind is not ChangeKind.GENERATED and not is_whole:
        raise NothingToUndo
    await store.cancel_empty(tx, city, change.made, now)
    await store.mark_undone(tx, city, change_id, now)
    await record_access(tx, city, by, Audited.UNDONE, f"roster:{change.id}", {"kind": change.kind.value}, now)
    return change


async def find_shift(conn: Connection, city: str, shift_id: UUID) -> Shift:
    """One shift with its turns. Raises UnknownRosterEntry."""
    found = await store.shift(conn, city, shift_id)
    if found is None:
        raise UnknownRosterEntry
    return found


async def find_turn(conn: Connection, city: str, turn_id: UUID) -> OwnTurn:
    """One turn with the name of its shift. Raises UnknownRosterEntry."""
    found = await store.turn(conn, city, turn_id)
    if found is None:
        raise UnknownRosterEntry
    return found


async def warned(
    conn: Connection, city: str, limits: Limits, shift: Shift, candidates: Iterable[UUID]
) -> dict[UUID, list[Warned]]:
    """For each candidate, what would speak against working this shift beside the turns they have."""
    wanted = list(candidates)
    near = await store.turns_of(conn, city, wanted, shift.starts_at - WEEK, shift.ends_at + WEEK)
    span = Span(shift.id, shift.starts_at, shift.ends_at)
    return {
        person: warnings_about(span, [span_of(own.turn) for own in near if own.turn.person == person], limits)
        for person in wanted
    }


def span_of(turn: Turn) -> Span:
    """A turn as the rules see it: a shift is worked once, so its id names the span."""
    return Span(turn.shift, turn.starts_at, turn.ends_at)


async def _open_shift(tx: Transaction, city: str, shift_id: UUID, now: datetime) -> Shift:
    shift = await find_shift(tx, city, shift_id)
    if shift.ends_at <= now:
        raise TurnStarted
    return shift


async def _open_turn(tx: Transaction, city: str, turn_id: UUID, now: datetime) -> Turn:
    turn = await store.lock_turn(tx, city, turn_id)
    if turn is None:
        raise UnknownRosterEntry
    if turn.signed_on_at is not None or turn.ends_at <= now:
        raise TurnStarted
    return turn


async def _member(tx: Transaction, city: str, person: UUID) -> Member:
    found = await store.member(tx, city, person)
    if found is None or not found.active:
        raise NotAMember
    return found


def _role(member: Member, said: str) -> Role:
    return Role(said) if said in {role.value for role in DUTY_ROLES} else member.role


def _words(shift: Shift, name: str) -> str:
    return f"{name} · {_day(shift.day)} {shift.name_id}"


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[DEFAULT_LOCALE][day.month - 1]}"


def first_unmade(made: Sequence[date], today: date, days: int) -> date:
    """The first day from today on for which no roster was made: where a new one begins."""
    there = set(made)
    return next((day for day in days_from(today, days) if day not in there), today + timedelta(days=days))
