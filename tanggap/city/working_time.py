"""Working time: when an office is open, and when so much of its time has gone by."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

import msgspec

ONE_DAY = timedelta(days=1)


class Unit(StrEnum):
    """What a waiting time is counted in."""

    SECONDS = "seconds"
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working_days"  # the same time of day, so many working days later


SECONDS_IN: Mapping[Unit, int] = {Unit.SECONDS: 1, Unit.MINUTES: 60, Unit.HOURS: 3_600, Unit.DAYS: 86_400}


class Wait(msgspec.Struct, frozen=True):
    """A length of time as the catalogue names it."""

    amount: int
    unit: Unit = Unit.SECONDS

    @property
    def length(self) -> timedelta | None:
        """How long it is by the clock on the wall; None for working days, whose length depends on the calendar."""
        each = SECONDS_IN.get(self.unit)
        return timedelta(seconds=each * self.amount) if each else None


class Opening(msgspec.Struct, frozen=True):
    """The hours of one day, in the city's zone; `closes` is later than `opens`."""

    opens: time
    closes: time


class Calendar(msgspec.Struct, frozen=True, dict=True):
    """When an office is open: the hours of each weekday (0 is Monday) in its zone, and the days on which it is closed anyway.

    Without any hours it is never open, and nothing may be counted in its time.
    """

    zone: str
    week: Mapping[int, Opening]
    days_off: frozenset[date] = frozenset()

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def hours(self, day: date) -> tuple[datetime, datetime] | None:
        """From when to when it is open on a day; None when it is not."""
        opening = self.week.get(day.weekday()) if day not in self.days_off else None
        if opening is None:
            return None
        return datetime.combine(day, opening.opens, self._zone), datetime.combine(day, opening.closes, self._zone)

    def is_open(self, at: datetime) -> bool:
        """Whether somebody is there."""
        hours = self.hours(self.day_of(at))
        return hours is not None and hours[0] <= at < hours[1]

    def day_of(self, at: datetime) -> date:
        """The day of the city at a moment."""
        return at.astimezone(self._zone).date()

    def open_days(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The hours of the working days from a moment on, the first one only as far as it lies ahead.

        Raises:
            ValueError: it is never open.
        """
        if not self.week:
            raise ValueError("a calendar without hours has no working time")
        at = at.astimezone(self._zone)
        day = at.date()
        while True:
            hours = self.hours(day)
            if hours is not None and hours[1] > at:
                yield max(hours[0], at), hours[1]
            day += ONE_DAY


def due_after(start: datetime, wait: Wait, calendar: Calendar, *, pauses: bool = False) -> datetime:
    """When a wait that begins at `start` is over.

    Working days are counted by the calendar always; all else runs on at night too, unless it `pauses` while the office is closed.
    Then a day is a working day, and what is shorter than a day is counted in hours of the office, a working day at most.

    Raises:
        ValueError: it is counted in the time of a calendar that is never open.
    """
    length = wait.length
    if length is None:
        return _after_working_days(start, wait.amount, calendar)
    if not pauses:
        return start + length
    days, rest = divmod(length, ONE_DAY)
    if days:
        start = _after_working_days(start, days, calendar)
    if days and not rest:
        return start
    return min(_after_working_time(start, rest, calendar), _after_working_days(start, 1, calendar))


def _after_working_time(start: datetime, length: timedelta, calendar: Calendar) -> datetime:
    for opens, closes in calendar.open_days(start):
        if length <= closes - opens:
            return (opens + length).astimezone(start.tzinfo)
        length -= closes - opens
    raise AssertionError("the days never end")


def _after_working_days(start: datetime, days: int, calendar: Calendar) -> datetime:
    """The time of day of `start` (of the opening, when it lies outside the hours) on the so many-th working day after it."""
    ahead = calendar.open_days(start)
    begins, _ = next(ahead)
    if days == 0:
        return begins.astimezone(start.tzinfo)
    for count, (opens, closes) in enumerate(ahead, 1):
        if count == days:
            due = datetime.combine(opens.date(), begins.time(), opens.tzinfo)
            return min(max(due, opens), closes).astimezone(start.tzinfo)
    raise AssertionError("the days never end")
