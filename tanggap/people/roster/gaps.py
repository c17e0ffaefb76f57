"""Where fewer people are planned than a shift needs, by role, skill or language, and days that nobody has planned yet. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from tanggap.city.shift_plan import Need, NeedKind, ShiftPlan
from tanggap.people.roster.model import Shift, Turn
from tanggap.people.roster.planning import days_from


class Missing(msgspec.Struct, frozen=True):
    """So many have what the need asks for."""

    need: Need
    have: int

    @property
    def short(self) -> int:
        """How many more are needed."""
        return self.need.least - self.have


class Gap(msgspec.Struct, frozen=True):
    """A shift that lacks somebody."""

    shift: Shift
    missing: tuple[Missing, ...]


def missing(shift: Shift) -> tuple[Missing, ...]:
    """What a shift lacks; empty when every need is met."""
    counted = (Missing(need, sum(meets(turn, need) for turn in shift.turns)) for need in shift.needs)
    return tuple(one for one in counted if one.short > 0)


def meets(turn: Turn, need: Need) -> bool:
    """Whether somebody counts for a need; who is away does not."""
    if turn.is_empty:
        return False
    if need.kind is NeedKind.ROLE:
        return turn.role == need.code
    return need.code in (turn.skills if need.kind is NeedKind.SKILL else turn.languages)


def gaps(shifts: Iterable[Shift], now: datetime) -> list[Gap]:
    """The shifts that are not over and lack somebody, the next one first."""
    found = (Gap(shift, missing(shift)) for shift in shifts if shift.ends_at > now)
    return sorted((gap for gap in found if gap.missing), key=lambda gap: gap.shift.starts_at)


def unplanned_days(
    plan: ShiftPlan | None, shifts: Iterable[Shift], first: date, days: int, zone: ZoneInfo, now: datetime
) -> list[date]:
    """Days of the plan on which a shift that is still to come was not made yet."""
    there = {(shift.day, shift.code) for shift in shifts}
    templates: Sequence[tuple[date, str]] = [
        (day, one.code) for day in days_from(first, days) for one in (plan.shifts if plan else ()) if one.on(day, zone)[1] > now
    ]
    return sorted({day for day, code in templates if (day, code) not in there})
