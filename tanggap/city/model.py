"""The nouns that a city configures, and the catalogue that holds all of them in memory."""

import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Protocol, TypeVar

import msgspec

from tanggap.city.kinds import PRIORITY_SHAPES as PRIORITY_SHAPES
from tanggap.city.kinds import PRIORITY_WORDS as PRIORITY_WORDS
from tanggap.city.kinds import Priority as Priority
from tanggap.city.kinds import Provenance as Provenance
from tanggap.city.ladder import AgencyRule, Clock, Holiday, OfficeHours, Rung, Told, rungs_for
from tanggap.city.shift_plan import ShiftTemplate
from tanggap.city.working_time import Calendar, Opening
from tanggap.platform.i18n import Locale


class QuestionKind(StrEnum):
    """How a question is answered."""

    YES_NO = "yes_no"  # yes | no | unknown
    CHOICE = "choice"
    NUMBER = "number"
    TEXT = "text"


class AreaKind(StrEnum):
    """The two levels below a city."""

    KECAMATAN = "kecamatan"
    KELURAHAN = "kelurahan"


YES_NO_ANSWERS = ("yes", "no", "unknown")


class BoundingBox(msgspec.Struct, frozen=True):
    """Degrees WGS 84."""

    south: float
    west: float
    north: float
    east: float

    def contains(self, lat: float, lon: float) -> bool:
        """Whether the point lies in the box, its edges included."""
        return self.south <= lat <= self.north and self.west <= lon <= self.east


class NeighbourPlace(msgspec.Struct, frozen=True):
    """A district or town of a neighbour that callers of this city name."""

    name: str
    lat: float  # about its middle, degrees WGS 84
    lon: float
    reach_m: float  # how far it reaches from there, in metres, roughly
    aliases: tuple[str, ...] = ()


class Neighbour(msgspec.Struct, frozen=True):
    """A city or regency next to this one, and who answers the calls there."""

    code: str  # the ministry's: 74.05
    name: str
    lat: float  # its seat, degrees WGS 84
    lon: float
    answers: str  # who answers at `number`
    number: str  # to be called from anywhere, or at least from there
    places: tuple[NeighbourPlace, ...]
    provenance: Provenance
    source: str
    aliases: tuple[str, ...] = ()


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


class Choice(msgspec.Struct, frozen=True):
    """One answer of a question of kind `choice`."""

    value: str
    text_id: str
    text_en: str

    def text(self, locale: Locale) -> str:
        """The answer as it stands on the button."""
        return self.text_en if locale == "en" else self.text_id


class Advice(msgspec.Struct, frozen=True):
    """A sentence to be read to the caller."""

    text_id: str
    text_en: str

    def text(self, locale: Locale) -> str:
        """The sentence in the reader's language."""
        return self.text_en if locale == "en" else self.text_id


class Question(msgspec.Struct, frozen=True):
    """What the call taker asks about one category, and which answers raise the priority."""

    code: str
    kind: QuestionKind
    text_id: str
    text_en: str
    choices: tuple[Choice, ...] = ()
    raises: dict[str, Priority] = {}  # answer → priority at least; for a number, the key is the smallest that raises
    when: dict[str, tuple[str, ...]] = {}  # asked only after these answers to earlier questions, all of them
    adds: dict[str, tuple[str, ...]] = {}  # answer → agencies that are asked too
    advises: dict[str, Advice] = {}  # answer → what is read to the caller then

    def text(self, locale: Locale) -> str:
        """The question as it is spoken."""
        return self.text_en if locale == "en" else self.text_id

    def raised(self, answer: object) -> Priority | None:
        """The priority that this answer demands at least, or None."""
        return min((self.raises[key] for key in self._reached(answer, self.raises)), default=None)

    def added(self, answer: object) -> list[str]:
        """The agencies that this answer adds, in the pack's order."""
        return [agency for key in self._reached(answer, self.adds) for agency in self.adds[key]]

    def advised(self, answer: object) -> list[Advice]:
        """What is read to the caller after this answer."""
        return [self.advises[key] for key in self._reached(answer, self.advises)]

    def _reached(self, answer: object, keys: Iterable[str]) -> list[str]:
        """The keys that the answer is, or for a number reaches."""
        if self.kind is QuestionKind.NUMBER:
            return [key for key in keys if _reaches(answer, key)]
        return [key for key in keys if key == str(answer)]

    def is_asked(self, answers: Mapping[str, Any]) -> bool:
        """Whether the answers given so far lead here."""
        return all(str(answers.get(code)) in wanted for code, wanted in self.when.items())


def _reaches(answer: object, least: str) -> bool:
    try:
        return float(str(answer)) >= float(least)
    except ValueError:
        return False


class Category(msgspec.Struct, frozen=True):
    """What kind of incident, whose it is, what to ask and what to tell the caller."""

    code: str
    name_id: str
    name_en: str
    group: str
    priority: Priority
    lead: str
    support: tuple[str, ...]
    next: tuple[str, ...]  # competent too, in this order, when the lead agency rejects
    questions: tuple[Question, ...]
    advice_id: str
    advice_en: str
    words: tuple[str, ...]  # what people here say when they mean it
    provenance: Provenance
    source: str
    active: bool = True

    def name(self, locale: Locale) -> str:
        """The category as people read it."""
        return self.name_en if locale == "en" else self.name_id

    def advice(self, locale: Locale) -> str:
        """What the call taker tells the caller."""
        return self.advice_en if locale == "en" else self.advice_id

    def priority_for(self, answers: Mapping[str, Any]) -> Priority:
        """The category's priority, raised by the answers given; an answer never lowers it."""
        raised = (question.raised(answers[question.code]) for question in self.questions if question.code in answers)
        return min([self.priority, *(priority for priority in raised if priority is not None)])

    def asked(self, answers: Mapping[str, Any]) -> list[Question]:
        """The questions that the answers lead to, in the order in which they are asked."""
        return [question for question in self.questions if question.is_asked(answers)]

    def added(self, answers: Mapping[str, Any]) -> list[str]:
        """The agencies that the answers add to those of the category."""
        found = (agency for question in self.asked(answers) for agency in question.added(answers.get(question.code)))
        return [agency for agency in dict.fromkeys(found) if agency != self.lead and agency not in self.support]

    def advised(self, answers: Mapping[str, Any], locale: Locale) -> list[str]:
        """What to read to the caller, by the answers so far: what they call for first, then what holds for the whole category."""
        told = [
            advice.text(locale) for question in self.asked(answers) for advice in question.advised(answers.get(question.code))
        ]
        return list(dict.fromkeys([*told, *filter(None, [self.advice(locale)])]))


class Area(msgspec.Struct, frozen=True):
    """A kecamatan or a kelurahan, with the ministry's code. Its geometry comes in by `tanggap import areas`, not by the pack."""

    code: str
    kind: AreaKind
    name: str
    parent: str | None  # the kecamatan of a kelurahan
    lat: float  # centre
    lon: float
    inner_lat: float  # a point surely inside
    inner_lon: float
    area_km2: float
    provenance: Provenance
    source: str
    aliases: tuple[str, ...] = ()
    active: bool = True
    geometry: dict[str, Any] | None = None  # GeoJSON Polygon or MultiPolygon
    geometry_source: str | None = None

    @property
    def radius_m(self) -> float:
        """The radius of a disc as large as the area, in metres: how uncertain a point is of which only the area is known."""
        return math.sqrt(self.area_km2 * 1e6 / math.pi)


class Place(msgspec.Struct, frozen=True):
    """A public place that callers name: a market, a bridge, a hospital, a main street."""

    code: str
    kind: str
    name: str
    aliases: tuple[str, ...]
    lat: float
    lon: float
    uncertainty_m: float
    area: str | None  # kelurahan
    provenance: Provenance
    source: str
    active: bool = True


class Target(msgspec.Struct, frozen=True):
    """The times that the city aims at for one priority, in seconds: from hand-over, from acknowledgement, from hand-over."""

    priority: Priority
    acknowledge_s: int
    travel_s: int
    resolve_s: int
    note: str
    provenance: Provenance


class ServiceLevel(msgspec.Struct, frozen=True):
    """A level that the city wants its service to reach: this share of a figure's cases, within this time."""

    code: str
    figure: str  # of evaluation/figures.py
    share: float  # 0–1
    within: int | None  # seconds, or working days for a figure that is counted in them; None: the figure is a share itself
    groups: tuple[str, ...]  # of categories; empty: all
    priorities: tuple[Priority, ...]  # empty: all
    note: str
    provenance: Provenance
    source: str
    active: bool = True


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
