"""What an OpenStreetMap extract adds to the base map: roads without names too, by class; water, green, buildings."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import osmium
import shapely
from shapely.geometry.base import BaseGeometry

from tanggap.city.territory import BoundingBox
from tanggap.location.basemap.coast import sea
from tanggap.location.basemap.features import Feature, feature, geojson
from tanggap.location.basemap.kinds import Layer

#: Roads and ground are drawn this far beyond the city's box, so that it does not end at a cut, degrees.
MARGIN = 0.02
#: Land and sea are told apart this far beyond the city's box, or as far as the extract's coast is whole, degrees.
AROUND = (0.5, 0.2, 0.1, MARGIN, 0.0)
CREDIT = "© kontributor OpenStreetMap (ODbL)"

#: `highway` → kind of road, first zoom.
ROADS: Mapping[str, tuple[str, int]] = {
    "motorway": ("highway", 6), "motorway_link": ("highway", 10), "trunk": ("highway", 7), "trunk_link": ("highway", 10),
    "primary": ("major_road", 8), "primary_link": ("major_road", 11), "secondary": ("major_road", 9),
    "secondary_link": ("major_road", 11), "tertiary": ("major_road", 10), "tertiary_link": ("major_road", 12),
    "unclassified": ("minor_road", 12), "residential": ("minor_road", 12), "living_street": ("minor_road", 12),
    "road": ("minor_road", 12), "service": ("path", 14), "pedestrian": ("path", 13), "footway": ("path", 14),
    "path": ("path", 14), "track": ("path", 13), "steps": ("path", 14), "cycleway": ("path", 14),
}  # fmt: skip
WATERWAYS: Mapping[str, int] = {"river": 9, "canal": 11, "stream": 12, "drain": 14, "ditch": 14}
#: Key → value → kind of land; the first that fits.
LAND: Mapping[str, Mapping[str, str]] = {
    "landuse": {
        "residential": "residential", "cemetery": "cemetery", "forest": "wood", "grass": "park", "recreation_ground": "park",
        "commercial": "commercial", "retail": "commercial", "industrial": "industrial", "farmland": "farmland", "meadow": "park",
    },
    "leisure": {"park": "park", "garden": "park", "pitch": "pitch", "stadium": "pitch", "playground": "park"},
    "natural": {"wood": "wood", "wetland": "wetland", "beach": "beach", "sand": "beach", "scrub": "wood", "grassland": "park"},
    "amenity": {"hospital": "hospital", "university": "university", "school": "school", "college": "university"},
}  # fmt: skip


class NotAnExtractError(ValueError):
    """The file is no OpenStreetMap extract that can be read."""


KEYS = ("highway", "waterway", "building", *LAND)


def of_extract(path: Path, box: BoundingBox) -> Iterator[Feature]:
    """The features of an extract (PBF or XML) inside a box and a little around it.

    Raises:
        NotAnExtractError: it cannot be read.
    """
    shapes = osmium.geom.GeoJSONFactory()
    coast: list[BaseGeometry] = []
    try:
        for one in osmium.FileProcessor(str(path)).with_locations().with_areas().with_filter(osmium.filter.KeyFilter(*KEYS)):
            made = None
            if isinstance(one, osmium.osm.Area):
                made = _area(one, shapes)
            elif isinstance(one, osmium.osm.Way) and one.tags.get("natural") == "coastline":
                coast += _coastline(one)
            elif isinstance(one, osmium.osm.Way):
                made = _way(one, shapes)
            if made and _is_near(made, box):
                yield made
    except RuntimeError as error:
        raise NotAnExtractError(f"{path.name} is no OpenStreetMap extract that can be read: {error}.") from error
    yield from _land_and_sea(coast, box)


def _coastline(way: osmium.osm.Way) -> list[BaseGeometry]:
    corners = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
    return [shapely.LineString(corners)] if len(corners) > 1 else []


def _land_and_sea(coast: list[BaseGeometry], box: BoundingBox) -> Iterator[Feature]:
    """The neighbours' land too, so that not everything beyond the city's border looks like the sea."""
    for far in AROUND if coast else ():
        around = shapely.box(box.west - far, box.south - far, box.east + far, box.north + far)
        water = sea(coast, around)
        if not water.is_empty:
            yield feature(Layer.EARTH, geojson(shapely.difference(around, water)), 0, {"kind": "earth"})
            yield feature(Layer.WATER, geojson(water), 0, {"kind": "ocean"})
            return


def _way(way: osmium.osm.Way, shapes: osmium.geom.GeoJSONFactory) -> Feature | None:
    tags = way.tags
    road, water = ROADS.get(tags.get("highway") or ""), tags.get("waterway") or ""
    if road and tags.get("area") != "yes":
        layer, kind, zoom = Layer.ROADS, *road
    elif water in WATERWAYS:
        layer, kind, zoom = Layer.WATER, water, WATERWAYS[water]
    else:
        return None
    is_bridge = True if tags.get("bridge", "no") != "no" else None
    try:
        line = shapes.create_linestring(way)
    except (RuntimeError, osmium.InvalidLocationError):
        return None  # corners are missing from the extract
    return feature(layer, msgspec.json.decode(line), zoom, {"kind": kind, "name": tags.get("name"), "is_bridge": is_bridge})


def _area(area: osmium.osm.Area, shapes: osmium.geom.GeoJSONFactory) -> Feature | None:
    drawn = _ground(area.tags)
    if drawn is None:
        return None
    layer, kind, zoom = drawn
    try:
        shape = shapes.create_multipolygon(area)
    except (RuntimeError, osmium.InvalidLocationError):
        return None
    name = None if layer is Layer.BUILDINGS else area.tags.get("name")
    return feature(layer, msgspec.json.decode(shape), zoom, {"kind": kind, "name": name})


def _ground(tags: osmium.osm.TagList) -> tuple[Layer, str, int] | None:
    """What an area is drawn as: layer, kind, first zoom."""
    if tags.get("natural") == "water" or tags.get("waterway") == "riverbank" or tags.get("landuse") in ("reservoir", "basin"):
        return Layer.WATER, "water", 8
    if "building" in tags:
        return Layer.BUILDINGS, "building", 13
    for key, kinds in LAND.items():
        if kind := kinds.get(tags.get(key) or ""):
            return Layer.LANDUSE, kind, 10
    return None


def _is_near(made: Feature, box: BoundingBox) -> bool:
    """Whether its first corner lies in the box or just outside."""
    corner = made["geometry"]["coordinates"]
    while isinstance(corner[0], list):
        corner = corner[0]
    lon, lat = float(corner[0]), float(corner[1])
    return box.south - MARGIN <= lat <= box.north + MARGIN and box.west - MARGIN <= lon <= box.east + MARGIN
