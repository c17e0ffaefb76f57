"""Places from a CSV file: any common encoding and delimiter, columns by their usual names."""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from tanggap.location.imports.columns import Columns, number
from tanggap.location.imports.model import Opened, Raw, Refused, RefusedError, Tell, UnreadableFileError

#: In the order in which they are tried; latin-1 reads anything.
ENCODINGS = ("utf-8", "cp1252", "latin-1")
DELIMITERS = (",", ";", "\t", "|")
#: Read at once, bytes.
CHUNK = 1 << 20
#: Rows between two words about how far the reading is.
OFTEN = 500


def open_csv(path: Path) -> Opened:
    """A CSV file.

    Raises:
        UnreadableFileError: it has no header with a name and coordinates.
    """
    encoding = encoding_of(path)
    with path.open(encoding=encoding, newline="", errors="strict") as file:
        header_line = file.readline(1 << 16)
    delimiter = max(DELIMITERS, key=header_line.count)
    header = next(csv.reader(io.StringIO(header_line), delimiter=delimiter), [])
    columns = Columns(header)
    where = columns.has("wkt") or columns.has("point") or (columns.has("lat") and columns.has("lon"))
    if not columns.has("name") or not where:
        seen = ", ".join(name[:30] for name in header[:12]) or "nothing"
        raise UnreadableFileError(f"{path.name} needs columns for a name and for lat and lon in its first line; it has {seen}.")

    def rows(tell: Tell) -> Iterator[Raw | Refused]:
        yield from _rows(path, encoding, delimiter, header, columns, tell)

    return Opened(f"CSV, {encoding}", "line", rows)


def encoding_of(path: Path) -> str:
    """The first encoding in which every byte of the file means something; with a byte order mark that of the mark."""
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        left = list(ENCODINGS)
        readers = {name: codecs.getincrementaldecoder(name)() for name in left}
        file.seek(0)
        while chunk := file.read(CHUNK):
            left = [name for name in left if _reads(readers[name], chunk)]
    return next(name for name in left if _reads(readers[name], b"", final=True))


def _reads(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _rows(path: Path, encoding: str, delimiter: str, header: list[str], columns: Columns, tell: Tell) -> Iterator[Raw | Refused]:
    size = path.stat().st_size
    with path.open("rb") as binary, io.TextIOWrapper(binary, encoding, newline="") as text:
        reader = csv.reader(text, delimiter=delimiter)
        next(reader, None)
        count = 0
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                yield Refused(line, "", f"it cannot be read as CSV ({error}); is a quotation mark never closed?")
                continue
            count += 1
            if count % OFTEN == 0:
                tell(binary.tell(), size)
            if any(cells):
                yield _row(line, header, cells, columns)
    tell(size, size)


def _row(line: int, header: list[str], cells: list[str], columns: Columns) -> Raw | Refused:
    row: Mapping[str, object] = dict(zip(header, cells, strict=False))
    name = columns.text(row, "name")
    code = columns.text(row, "id")
    if len(cells) > len(header) and any(cells[len(header) :]):
        return Refused(line, name, f"it has {len(cells)} cells, the first line has {len(header)}", code)
    try:
        return Raw(
            line, code, name, _shape(row, columns), columns.alternatives(row), columns.text(row, "kind"),
            columns.uncertainty(row), columns.text(row, "area") or None, columns.text(row, "source"),
            columns.text(row, "licence"),
        )  # fmt: skip
    except RefusedError as reason:
        return Refused(line, name, str(reason), code)


def _shape(row: Mapping[str, object], columns: Columns) -> BaseGeometry | None:
    lat, lon = columns.text(row, "lat"), columns.text(row, "lon")
    if lat or lon:
        return shapely.Point(number(lon, "longitude"), number(lat, "latitude"))
    if both := columns.text(row, "point"):
        parts = [part for part in both.replace(";", ",").replace(", ", " ").replace(",", " ").split() if part]
        if len(parts) == 2:
            return shapely.Point(number(parts[1], "longitude"), number(parts[0], "latitude"))
        raise RefusedError(f"its coordinates «{both[:30]}» are not two numbers")
    if wkt := columns.text(row, "wkt"):
        try:
            return shapely.from_wkt(wkt)
        except shapely.GEOSException as error:
            raise RefusedError("its geometry is no WKT that can be read") from error
    return None
