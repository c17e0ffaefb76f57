"""Keeps the reader of one process: from the model's file when there is one; without it, the catalogue's keywords serve."""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tanggap.city.model import Catalogue
from tanggap.city.said import Said
from tanggap.platform.logs import Log
from tanggap.triage.building import LearningError, learn_outside, said_of
from tanggap.triage.model_files import UNUSABLE, ModelFile
from tanggap.triage.reader import Reader

log = Log("triage")

#: A process without a reader looks for the file at most this often, in seconds.
LOOK_EVERY_S = 5.0


class ReaderKeeper:
    """The reader of one city in one process. `folder`: where model files are kept."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._clock = clock
        self._catalogue: Catalogue | None = None
        self._grown: Sequence[Said] = ()
        self._reader: Reader | None = None
        self._is_current = False
        self._look_at = 0.0
        self._lock = asyncio.Lock()

    async def get(self, catalogue: Catalogue, grown: Sequence[Said] = ()) -> Reader | None:
        """The reader of the pack's sentences and `grown`, those of confirmed reports; None while there is no sound model.

        Until a model of other sentences is learned, the one before serves. Never waits for one to be learned, and never fails.
        """
        is_same = catalogue is self._catalogue and grown == self._grown
        if is_same and (self._is_current or self._clock() < self._look_at):
            return self._reader
        if self._lock.locked():
            return self._reader if self._fits(catalogue) else None
        async with self._lock:
            found = await asyncio.to_thread(self._load, catalogue, grown)
            self._reader = found or (self._reader if self._fits(catalogue) else None)
            self._catalogue, self._grown, self._is_current = catalogue, grown, found is not None
            self._look_at = self._clock() + LOOK_EVERY_S
        return self._reader

    def _fits(self, catalogue: Catalogue) -> bool:
        return self._catalogue is not None and self._catalogue.categories == catalogue.categories

    async def learn(self, catalogue: Catalogue, grown: Sequence[Said] = ()) -> bool:
        """Have the model learned if there is no sound one; whether there is one now."""
        if await self.get(catalogue, grown) is not None and self._is_current:
            return True
        said = await asyncio.to_thread(said_of, catalogue)
        if not said:
            return False
        try:
            await learn_outside(self._folder, catalogue, (*said, *grown))
        except (LearningError, OSError) as error:
            log.error("model not learned", error=str(error))
            return False
        self._look_at = 0.0
        return await self.get(catalogue, grown) is not None and self._is_current

    def _load(self, catalogue: Catalogue, grown: Sequence[Said]) -> Reader | None:
        said = said_of(catalogue)
        if not said:
            return None
        file = ModelFile(self._folder, catalogue, (*said, *grown))
        try:
            return Reader(file.load(), catalogue)
        except FileNotFoundError:
            return None
        except UNUSABLE as error:
            log.warning("model file unusable", error=type(error).__name__)
            file.forget()
            return None
