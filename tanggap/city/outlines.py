"""Outlines of areas from a GeoJSON file: what is sound, what is refused and why, what would change."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from tanggap.city.boundaries import METRES_PER_DEGREE
from tanggap.city.model import Catalogue
from tanggap.city.territory import Area, BoundingBox

#: Coordinates are kept to this many degrees, about 0.1 m.
GRID_DEGREES = 1e-6

#: An outline that keeps this far from the centre the pack knows is another area's, or in another datum.
TOO_FAR_M = 3_000.0

Progress = Callable[[int, int], None]  # features done, of how many


class NotGeoJsonError(ValueError):
    """The file is no GeoJSON FeatureCollection; the message says what it is instead."""


class RefusedFeature(msgspec.Struct, frozen=True):
    """A feature of the file that was not taken, and why."""

    number: int  # from 1, in the file's order
    code: str
    reason: str


class Outline(msgspec.Struct, frozen=True):
    """A sound outline for one area of the catalogue."""

    area: Area
    geometry: dict[str, Any]
    source: str
    area_km2: float
    was_repaired: bool  # it crossed itself, and was mended

    @property
    def is_new(self) -> bool:
        """Whether it differs from what is stored."""
        return self.area.geometry != self.geometry


class ImportReport(msgspec.Struct, frozen=True):
    """What an import did, or would do."""

    features: int
    changed: tuple[Outline, ...]
    unchanged: tuple[Outline, ...]
    refused: tuple[RefusedFeature, ...]
    without: tuple[Area, ...]  # kelurahan that have no outline afterwards
    dry_run: bool


class _RefusedError(Exception):
    """Why a feature is not taken."""


def read_outlines(
    document: object, catalogue: Catalogue, progress: Progress | None = None
) -> tuple[list[Outline], list[RefusedFeature]]:
    """Every feature of a GeoJSON FeatureCollection as an outline of an area, matched by its property `kode`, or refused.

    Raises:
        NotGeoJsonError: the document is something else.
    """
    if not isinstance(document, Mapping) or document.get("type") != "FeatureCollection":
        raise NotGeoJsonError("The file is not a GeoJSON FeatureCollection.")
    features = document.get("features")
    if not isinstance(features, list):
        raise NotGeoJsonError("The FeatureCollection has no list of `features`.")
    outlines: dict[str, Outline] = {}
    refused = []
    for number, feature in enumerate(features, 1):
        code = _code(feature)
        try:
            if code in outlines:
                raise _RefusedError("an earlier feature of the file has the same kode")
            outlines[code] = _outline(feature, code, catalogue)
        except _RefusedError as reason:
            refused.append(RefusedFeature(number, code, str(reason)))
        if progress:
            progress(number, len(features))
    return list(outlines.values()), refused


def _code(feature: object) -> str:
    properties = feature.get("properties") if isinstance(feature, Mapping) else None
    code = properties.get("kode") if isinstance(properties, Mapping) else None
    return code if isinstance(code, str) else ""


def _outline(feature: Any, code: str, catalogue: Catalogue) -> Outline:
    if not code:
        raise _RefusedError("it has no property `kode` with the area's code")
    area = catalogue.areas_by_code.get(code)
    if area is None:
        raise _RefusedError(f"the city's pack has no area {code}")
    geometry = feature.get("geometry")
    if not isinstance(geometry, Mapping) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise _RefusedError("its geometry is not a Polygon or MultiPolygon")
    read = _read(geometry)
    _check_place(read, area, catalogue.city.bbox)
    sound = _only_polygons(shapely.make_valid(read))
    if sound.is_empty:
        raise _RefusedError("its polygon has no area")
    tidy = shapely.normalize(shapely.set_precision(sound, GRID_DEGREES))
    source = feature["properties"].get("source")
    return Outline(
        area,
        msgspec.json.decode(shapely.to_geojson(tidy)),
        source if isinstance(source, str) else "import",
        round(_area_km2(tidy, area.lat), 3),
        not read.is_valid,
    )


def _read(geometry: Mapping[str, Any]) -> BaseGeometry:
    """The geometry with two coordinates a point; heights are dropped."""
    try:
        read = shapely.force_2d(shapely.from_geojson(msgspec.json.encode(geometry)))
    except (
        shapely.GEOSException,
        shapely.errors.ShapelyError,
        msgspec.MsgspecError,
        TypeError,
        ValueError,
        RecursionError,
    ) as error:
        raise _RefusedError("its coordinates cannot be read") from error
    if read is None or read.is_empty:
        raise _RefusedError("it has no coordinates")
    if not np.isfinite(shapely.get_coordinates(read)).all():
        raise _RefusedError("its coordinates are not all numbers")
    return read


def _check_place(shape: BaseGeometry, area: Area, box: BoundingBox) -> None:
    west, south, east, north = shape.bounds
    if box.contains(west, south) and box.contains(east, north):
        raise _RefusedError("its coordinates are swapped: GeoJSON has the longitude first")
    if not (box.contains(south, west) and box.contains(north, east)):
        raise _RefusedError("it reaches outside the city's bounding box")
    degrees = shapely.distance(shape, shapely.Point(area.inner_lon, area.inner_lat))
    if degrees * METRES_PER_DEGREE > TOO_FAR_M:
        raise _RefusedError(
            f"it lies {degrees * METRES_PER_DEGREE / 1000:.1f} km from where the pack has {area.name}; is the kode right?"
        )


def _only_polygons(shape: BaseGeometry) -> BaseGeometry:
    """Mending can leave lines and points over; they are no part of an area."""
    parts = [part for part in shapely.get_parts(shape, return_index=False) if part.area > 0]
    flat = [piece for part in parts for piece in shapely.get_parts(part) if piece.geom_type == "Polygon"]
    return shapely.MultiPolygon(flat) if len(flat) > 1 else (flat[0] if flat else shapely.Polygon())


def _area_km2(shape: BaseGeometry, lat: float) -> float:
    return float(shape.area) * (METRES_PER_DEGREE / 1000) ** 2 * float(np.cos(np.radians(lat)))
