"""What the roster's pages show, gathered from the rooms."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from tanggap.city.shift_plan import Limits, ShiftPlan
from tanggap.city.store import shift_plan
from tanggap.evaluation import store as evaluation
from tanggap.people.model import Person
from tanggap.people.roster import service, store
from tanggap.people.roster.absences import store as absences
from tanggap.people.roster.absences.model import Absence
from tanggap.people.roster.calendar import store as calendars
from tanggap.people.roster.gaps import Gap, Missing, gaps, missing, unplanned_days
from tanggap.people.roster.model import AHEAD_DAYS, DUTY_ROLES, KEPT_WITHIN, Member, OwnTurn, Presence, Shift, Turn
from tanggap.people.roster.planning import days_from, week_of
from tanggap.people.roster.relief import service as relief
from tanggap.people.roster.relief import store as notes
from tanggap.people.roster.relief.model import MOST_SHOWN, Lies, Note
from tanggap.people.roster.rules import WEEK, Warned, warnings_about, warnings_of
from tanggap.people.roster.swaps import store as swaps
from tanggap.people.roster.swaps.model import RETURN_WITHIN, TOLD_FOR, Swap
from tanggap.platform.database import Connection
from tanggap.platform.i18n import known_locale
from tanggap.scene import Scene
from tanggap.web.roster import words
from tanggap.web.supervisor.store import contact_counts

#: How far ahead one's own page looks, and how many changes the roster's page lists.
OWN_AHEAD, MOST_CHANGES = timedelta(days=35), 8
#: Without a plan nothing is too much.
NO_LIMITS = Limits(0, 24, 168)


class Cell(msgspec.Struct, frozen=True):
    """One shift of the week's grid, with what it lacks."""

    shift: Shift
    missing: tuple[Missing, ...]


class Decision(msgspec.Struct, frozen=True):
    """A swap that waits, and what would speak against it for each of the two."""

    swap: Swap
    taker_warned: tuple[Warned, ...]
    giver_warned: tuple[Warned, ...]


class Watch(msgspec.Struct, frozen=True):
    """What of the roster a supervisor must not overlook."""

    gaps: tuple[Gap, ...]
    unplanned: tuple[date, ...]
    late: tuple[Turn, ...]
    swaps: int
    notes: tuple[Note, ...]

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to look at."""
        return not (self.gaps or self.unplanned or self.late or self.swaps or self.notes)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day of the city begins."""
    return datetime.combine(day, time(0), zone)


async def lies_open(conn: Connection, city: str, now: datetime) -> Lies:
    """What lies open at this moment."""
    live = await evaluation.live_counts(conn, city, now)
    waiting = (await contact_counts(conn, city)).get("waiting", 0)
    return Lies(sum(many for name, many in live.items() if name != "overdue"), waiting)


async def watch(conn: Connection, city: str, plan: ShiftPlan | None, zone: ZoneInfo, now: datetime) -> Watch:
    """Gaps of the next two weeks, late people, swaps and notes that wait: four statements.

    Where no roster was kept in the last two weeks, days without one are no gap.
    """
    today = now.astimezone(zone).date()
    ahead = await store.shifts(conn, city, now, midnight(today + timedelta(days=AHEAD_DAYS), zone))
    is_kept = bool(await store.days_made(conn, city, today - KEPT_WITHIN))
    unplanned = unplanned_days(plan, ahead, today, AHEAD_DAYS, zone, now) if is_kept else []
    late = [turn for shift in ahead for turn in shift.turns if turn.presence(now) is Presence.LATE]
    waiting = await notes.unconfirmed(conn, city, MOST_SHOWN)
    return Watch(tuple(gaps(ahead, now)), tuple(unplanned), tuple(late), await swaps.waiting(conn, city), tuple(waiting))


async def on_board(conn: Connection, scene: Scene, person: Person, now: datetime) -> dict[str, Any]:
    """What the supervisor's screen shows of the roster."""
    zone, plan = ZoneInfo(scene.catalogue.city.timezone), await shift_plan(conn, scene.city)
    return {
        "watch": await watch(conn, scene.city, plan, zone, now), "duty": await relief.duty_of(conn, scene.city, person, now),
        **words.names(plan, known_locale(person.locale)),
    }  # fmt: skip


async def week_page(conn: Connection, city: str, zone: ZoneInfo, monday: date, now: datetime) -> dict[str, Any]:
    """A week as a grid, and beside it what waits for a decision."""
    plan, today = await shift_plan(conn, city), now.astimezone(zone).date()
    days = days_from(monday, 7)
    found = await store.shifts(conn, city, midnight(monday, zone), midnight(monday + timedelta(days=7), zone))
    cells = {(shift.day, shift.code): Cell(shift, missing(shift)) for shift in found}
    codes = [one.code for one in plan.shifts] if plan else []
    codes += sorted({shift.code for shift in found} - set(codes))
    members = await store.members(conn, city)
    made = await store.days_made(conn, city, today)
    return {
        "days": days, "codes": codes, "cells": cells, "monday": monday, "today": today, "this_week": week_of(today),
        "earlier": monday - timedelta(days=7), "later": monday + timedelta(days=7),
        "watch": await watch(conn, city, plan, zone, now), "ahead_days": AHEAD_DAYS,
        "decisions": await decisions(conn, city, plan.limits if plan else NO_LIMITS),
        "changes": await store.changes(conn, city, MOST_CHANGES), "members": members,
        "in_teams": sum(1 for member in members if member.active and member.team),
        "first": service.first_unmade(made, today, 120), "is_made": bool(found), "plan_for": plan,
    }  # fmt: skip


async def decisions(conn: Connection, city: str, limits: Limits) -> list[Decision]:
    """The swaps that wait for the supervisor, with the warnings that each would bring."""
    found = []
    for swap in await swaps.to_decide(conn, city):
        giver, taker = swap.given.turn.person, swap.asked
        around = [own for own in (swap.given, swap.back) if own is not None]
        since, until = min(own.turn.starts_at for own in around) - WEEK, max(own.turn.ends_at for own in around) + WEEK
        near = await store.turns_of(conn, city, [giver, taker], since, until)
        changing = {own.turn.id for own in around}
        kept = [own.turn for own in near if own.turn.id not in changing]
        theirs = tuple(_warned(swap.given.turn, [turn for turn in kept if turn.person == taker], limits))
        back = tuple(_warned(swap.back.turn, [turn for turn in kept if turn.person == giver], limits)) if swap.back else ()
        found.append(Decision(swap, theirs, back))
    return found


def _warned(turn: Turn, others: Sequence[Turn], limits: Limits) -> list[Warned]:
    return warnings_about(service.span_of(turn), [service.span_of(other) for other in others], limits)


async def shift_page(conn: Connection, city: str, shift_id: UUID) -> dict[str, Any]:
    """One shift: who is in it, who could be, and what speaks against each. Raises UnknownRosterEntry."""
    plan, shift = await shift_plan(conn, city), await service.find_shift(conn, city, shift_id)
    limits = plan.limits if plan else NO_LIMITS
    present = {turn.person for turn in shift.turns}
    members = [member for member in await store.members(conn, city) if member.active]
    warned = await service.warned(conn, city, limits, shift, [*present, *(member.person for member in members)])
    others = [member for member in members if member.person not in present]
    return {
        "shift": shift, "missing": missing(shift), "warned": warned, "roles": DUTY_ROLES,
        "candidates": sorted(others, key=lambda member: (bool(warned[member.person]), member.name)),
        "notes": await notes.of_shift(conn, city, shift_id), "monday": week_of(shift.day),
    }  # fmt: skip


async def members_page(conn: Connection, city: str, everybody: Sequence[Person], today: date) -> dict[str, Any]:
    """Everybody of the centre who works shifts or could, with their entry in the list and when they are away."""
    away: dict[UUID, list[Absence]] = {}
    for absence in await absences.standing(conn, city, today):
        away.setdefault(absence.person, []).append(absence)
    listed = {member.person: member for member in await store.members(conn, city)}
    able = [one for one in everybody if one.active and one.agency is None and set(DUTY_ROLES) & one.roles]
    rows = [(person, listed.get(person.id), own_roles(person)) for person in able]
    return {
        "today": today,
        "away": away,
        "rows": sorted(rows, key=lambda row: (row[1] is None, (row[1].team or "~") if row[1] else "", row[0].name)),
    }


def own_roles(person: Person) -> list[Any]:
    """The roles of a person that work shifts."""
    return [role for role in DUTY_ROLES if role in person.roles]


async def own_page(conn: Connection, city: str, person: Person, now: datetime) -> dict[str, Any]:
    """One person's shifts, what waits for them, and what lies open."""
    plan = await shift_plan(conn, city)
    coming = await store.turns_of(conn, city, [person.id], now - timedelta(hours=12), now + OWN_AHEAD)
    limits = plan.limits if plan else NO_LIMITS
    return {
        "duty": await relief.duty_of(conn, city, person, now), "coming": coming,
        "warnings": warnings_of([service.span_of(own.turn) for own in coming], limits),
        "swaps": await swaps.of_person(conn, city, person.id, now - TOLD_FOR),
        "calendar_made_at": await calendars.made_at(conn, city, person.id), "lies": await lies_open(conn, city, now),
        "can_work": bool(own_roles(person)), "listed": await store.member(conn, city, person.id),
    }  # fmt: skip


async def swap_page(conn: Connection, city: str, own: OwnTurn, colleague: UUID | None, now: datetime) -> dict[str, Any]:
    """Whom a turn could go to; of the colleague who was chosen, the turns that could come back."""
    listed = await store.members(conn, city)
    others = [one for one in listed if one.active and one.person != own.turn.person and one.role == own.turn.role]
    chosen: Member | None = next((one for one in others if one.person == colleague), None)
    begin = max(now, own.turn.starts_at - RETURN_WITHIN)
    theirs = await store.turns_of(conn, city, [chosen.person], begin, own.turn.ends_at + RETURN_WITHIN) if chosen else []
    back = [one for one in theirs if one.turn.starts_at > now and one.turn.shift != own.turn.shift]
    return {"own": own, "others": others, "chosen": chosen, "back": back}
