"""Learns a city's model in a process of its own, so that no call waits for it (`python -m` this module)."""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tanggap.city.model import Catalogue
from tanggap.city.pack import pack_folder
from tanggap.city.said import Said, read_said
from tanggap.platform.processes import done_aside
from tanggap.triage.learning import learn
from tanggap.triage.model_files import UNUSABLE, ModelFile

#: Calls come first.
NICE = 10
#: The learner leaves the other cores to them: numpy would take all, and waits for each with a spinning loop.
ONE_CORE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class LearningError(RuntimeError):
    """The learner ended without a model; the message is its last words."""


class Task(msgspec.Struct, frozen=True):
    """What the learner reads from its standard input."""

    folder: Path
    catalogue: Catalogue
    said: tuple[Said, ...]


def said_of(catalogue: Catalogue) -> tuple[Said, ...]:
    """The sentences of the city's pack; none when it has none. What is wrong in them was told when the pack was loaded."""
    return read_said(pack_folder(catalogue.city.code), catalogue.categories_by_code, lambda _file, _entry, _sentence: None)


async def learn_outside(folder: Path, catalogue: Catalogue, said: Sequence[Said]) -> None:
    """Learn and save the model of `said` in another process.

    Raises:
        LearningError: the other process failed.
    """
    task = await asyncio.to_thread(msgspec.msgpack.encode, Task(folder, catalogue, tuple(said)), enc_hook=str)
    wrong = await done_aside(__name__, task, os.environ | ONE_CORE)
    if wrong is not None:
        raise LearningError(wrong)


def learn_once(task: Task) -> None:
    """Learn and save; nothing is left to do when another process has done it meanwhile, and done it whole."""
    file = ModelFile(task.folder, task.catalogue, task.said)
    with file.alone():
        try:
            file.load()
        except UNUSABLE:
            file.save(learn(task.said, task.catalogue))


def main() -> None:
    """Read a task and do it."""
    os.nice(NICE)
    learn_once(msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Task, dec_hook=lambda kind, value: kind(value)))


if __name__ == "__main__":
    main()
