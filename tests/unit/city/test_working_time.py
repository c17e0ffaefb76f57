"""Working time: nights, weekends and holidays do not count, and nothing is lost or gained at their edges."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanggap.city.working_time import Calendar, Opening, Unit, Wait, due_after

OFFICE = Calendar(
    "Asia/Makassar",
    {day: Opening(time(7, 30), time(16, 30) if day == 4 else time(16)) for day in range(5)},
    frozenset({date(2026, 12, 24), date(2026, 12, 25)}),
)
moments = st.integers(0, 60_000_000).map(lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))
within_a_day = st.integers(0, 4 * 3_600)
lengths = st.integers(0, 800_000)


def wita(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def worked_s(calendar: Calendar, start: datetime, end: datetime) -> float:
    """Seconds of working time between two moments, day by day."""
    day, total = start.date() - timedelta(days=1), 0.0
    while day <= end.date() + timedelta(days=1):
        hours = calendar.hours(day)
        if hours:
            total += max(0.0, (min(hours[1], end) - max(hours[0], start)).total_seconds())
        day += timedelta(days=1)
    return total


@pytest.mark.parametrize(
    ("start", "wait", "due"),
    [
        ("2026-11-26T10:00", Wait(30, Unit.MINUTES), "2026-11-26T10:30"),
        ("2026-11-26T15:45", Wait(30, Unit.MINUTES), "2026-11-27T07:45"),
        ("2026-11-26T22:00", Wait(2, Unit.HOURS), "2026-11-27T09:30"),
        ("2026-11-27T16:00", Wait(1, Unit.HOURS), "2026-11-30T08:00"),  # a Friday's last half hour, then Monday
        ("2026-12-23T15:00", Wait(2, Unit.HOURS), "2026-12-28T08:30"),  # Christmas and a weekend
        ("2026-11-26T10:00", Wait(20, Unit.HOURS), "2026-11-27T10:00"),  # more than an office has: a working day
        ("2026-11-26T10:00", Wait(7, Unit.DAYS), "2026-12-07T10:00"),
        ("2026-11-26T10:00", Wait(25, Unit.HOURS), "2026-11-27T11:00"),
        ("2026-11-26T10:00", Wait(1, Unit.WORKING_DAYS), "2026-11-27T10:00"),
        ("2026-11-27T10:00", Wait(3, Unit.WORKING_DAYS), "2026-12-02T10:00"),
        ("2026-11-27T16:20", Wait(1, Unit.WORKING_DAYS), "2026-11-30T16:00"),  # Monday closes earlier
        ("2026-11-28T12:00", Wait(1, Unit.WORKING_DAYS), "2026-12-01T07:30"),  # Saturday counts from Monday's opening
        ("2026-12-23T10:00", Wait(1, Unit.WORKING_DAYS), "2026-12-28T10:00"),
    ],
)
def test_an_office_counts_its_own_time(start: str, wait: Wait, due: str) -> None:
    assert due_after(wita(start), wait, OFFICE, pauses=True) == wita(due)


def test_who_is_always_there_counts_every_hour_but_working_days() -> None:
    saturday = wita("2026-11-28T02:00")
    assert due_after(saturday, Wait(90), OFFICE) == saturday + timedelta(seconds=90)
    assert due_after(saturday, Wait(1, Unit.WORKING_DAYS), OFFICE) == wita("2026-12-01T07:30")


@given(moments, lengths, lengths)
@settings(max_examples=60, deadline=None)
def test_who_may_take_longer_is_never_due_sooner(start: datetime, one: int, other: int) -> None:
    first, second = sorted((one, other))
    assert start <= due_after(start, Wait(first), OFFICE, pauses=True) <= due_after(start, Wait(second), OFFICE, pauses=True)


@given(moments, st.integers(1, 10))
@settings(max_examples=30, deadline=None)
def test_a_day_of_who_pauses_is_a_working_day(start: datetime, days: int) -> None:
    due = due_after(start, Wait(days, Unit.DAYS), OFFICE, pauses=True)
    assert due == due_after(start, Wait(days, Unit.WORKING_DAYS), OFFICE)


@given(moments, within_a_day, within_a_day)
@settings(max_examples=60, deadline=None)
def test_time_is_neither_lost_nor_gained(start: datetime, first: int, second: int) -> None:
    due = due_after(start, Wait(first), OFFICE, pauses=True)
    assert due >= start
    assert worked_s(OFFICE, start, due) == first
    assert due_after(due, Wait(second), OFFICE, pauses=True) == due_after(start, Wait(first + second), OFFICE, pauses=True)
    hours = OFFICE.hours(OFFICE.day_of(due))
    assert hours is not None
    assert hours[0] <= due <= hours[1]


@given(moments, moments, st.integers(1, 30))
@settings(max_examples=60, deadline=None)
def test_who_begins_later_is_never_done_sooner(one: datetime, other: datetime, days: int) -> None:
    first, second = sorted((one, other))
    wait = Wait(days, Unit.WORKING_DAYS)
    assert due_after(first, wait, OFFICE) <= due_after(second, wait, OFFICE)
    assert due_after(first, wait, OFFICE) < due_after(first, Wait(days + 1, Unit.WORKING_DAYS), OFFICE)


def test_a_calendar_that_is_never_open_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no working time"):
        due_after(wita("2026-11-26T10:00"), Wait(1, Unit.WORKING_DAYS), Calendar("Asia/Makassar", {}))
