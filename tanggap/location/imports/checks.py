"""One row of a file, checked: mended where that is certain, refused with its reason where it is not."""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

import shapely
from shapely.geometry.base import BaseGeometry

from tanggap.city.model import Catalogue
from tanggap.city.service import area_at
from tanggap.city.territory import Area
from tanggap.location.entries import radius_m
from tanggap.location.imports.kinds import AREAS, UNKNOWN, kind_named, kind_of, within_m
from tanggap.location.imports.model import Opened, Place, Raw, Refusals, Refused, RefusedError, Wanted
from tanggap.location.imports.shapes import Ground, spot_of, tidied, whole
from tanggap.platform.text import fold

#: A longer name is a sentence; alternatives that are longer are left out.
LONGEST_NAME = 120
LONGEST_ID = 160
LONGEST_TEXT = 200
MOST_NAMES = 20
#: Nobody knows a place less exactly than this and still calls it known, metres.
WIDEST_M = 20_000.0
_SPACES = re.compile(r"\s+")


class Checks:
    """The checks of one import; `mended` counts what was mended, by sentence."""

    def __init__(self, catalogue: Catalogue, opened: Opened, wanted: Wanted) -> None:
        self._catalogue = catalogue
        self._wanted = wanted
        self._row = opened.row
        self._ground = Ground(catalogue.city.bbox, wanted.zone or opened.projection)
        self._areas = _areas_by_name(catalogue)
        self._lines_of_ids: dict[str, int] = {}
        self.mended: Counter[str] = Counter()

    def sound(self, rows: Iterator[Raw | Refused], refusals: Refusals) -> Iterator[Place]:
        """The places among the rows; every other row is refused."""
        for row in rows:
            if isinstance(row, Refused):
                refusals.add(row)
                continue
            try:
                yield self._place(row)
            except RefusedError as reason:
                refusals.add(Refused(row.number, row.name[:LONGEST_NAME], str(reason), row.id))

    def _place(self, row: Raw) -> Place:
        name = self._name(row)
        kind = kind_named(kind_of(row.kind, "") or self._wanted.kind or UNKNOWN, name)
        self._only_once(row)
        if kind in AREAS:
            return self._names_of_area(row, name, kind)
        if kind == "neighbourhood" and ("kelurahan", fold(name)) in self._areas:
            return self._names_of_area(row, name, "kelurahan")
        if row.shape is None:
            return self._in_its_area(row, name, kind)
        shape, crossed = whole(row.shape)
        shape, moved = self._ground.placed(shape)
        if shape.is_empty:
            raise RefusedError("nothing of it lies in the city")
        for sentence in (crossed, moved):
            if sentence:
                self.mended[sentence] += 1
        spot = spot_of(shape)
        lat, lon = round(spot.lat, 6), round(spot.lon, 6)
        said = row.uncertainty_m
        if said is not None and not (math.isfinite(said) and said > 0):
            said = None
            self.mended["its uncertainty was no number of metres above 0"] += 1
        within = min(WIDEST_M, said or max(spot.reach_m, 0.0 if spot.reach_m else within_m(kind)))
        return Place(
            row.number, row.id, kind, name, self._others(name, row), lat, lon, round(within, 1), self._area(row, lat, lon),
            self._drawn(shape), *self._origin(row),
        )  # fmt: skip

    def _name(self, row: Raw) -> str:
        name = tidy(row.name)
        if not name:
            raise RefusedError("it has no name")
        if not any(char.isalnum() for char in name):
            raise RefusedError("its name has no letter and no digit")
        if len(name) > LONGEST_NAME:
            raise RefusedError(f"its name has {len(name)} characters; a name has at most {LONGEST_NAME}")
        if name != _SPACES.sub(" ", row.name).strip():
            self.mended["its name held characters that cannot be seen"] += 1
        return name

    def _others(self, name: str, row: Raw) -> tuple[str, ...]:
        names = dict.fromkeys(tidy(other) for other in row.names)
        return tuple(other for other in names if other and other != name and len(other) <= LONGEST_NAME)[:MOST_NAMES]

    def _only_once(self, row: Raw) -> None:
        if not row.id:
            return
        if len(row.id) > LONGEST_ID or tidy(row.id) != row.id:
            raise RefusedError(f"its id is longer than {LONGEST_ID} characters, or holds some that cannot be seen")
        first = self._lines_of_ids.setdefault(row.id, row.number)
        if first != row.number:
            raise RefusedError(f"its id {row.id} stands in {self._row} {first} already")

    def _names_of_area(self, row: Raw, name: str, kind: str) -> Place:
        area = self._catalogue.areas_by_code.get(row.area or row.id) or self._areas.get((kind, fold(name)))
        if area is None or area.kind.value != kind:
            raise RefusedError(f"the city's pack has no {kind} of this name; outlines come by `tanggap import areas`")
        return Place(
            row.number, row.id or area.code, kind, name, self._others(name, row), area.lat, area.lon, radius_m(area),
            None, None, *self._origin(row), same_as=area.code,
        )  # fmt: skip

    def _in_its_area(self, row: Raw, name: str, kind: str) -> Place:
        """A row that says no more than its kelurahan lies somewhere in it."""
        area = self._catalogue.areas_by_code.get(row.area or "")
        if area is None:
            raise RefusedError("it has no coordinates")
        self.mended["without coordinates; somewhere in its kelurahan"] += 1
        code = area.code if area.kind.value == "kelurahan" else None
        return Place(
            row.number, row.id, kind, name, self._others(name, row), area.inner_lat, area.inner_lon, radius_m(area),
            code, None, *self._origin(row),
        )  # fmt: skip

    def _area(self, row: Raw, lat: float, lon: float) -> str | None:
        if row.area is not None:
            said = self._catalogue.areas_by_code.get(row.area)
            if said is not None and said.kind.value == "kelurahan":
                return said.code
            self.mended["its kelurahan code is none of the city's; the boundaries were asked"] += 1
        found = area_at(self._catalogue, lat, lon)
        return found.area.code if found else None

    def _drawn(self, shape: BaseGeometry) -> BaseGeometry | None:
        return tidied(shape) if int(shapely.get_dimensions(shape)) > 0 else None

    def _origin(self, row: Raw) -> tuple[str, str]:
        return (
            tidy(row.source or self._wanted.source)[:LONGEST_TEXT],
            tidy(row.licence or self._wanted.licence)[:LONGEST_TEXT],
        )


def tidy(said: str) -> str:
    """Text without characters that cannot be seen (control, direction, half a surrogate pair), with single spaces, composed."""
    if not said.isascii():
        said = unicodedata.normalize("NFC", said)
    seen = "".join(char if char.isprintable() else " " if char.isspace() else "" for char in said)
    return _SPACES.sub(" ", seen).strip()


def _areas_by_name(catalogue: Catalogue) -> dict[tuple[str, str], Area]:
    return {
        (area.kind.value, fold(name)): area
        for area in (*catalogue.kecamatan, *catalogue.kelurahan)
        for name in (*area.aliases, area.name)
    }
