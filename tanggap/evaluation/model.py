"""The coordinator's figures: how fast (CEPAT), how right (TEPAT), how finished (TUNTAS)."""

import re
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from tanggap.incident.model import Incident


class Period(msgspec.Struct, frozen=True):
    """A span of time, start included, end excluded, in the city's own days."""

    name: str
    start: datetime
    end: datetime


#: Earlier months than this are asked of the archive, not of a page.
MOST_MONTHS_BACK = 120

PERIOD_SHAPE = re.compile(r"(\d{4})-(\d{2})")


#: A call is answered in time within this (NENA-STA-020.1: 90 % of calls in 15 s).
ANSWERED_WITHIN = timedelta(seconds=15)


class AgencyFigures(msgspec.Struct, frozen=True):
    """How one agency answered in a period. Durations in seconds; None when nothing was answered."""

    agency: str
    asked: int
    acknowledged: int
    waiting: int
    at_work: int
    done: int
    rejected: int
    expired: int
    withdrawn: int
    within_target: int  # acknowledged before the answer was due
    acknowledge_median_s: float | None
    done_median_s: float | None


class Funnel(msgspec.Struct, frozen=True):
    """How far what came in has come: reports first, then the incidents they became."""

    received: int  # reports
    verified: int  # reports with a disposition
    incidents: int
    handed_over: int  # incidents for which an agency was asked
    acknowledged: int  # … and said «ours»
    resolved: int  # … and said it is done
    confirmed: int  # … and a citizen agreed


class Figures(msgspec.Struct, frozen=True):
    """Everything that the coordinator's page counts for one period."""

    period: Period
    reports: int
    calls: int
    by_disposition: dict[str, int]  # '' for none yet
    by_channel: dict[str, int]
    by_outcome: dict[str, int]  # calls that came in; '' while somebody is on the line
    calls_in_time: int  # of them, answered within 15 s
    by_hour: list[int]  # 24 figures, hours of the city's day
    by_hour_disposition: dict[str, list[int]]  # the same for each disposition, the most frequent first
    funnel: Funnel
    incidents: int
    by_category: dict[str, int]
    by_area: dict[str, int]
    by_state: dict[str, int]
    by_priority: dict[str, int]
    agencies: list[AgencyFigures]
    hand_over_median_s: float | None  # report received → first agency asked
    reopened: int
    stars_mean: float | None
    stars_count: int
    by_stars: list[int]  # how often 1, 2, 3, 4 and 5


class Overdue(msgspec.Struct, frozen=True):
    """An open incident, with the agencies that have it; overdue when its due time has passed."""

    incident: Incident
    agencies: tuple[str, ...]


class ExportRow(msgspec.Struct, frozen=True):
    """One incident in the CSV: no personal data."""

    number: int
    id: UUID
    opened_at: datetime
    state: str
    category: str
    priority: str
    kelurahan: str
    place: str
    lat: float | None
    lon: float | None
    reports: int
    agencies: str
    assigned_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None
    reopened: int


def today(now: datetime, zone: ZoneInfo) -> Period:
    """The city's current day."""
    start = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return Period("today", start, (start + timedelta(days=1)))


def month(now: datetime, zone: ZoneInfo, back: int = 0) -> Period:
    """The city's current month, or one `back` months before it."""
    local = now.astimezone(zone)
    count = local.year * 12 + local.month - 1 - back
    start = datetime(count // 12, count % 12 + 1, 1, tzinfo=zone)
    end = datetime((count + 1) // 12, (count + 1) % 12 + 1, 1, tzinfo=zone)
    return Period(start.strftime("%Y-%m"), start, end)


def named(said: str | None, now: datetime, zone: ZoneInfo) -> Period:
    """The period that an address names: `today`, or a month as 2026-11. Anything else, or a month to come, is this month."""
    if said == "today":
        return today(now, zone)
    shape = PERIOD_SHAPE.fullmatch(said or "")
    if shape is None:
        return month(now, zone)
    year, number = int(shape[1]), int(shape[2])
    local = now.astimezone(zone)
    back = (local.year - year) * 12 + local.month - number
    is_known = 1 <= number <= 12 and 0 <= back <= MOST_MONTHS_BACK
    return month(now, zone, back) if is_known else month(now, zone)
