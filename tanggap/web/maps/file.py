"""The file of tiles as it stands now: opened once for each answer, known by its content, read in parts."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from io import BufferedReader
from pathlib import Path

import msgspec

from tanggap.location.basemap.archive import Archive, read_stream

#: Bytes read and sent at once.
PIECE = 256 * 1024
#: A few versions, while a new map comes into force.
KEPT_VERSIONS = 8


class Version(msgspec.Struct, frozen=True):
    """What a file is, whatever it is called: its tag (without quotation marks) and what it holds."""

    tag: str
    archive: Archive


#: By device, inode, time of change and size, so that each file is read through once.
_versions: dict[tuple[int, ...], Version] = {}


class MapFile:
    """An open file of tiles. What is replaced meanwhile is still read to its end."""

    def __init__(self, stream: BufferedReader) -> None:
        status = os.fstat(stream.fileno())
        self.size = status.st_size
        self._stream = stream
        self._key = (status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size)

    def version(self) -> Version:
        """Its version; the content is read through only when a file is new.

        Raises:
            NotAMapError: it is none.
        """
        version = _versions.get(self._key)
        if version is None:
            self._stream.seek(0)
            archive = read_stream(self._stream)
            self._stream.seek(0)
            tag = hashlib.file_digest(self._stream, "sha256").hexdigest()[:20]
            if len(_versions) >= KEPT_VERSIONS:
                _versions.clear()
            version = _versions[self._key] = Version(tag, archive)
        return version

    async def part(self, first: int, last: int) -> AsyncIterator[bytes]:
        """The bytes from `first` to `last`, some at a time; closes the file."""
        try:
            while first <= last:
                piece = await asyncio.to_thread(_piece, self._stream, first, min(PIECE, last - first + 1))
                if not piece:
                    return
                first += len(piece)
                yield piece
        finally:
            self.close()

    def close(self) -> None:
        """Done with it."""
        self._stream.close()


def open_map(path: Path) -> MapFile | None:
    """The file at `path`; none where there is none."""
    try:
        return MapFile(path.open("rb"))
    except (FileNotFoundError, NotADirectoryError):
        return None


def _piece(stream: BufferedReader, first: int, length: int) -> bytes:
    return os.pread(stream.fileno(), length, first)
