"""Places from an OpenStreetMap extract (PBF, or XML): named objects within the city, streamed."""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import osmium
import shapely
from osmium.osm import NODE, WAY
from shapely.geometry.base import BaseGeometry

from tanggap.city.territory import BoundingBox
from tanggap.location.imports.model import Opened, Raw, Refused, RefusedError, Tell, UnreadableFileError
from tanggap.location.imports.osm_tags import NAME_KEYS, is_area, kind_of_tags, names_of_tags
from tanggap.location.imports.shapes import MARGIN_DEGREES

LICENCE = "ODbL 1.0"
SOURCE = "© OpenStreetMap contributors"
#: From this size on the points of all nodes are kept in a temporary file, not in memory (16 bytes each).
LARGE_BYTES = 400 << 20
OFTEN = 1_000


def open_osm(path: Path, box: BoundingBox) -> Opened:
    """An extract; what lies outside the city's box is left out, not refused: an extract is of a whole province.

    Raises:
        UnreadableFileError: it is none.
    """
    try:
        with osmium.io.Reader(str(path), osmium.osm.NOTHING) as reader:
            reader.header()
    except RuntimeError as error:
        raise UnreadableFileError(f"{path.name} is no OpenStreetMap file that can be read: {error}.") from error

    def rows(tell: Tell) -> Iterator[Raw | Refused]:
        try:
            with tempfile.TemporaryDirectory(prefix="tanggap-osm-") as folder:
                storage = "flex_mem" if path.stat().st_size < LARGE_BYTES else f"sparse_file_array,{folder}/nodes"
                yield from _Extract(path, box, storage).rows(tell)
        except RuntimeError as error:
            raise UnreadableFileError(f"{path.name} is damaged: {error}.") from error

    return Opened("OpenStreetMap", "object", rows)


class _Extract:
    def __init__(self, path: Path, box: BoundingBox, storage: str) -> None:
        self._path = str(path)
        self._storage = storage
        self._west, self._south = box.west - MARGIN_DEGREES, box.south - MARGIN_DEGREES
        self._east, self._north = box.east + MARGIN_DEGREES, box.north + MARGIN_DEGREES
        self._shapes = osmium.geom.WKBFactory()

    def rows(self, tell: Tell) -> Iterator[Raw | Refused]:
        """Nodes, ways and relations with a name; then bus routes along their ways."""
        total, routes = self._counted()
        named = osmium.FileProcessor(self._path).with_locations(self._storage)
        named = named.with_areas(osmium.filter.KeyFilter(*NAME_KEYS)).with_filter(osmium.filter.KeyFilter(*NAME_KEYS))
        number = 0
        for thing in _things(named):
            if not thing.is_area():
                number += 1
            if number % OFTEN == 0:
                tell(number, total)
            yield from self._of(thing, number)
        tell(total, total)
        yield from self._routes(routes, number)

    def _counted(self) -> tuple[int, dict[int, tuple[Mapping[str, str], list[int]]]]:
        """How many objects have a name, and the bus routes with their ways."""
        total, routes = 0, dict[int, tuple[Mapping[str, str], list[int]]]()
        for thing in _things(osmium.FileProcessor(self._path).with_filter(osmium.filter.KeyFilter(*NAME_KEYS))):
            total += 1
            if thing.is_relation() and thing.tags.get("type") == "route":
                tags = dict(thing.tags)
                if kind_of_tags(tags):
                    routes[thing.id] = (tags, [member.ref for member in thing.members if member.type == "w"])
        return total, routes

    def _of(self, thing: Any, number: int) -> Iterator[Raw | Refused]:
        if thing.is_relation() or (thing.is_area() and thing.from_way()):
            return  # relations that enclose something come as areas, ways as ways
        tags = dict(thing.tags)
        kind = kind_of_tags(tags)
        bridge = tags.get("bridge:name", "")
        if not kind and not bridge:
            return
        name, others = names_of_tags(tags)
        code = _code(thing)
        try:
            shape = self._shape(thing, tags)
        except RefusedError as reason:
            yield Refused(number, name or bridge, str(reason), code)
            return
        if shape is None or not self._is_near(shape):
            return
        if kind and name:
            yield Raw(number, code, name, shape, others, kind, source=SOURCE, licence=LICENCE)
        if bridge and tags.get("bridge", "no") != "no":
            yield Raw(number, f"{code}/bridge", bridge, shape.centroid, (), "bridge", source=SOURCE, licence=LICENCE)

    def _shape(self, thing: Any, tags: Mapping[str, str]) -> BaseGeometry | None:
        if thing.is_node():
            return shapely.Point(thing.location.lon, thing.location.lat) if thing.location.valid() else None
        if thing.is_area():
            try:
                return shapely.from_wkb(self._shapes.create_multipolygon(thing))
            except RuntimeError as error:
                raise RefusedError("its outline cannot be closed") from error
        points = [(node.lon, node.lat) for node in thing.nodes if node.location.valid()]
        if len(points) < 2:
            raise RefusedError("its points are not in the file")
        closed = len(points) > 3 and thing.is_closed()
        return shapely.Polygon(points) if closed and is_area(tags) else shapely.LineString(points)

    def _routes(self, routes: Mapping[int, tuple[Mapping[str, str], list[int]]], number: int) -> Iterator[Raw]:
        wanted = {way for _, ways in routes.values() for way in ways}
        if not wanted:
            return
        ways = osmium.FileProcessor(self._path, NODE | WAY).with_locations(self._storage)
        only = osmium.filter.IdFilter(sorted(wanted))
        only.enable_for(WAY)
        lines: dict[int, BaseGeometry] = {}
        for way in _things(ways.with_filter(osmium.filter.EntityFilter(WAY)).with_filter(only)):
            points = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
            if len(points) > 1:
                lines[way.id] = shapely.LineString(points)
        for at, (code, (tags, members)) in enumerate(sorted(routes.items()), 1):
            parts = [lines[way] for way in members if way in lines]
            name, others = names_of_tags(tags)
            if parts and name:
                shape = shapely.union_all(parts)
                if self._is_near(shape):
                    yield Raw(number + at, f"relation/{code}", name, shape, others, "bus_route", source=SOURCE, licence=LICENCE)

    def _is_near(self, shape: BaseGeometry) -> bool:
        west, south, east, north = shape.bounds
        return west <= self._east and east >= self._west and south <= self._north and north >= self._south


def _things(processor: osmium.FileProcessor) -> Iterator[Any]:
    """Its objects; which kind each is, it says itself."""
    yield from processor


def _code(thing: Any) -> str:
    if thing.is_area():
        return f"{'way' if thing.from_way() else 'relation'}/{thing.orig_id()}"
    return f"{'node' if thing.is_node() else 'way'}/{thing.id}"
