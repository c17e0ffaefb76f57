"""The nouns of an import: a row as the file has it, a row refused, a place as it will stand, what would change."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec
from shapely.geometry.base import BaseGeometry

#: Says how far the reading is: done, of how many.
Tell = Callable[[int, int], None]

#: Refused rows that are told one by one; of the others their number is told.
MOST_TOLD = 1_000


class UnreadableFileError(ValueError):
    """The file as a whole cannot be imported; the message says what to do."""


class RefusedError(Exception):
    """Why a row is not taken."""


class Raw(msgspec.Struct, frozen=True):
    """One row of a file: a line, a feature, an OSM object."""

    number: int  # from 1; of a CSV file its line
    id: str  # '' where the file has none
    name: str
    shape: BaseGeometry | None  # in the file's own coordinates, x before y
    names: tuple[str, ...] = ()
    kind: str = ""
    uncertainty_m: float | None = None
    area: str | None = None  # code of a kelurahan
    source: str = ""
    licence: str = ""


class Refused(msgspec.Struct, frozen=True):
    """A row that was not taken, and why."""

    number: int
    name: str
    reason: str
    id: str = ""


class Place(msgspec.Struct):
    """A place as it will stand in the gazetteer."""

    number: int
    id: str
    kind: str
    name: str
    names: tuple[str, ...]
    lat: float  # degrees WGS 84
    lon: float
    uncertainty_m: float
    area: str | None
    shape: BaseGeometry | None  # of a line or an area, degrees, longitude first
    source: str
    licence: str
    same_as: str | None = None  # code of the place or area whose names these are


class Opened(NamedTuple):
    """A file that can be read: what a row of it is called, which coordinates it has, and its rows."""

    format: str
    row: str  # line, feature, record, object
    rows: Callable[[Tell], Iterator[Raw | Refused]]
    projection: "Projection | None" = None  # None: degrees


class Projection(msgspec.Struct, frozen=True):
    """A transverse Mercator grid on the ellipsoid of WGS 84, in metres."""

    name: str
    meridian: float  # degrees
    scale: float = 0.9996
    east_m: float = 500_000.0
    north_m: float = 0.0


class Wanted(msgspec.Struct, frozen=True):
    """What the person who imports says of the file."""

    dataset: str
    licence: str = ""
    source: str = ""
    kind: str = ""  # of rows whose file does not say
    zone: Projection | None = None  # of coordinates in metres


class Refusals(msgspec.Struct):
    """What was refused: all counted, the first thousand told."""

    told: list[Refused] = []
    ids: set[str] = set()
    count: int = 0

    def add(self, refused: Refused) -> None:
        """Count one."""
        self.count += 1
        if len(self.told) < MOST_TOLD:
            self.told.append(refused)
        if refused.id:
            self.ids.add(refused.id)


class Checked(NamedTuple):
    """A file, read: the sound places, what was refused, what was mended (sentence → rows), what was merged."""

    places: list[Place]
    refused: Refusals
    mended: Mapping[str, int]
    merged: int
    rows: int


class Changes(NamedTuple):
    """What an import does to its dataset: how many, and the first of each as (code, name, kind)."""

    counts: Mapping[str, int]  # added, changed, unchanged, retired
    shown: Mapping[str, list[Any]]


class ImportReport(NamedTuple):
    """What an import did, or would do."""

    format: str
    row: str
    checked: Checked
    changes: Changes
    same: int  # places that only add their names to one that is there
    dry_run: bool
