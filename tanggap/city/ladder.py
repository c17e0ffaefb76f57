"""Who is told when an agency does not act in time: the rungs of the ladder, office hours, days on which offices are closed."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from enum import StrEnum

import msgspec

from tanggap.city.kinds import Priority, Provenance
from tanggap.city.working_time import Unit, Wait
from tanggap.platform.i18n import N_


class Clock(StrEnum):
    """What is waited for."""

    ANSWER = "answer"  # from hand-over until the agency says «ours»
    START = "start"  # from then until it is on its way
    FINISH = "finish"  # from hand-over until it is done


class Told(StrEnum):
    """Who is told, in the order in which they stand on the ladder."""

    SECOND = "second"  # the agency's second contact
    HEAD = "head"  # the agency's head
    SUPERVISOR = "supervisor"  # the supervisor on duty at the centre
    COORDINATOR = "coordinator"  # the city's coordinator

    @property
    def height(self) -> int:
        """Its place on the ladder, 0 for the lowest."""
        return list(Told).index(self)


CLOCK_WORDS: Mapping[Clock, str] = {
    Clock.ANSWER: N_("Menjawab"), Clock.START: N_("Berangkat"), Clock.FINISH: N_("Selesai"),
}  # fmt: skip
TOLD_WORDS: Mapping[Told, str] = {
    Told.SECOND: N_("kontak kedua instansi"), Told.HEAD: N_("kepala instansi"), Told.SUPERVISOR: N_("pengawas"),
    Told.COORDINATOR: N_("koordinator"),
}  # fmt: skip


class Weekday(StrEnum):
    """A day of the week."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def number(self) -> int:
        """0 for Monday, as Python counts."""
        return list(Weekday).index(self)


DAY_WORDS: Mapping[Weekday, str] = {
    Weekday.MONDAY: N_("Senin"), Weekday.TUESDAY: N_("Selasa"), Weekday.WEDNESDAY: N_("Rabu"), Weekday.THURSDAY: N_("Kamis"),
    Weekday.FRIDAY: N_("Jumat"), Weekday.SATURDAY: N_("Sabtu"), Weekday.SUNDAY: N_("Minggu"),
}  # fmt: skip


class HolidayKind(StrEnum):
    """Why offices are closed."""

    NATIONAL = "national"  # hari libur nasional
    JOINT_LEAVE = "joint_leave"  # cuti bersama
    LOCAL = "local"  # the city's own


HOLIDAY_WORDS: Mapping[HolidayKind, str] = {
    HolidayKind.NATIONAL: N_("libur nasional"), HolidayKind.JOINT_LEAVE: N_("cuti bersama"), HolidayKind.LOCAL: N_("libur kota"),
}  # fmt: skip


class Rung(msgspec.Struct, frozen=True):
    """One step of a ladder: who is told after how long, counted from where the clock begins."""

    code: str  # made of what it is for: p1-answer-second
    priority: Priority
    clock: Clock
    tell: Told
    after: int
    unit: Unit
    provenance: Provenance
    source: str = ""
    category: str | None = None  # for this category only, in place of the city's rungs
    agency: str | None = None  # for this agency only, in place of all others
    active: bool = True
    again_minutes: int | None = None  # of the coordinator's: told again at this interval until somebody takes it

    @property
    def wait(self) -> Wait:
        """After how long."""
        return Wait(self.after, self.unit)


class OfficeHours(msgspec.Struct, frozen=True):
    """The hours of one weekday, in the city's zone."""

    code: str  # monday, or dlhk-monday
    day: Weekday
    opens: time
    closes: time
    provenance: Provenance
    source: str = ""
    agency: str | None = None  # this agency's own week, in place of the city's
    active: bool = True


class AgencyRule(msgspec.Struct, frozen=True):
    """How an agency is reached at night and on days off."""

    code: str  # the agency's
    agency: str
    pauses: tuple[Priority, ...]  # whose clocks run in office hours only
    provenance: Provenance
    source: str = ""
    off_hours: Told | None = None  # with whom the ladder begins outside office hours, for the priorities that do not pause
    active: bool = True


class Holiday(msgspec.Struct, frozen=True):
    """A day on which offices are closed."""

    code: str  # the date: 2026-08-17
    date: date
    name_id: str
    name_en: str
    kind: HolidayKind
    provenance: Provenance
    source: str = ""
    active: bool = True


def rungs_for(rungs: Sequence[Rung], priority: Priority, clock: Clock, category: str | None, agency: str) -> tuple[Rung, ...]:
    """The ladder of one clock, lowest first. The most particular rungs count alone: an agency's, a category's, the city's."""
    asked = [rung for rung in rungs if rung.active and rung.priority is priority and rung.clock is clock]
    of_agency = [rung for rung in asked if rung.agency == agency and rung.category in (None, category)]
    if any(rung.category for rung in of_agency):
        of_agency = [rung for rung in of_agency if rung.category]
    of_category = [rung for rung in asked if rung.agency is None and category is not None and rung.category == category]
    of_city = [rung for rung in asked if rung.agency is None and rung.category is None]
    return tuple(sorted(of_agency or of_category or of_city, key=lambda rung: rung.tell.height))


def code_of(priority: Priority, clock: Clock, tell: Told, category: str | None, agency: str | None) -> str:
    """The name of a rung: what it is for."""
    return "-".join(filter(None, (priority.value.lower(), clock.value, tell.value, category, agency)))
