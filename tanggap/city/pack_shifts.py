"""shifts.toml of a city pack: read and checked as the rest of it. A pack without the file has no shifts."""

import tomllib
from collections.abc import Callable, Iterable, Sequence
from datetime import time
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, field

from tanggap.city.flaws import duplicates
from tanggap.city.kinds import Provenance
from tanggap.city.pack_format import Code, PackEntry, Text
from tanggap.city.shift_plan import FREE, Known, Limits, Need, NeedKind, ShiftPlan, ShiftTemplate, Team

Complain = Callable[[str, str, str], None]  # file, entry, sentence

FILE = "shifts.toml"
DAY_MINUTES = 24 * 60
#: A rotation longer than this is a mistake, not a rhythm.
LONGEST_ROTATION = 84
Role = Literal["call_taker", "supervisor", "coordinator"]
Least = Annotated[int, Meta(ge=1, le=200)]


class NeedsEntry(PackEntry, frozen=True):
    """How many of each a shift needs at least."""

    role: dict[Role, Least] = field(default_factory=dict)
    skill: dict[Code, Least] = field(default_factory=dict)
    language: dict[Code, Least] = field(default_factory=dict)


class ShiftEntry(PackEntry, frozen=True):
    """One [[shift]]."""

    code: Code
    id: Text
    en: Text
    starts: Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    hours: Annotated[float, Meta(gt=0, le=24)]
    needs: NeedsEntry


class TeamEntry(PackEntry, frozen=True):
    """One [[team]]: on which day of the rotation it begins, counted from 0."""

    code: Code
    name: Text
    begins: Annotated[int, Meta(ge=0)]


class KnownEntry(PackEntry, frozen=True):
    """One [[skill]] or [[language]]."""

    code: Code
    id: Text
    en: Text


class LimitsEntry(PackEntry, frozen=True):
    """The [limits]."""

    least_rest_h: Annotated[int, Meta(ge=0, le=24)]
    most_hours_day: Annotated[int, Meta(ge=1, le=24)]
    most_hours_week: Annotated[int, Meta(ge=1, le=168)]


class ShiftsFile(PackEntry, frozen=True):
    """The whole file."""

    shift: Annotated[tuple[ShiftEntry, ...], Meta(min_length=1, max_length=12)]
    rotation: Annotated[tuple[str, ...], Meta(min_length=1, max_length=LONGEST_ROTATION)]
    team: Annotated[tuple[TeamEntry, ...], Meta(min_length=1, max_length=60)]
    limits: LimitsEntry
    provenance: Provenance
    source: Text
    skill: tuple[KnownEntry, ...] = ()
    language: tuple[KnownEntry, ...] = ()


def read_shifts(folder: Path, complain: Complain) -> ShiftPlan | None:
    """The shifts of the pack in `folder`; None when it has none, or when something is wrong and `complain` was told of it."""
    try:
        raw = tomllib.loads((folder / FILE).read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        complain(FILE, "", f"The file is not valid TOML: {error}.")
        return None
    try:
        read = msgspec.convert(raw, ShiftsFile, strict=True)
    except msgspec.ValidationError as error:
        complain(FILE, "", f"{error}.")
        return None
    problems = list(_problems(read))
    for entry, sentence in problems:
        complain(FILE, entry, sentence)
    return None if problems else _plan(read)


def _problems(read: ShiftsFile) -> Iterable[tuple[str, str]]:
    kinds: dict[str, Sequence[ShiftEntry | TeamEntry | KnownEntry]] = {
        "shift": read.shift, "team": read.team, "skill": read.skill, "language": read.language,
    }  # fmt: skip
    for kind, entries in kinds.items():
        for code in duplicates(entry.code for entry in entries):
            yield f"{kind} {code}", "stands in the file more than once; a code must be unique."
    known = {kind: {entry.code for entry in entries} for kind, entries in kinds.items()}
    for code in sorted(set(read.rotation) - known["shift"] - {FREE}):
        yield "rotation", f"names `{code}`, which is neither a shift nor `{FREE}`."
    for team in read.team:
        if team.begins >= len(read.rotation):
            yield f"team {team.code}", f"begins on day {team.begins} of a rotation of {len(read.rotation)} days, counted from 0."
    for shift in read.shift:
        for kind, needs in (("skill", shift.needs.skill), ("language", shift.needs.language)):
            for code in sorted(set(needs) - known[kind]):
                yield f"shift {shift.code}", f"needs the {kind} `{code}`, which the file does not have under [[{kind}]]."
    if hole := uncovered(read.shift):
        yield "shift", f"The shifts leave {hole} minutes of the day without anybody; 112 is answered at every hour."


def uncovered(shifts: Iterable[ShiftEntry]) -> int:
    """How many minutes of a day no shift covers."""
    covered: set[int] = set()
    for shift in shifts:
        begins = _minute_of_day(shift.starts)
        covered.update((begins + minute) % DAY_MINUTES for minute in range(round(shift.hours * 60)))
    return DAY_MINUTES - len(covered)


def _minute_of_day(said: str) -> int:
    hour, _, minute = said.partition(":")
    return int(hour) * 60 + int(minute)


def _plan(read: ShiftsFile) -> ShiftPlan:
    days = read.rotation
    return ShiftPlan(
        shifts=tuple(
            ShiftTemplate(one.code, one.id, one.en, time.fromisoformat(one.starts), round(one.hours * 60), _needs(one.needs))
            for one in read.shift
        ),
        teams=tuple(Team(one.code, one.name, (*days[one.begins :], *days[: one.begins])) for one in read.team),
        skills=tuple(Known(one.code, one.id, one.en) for one in read.skill),
        languages=tuple(Known(one.code, one.id, one.en) for one in read.language),
        limits=Limits(read.limits.least_rest_h, read.limits.most_hours_day, read.limits.most_hours_week),
        provenance=read.provenance,
        source=read.source,
    )


def _needs(entry: NeedsEntry) -> tuple[Need, ...]:
    tables = ((NeedKind.ROLE, entry.role), (NeedKind.SKILL, entry.skill), (NeedKind.LANGUAGE, entry.language))
    return tuple(Need(kind, code, least) for kind, table in tables for code, least in table.items())
