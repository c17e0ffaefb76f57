"""Areas and places as features for the tile maker: one GeoJSON feature each, with its layer and the zooms it is drawn at."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
import shapely
from shapely.geometry.base import BaseGeometry

from tanggap.city.boundaries import METRES_PER_DEGREE, shape_of
from tanggap.city.model import Catalogue
from tanggap.location.basemap import kinds
from tanggap.location.basemap.kinds import Layer
from tanggap.location.basemap.store import Drawn

#: A place known less exactly than this gets no mark of its own: it would stand in another street, metres.
EXACT_M = 600.0
#: Outlines of neighbours that were drawn one by one leave gaps up to twice this wide, which are no water, degrees (about 20 m).
SEAM_DEGREES = 0.0002
LINE_TYPES = ("LineString", "MultiLineString")
AREA_TYPES = ("Polygon", "MultiPolygon")

Feature = dict[str, Any]


def feature(layer: Layer, geometry: Any, zoom: float, properties: Mapping[str, object]) -> Feature:
    """One feature as tippecanoe reads it, drawn from `zoom` on; properties without a value are left out."""
    said = {name: value for name, value in properties.items() if value not in (None, "")}
    return {
        "type": "Feature",
        "tippecanoe": {"layer": layer.value, "minzoom": int(zoom)},
        "properties": said,
        "geometry": geometry,
    }


def of_areas(catalogue: Catalogue) -> Iterator[Feature]:
    """Land and the borders on it, from the outlines that the city has loaded; nothing without."""
    shapes = {area.code: shape_of(area) for area in catalogue.kelurahan if area.geometry}
    if not shapes:
        return
    land = shapely.union_all(list(shapes.values()))
    yield feature(Layer.EARTH, geojson(land.buffer(SEAM_DEGREES).buffer(-SEAM_DEGREES)), 0, {"kind": "earth"})
    districts: dict[str, list[BaseGeometry]] = {}
    for code, shape in shapes.items():
        districts.setdefault(catalogue.kecamatan_of(code).code, []).append(shape)
    outer = shapely.union_all([shapely.boundary(shapely.union_all(parts)) for parts in districts.values()])
    inner = shapely.difference(shapely.union_all([shapely.boundary(shape) for shape in shapes.values()]), outer)
    yield feature(Layer.BOUNDARIES, geojson(outer), 0, {"kind": "kecamatan"})
    if not inner.is_empty:
        yield feature(Layer.BOUNDARIES, geojson(inner), 11, {"kind": "kelurahan"})


def of_places(places: Iterable[Drawn]) -> Iterator[Feature]:
    """Streets, rivers and grounds where their geometry is known, and a mark for every place that stands somewhere."""
    for place in places:
        shape = _shape_type(place.geometry)
        if shape in LINE_TYPES and place.kind in kinds.LINES:
            yield _line(place)
            continue
        if shape in AREA_TYPES:
            yield _ground(place)
        if place.kind not in kinds.NO_POINT and (shape in AREA_TYPES or place.uncertainty_m <= EXACT_M):
            zoom = kinds.point_zoom(place.kind, place.name)
            point = {"type": "Point", "coordinates": [place.lon, place.lat]}
            yield feature(Layer.POIS, point, zoom, {"kind": place.kind, "name": place.name, "min_zoom": zoom})


def _line(place: Drawn) -> Feature:
    layer, kind, zoom = kinds.LINES[place.kind]
    if place.kind == "street" and _length_m(place) >= kinds.MAIN_STREET_M:
        kind, zoom = kinds.MAIN_STREET
    bridge = True if place.kind == "bridge" else None
    return feature(layer, place.geometry, zoom, {"kind": kind, "name": place.name, "is_bridge": bridge})


def _ground(place: Drawn) -> Feature:
    if place.kind in kinds.WATERS:
        return feature(Layer.WATER, place.geometry, 0, {"kind": "water", "name": place.name})
    kind = kinds.AREAS.get(place.kind, "other")
    return feature(Layer.LANDUSE, place.geometry, kinds.LANDUSE_ZOOM, {"kind": kind, "name": place.name})


def _shape_type(geometry: dict[str, Any] | None) -> str:
    return str(geometry.get("type", "")) if geometry else ""


def _length_m(place: Drawn) -> float:
    """About; at the equator a degree is as long in both directions."""
    return float(shapely.from_geojson(msgspec.json.encode(place.geometry)).length) * METRES_PER_DEGREE


def geojson(shape: BaseGeometry) -> msgspec.Raw:
    """A shape as GeoJSON, ready to be written."""
    return msgspec.Raw(shapely.to_geojson(shape).encode())
