"""Index files of gazetteers under TANGGAP_HOME/cache: named by what they were made from, written whole or not at all."""

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path

import msgspec

from tanggap import __version__
from tanggap.city.model import Catalogue
from tanggap.location.gazetteer import Gazetteer
from tanggap.location.store import Version

#: What a file that cannot be used raises: gone, cut off, of another format.
UNUSABLE = (OSError, ValueError, KeyError, TypeError, EOFError, msgspec.MsgspecError)


class IndexFiles:
    """The files of one city, of one database, of one set of areas, of one version of Tanggap."""

    def __init__(self, folder: Path, catalogue: Catalogue, version: Version) -> None:
        areas = hashlib.sha256(msgspec.msgpack.encode(catalogue.areas)).hexdigest()[:12]
        self._folder = folder
        self._of_city = f"gazetteer-{catalogue.city.code}-"
        self._of_these = f"{self._of_city}{version.mark.hex[:12]}-{areas}-{__version__}-"

    def path(self, number: int) -> Path:
        """Where the index of the places at version `number` lies or will lie."""
        return self._folder / f"{self._of_these}{number}.index"

    def newest(self, number: int) -> tuple[Path, int] | None:
        """The newest file that is not newer than version `number`, and its version."""
        pattern = re.compile(re.escape(self._of_these) + r"(\d{1,18})\.index")
        named = (pattern.fullmatch(path.name) for path in self._files())
        numbers = [int(match[1]) for match in named if match and int(match[1]) <= number]
        return (self.path(max(numbers)), max(numbers)) if numbers else None

    def save(self, gazetteer: Gazetteer, number: int) -> Path:
        """Write an index, and remove the city's others: they are of other versions, or of a time before a restored backup."""
        path = self.path(number)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}.part")
        try:
            gazetteer.save(unfinished)
            os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
        for other in self._files():
            if other != path and other.suffix == ".index":
                other.unlink(missing_ok=True)
        return path

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One builder a machine and city; the others wait, and find its file."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._folder / f"{self._of_city}building.lock").open("w") as lock:
            flock(lock, LOCK_EX)
            yield

    def _files(self) -> list[Path]:
        with contextlib.suppress(FileNotFoundError):
            return [path for path in self._folder.iterdir() if path.name.startswith(self._of_city)]
        return []
