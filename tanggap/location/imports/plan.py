"""From the rows of a file to the places that it brings: checked, lines joined, each place once, each with an id of its own."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TypeVar

import msgspec

from tanggap.city.model import Catalogue
from tanggap.city.service import area_at
from tanggap.location.imports.checks import LONGEST_ID, Checks
from tanggap.location.imports.duplicates import merged
from tanggap.location.imports.lines import joined, spoken
from tanggap.location.imports.model import Checked, Opened, Place, Refusals, Tell, UnreadableFileError, Wanted

#: A city brings 5,000 to 100,000 names; more than this is another file.
MOST_PLACES = 1_000_000

T = TypeVar("T")


def read(opened: Opened, catalogue: Catalogue, wanted: Wanted, tell: Tell) -> Checked:
    """Every row of the file as a place, or refused.

    Raises:
        UnreadableFileError: the file is damaged as a whole, or has nothing that can be taken.
    """
    refusals, rows = Refusals(), Counter[str]()
    checks = Checks(catalogue, opened, wanted)
    sound = _counted(checks.sound(opened.rows(tell), refusals), rows, "sound")

    def kelurahan(lat: float, lon: float) -> str | None:
        found = area_at(catalogue, lat, lon)
        return found.area.code if found else None

    places = _with_ids(merged(joined(sound, kelurahan)))
    if rows["sound"] == 0:
        first = f"; the first: {refusals.told[0].reason}" if refusals.told else ""
        raise UnreadableFileError(f"Nothing in the file can be taken: {refusals.count} {opened.row}s were refused{first}.")
    return Checked(places, refusals, checks.mended, rows["sound"] - len(places), rows["sound"] + refusals.count)


def _counted(places: Iterable[T], count: Counter[str], what: str) -> Iterator[T]:
    for place in places:
        count[what] += 1
        if count[what] > MOST_PLACES:
            raise UnreadableFileError(f"The file has more than {MOST_PLACES:,} places; is it the right one?")
        yield place


def _with_ids(places: Iterable[Place]) -> list[Place]:
    """Rows without an id get one of what they are, which is the same in the next version of the file."""
    listed = list(places)
    taken = {place.id for place in listed if place.id}
    numbers: Counter[str] = Counter()
    out = []
    for place in listed:
        if not place.id:
            base = f"{place.kind}/{spoken(place.name)}/{place.area or 'outside'}"[: LONGEST_ID - 10]
            while True:
                numbers[base] += 1
                code = base if numbers[base] == 1 else f"{base}/{numbers[base]}"
                if code not in taken:
                    break
            taken.add(code)
            place = msgspec.structs.replace(place, id=code)
        out.append(place)
    return out
