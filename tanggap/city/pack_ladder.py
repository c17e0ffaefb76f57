"""escalation.toml and holidays.toml of a city pack: how their entries become records of the catalogue, and these entries again.

What must hold in them stands in `ladder_checks.py`.
"""

from collections.abc import Mapping
from datetime import date, time
from typing import Annotated, Any

from msgspec import Meta

from tanggap.city.kinds import Priority, Provenance
from tanggap.city.ladder import AgencyRule, Clock, Holiday, HolidayKind, OfficeHours, Rung, Told, Weekday, code_of
from tanggap.city.pack_format import Code, PackEntry, Sources, Text
from tanggap.city.working_time import Unit

LADDER, HOLIDAYS = "escalation.toml", "holidays.toml"
HourText = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class StepEntry(PackEntry, frozen=True):
    """One [[step]] of escalation.toml."""

    priority: Priority
    clock: Clock
    tell: Told
    after: Annotated[int, Meta(gt=0, le=100_000)]
    unit: Unit
    provenance: Provenance
    source: str = ""
    category: Code | None = None
    agency: Code | None = None
    again_minutes: Annotated[int, Meta(ge=5, le=10_080)] | None = None

    @staticmethod
    def title(raw: Mapping[str, Any]) -> str:
        """P1 answer second (dlhk)."""
        particular = ", ".join(str(raw[name]) for name in ("category", "agency") if name in raw)
        named = " ".join(str(raw.get(name, "?")) for name in ("priority", "clock", "tell"))
        return f"{named} ({particular})" if particular else named

    @property
    def named(self) -> str:
        """As messages name it."""
        particular = ", ".join(filter(None, (self.category, self.agency)))
        named = f"{self.priority} {self.clock} {self.tell}"
        return f"{named} ({particular})" if particular else named

    def record(self, sources: Sources) -> Rung:
        """The rung as the catalogue holds it."""
        return Rung(
            code_of(self.priority, self.clock, self.tell, self.category, self.agency),
            self.priority,
            self.clock,
            self.tell,
            self.after,
            self.unit,
            self.provenance,
            sources.get(self.source, self.source),
            self.category,
            self.agency,
            again_minutes=self.again_minutes,
        )


class OfficeHoursEntry(PackEntry, frozen=True):
    """One [[office_hours]] of escalation.toml."""

    day: Weekday
    opens: HourText
    closes: HourText
    provenance: Provenance
    source: str = ""
    agency: Code | None = None

    @staticmethod
    def title(raw: Mapping[str, Any]) -> str:
        """monday (dlhk)."""
        return f"{raw.get('day', '?')} ({raw['agency']})" if "agency" in raw else str(raw.get("day", "?"))

    @property
    def code(self) -> str:
        """What names it in the catalogue."""
        return f"{self.agency}-{self.day}" if self.agency else str(self.day)

    @property
    def named(self) -> str:
        """As messages name it."""
        return f"{self.day} ({self.agency})" if self.agency else str(self.day)

    def record(self, sources: Sources) -> OfficeHours:
        """The hours as the catalogue holds them."""
        opens, closes = time.fromisoformat(self.opens), time.fromisoformat(self.closes)
        return OfficeHours(
            self.code, self.day, opens, closes, self.provenance, sources.get(self.source, self.source), self.agency
        )


class AgencyRuleEntry(PackEntry, frozen=True):
    """One [[agency]] of escalation.toml."""

    agency: Code
    provenance: Provenance
    pauses: tuple[Priority, ...] = ()
    off_hours: Told | None = None
    source: str = ""

    @staticmethod
    def title(raw: Mapping[str, Any]) -> str:
        """The agency's code."""
        return str(raw.get("agency", "?"))

    def record(self, sources: Sources) -> AgencyRule:
        """The rule as the catalogue holds it."""
        source = sources.get(self.source, self.source)
        return AgencyRule(self.agency, self.agency, self.pauses, self.provenance, source, self.off_hours)


class HolidayEntry(PackEntry, frozen=True):
    """One [[holiday]] of holidays.toml."""

    date: date
    id: Text
    en: Text
    kind: HolidayKind
    provenance: Provenance
    source: Text

    @staticmethod
    def title(raw: Mapping[str, Any]) -> str:
        """The date."""
        return str(raw.get("date", "?"))

    def record(self, sources: Sources) -> Holiday:
        """The holiday as the catalogue holds it."""
        code, source = self.date.isoformat(), sources.get(self.source, self.source)
        return Holiday(code, self.date, self.id, self.en, self.kind, self.provenance, source)


def about_s(step: StepEntry) -> float:
    """A step's time, for comparing: a working day is at least as long as a day."""
    length = (Unit.DAYS if step.unit is Unit.WORKING_DAYS else step.unit, step.after)
    return {Unit.SECONDS: 1, Unit.MINUTES: 60, Unit.HOURS: 3_600, Unit.DAYS: 86_400}[length[0]] * length[1]
