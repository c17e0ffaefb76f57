"""The coordinator's figures: how fast (CEPAT), how right (TEPAT), how finished (TUNTAS)."""

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


class Figures(msgspec.Struct, frozen=True):
    """Everything that the coordinator's page counts for one period."""

    period: Period
    reports: int
    calls: int
    by_disposition: dict[str, int]  # '' for none yet
    by_channel: dict[str, int]
    by_hour: list[int]  # 24 figures, hours of the city's day
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
