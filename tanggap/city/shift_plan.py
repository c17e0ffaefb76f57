"""A city's shifts as its pack plans them: what is worked each day, by whom at least, how teams rotate through it. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from tanggap.city.kinds import Provenance
from tanggap.platform.i18n import Locale

#: In a team's rotation: a day without a shift.
FREE = "off"


class NeedKind(StrEnum):
    """What is counted of the people in a shift."""

    ROLE = "role"  # what they do in this shift
    SKILL = "skill"  # what they can do
    LANGUAGE = "language"  # what they speak beside Indonesian


class Need(msgspec.Struct, frozen=True):
    """At least so many people of one kind."""

    kind: NeedKind
    code: str
    least: int


class ShiftTemplate(msgspec.Struct, frozen=True):
    """One shift of every day; it begins at a wall-clock time of the city and may end on the next day."""

    code: str
    name_id: str
    name_en: str
    starts: time
    minutes: int
    needs: tuple[Need, ...]

    def name(self, locale: Locale) -> str:
        """Its name in the reader's language."""
        return self.name_en if locale == "en" else self.name_id

    def on(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """When it begins and ends on a day (that on which it begins). Its length is elapsed time, also when clocks change."""
        begins = datetime.combine(day, self.starts, zone).astimezone(ZoneInfo("UTC"))
        return begins, begins + timedelta(minutes=self.minutes)


class Team(msgspec.Struct, frozen=True):
    """People who work the same shifts. `pattern` has a shift's code, or FREE, for each day of the rotation."""

    code: str
    name: str
    pattern: tuple[str, ...]

    def shift_on(self, day: date) -> str | None:
        """The shift that the team works on a day. Counted in days since year 1, so that every generation falls into step."""
        code = self.pattern[day.toordinal() % len(self.pattern)] if self.pattern else FREE
        return None if code == FREE else code


class Known(msgspec.Struct, frozen=True):
    """A skill or a language that the city counts."""

    code: str
    id: str
    en: str

    def name(self, locale: Locale) -> str:
        """Its name in the reader's language."""
        return self.en if locale == "en" else self.id


class Limits(msgspec.Struct, frozen=True):
    """What a roster should not ask of one person; more is a warning, never a refusal."""

    least_rest_h: int
    most_hours_day: int
    most_hours_week: int  # in any seven days


class ShiftPlan(msgspec.Struct, frozen=True):
    """Everything that shifts.toml says."""

    shifts: tuple[ShiftTemplate, ...]
    teams: tuple[Team, ...]
    skills: tuple[Known, ...]
    languages: tuple[Known, ...]
    limits: Limits
    provenance: Provenance
    source: str

    @property
    def templates(self) -> Mapping[str, ShiftTemplate]:
        """The shifts by code."""
        return {shift.code: shift for shift in self.shifts}

    def team(self, code: str | None) -> Team | None:
        """A team by its code."""
        return next((team for team in self.teams if team.code == code), None)
