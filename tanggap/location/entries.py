"""Entries of the gazetteer from what the city configures: its areas, and the rows of its places."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec
import shapely

from tanggap.city.boundaries import METRES_PER_DEGREE
from tanggap.city.model import Catalogue
from tanggap.city.territory import Area, AreaKind
from tanggap.location.model import Entry

#: An area is «here, within so many metres»: the circle around its centre that holds this share of it.
HELD = 0.95
#: Without an outline, the circle of a disc as large as the area is widened by this, so that it holds 95 % of the places that are
#: known to lie in it: no area is a disc, and people live at its shore or along its road. `benchmarks/radii.py` finds it.
NOT_A_DISC = {AreaKind.KELURAHAN: 1.8, AreaKind.KECAMATAN: 1.5}
#: Halvings of the search for the circle: to a thousandth of the first guess.
STEPS = 12


class PlaceRow(msgspec.Struct, frozen=True):
    """A place as its table has it; `names` with those of the rows that are the same place under other words."""

    code: str
    kind: str
    name: str
    names: Sequence[str]
    lat: float
    lon: float
    uncertainty_m: float
    area: str | None
    geometry: dict[str, Any] | None
    source: str
    licence: str


def entry_of_place(row: PlaceRow, catalogue: Catalogue) -> Entry:
    """A place as an entry; its kecamatan is that of its kelurahan."""
    return Entry(
        row.code, row.kind, row.name, _others(row.name, row.names), row.lat, row.lon, row.uncertainty_m, row.area,
        district_of(catalogue, row.area), row.geometry, row.source, row.licence,
    )  # fmt: skip


def entries_of_areas(catalogue: Catalogue, learned: Mapping[str, Sequence[str]] | None = None) -> list[Entry]:
    """Kecamatan and kelurahan as entries, with the names that were `learned` of them (by code)."""
    more = learned or {}
    return [
        Entry(
            area.code, area.kind.value, area.name, _others(area.name, [*area.aliases, *more.get(area.code, ())]),
            area.lat, area.lon, radius_m(area), area.code if area.kind is AreaKind.KELURAHAN else None,
            district_of(catalogue, area.code), area.geometry, area.source,
        )
        for area in (*catalogue.kecamatan, *catalogue.kelurahan)
    ]  # fmt: skip


def district_of(catalogue: Catalogue, code: str | None) -> str | None:
    """The name of the kecamatan that an area belongs to or is."""
    area = catalogue.areas_by_code.get(code or "")
    parent = catalogue.areas_by_code.get(area.parent) if area and area.parent else area
    return parent.name if parent else None


def radius_m(area: Area) -> float:
    """The circle around the centre that holds 95 % of the area, metres; without an outline a disc of its size, widened."""
    if area.geometry is None:
        return round(NOT_A_DISC[area.kind] * area.radius_m, 1)
    return _held_m(msgspec.json.encode(area.geometry), area.lat, area.lon)


@lru_cache(maxsize=512)
def _held_m(outline: bytes, lat: float, lon: float) -> float:
    shape = shapely.from_geojson(outline)
    centre = shapely.Point(lon, lat)
    narrow, wide = 0.0, float(shapely.hausdorff_distance(shape, centre))
    for _ in range(STEPS):
        middle = (narrow + wide) / 2
        held = float(shapely.area(shapely.intersection(shape, centre.buffer(middle))))
        narrow, wide = (narrow, middle) if held >= HELD * float(shape.area) else (middle, wide)
    return round(wide * METRES_PER_DEGREE, 1)


def _others(name: str, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(other for other in dict.fromkeys(names) if other and other != name)
