"""Builds a large gazetteer in a process of its own, so that no call waits for it (`python -m` this module)."""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tanggap.city.boundaries import index_of
from tanggap.city.model import Catalogue
from tanggap.location.gazetteer import Gazetteer
from tanggap.location.keeping.index_files import IndexFiles
from tanggap.location.model import Entry
from tanggap.location.store import Version
from tanggap.platform.processes import done_aside

#: Calls come first.
NICE = 10


class BuildError(RuntimeError):
    """The builder ended without an index; the message is its last words."""


class Task(msgspec.Struct, frozen=True):
    """What the builder reads from its standard input."""

    folder: Path
    catalogue: Catalogue
    version: Version
    entries: list[Entry]


async def build_outside(folder: Path, catalogue: Catalogue, version: Version, entries: Sequence[Entry]) -> Path:
    """Build and save the index of `entries` in another process; where it lies.

    Raises:
        BuildError: the other process failed.
    """
    task = Task(folder, catalogue, version, list(entries))
    said = await asyncio.to_thread(msgspec.msgpack.encode, task, enc_hook=str)
    wrong = await done_aside(__name__, said)
    if wrong is not None:
        raise BuildError(wrong)
    return IndexFiles(folder, catalogue, version).path(version.number)


def main() -> None:
    """Read a task, build, save; nothing is left to do when another process has done it meanwhile."""
    os.nice(NICE)
    task = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Task, dec_hook=lambda kind, value: kind(value))
    files = IndexFiles(task.folder, task.catalogue, task.version)
    with files.alone():
        if not files.path(task.version.number).exists():
            gazetteer = Gazetteer(task.entries, index_of(task.catalogue), task.catalogue.city.name)
            files.save(gazetteer, task.version.number)


if __name__ == "__main__":
    main()
