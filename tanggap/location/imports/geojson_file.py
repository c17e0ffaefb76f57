"""Places from GeoJSON, feature by feature, so that a file of a gigabyte is never in memory whole."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import shapely
from shapely.geometry.base import BaseGeometry

from tanggap.location.imports.columns import Columns
from tanggap.location.imports.model import Opened, Projection, Raw, Refused, RefusedError, Tell, UnreadableFileError
from tanggap.location.imports.projections import UnknownGridError, zone_named

CHUNK = 1 << 20
#: A longer feature is no place of a city, bytes.
LONGEST_FEATURE = 32 << 20
#: Where a FeatureCollection's features begin, at most this far into the file.
HEAD = 1 << 16
_FEATURES = re.compile(rb'"features"\s*:\s*\[')
_CRS = re.compile(rb'"crs"\s*:\s*\{[^{}]{0,200}\{[^{}]{0,200}?"(?:name|code|href)"\s*:\s*"?([^"}]{1,200})')
#: Strings, so that braces in them count for nothing, and braces.
_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}]', re.DOTALL)


def open_geojson(path: Path) -> Opened:
    """A FeatureCollection, or features one after another (GeoJSON text sequences, newline-delimited GeoJSON).

    Raises:
        UnreadableFileError: it is something else, or in a grid that is not known.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    start = _FEATURES.search(head)
    if start is None and not re.match(rb'[\s\x1e\xef\xbb\xbf]*\{[^{}]{0,500}"type"\s*:\s*"Feature"', head):
        raise UnreadableFileError(f"{path.name} is not a GeoJSON FeatureCollection.")

    def rows(tell: Tell) -> Iterator[Raw | Refused]:
        size = path.stat().st_size
        for number, (feature, end) in enumerate(_features(path, start.end() if start else 0), 1):
            if number % 200 == 0:
                tell(end, size)
            yield _row(number, feature)
        tell(size, size)

    return Opened("GeoJSON", "feature", rows, _grid(head[: start.start()] if start else b"", path))


def _grid(head: bytes, path: Path) -> Projection | None:
    named = _CRS.search(head)
    try:
        return zone_named(named[1].decode("utf-8", "replace")) if named else None
    except UnknownGridError as error:
        raise UnreadableFileError(f"{path.name}: {error}") from error


def _features(path: Path, start: int) -> Iterator[tuple[bytes, int]]:
    """Each object of the list as bytes, and where in the file it ends; what is cut off at the end comes as it is."""
    with path.open("rb") as file:
        file.seek(start)
        held, scanned, begun, depth, passed = b"", 0, -1, 0, start
        while chunk := file.read(CHUNK):
            held += chunk
            for token in _TOKENS.finditer(held, scanned):
                scanned = token.end()
                sign = token[0]
                if sign == b"{":
                    begun = token.start() if depth == 0 else begun
                    depth += 1
                elif sign == b"}":
                    depth -= 1
                    if depth == 0:
                        yield held[begun : token.end()], passed + token.end()
                        begun = -1
                    if depth < 0:
                        return
            keep = begun if begun >= 0 else scanned
            held, passed, scanned = held[keep:], passed + keep, scanned - keep
            begun = 0 if begun >= 0 else -1
            if len(held) > LONGEST_FEATURE:
                raise UnreadableFileError(f"{path.name}: a feature at byte {passed:,} is longer than 32 MB, or never ends.")
        if begun >= 0:
            yield held, passed + len(held)


def _row(number: int, said: bytes) -> Raw | Refused:
    name = code = ""
    try:
        feature = _decoded(said)
        properties = feature.get("properties")
        properties = dict(properties) if isinstance(properties, Mapping) else {}
        columns = Columns(properties)
        name = columns.text(properties, "name")
        given = feature.get("id")
        code = str(given) if isinstance(given, str | int) else columns.text(properties, "id")
        return Raw(
            number, code, name, shape_of(feature.get("geometry")), columns.alternatives(properties),
            columns.text(properties, "kind"), columns.uncertainty(properties), columns.text(properties, "area") or None,
            columns.text(properties, "source"), columns.text(properties, "licence"),
        )  # fmt: skip
    except RefusedError as reason:
        return Refused(number, name, str(reason), code)


def _decoded(said: bytes) -> dict[str, Any]:
    try:
        feature = msgspec.json.decode(said, type=dict[str, Any])
    except msgspec.ValidationError as error:
        raise RefusedError("it is no feature") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        feature = _in_latin(said)
    if feature.get("type") != "Feature":
        raise RefusedError("it is no feature")
    return feature


def _in_latin(said: bytes) -> dict[str, Any]:
    """JSON is UTF-8 by its standard; older programs wrote cp1252."""
    try:
        said.decode("utf-8")
    except UnicodeDecodeError:
        try:
            feature = json.loads(said.decode("cp1252", "replace"))
        except (ValueError, RecursionError) as error:
            raise RefusedError("it is no JSON, or cut off") from error
        if isinstance(feature, dict):
            return feature
    raise RefusedError("it is no JSON, or cut off")


def shape_of(geometry: object) -> BaseGeometry:
    """A GeoJSON geometry as a shape. Raises RefusedError."""
    if not isinstance(geometry, Mapping):
        raise RefusedError("it has no geometry")
    try:
        shape = shapely.from_geojson(msgspec.json.encode(geometry))
    except (shapely.GEOSException, shapely.errors.ShapelyError, msgspec.MsgspecError, TypeError, ValueError,
            RecursionError) as error:  # fmt: skip
        raise RefusedError("its coordinates cannot be read") from error
    if shape is None or shape.is_empty:
        raise RefusedError("it has no coordinates")
    return shape
