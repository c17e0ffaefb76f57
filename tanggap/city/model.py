"""The city, its agencies and phrases, and the catalogue that holds all that it configures in memory."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Protocol, TypeVar

import msgspec

from tanggap.city.categories import Category
from tanggap.city.kinds import Priority, Provenance
from tanggap.city.ladder import AgencyRule, Clock, Holiday, OfficeHours, Rung, Told, rungs_for
from tanggap.city.shift_plan import ShiftTemplate
from tanggap.city.targets import ServiceLevel, Target
from tanggap.city.territory import Area, AreaKind, BoundingBox, Neighbour
from tanggap.city.working_time import Calendar, Opening
from tanggap.platform.i18n import Locale


class City(msgspec.Struct, frozen=True):
    """One city (kota or kabupaten), as its pack names it."""

    code: str
    name: str
    timezone: str
    prefix: str  # of incident numbers: KDI-0042
    emergency_number: str
    bbox: BoundingBox
    centre_lat: float
    centre_lon: float
    zoom: float
    neighbours: tuple[Neighbour, ...] = ()
    provenance: Provenance = Provenance.PROPOSED
    source: str = ""
    shift_starts: tuple[int, ...] = (7, 15, 23)  # hours of the city's day


class Agency(msgspec.Struct, frozen=True):
    """Who acts: a city department, a utility, the police, a hospital."""

    code: str
    name: str
    short: str
    handles_id: str
    handles_en: str
    provenance: Provenance
    source: str
    address: str = ""
    phones: tuple[str, ...] = ()
    active: bool = True
    bases: tuple[str, ...] = ()  # codes of the places from which it goes out

    def handles(self, locale: Locale) -> str:
        """What it is competent for, in a few words."""
        return self.handles_en if locale == "en" else self.handles_id


class Phrase(msgspec.Struct, frozen=True):
    """A sentence ready to be said or sent."""

    code: str
    kind: str  # greeting | reply | announcement | reason
    text_id: str
    text_en: str
    provenance: Provenance
    active: bool = True

    def text(self, locale: Locale) -> str:
        """The sentence in the reader's language."""
        return self.text_en if locale == "en" else self.text_id


class NotInCatalogue(LookupError):  # noqa: N818 - it says what happened, as the other refusals of the house do
    """The city's catalogue has no such entry; `what` says which kind, `code` which."""

    def __init__(self, what: str, code: str) -> None:
        self.what = what
        self.code = code
        super().__init__(f"The catalogue has no {what} {code!r}.")


class Coded(Protocol):
    """An entry that is found by its code."""

    @property
    def code(self) -> str:
        """Unique among its kind, within the city."""


Entry = TypeVar("Entry", bound=Coded)


def _by_code(entries: Iterable[Entry]) -> dict[str, Entry]:
    return {entry.code: entry for entry in entries}


def _found(entries: Mapping[str, Entry], what: str, code: str) -> Entry:
    entry = entries.get(code)
    if entry is None:
        raise NotInCatalogue(what, code)
    return entry


class Catalogue(msgspec.Struct, frozen=True, eq=False, dict=True):
    """All of one city's configuration, as it stood at `version`, but for its places: those are the gazetteer's, 100,000 of them.

    Entries that the city has retired (`active` false) stay here, so that old incidents can still be read; `competent` and
    `supporting` leave them out.
    """

    city: City
    version: int
    agencies: tuple[Agency, ...]
    categories: tuple[Category, ...]
    areas: tuple[Area, ...]
    targets: tuple[Target, ...]
    phrases: tuple[Phrase, ...]
    rules_version: int = 0  # since when these agencies, categories, targets and phrases hold; `version` counts other changes too
    service_levels: tuple[ServiceLevel, ...] = ()
    rungs: tuple[Rung, ...] = ()
    office_hours: tuple[OfficeHours, ...] = ()
    agency_rules: tuple[AgencyRule, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    shifts: tuple[ShiftTemplate, ...] = ()  # as the city's plan has them now; made shifts keep what they were

    @cached_property
    def agencies_by_code(self) -> Mapping[str, Agency]:
        """Code → agency."""
        return _by_code(self.agencies)

    @cached_property
    def categories_by_code(self) -> Mapping[str, Category]:
        """Code → category."""
        return _by_code(self.categories)

    @cached_property
    def areas_by_code(self) -> Mapping[str, Area]:
        """Code → kecamatan or kelurahan."""
        return _by_code(self.areas)

    @cached_property
    def phrases_by_code(self) -> Mapping[str, Phrase]:
        """Code → phrase."""
        return _by_code(self.phrases)

    @cached_property
    def targets_by_priority(self) -> Mapping[Priority, Target]:
        """Priority → target times."""
        return {target.priority: target for target in self.targets}

    @cached_property
    def kecamatan(self) -> tuple[Area, ...]:
        """The city's kecamatan, in the pack's order."""
        return tuple(area for area in self.areas if area.kind is AreaKind.KECAMATAN and area.active)

    @cached_property
    def kelurahan(self) -> tuple[Area, ...]:
        """The city's kelurahan, in the pack's order."""
        return tuple(area for area in self.areas if area.kind is AreaKind.KELURAHAN and area.active)

    def agency(self, code: str) -> Agency:
        """Raises NotInCatalogue."""
        return _found(self.agencies_by_code, "agency", code)

    def category(self, code: str) -> Category:
        """Raises NotInCatalogue."""
        return _found(self.categories_by_code, "category", code)

    def area(self, code: str) -> Area:
        """Raises NotInCatalogue."""
        return _found(self.areas_by_code, "area", code)

    def phrase(self, code: str) -> Phrase:
        """Raises NotInCatalogue."""
        return _found(self.phrases_by_code, "phrase", code)

    def target(self, priority: Priority) -> Target:
        """The target times of a priority; every pack has all four."""
        return self.targets_by_priority[priority]

    def ladder(self, priority: Priority, clock: Clock, category: str | None, agency: str) -> tuple[Rung, ...]:
        """Who is told, the first one first: by the agency's own rungs, else the category's, else the city's."""
        return rungs_for(self.rungs, priority, clock, category, agency)

    @cached_property
    def agency_rules_by_code(self) -> Mapping[str, AgencyRule]:
        """Agency → how its clocks run outside office hours; agencies that are not here are always there."""
        return {rule.agency: rule for rule in self.agency_rules if rule.active}

    @cached_property
    def _calendars(self) -> dict[str, Calendar]:
        return {}

    def calendar(self, agency: str) -> Calendar:
        """When an agency works: in its own office hours, else in the city's, and never on a holiday."""
        if agency not in self._calendars:
            listed = [hours for hours in self.office_hours if hours.active]
            own = [hours for hours in listed if hours.agency == agency] or [hours for hours in listed if hours.agency is None]
            week = {hours.day.number: Opening(hours.opens, hours.closes) for hours in own}
            days_off = frozenset(holiday.date for holiday in self.holidays if holiday.active)
            self._calendars[agency] = Calendar(self.city.timezone, week, days_off)
        return self._calendars[agency]

    def pauses(self, agency: str, priority: Priority) -> bool:
        """Whether the agency's clocks for this priority run in its office hours only."""
        rule = self.agency_rules_by_code.get(agency)
        return rule is not None and priority in rule.pauses and bool(self.calendar(agency).week)

    def begins_with(self, agency: str, priority: Priority, at: datetime) -> Told | None:
        """Who of an agency is told first at night and on days off, as those before are not there. None: the usual first one."""
        rule = self.agency_rules_by_code.get(agency)
        if rule is None or rule.off_hours is None or self.pauses(agency, priority) or self.calendar(agency).is_open(at):
            return None
        return rule.off_hours

    def competent(self, category: str) -> list[str]:
        """The agencies that may lead on a category, the first choice first. Raises NotInCatalogue."""
        entry = self.category(category)
        return self._acting([entry.lead, *entry.next])

    def supporting(self, category: str) -> list[str]:
        """The agencies that the catalogue proposes beside the lead. Raises NotInCatalogue."""
        entry = self.category(category)
        return [code for code in self._acting(entry.support) if code != entry.lead]

    def kecamatan_of(self, area: str) -> Area:
        """The kecamatan that a kelurahan belongs to (or the kecamatan itself). Raises NotInCatalogue."""
        found = self.area(area)
        return found if found.parent is None else self.area(found.parent)

    def _acting(self, codes: Iterable[str]) -> list[str]:
        known = self.agencies_by_code
        return [code for code in dict.fromkeys(codes) if code in known and known[code].active]
