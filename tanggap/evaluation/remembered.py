"""Figures of a period, counted side by side and kept as long as nothing has happened: a hundred looks cost one count."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar

from tanggap.city.model import Catalogue
from tanggap.evaluation import service, store
from tanggap.evaluation.figures import By, Group, Performance
from tanggap.evaluation.model import Figures, Period
from tanggap.platform.database import Connection, Database

#: Whatever happens writes to the timeline, except the removal of examples: kept figures are never older than this.
KEPT_FOR = timedelta(minutes=1)
#: Periods that are kept at once.
MOST_PERIODS = 24
#: More entries than this since figures were counted, and nobody needs to know how many.
MOST_ENTRIES = 1_000

Counted = TypeVar("Counted")


class _Kept(NamedTuple):
    value: Any
    transaction: str
    entries: int
    at: datetime


class Remembered(Generic[Counted]):
    """What was counted of one city, in one process; nobody counts what somebody is counting."""

    def __init__(self, db: Database, city: str, most: int = MOST_PERIODS) -> None:
        """Remember nothing yet."""
        self._db = db
        self._city = city
        self._most = most
        self._kept: dict[Hashable, _Kept] = {}
        self._counting: defaultdict[Hashable, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def of(self, key: Hashable, now: datetime, count: Callable[[], Awaitable[Counted]]) -> Counted:
        """What `count` says of `key`, as it is now."""
        async with self._counting[key]:
            kept = self._kept.get(key)
            if kept is None or now - kept.at >= KEPT_FOR or not await self._nothing_happened_since(kept):
                if len(self._kept) >= self._most:
                    self._kept.clear()
                async with self._db.reading(self._city) as conn:
                    transaction = await store.newest(conn)
                    entries = await store.entries_since(conn, self._city, transaction, MOST_ENTRIES)
                kept = self._kept[key] = _Kept(await count(), transaction, entries, now)
            value: Counted = kept.value
        if len(self._counting) > 2 * self._most:
            self._counting = defaultdict(asyncio.Lock, {k: lock for k, lock in self._counting.items() if lock.locked()})
        return value

    async def _nothing_happened_since(self, kept: _Kept) -> bool:
        async with self._db.reading(self._city) as conn:
            entries = await store.entries_since(conn, self._city, kept.transaction, MOST_ENTRIES)
        return entries == kept.entries < MOST_ENTRIES


class RememberedFigures:
    """One city's figures, in one process."""

    def __init__(self, db: Database, city: str, zone: str) -> None:
        """Remember nothing yet."""
        self._db = db
        self._city = city
        self.zone = zone
        self._figures: Remembered[Figures] = Remembered(db, city)
        self._performances: Remembered[Performance] = Remembered(db, city)
        self._groups: Remembered[tuple[Group, ...]] = Remembered(db, city, 3 * MOST_PERIODS)

    async def of(self, period: Period, now: datetime) -> Figures:
        """The figures of a period as they are now."""
        return await self._figures.of((period.start, period.end), now, lambda: self._count(period))

    async def performance(self, catalogue: Catalogue, period: Period, by: By | None, now: datetime) -> Performance:
        """How fast, how right, how finished, as it is now."""
        key = period.start, period.end, catalogue.version

        async def count() -> Performance:
            return await self._read(lambda conn: service.performance(conn, catalogue, period, now=now))

        whole = await self._performances.of(key, now, count)
        if by is None:
            return whole

        async def count_apart() -> tuple[Group, ...]:
            return await self._read(lambda conn: service.groups(conn, catalogue, period, by, now=now))

        return service.told_apart(whole, by, await self._groups.of((*key, by), now, count_apart))

    async def _count(self, period: Period) -> Figures:
        async with asyncio.TaskGroup() as group:
            reports = group.create_task(self._read(lambda conn: store.report_counts(conn, self._city, period, self.zone)))
            rest = group.create_task(self._read(lambda conn: self._count_incidents(conn, period)))
        incidents, progress, stars, calls, agencies, median = rest.result()
        return service.put_together(
            period, reports.result(), incidents, progress, stars, calls, agencies=agencies, hand_over_median_s=median
        )

    async def _count_incidents(self, conn: Connection, period: Period) -> tuple[Any, ...]:
        return (
            await store.incident_counts(conn, self._city, period),
            await store.progress(conn, self._city, period),
            await store.stars(conn, self._city, period),
            await store.call_counts(conn, self._city, period),
            await store.agency_figures(conn, self._city, period),
            await store.hand_over_median_s(conn, self._city, period),
        )

    async def _read(self, count: Callable[[Connection], Awaitable[Counted]]) -> Counted:
        async with self._db.reading(self._city) as conn:
            return await count(conn)
