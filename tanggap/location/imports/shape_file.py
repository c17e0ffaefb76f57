"""Places from an ESRI shapefile: .shp with .dbf and .shx beside it, its grid from .prj, its encoding from .cpg."""

import codecs
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapefile
import shapely
from shapely.geometry.base import BaseGeometry

from tanggap.location.imports.columns import Columns
from tanggap.location.imports.model import Opened, Projection, Raw, Refused, RefusedError, Tell, UnreadableFileError
from tanggap.location.imports.projections import UnknownGridError, grid_of_prj

#: What pyshp raises on a record that is damaged.
DAMAGED = (
    shapefile.ShapefileException,
    struct.error,
    ValueError,
    IndexError,
    KeyError,
    TypeError,
    EOFError,
    OSError,
    AttributeError,
)


def open_shapefile(path: Path) -> Opened:
    """A shapefile.

    Raises:
        UnreadableFileError: a file beside it is missing, or it is in a grid that is not known.
    """
    beside = {other.suffix.lower(): other for other in path.parent.glob(f"{_escaped(path.stem)}.*")}
    for suffix, holds in ((".dbf", "its names"), (".shx", "where each shape begins")):
        if suffix not in beside:
            raise UnreadableFileError(f"{path.stem}{suffix} is missing beside {path.name}: it holds {holds}.")
    encoding = _encoding(beside)
    try:
        with shapefile.Reader(str(path), encoding=encoding, encodingErrors="replace") as reader:
            fields = [field[0] for field in reader.fields if field[0] != "DeletionFlag"]
    except DAMAGED as error:
        raise UnreadableFileError(f"{path.name} is no shapefile, or damaged: {error}.") from error
    columns = Columns(fields)
    if not columns.has("name"):
        raise UnreadableFileError(f"{path.name} needs a column for a name; it has {', '.join(fields[:12])}.")

    def rows(tell: Tell) -> Iterator[Raw | Refused]:
        with shapefile.Reader(str(path), encoding=encoding, encodingErrors="replace") as reader:
            count = len(reader)
            for at in range(count):
                if at % 200 == 0:
                    tell(at, count)
                yield _row(reader, at, columns)
            tell(count, count)

    return Opened(f"shapefile, {encoding}", "record", rows, _grid(beside, path))


def _row(reader: Any, at: int, columns: Columns) -> Raw | Refused:
    name = code = ""
    try:
        record = reader.record(at).as_dict()
        name, code = columns.text(record, "name"), columns.text(record, "id")
        return Raw(
            at + 1, code, name, _shape(reader.shape(at)), columns.alternatives(record), columns.text(record, "kind"),
            columns.uncertainty(record), columns.text(record, "area") or None, columns.text(record, "source"),
            columns.text(record, "licence"),
        )  # fmt: skip
    except RefusedError as reason:
        return Refused(at + 1, name, str(reason), code)
    except DAMAGED as error:
        return Refused(at + 1, name, f"its record is damaged ({type(error).__name__})", code)


def _shape(shape: Any) -> BaseGeometry:
    if shape.shapeType == shapefile.NULL or not shape.points:
        raise RefusedError("it has no coordinates")
    try:
        return shapely.geometry.shape(shape.__geo_interface__)
    except (shapely.GEOSException, shapely.errors.ShapelyError, NotImplementedError) as error:
        raise RefusedError("its coordinates cannot be read") from error


def _grid(beside: dict[str, Path], path: Path) -> Projection | None:
    if ".prj" not in beside:
        return None
    try:
        return grid_of_prj(beside[".prj"].read_text("utf-8", "replace"))
    except UnknownGridError as error:
        raise UnreadableFileError(f"{path.name}: {error}") from error


def _encoding(beside: dict[str, Path]) -> str:
    """What .cpg says; else UTF-8 where the names are that, else cp1252, which reads Latin letters of every older program."""
    said = beside[".cpg"].read_text("ascii", "replace").strip().lower() if ".cpg" in beside else ""
    named = {"65001": "utf-8", "1252": "cp1252", "88591": "latin-1"}.get(said, said.replace("ansi ", "cp"))
    try:
        return codecs.lookup(named).name
    except LookupError:
        return "utf-8" if _is_utf8(beside[".dbf"]) else "cp1252"


def _is_utf8(dbf: Path) -> bool:
    with dbf.open("rb") as file:
        start = file.read(12)
        file.seek(int.from_bytes(start[8:10], "little"))
        tail = b""
        while chunk := file.read(1 << 20):
            try:
                (tail + chunk).decode("utf-8")
                tail = b""
            except UnicodeDecodeError as error:
                if error.end < len(tail + chunk) or error.reason != "unexpected end of data":
                    return False
                tail = (tail + chunk)[error.start :]
    return True


def _escaped(stem: str) -> str:
    return "".join(f"[{char}]" if char in "*?[" else char for char in stem)
