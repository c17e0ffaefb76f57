"""A city pack: a folder of TOML files, read whole and checked strictly before any of it is used."""

from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import msgspec

from tanggap.city.categories import Category
from tanggap.city.ladder import AgencyRule, Holiday, OfficeHours, Rung
from tanggap.city.ladder_checks import holiday_flaws, ladder_flaws, level_flaws, office_flaws
from tanggap.city.model import Agency, City, Phrase
from tanggap.city.pack_checks import check_areas, check_categories, check_city, check_places
from tanggap.city.pack_city import CityFile
from tanggap.city.pack_format import AgencyEntry, CategoryEntry, KecamatanEntry, KelurahanEntry, PhraseEntry, PlaceEntry
from tanggap.city.pack_ladder import HOLIDAYS, LADDER, AgencyRuleEntry, HolidayEntry, OfficeHoursEntry, StepEntry
from tanggap.city.pack_reading import PackError, Reading
from tanggap.city.pack_shifts import read_shifts
from tanggap.city.said import Said, read_said
from tanggap.city.service_levels import FILE as LEVELS
from tanggap.city.service_levels import LevelEntry, folder_of_levels
from tanggap.city.shift_plan import ShiftPlan
from tanggap.city.targets import ServiceLevel, Target
from tanggap.city.territory import Area, Place


class Pack(msgspec.Struct, frozen=True):
    """A city's configuration as its pack states it, checked."""

    folder: Path
    city: City
    agencies: tuple[Agency, ...]
    categories: tuple[Category, ...]
    areas: tuple[Area, ...]
    places: tuple[Place, ...]
    targets: tuple[Target, ...]
    phrases: tuple[Phrase, ...]
    said: tuple[Said, ...] = ()
    shifts: ShiftPlan | None = None
    service_levels: tuple[ServiceLevel, ...] = ()
    rungs: tuple[Rung, ...] = ()
    office_hours: tuple[OfficeHours, ...] = ()
    agency_rules: tuple[AgencyRule, ...] = ()
    holidays: tuple[Holiday, ...] = ()


def pack_folder(city: str) -> Path:
    """Where the pack of a city lies that came with Tanggap."""
    return Path(str(files("tanggap") / "cities" / city))


class _Written(NamedTuple):
    """The sound entries of all files."""

    city: CityFile | None
    agencies: list[AgencyEntry]
    categories: list[CategoryEntry]
    kecamatan: list[KecamatanEntry]
    kelurahan: list[KelurahanEntry]
    places: dict[str, list[PlaceEntry]]  # by file
    phrases: list[PhraseEntry]
    targets: tuple[Target, ...]
    steps: list[StepEntry]
    hours: list[OfficeHoursEntry]
    rules: list[AgencyRuleEntry]
    holidays: list[HolidayEntry]
    levels: list[LevelEntry]


def read_pack(folder: Path) -> Pack:
    """Read and check a pack.

    Raises:
        PackError: with every problem found, each naming its file, its entry and what to mend.
    """
    reading = Reading(folder)
    norms = Reading(folder_of_levels(folder), reading.problems)
    written = _written(reading, norms)
    said = read_said(folder, reading.codes("categories.toml", "category"), reading.complain)
    shifts = read_shifts(folder, reading.complain)
    for one in (norms, reading):
        one.sources_named()
        one.top_level()
    _check(written, reading, has_own_levels=norms.folder == folder)
    if reading.problems or written.city is None:
        raise PackError(reading.problems)
    return _records(written, written.city, reading, norms, said, shifts)


def _written(reading: Reading, norms: Reading) -> _Written:
    return _Written(
        city=reading.city(),
        agencies=reading.entries("agencies.toml", "agency", AgencyEntry),
        categories=reading.entries("categories.toml", "category", CategoryEntry),
        kecamatan=reading.entries("districts.toml", "kecamatan", KecamatanEntry),
        kelurahan=reading.entries("districts.toml", "kelurahan", KelurahanEntry),
        places={name: reading.entries(name, "place", PlaceEntry) for name in reading.place_files()},
        phrases=reading.entries("phrases.toml", "phrase", PhraseEntry),
        targets=reading.targets(),
        steps=reading.if_there(LADDER, "step", StepEntry),
        hours=reading.if_there(LADDER, "office_hours", OfficeHoursEntry),
        rules=reading.if_there(LADDER, "agency", AgencyRuleEntry),
        holidays=reading.if_there(HOLIDAYS, "holiday", HolidayEntry),
        levels=norms.entries(LEVELS, "level", LevelEntry),
    )


def _check(written: _Written, reading: Reading, *, has_own_levels: bool) -> None:
    """Complain about everything that does not hold between the entries."""
    city, complain = written.city, reading.complain
    agencies, categories = reading.codes("agencies.toml", "agency"), reading.codes("categories.toml", "category")
    box = city.bbox if city else None
    if city:
        check_city(city, complain)
    check_categories(written.categories, agencies, complain)
    check_areas(written.kecamatan, written.kelurahan, reading.codes("districts.toml", "kecamatan"), box, complain)
    check_places(written.places, reading.codes("districts.toml", "kelurahan"), box, complain)
    for flaw in (
        *level_flaws(written.levels, {entry.group for entry in written.categories}, is_own=has_own_levels),
        *ladder_flaws(written.steps, written.targets, agencies, categories),
        *office_flaws(written.hours, written.rules, agencies),
        *holiday_flaws(written.holidays),
    ):
        complain(flaw.file, flaw.entry, flaw.english)


def _records(
    written: _Written, city: CityFile, reading: Reading, norms: Reading, said: tuple[Said, ...], shifts: ShiftPlan | None
) -> Pack:
    """What was written, as the catalogue holds it: with the sources in full."""
    of_ladder = reading.sources(LADDER) if written.steps or written.hours or written.rules else {}
    return Pack(
        folder=reading.folder,
        city=city.record(),
        agencies=tuple(entry.record(reading.sources("agencies.toml")) for entry in written.agencies),
        categories=tuple(entry.record(reading.sources("categories.toml")) for entry in written.categories),
        areas=tuple(entry.record(reading.sources("districts.toml")) for entry in [*written.kecamatan, *written.kelurahan]),
        places=tuple(entry.record(reading.sources(name)) for name, entries in written.places.items() for entry in entries),
        targets=written.targets,
        phrases=tuple(entry.record({}) for entry in written.phrases),
        said=said,
        shifts=shifts,
        service_levels=tuple(entry.record(norms.sources(LEVELS)) for entry in written.levels),
        rungs=tuple(entry.record(of_ladder) for entry in written.steps),
        office_hours=tuple(entry.record(of_ladder) for entry in written.hours),
        agency_rules=tuple(entry.record(of_ladder) for entry in written.rules),
        holidays=tuple(entry.record(reading.sources(HOLIDAYS)) for entry in written.holidays),
    )
