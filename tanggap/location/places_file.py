"""A city's places as a CSV file, read for trying and measuring; importing them for good is `tanggap import places`."""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from tanggap.location.model import Entry
from tanggap.location.plane import distance_m

#: Columns that a file of places must have; the others (alt_names, kelurahan_code, kecamatan, uncertainty_m …) may be missing.
NEEDED = ("id", "name")
#: Where a place is known to be in the city and no more, it is this uncertain at least, metres.
SOMEWHERE_M = 3_000.0
DEFAULT_M = 150.0


class NotPlacesError(ValueError):
    """The file is no list of places; the message says why."""


def read_places(path: Path) -> list[Entry]:
    """The entries of a CSV file: id, kind, name, alt_names (by «;»), kelurahan_code, kecamatan, lat, lon, uncertainty_m.

    A place without a point gets that of its kelurahan, else the middle of all, as uncertain as that is.

    Raises:
        NotPlacesError: a column is missing, a number is none, or the file is not text in UTF-8.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error) as error:
        raise NotPlacesError(f"{path} is not a CSV file in UTF-8: {error}.") from error
    if not rows or any(column not in rows[0] for column in NEEDED):
        raise NotPlacesError(f"{path} needs the columns {', '.join(NEEDED)}.")
    placed = [row for row in rows if row.get("lat") and row.get("lon")]
    centres = {row["kelurahan_code"]: row for row in placed if row.get("kind") == "kelurahan" and row.get("kelurahan_code")}
    middle = _middle(placed)
    return [_entry(row, line, centres, middle) for line, row in enumerate(rows, 2)]


def _middle(placed: Iterable[Mapping[str, str]]) -> tuple[float, float, float]:
    points = [(float(row["lat"]), float(row["lon"])) for row in placed]
    if not points:
        return 0.0, 0.0, SOMEWHERE_M
    lat, lon = (sum(axis) / len(points) for axis in zip(*points, strict=True))
    reach = max(distance_m(lat, lon, *point) for point in points)
    return lat, lon, max(SOMEWHERE_M, reach)


def _entry(
    row: Mapping[str, str], line: int, centres: Mapping[str, Mapping[str, str]], middle: tuple[float, float, float]
) -> Entry:
    area = row.get("kelurahan_code") or None
    point = row if row.get("lat") and row.get("lon") else centres.get(area or "")
    try:
        lat, lon, uncertainty_m = (
            (float(point["lat"]), float(point["lon"]), float(point.get("uncertainty_m") or DEFAULT_M)) if point else middle
        )
    except ValueError as error:
        raise NotPlacesError(f"line {line}: {error}") from error
    names = tuple(name.strip() for name in (row.get("alt_names") or "").split(";") if name.strip())
    kind = (row.get("kind") or "place").rpartition(":")[2]
    return Entry(row["id"], kind, row["name"], names, lat, lon, uncertainty_m, area, row.get("kecamatan") or None, None,
                 row.get("source") or "")  # fmt: skip
