"""Figures of a period, counted side by side and kept as long as nothing has happened: a hundred looks cost one count."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from tanggap.evaluation import service, store
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
    figures: Figures
    transaction: str
    entries: int
    at: datetime


class RememberedFigures:
    """One city's figures, in one process."""

    def __init__(self, db: Database, city: str, zone: str) -> None:
        """Remember nothing yet."""
        self._db = db
        self._city = city
        self.zone = zone
        self._kept: dict[tuple[datetime, datetime], _Kept] = {}
        self._counting = asyncio.Lock()

    async def of(self, period: Period, now: datetime) -> Figures:
        """The figures of a period as they are now."""
        key = period.start, period.end
        async with self._counting:
            kept = self._kept.get(key)
            if kept is not None and now - kept.at < KEPT_FOR and await self._nothing_happened_since(kept):
                return kept.figures
            if len(self._kept) >= MOST_PERIODS:
                self._kept.clear()
            kept = self._kept[key] = await self._count(period, now)
            return kept.figures

    async def _nothing_happened_since(self, kept: _Kept) -> bool:
        async with self._db.reading(self._city) as conn:
            entries = await store.entries_since(conn, self._city, kept.transaction, MOST_ENTRIES)
        return entries == kept.entries < MOST_ENTRIES

    async def _count(self, period: Period, now: datetime) -> _Kept:
        async with self._db.reading(self._city) as conn:
            transaction = await store.newest(conn)
            entries = await store.entries_since(conn, self._city, transaction, MOST_ENTRIES)
        async with asyncio.TaskGroup() as group:
            reports = group.create_task(self._read(lambda conn: store.report_counts(conn, self._city, period, self.zone)))
            rest = group.create_task(self._read(lambda conn: self._count_incidents(conn, period)))
        incidents, progress, stars, calls, agencies, median = rest.result()
        figures = service.put_together(
            period, reports.result(), incidents, progress, stars, calls, agencies=agencies, hand_over_median_s=median
        )
        return _Kept(figures, transaction, entries, now)

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
