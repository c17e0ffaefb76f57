"""Reads what a PMTiles file says of itself (specification, version 3), without reading its tiles."""

import gzip
import html
import re
import struct
import zlib
from pathlib import Path
from typing import BinaryIO

import msgspec

from tanggap.city.territory import BoundingBox

HEADER_BYTES = 127
MAGIC = b"PMTiles"
VERSION = 3
NO_COMPRESSION, GZIP = 1, 2
VECTOR_TILES = 1
#: Metadata name layers and their fields; what is larger is no metadata.
MOST_METADATA_BYTES = 4_000_000
#: As much of the attribution as fits in the corner of a map.
LONGEST_CREDIT = 200

#: Offsets and lengths of root directory, metadata, leaf directories and tiles; three counts; whether tiles are in order,
#: the compression inside and of tiles, their type, zooms; bounds in 1e-7 degrees; the centre's zoom and place.
_HEADER = struct.Struct("<7sB11Q6B4iB2i")


class NotAMapError(ValueError):
    """The file is no base map that can be drawn; the message says why."""


class Archive(msgspec.Struct, frozen=True):
    """What a file of tiles holds."""

    min_zoom: int
    max_zoom: int
    bounds: BoundingBox
    layers: tuple[str, ...]
    credit: str  # who must be named beside the map, as plain text
    name: str


class _Metadata(msgspec.Struct):
    vector_layers: list["_Layer"] = []
    attribution: str | None = None
    name: str | None = None


class _Layer(msgspec.Struct):
    id: str


def read_archive(path: Path) -> Archive:
    """What the file at `path` holds.

    Raises:
        NotAMapError: it is no PMTiles file of version 3, is cut off, or holds pictures instead of vector tiles.
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        return read_stream(stream)


def read_stream(stream: BinaryIO) -> Archive:
    """As `read_archive`, of an open file."""
    head = stream.read(HEADER_BYTES)
    if len(head) < HEADER_BYTES or not head.startswith(MAGIC):
        raise NotAMapError("it is no PMTiles file")
    (_, version, *numbers) = _HEADER.unpack(head)
    if version != VERSION:
        raise NotAMapError(f"it is PMTiles of version {version}; version {VERSION} is needed")
    size = stream.seek(0, 2)
    parts = list(zip(numbers[0:8:2], numbers[1:8:2], strict=True))
    if any(offset + length > size for offset, length in parts):
        raise NotAMapError("it is cut off: its header names more bytes than the file has")
    _, inside, tiles, kind, min_zoom, max_zoom, west, south, east, north = numbers[11:21]
    if kind != VECTOR_TILES:
        raise NotAMapError("it holds pictures, not vector tiles (MVT)")
    if inside not in (NO_COMPRESSION, GZIP) or tiles not in (NO_COMPRESSION, GZIP):
        raise NotAMapError("its tiles are compressed in a way that browsers cannot read; gzip is needed")
    said = _metadata(stream, *parts[1], packed=inside == GZIP)
    bounds = BoundingBox(south / 1e7, west / 1e7, north / 1e7, east / 1e7)
    layers = tuple(layer.id for layer in said.vector_layers)
    return Archive(min_zoom, max_zoom, bounds, layers, _plain(said.attribution or ""), said.name or "")


def _metadata(stream: BinaryIO, offset: int, length: int, *, packed: bool) -> _Metadata:
    if length > MOST_METADATA_BYTES:
        raise NotAMapError("its metadata are too large")
    stream.seek(offset)
    body = stream.read(length)
    try:
        if packed:
            unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
            body = unpacker.decompress(body, MOST_METADATA_BYTES)
        return msgspec.json.decode(body or b"{}", type=_Metadata)
    except (zlib.error, gzip.BadGzipFile, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotAMapError("its metadata cannot be read") from error


def _plain(attribution: str) -> str:
    """An attribution without its HTML: it is shown as text."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", attribution)).split())[:LONGEST_CREDIT]
