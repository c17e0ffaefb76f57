"""Which period is meant: a day, a month, a year, or from one day to another; and which one came before it."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tanggap.evaluation.model import MOST_MONTHS_BACK, Period, named

YEAR_SHAPE = re.compile(r"\d{4}")
#: Between the first and the last day in a period's name.
SPAN = "--"
#: No period is longer, in days: ten years.
MOST_DAYS = 3_660


def chosen(said: str | None, first: str | None, last: str | None, now: datetime, zone: ZoneInfo) -> Period:
    """The period that somebody asks for: two days, both included, or a name: `today`, 2026-11, 2026, 2026-11-01--2026-11-15.

    What makes no sense, begins after today, or is longer than ten years is this month.
    """
    if first is None and last is None and said and SPAN in said:
        first, _, last = said.partition(SPAN)
    if first or last:
        return _span(first or last, last or first, now, zone) or named(None, now, zone)
    if said and YEAR_SHAPE.fullmatch(said) and 0 <= now.astimezone(zone).year - int(said) <= MOST_MONTHS_BACK // 12:
        return year(int(said), zone)
    return named(said, now, zone)


def year(number: int, zone: ZoneInfo) -> Period:
    """A whole year of the city."""
    return Period(str(number), datetime(number, 1, 1, tzinfo=zone), datetime(number + 1, 1, 1, tzinfo=zone))


def days(first: date, last: date, zone: ZoneInfo) -> Period:
    """From one day to another, both included."""
    start, end = datetime.combine(first, time.min, zone), datetime.combine(last + timedelta(days=1), time.min, zone)
    return Period(f"{first}{SPAN}{last}", start, end)


def _span(first: str | None, last: str | None, now: datetime, zone: ZoneInfo) -> Period | None:
    try:
        one, other = date.fromisoformat(first or ""), date.fromisoformat(last or "")
    except ValueError:
        return None
    today = now.astimezone(zone).date()
    is_sound = today - timedelta(days=MOST_DAYS) <= one <= min(other, today) and other <= today + timedelta(days=366)
    return days(one, other, zone) if is_sound else None


def before(period: Period, zone: ZoneInfo) -> Period:
    """The period to compare with: the month before a month, the year before a year, else as many days before."""
    start, end = period.start.astimezone(zone), period.end.astimezone(zone)
    if start.day == end.day == 1 and (end.year - start.year) * 12 + end.month - start.month in (1, 12):
        if end.year - start.year == 1 and end.month == start.month:
            return Period(f"{start.year - 1}" if start.month == 1 else "", start.replace(year=start.year - 1), start)
        earlier = (start - timedelta(days=1)).replace(day=1, hour=0)
        return Period(f"{earlier:%Y-%m}", earlier, start)
    length = (end.date() - start.date()).days
    first = start.date() - timedelta(days=length)
    return days(first, start.date() - timedelta(days=1), zone)


def first_and_last(period: Period, zone: ZoneInfo) -> tuple[date, date]:
    """The days of a period, both included."""
    return period.start.astimezone(zone).date(), (period.end.astimezone(zone) - timedelta(seconds=1)).date()
