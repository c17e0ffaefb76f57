"""From the plan and the teams to the shifts of some weeks. Pure: what of it is written is decided in service.py."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from tanggap.city.shift_plan import Need, ShiftPlan
from tanggap.people.model import Role
from tanggap.people.roster.model import Member


class PlannedShift(msgspec.Struct, frozen=True):
    """One shift to be, and whose team works it."""

    day: date
    code: str
    name_id: str
    name_en: str
    starts_at: datetime
    ends_at: datetime
    needs: tuple[Need, ...]
    people: tuple[tuple[UUID, Role], ...]


def planned(
    plan: ShiftPlan, members: Iterable[Member], first: date, days: int, zone: ZoneInfo, now: datetime
) -> list[PlannedShift]:
    """The shifts of `days` days from `first` on, in the order of time; those that are over are left out."""
    teams: defaultdict[str, list[Member]] = defaultdict(list)
    for member in members:
        if member.active and member.team is not None:
            teams[member.team].append(member)
    found = []
    for day in days_from(first, days):
        working = {code: people for code, people in _working(plan, teams, day).items() if code in plan.templates}
        for shift in plan.shifts:
            starts_at, ends_at = shift.on(day, zone)
            if ends_at > now:
                people = tuple((member.person, member.role) for member in working.get(shift.code, ()))
                found.append(PlannedShift(day, shift.code, shift.name_id, shift.name_en, starts_at, ends_at, shift.needs, people))
    return sorted(found, key=lambda shift: (shift.starts_at, shift.code))


def _working(plan: ShiftPlan, teams: dict[str, list[Member]], day: date) -> dict[str, list[Member]]:
    found: defaultdict[str, list[Member]] = defaultdict(list)
    for team in plan.teams:
        code = team.shift_on(day)
        if code is not None:
            found[code] += teams.get(team.code, ())
    return found


def days_from(first: date, days: int) -> Sequence[date]:
    """So many days in a row."""
    return [first + timedelta(days=n) for n in range(days)]


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())
