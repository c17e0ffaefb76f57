"""A month to be reported: its figures, those of the month before, and what was unfinished when it ended."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from tanggap.city.kinds import Priority
from tanggap.evaluation.figures import Measure, Performance
from tanggap.evaluation.model import MOST_MONTHS_BACK, PERIOD_SHAPE, Figures, Period, month
from tanggap.incident.model import IncidentState
from tanggap.incident.refusals import TanggapRefusal
from tanggap.platform.i18n import N_

#: Dispositions of which nobody had to act, and no real caller was in need: the nuisance of a line 112.
NUISANCE = ("test", "prank", "silent", "abandoned", "misdial")


class NoSuchMonth(TanggapRefusal):
    """No month (as 2026-01), or one that has not begun, or one of more than ten years ago."""

    slug = "no-such-month"
    sentence = N_("Bulan ini tidak ada laporannya. Tulis bulan seperti 2026-01, yang sudah dimulai.")


class Unfinished(msgspec.Struct, frozen=True):
    """An incident that was open when the month ended. No personal data: neither words nor address, only the kelurahan."""

    number: int
    opened_at: datetime
    category: str
    priority: Priority
    area: str  # kelurahan code, '' when unknown
    state: IncidentState  # when the month ended
    agencies: tuple[str, ...]  # that had it then
    due_at: datetime | None
    finished_at: datetime | None  # since then, if it was

    def is_late(self, at: datetime) -> bool:
        """Whether it was past its due time."""
        return self.due_at is not None and self.due_at < at


class Month(msgspec.Struct, frozen=True):
    """Everything that a monthly report is made of."""

    period: Period
    before_period: Period  # the month before; only as long as this one has lasted, while it lasts
    figures: Figures  # what came in, and what became of it
    before: Figures
    found: Performance  # how fast, how right, how finished
    found_before: Performance
    unfinished: tuple[Unfinished, ...]  # the longest open first
    unfinished_before: int  # how many were open when the month before ended
    has_examples: bool  # some of it never happened
    counted_at: datetime

    @property
    def is_over(self) -> bool:
        """Whether the month had ended when it was counted; else its figures are of a part of it."""
        return self.counted_at >= self.period.end

    @property
    def ends_at(self) -> datetime:
        """The moment for which «unfinished» is said: the month's end, or now while it lasts."""
        return min(self.period.end, self.counted_at)

    @property
    def is_first(self) -> bool:
        """Whether nothing is known of the month before."""
        return not (self.before.reports or self.before.incidents or calls(self.before))

    def measure(self, code: str) -> Measure:
        """One figure of the month; nothing was measured of a figure that is not there."""
        return self.found.all.measures.get(code, Measure(code))

    def measure_before(self, code: str) -> Measure:
        """The same of the month before."""
        return self.found_before.all.measures.get(code, Measure(code))


def calls(figures: Figures) -> int:
    """Calls that came in: those that the telephone counted, or where it is not ours, the reports taken down from calls."""
    return sum(figures.by_outcome.values()) or figures.calls


def reported_month(said: str, now: datetime, zone: ZoneInfo) -> Period:
    """The month that was asked for, as 2026-01.

    Raises:
        NoSuchMonth: it is none, or is still to come, or lies more than ten years back.
    """
    shape = PERIOD_SHAPE.fullmatch(said)
    if shape is not None and said.isascii():
        local = now.astimezone(zone)
        back = (local.year - int(shape[1])) * 12 + local.month - int(shape[2])
        if 1 <= int(shape[2]) <= 12 and 0 <= back <= MOST_MONTHS_BACK:
            return month(now, zone, back)
    raise NoSuchMonth


def month_before(period: Period, now: datetime, zone: ZoneInfo) -> Period:
    """The month before; while `period` lasts, only its first days, as many as have begun, so that like is compared with like."""
    before = month(period.start, zone, 1)
    if now >= period.end:
        return before
    days = (now.astimezone(zone).date() - period.start.date()).days + 1
    end = min(before.end, before.start + timedelta(days=days))
    last = end - timedelta(days=1)
    return before if end == before.end else Period(f"{before.start:%Y-%m-%d}--{last:%Y-%m-%d}", before.start, end)
