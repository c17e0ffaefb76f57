"""A PMTiles file of a few bytes, with a header and metadata as the specification wants them."""

import gzip
import json
import struct
from collections.abc import Sequence


def tiny_map(
    tiles: bytes = b"",
    layers: Sequence[str] = ("roads",),
    attribution: str = "",
    bounds: tuple[float, float, float, float] = (122.4, -4.1, 122.7, -3.8),
    kind: int = 1,
    version: int = 3,
    compression: int = 2,
) -> bytes:
    """The file; bounds are west, south, east, north in degrees."""
    metadata = gzip.compress(
        json.dumps({"vector_layers": [{"id": layer, "fields": {}} for layer in layers], "attribution": attribution}).encode()
    )
    directory = gzip.compress(b"\0")
    after = 127 + len(directory)
    ends = (127, len(directory), after, len(metadata), 0, 0, after + len(metadata), len(tiles), 0, 0, 0)
    box = [round(degrees * 1e7) for degrees in bounds]
    header = struct.pack("<7sB11Q6B4iB2i", b"PMTiles", version, *ends, 1, 2, compression, kind, 6, 14, *box, 12, *box[:2])
    return header + directory + metadata + tiles
