"""escalation.toml and holidays.toml of a city pack: how they become records of the catalogue, and what must hold in them."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from itertools import pairwise
from typing import Annotated, Any

from msgspec import Meta

from tanggap.city.category_checks import duplicates
from tanggap.city.kinds import Priority, Provenance
from tanggap.city.ladder import AgencyRule, Clock, Holiday, HolidayKind, OfficeHours, Rung, Told, Weekday, code_of
from tanggap.city.pack_checks import Complain
from tanggap.city.pack_format import Code, PackEntry, Sources, Text
from tanggap.city.targets import Target
from tanggap.city.working_time import Unit

LADDER, HOLIDAYS = "escalation.toml", "holidays.toml"
HourText = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
#: A holiday further away than this from today's calendars is a typing mistake in the year.
YEARS = range(2020, 2061)


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

    @staticmethod
    def title(raw: Mapping[str, Any]) -> str:
        """P1 answer second (dlhk)."""
        particular = ", ".join(str(raw[name]) for name in ("category", "agency") if name in raw)
        named = " ".join(str(raw.get(name, "?")) for name in ("priority", "clock", "tell"))
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

    def record(self, sources: Sources) -> OfficeHours:
        """The hours as the catalogue holds them."""
        code = f"{self.agency}-{self.day}" if self.agency else str(self.day)
        opens, closes = time.fromisoformat(self.opens), time.fromisoformat(self.closes)
        return OfficeHours(code, self.day, opens, closes, self.provenance, sources.get(self.source, self.source), self.agency)


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


def check_ladder(
    steps: Sequence[StepEntry], targets: Sequence[Target], agencies: set[str], categories: set[str], complain: Complain
) -> None:
    """Agencies and categories exist; every priority has a ladder for every clock, which climbs in time to the coordinator."""
    ladders: dict[tuple[Priority, Clock, str | None, str | None], list[StepEntry]] = {}
    for step in steps:
        entry = f"step {_named(step)}"
        if step.agency is not None and step.agency not in agencies:
            complain(LADDER, entry, f"names the agency `{step.agency}`, which agencies.toml does not have.")
        if step.category is not None and step.category not in categories:
            complain(LADDER, entry, f"names the category `{step.category}`, which categories.toml does not have.")
        ladders.setdefault((step.priority, step.clock, step.category, step.agency), []).append(step)
    for priority in Priority if steps else ():
        for clock in Clock:
            if (priority, clock, None, None) not in ladders:
                complain(
                    LADDER, f"{priority} {clock}", "has no step; every priority needs a ladder for each of the three clocks."
                )
    for ladder in ladders.values():
        _check_order(sorted(ladder, key=lambda step: step.tell.height), complain)
    for target in targets:
        _check_target(target, ladders.get((target.priority, Clock.ANSWER, None, None), ()), complain)


def _check_order(ladder: Sequence[StepEntry], complain: Complain) -> None:
    for lower, upper in pairwise(ladder):
        if lower.tell is upper.tell:
            continue  # told of as a step that stands twice
        sooner, later = _about_s(lower), _about_s(upper)
        if later <= sooner:
            sentence = f"comes after {upper.after} {upper.unit}, not later than the step before it ({lower.after} {lower.unit})."
            complain(LADDER, f"step {_named(upper)}", sentence)
    if ladder and ladder[-1].tell is not Told.COORDINATOR:
        complain(LADDER, f"step {_named(ladder[-1])}", "is the last of its ladder, which must end with the coordinator.")


def _check_target(target: Target, ladder: Sequence[StepEntry], complain: Complain) -> None:
    for step in ladder:
        length = _about_s(step)
        if step.unit is not Unit.WORKING_DAYS and length < target.acknowledge_s:
            sentence = f"comes before the {target.acknowledge_s} s that targets.toml gives the agency to answer."
            complain(LADDER, f"step {_named(step)}", sentence)


def _about_s(step: StepEntry) -> float:
    """A step's time, for comparing: a working day is at least as long as a day."""
    length = (Unit.DAYS if step.unit is Unit.WORKING_DAYS else step.unit, step.after)
    return {Unit.SECONDS: 1, Unit.MINUTES: 60, Unit.HOURS: 3_600, Unit.DAYS: 86_400}[length[0]] * length[1]


def _named(step: StepEntry) -> str:
    particular = ", ".join(filter(None, (step.category, step.agency)))
    named = f"{step.priority} {step.clock} {step.tell}"
    return f"{named} ({particular})" if particular else named


def check_office_hours(
    hours: Sequence[OfficeHoursEntry], rules: Sequence[AgencyRuleEntry], agencies: set[str], complain: Complain
) -> None:
    """A day closes after it opens; agencies exist, and have hours when their clocks run in them only."""
    for one in hours:
        entry = f"office_hours {OfficeHoursEntry.title({'day': one.day} | ({'agency': one.agency} if one.agency else {}))}"
        if one.closes <= one.opens:
            complain(LADDER, entry, f"closes at {one.closes}, which is not later than it opens ({one.opens}).")
        if one.agency is not None and one.agency not in agencies:
            complain(LADDER, entry, f"names the agency `{one.agency}`, which agencies.toml does not have.")
    for rule in rules:
        if rule.agency not in agencies:
            complain(LADDER, f"agency {rule.agency}", "is an agency that agencies.toml does not have.")
        for priority in duplicates(rule.pauses):
            complain(LADDER, f"agency {rule.agency}", f"names {priority} twice in `pauses`.")
        if rule.pauses and not any(one.agency in (None, rule.agency) for one in hours):
            complain(LADDER, f"agency {rule.agency}", "pauses outside office hours, and there are no office_hours for it.")


def check_holidays(holidays: Sequence[HolidayEntry], complain: Complain) -> None:
    """Dates of these years."""
    for holiday in holidays:
        if holiday.date.year not in YEARS:
            sentence = f"is in the year {holiday.date.year}; is it a typing mistake?"
            complain(HOLIDAYS, f"holiday {holiday.date.isoformat()}", sentence)
