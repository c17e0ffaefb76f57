"""What must hold between the entries of a city pack: codes that exist, points inside the city, questions that can be answered."""

import re
from collections.abc import Callable, Mapping, Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tanggap.city.category_checks import category_flaws
from tanggap.city.flaws import duplicates
from tanggap.city.pack_city import CityFile
from tanggap.city.pack_format import CategoryEntry, KecamatanEntry, KelurahanEntry, PlaceEntry
from tanggap.city.territory import BoundingBox

Complain = Callable[[str, str, str], None]  # file, entry, sentence

#: A source written as one bare word is a short name, and must be explained under [sources].
SHORT_NAME = re.compile(r"[a-z0-9_]+")


def check_city(city: CityFile, complain: Complain) -> None:
    """The time zone exists, the box has an inside, and the map opens in it."""
    try:
        ZoneInfo(city.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        complain(
            "city.toml",
            "timezone",
            f"There is no time zone {city.timezone!r}; Indonesia has Asia/Jakarta, Asia/Makassar, Asia/Jayapura.",
        )
    box = city.bbox
    if not (-90 <= box.south < box.north <= 90 and -180 <= box.west < box.east <= 180):
        complain("city.toml", "bbox", "must have south below north and west below east, in degrees.")
    elif not box.contains(*city.map.centre):
        complain("city.toml", "map", "opens outside the city's bbox.")
    if list(city.shift_starts) != sorted(set(city.shift_starts)):
        complain("city.toml", "shift_starts", "must name the hours at which shifts begin in their order, each once.")
    for code in duplicates(neighbour.code for neighbour in city.neighbours):
        complain("city.toml", f"neighbours {code}", "stands in the file more than once; a code must be unique.")


def check_categories(categories: Sequence[CategoryEntry], agencies: set[str], complain: Complain) -> None:
    """Agencies exist and are named once; questions can be answered."""
    for category in categories:
        for flaw in category_flaws(category, agencies):
            complain(flaw.file, flaw.entry, flaw.english)


def check_areas(
    kecamatan: Sequence[KecamatanEntry],
    kelurahan: Sequence[KelurahanEntry],
    parents: set[str],
    box: BoundingBox | None,
    complain: Complain,
) -> None:
    """Every kelurahan belongs to a kecamatan of the pack, no code is used on both levels, all points lie in the box."""
    for entry in kelurahan:
        if entry.kecamatan not in parents:
            complain(
                "districts.toml",
                f"kelurahan {entry.code}",
                f"names the kecamatan `{entry.kecamatan}`, which the file does not have.",
            )
        if entry.code in parents:
            complain("districts.toml", f"kelurahan {entry.code}", "has the code of a kecamatan.")
    for level, entries in (("kecamatan", kecamatan), ("kelurahan", kelurahan)):
        for area in entries:
            for name, point in (("centre", area.centre), ("inner", area.inner)):
                if box and not box.contains(*point):
                    complain("districts.toml", f"{level} {area.code}", f"has its {name} outside the city's bbox.")


def check_places(
    places: Mapping[str, Sequence[PlaceEntry]], kelurahan: set[str], box: BoundingBox | None, complain: Complain
) -> None:
    """Places, by file, lie in the box, in a kelurahan that exists; no two files have the same code."""
    seen: dict[str, str] = {}
    for file, entries in places.items():
        for place in entries:
            title = f"place {place.code}"
            if box and not box.contains(*place.at):
                complain(file, title, "lies outside the city's bbox.")
            if place.area is not None and place.area not in kelurahan:
                complain(file, title, f"names the kelurahan `{place.area}`, which districts.toml does not have.")
            if seen.setdefault(place.code, file) != file:
                complain(file, title, f"stands in {seen[place.code]} too; a code must be unique.")
