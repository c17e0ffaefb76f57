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
from tanggap.platform.processes import tied

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
    command = tied([sys.executable, "-m", __name__])
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    try:
        _, errors = await process.communicate(said)
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        raise BuildError(errors.decode(errors="replace").strip().rpartition("\n")[2] or f"exit code {process.returncode}")
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
