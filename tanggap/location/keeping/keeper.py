"""Keeps the gazetteer of one process: the same object until a place or an area changes, an older one while it is made anew."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from tanggap.city.boundaries import index_of
from tanggap.city.model import Catalogue
from tanggap.city.service import NoCatalogueError
from tanggap.city.territory import Area
from tanggap.location import store
from tanggap.location.entries import entries_of_areas, entry_of_place
from tanggap.location.gazetteer import Gazetteer
from tanggap.location.keeping.building import BuildError, build_outside
from tanggap.location.keeping.index_files import UNUSABLE, IndexFiles
from tanggap.location.keeping.reading import read_entries
from tanggap.location.model import Entry
from tanggap.location.store import Version
from tanggap.platform.database import Connection, Database, DatabaseAway
from tanggap.platform.logs import Log

log = Log("gazetteer")

#: A process asks at most this often, in seconds, whether places have changed; so two know a new name within two seconds.
CHECK_EVERY_S = 1.0
#: So many changed entries go in as they are; more, also taken together, make the index worth building anew.
MOST_CHANGES = 2_000
#: An index of so few entries is built at once, in a thread; a larger one in a process of its own, and kept as a file.
SMALL = 3_000
#: After a failed build, seconds until the next is tried.
RETRY_S = 30.0


class Held(NamedTuple):
    """A gazetteer, and what it was made from."""

    gazetteer: Gazetteer
    areas: tuple[Area, ...]
    version: Version
    changes: int = 0  # since its index was built


class GazetteerKeeper:
    """The gazetteer of one city in one process. `folder`: where index files are kept."""

    def __init__(self, db: Database, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._db = db
        self._folder = folder
        self._clock = clock
        self._held: Held | None = None
        self._checked_at = 0.0
        self._lock = asyncio.Lock()
        self._building: asyncio.Task[None] | None = None
        self._built: Held | None = None
        self._is_behind = False  # what is held lacks writes, or has older areas
        self._build_at = 0.0

    async def get(self, catalogue: Catalogue) -> Gazetteer:
        """The gazetteer, at most a second old; while one task looks, the others are given the older one.

        Raises:
            DatabaseAway: only when none was ever made; an older one serves while the database is away.
        """
        held = self._held
        if held and (self._lock.locked() or self._is_current(held, catalogue)):
            return held.gazetteer
        async with self._lock:
            if self._held and self._is_current(self._held, catalogue):
                return self._held.gazetteer
            try:
                self._held = await self._look(catalogue)
            except DatabaseAway:
                if self._held is None:
                    raise
            self._checked_at = self._clock()
            return self._held.gazetteer

    async def settle(self) -> None:
        """Wait until no build is running; the next `get` gives what it made."""
        if self._building is not None:
            await asyncio.wait((self._building,))
            self._checked_at = self._clock() - CHECK_EVERY_S

    async def close(self) -> None:
        """End a build that is running."""
        if self._building is not None:
            self._building.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._building

    def _is_current(self, held: Held, catalogue: Catalogue) -> bool:
        return self._clock() - self._checked_at < CHECK_EVERY_S and held.areas is catalogue.areas

    async def _look(self, catalogue: Catalogue) -> Held:
        held, self._built = self._built or self._held, None
        if held is None:
            return await self._first(catalogue)
        async with self._db.reading(catalogue.city.code) as conn:
            current = await store.version(conn, catalogue.city.code)
        if current is None:
            return held
        if self._is_behind:
            self._build(catalogue)
        if held.areas is not catalogue.areas and held.areas == catalogue.areas:
            held = held._replace(areas=catalogue.areas)
        if held.areas is not catalogue.areas and len(held.gazetteer) <= SMALL:
            return await self._made(catalogue, *await self._read(catalogue))
        if held.areas is not catalogue.areas:
            self._build(catalogue)
        if current == held.version:
            return held
        return await self._caught_up(catalogue, held, current)

    async def _caught_up(self, catalogue: Catalogue, held: Held, current: Version) -> Held:
        """`held` with what was written since; where that is too much, as it is until another is built."""
        if current.mark == held.version.mark and current.number > held.version.number:
            newer = await self._changed(catalogue, held)
            if newer is not None:
                if newer.changes > MOST_CHANGES:
                    self._build(catalogue)
                return newer
        self._build(catalogue)
        return held._replace(version=current)  # it follows what comes later; what came until now is being built

    async def _changed(self, catalogue: Catalogue, held: Held) -> Held | None:
        city = catalogue.city.code
        async with self._snapshot(city) as (conn, version):
            codes = await store.touched(conn, city, held.version.number, MOST_CHANGES)
            if len(codes) > MOST_CHANGES:
                return None
            entries = [entry_of_place(row, catalogue) for row in await store.entries_of(conn, city, codes)]
            if any(code in catalogue.areas_by_code for code in codes):
                entries += entries_of_areas(catalogue, await store.names_of_areas(conn, city))
        removed = set(codes) - {entry.id for entry in entries}
        gazetteer = held.gazetteer
        if codes:
            gazetteer = await asyncio.to_thread(gazetteer.with_changes, entries, removed)
        return Held(gazetteer, held.areas, version, held.changes + len(codes))

    async def _first(self, catalogue: Catalogue) -> Held:
        """From an index file and what was written since, or else built."""
        async with self._snapshot(catalogue.city.code) as (_, version):
            files = IndexFiles(self._folder, catalogue, version)
        found = files.newest(version.number)
        if found is not None:
            loaded = await self._loaded(catalogue, *found, version)
            newer = loaded and await self._changed(catalogue, loaded)
            if newer:
                return newer
        return await self._made(catalogue, *await self._read(catalogue))

    async def _loaded(self, catalogue: Catalogue, path: Path, number: int, version: Version) -> Held | None:
        try:
            gazetteer = await asyncio.to_thread(Gazetteer.load, path, index_of(catalogue), catalogue.city.name)
        except UNUSABLE as error:
            log.warning("index file unusable", error=type(error).__name__)
            await asyncio.to_thread(path.unlink, missing_ok=True)
            return None
        return Held(gazetteer, catalogue.areas, version._replace(number=number))

    async def _made(self, catalogue: Catalogue, version: Version, entries: list[Entry]) -> Held:
        if len(entries) > SMALL:
            try:
                path = await build_outside(self._folder, catalogue, version, entries)
            except (BuildError, OSError) as error:
                log.error("builder failed, building here", error=str(error))
            else:
                loaded = await self._loaded(catalogue, path, version.number, version)
                if loaded is not None:
                    return loaded
        gazetteer = await asyncio.to_thread(Gazetteer, entries, index_of(catalogue), catalogue.city.name)
        return Held(gazetteer, catalogue.areas, version)

    async def _read(self, catalogue: Catalogue) -> tuple[Version, list[Entry]]:
        async with self._snapshot(catalogue.city.code) as (conn, version):
            return version, await read_entries(conn, catalogue)

    def _build(self, catalogue: Catalogue) -> None:
        """Build anew while the older one serves; one at a time."""
        self._is_behind = True
        if self._building is None and self._clock() >= self._build_at:
            self._building = asyncio.create_task(self._build_now(catalogue), name="gazetteer")

    async def _build_now(self, catalogue: Catalogue) -> None:
        started = self._clock()
        self._is_behind = False
        try:
            self._built = await self._made(catalogue, *await self._read(catalogue))
            log.info("gazetteer built", entries=len(self._built.gazetteer), seconds=round(self._clock() - started, 1))
        except DatabaseAway as error:
            log.warning("gazetteer not built", error=str(error))
            self._is_behind = True
            self._build_at = self._clock() + RETRY_S
        finally:
            self._building = None

    @asynccontextmanager
    async def _snapshot(self, city: str) -> AsyncIterator[tuple[Connection, Version]]:
        """Every statement inside sees the same moment, which is that of the version."""
        async with self._db.reading(city) as conn, conn.transaction(isolation="repeatable_read", readonly=True):
            version = await store.version(conn, city)
            if version is None:
                raise NoCatalogueError(city)
            yield conn, version
