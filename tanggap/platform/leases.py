"""Leases: what must run once is done by whoever holds its lease, while others stand by."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from tanggap.platform.database import Database, DatabaseAway

TAKE = """
insert into lease (city, name, holder, until) values ($1, $2, $3, clock_timestamp() + $4)
on conflict (city, name) do update set holder = excluded.holder, until = excluded.until
    where lease.holder = excluded.holder or lease.until < clock_timestamp()
returning true
"""
RELEASE = "delete from lease where city = $1 and name = $2 and holder = $3"


class LeaseLost(Exception):  # noqa: N818 - the house names what happened
    """The lease could not be renewed in time; somebody else may hold it now, so the work was stopped."""


@asynccontextmanager
async def lease(db: Database, city: str, name: str, holder: str, ttl: timedelta = timedelta(seconds=10)) -> AsyncIterator[None]:
    """Wait for the lease, hold it while the block runs, and give it back.

    It is renewed three times in its life. A holder that is killed loses it after `ttl`; one that cannot renew has its block
    cancelled before the database would let anybody else in.

    Raises:
        LeaseLost: it could not be renewed in time.
    """
    clock = asyncio.get_running_loop().time
    life = ttl.total_seconds()
    asked_at = clock()
    while not await _take(db, city, name, holder, ttl):
        await asyncio.sleep(life / 3)
        asked_at = clock()
    renewing: asyncio.Task[None] | None = None
    try:
        async with asyncio.timeout_at(asked_at + life) as scope:
            renewing = asyncio.create_task(_renew(db, city, name, holder, ttl, scope))
            yield
    except TimeoutError as error:
        raise LeaseLost(name) from error
    finally:
        if renewing is not None:
            renewing.cancel()
            with suppress(asyncio.CancelledError):
                await renewing
        with suppress(DatabaseAway):
            async with db.reading(city) as conn:
                await conn.execute(RELEASE, city, name, holder)


async def _renew(db: Database, city: str, name: str, holder: str, ttl: timedelta, scope: asyncio.Timeout) -> None:
    clock = asyncio.get_running_loop().time
    life = ttl.total_seconds()
    while True:
        await asyncio.sleep(life / 3)
        asked_at = clock()
        if await _take(db, city, name, holder, ttl) and not scope.expired():
            scope.reschedule(asked_at + life)


async def _take(db: Database, city: str, name: str, holder: str, ttl: timedelta) -> bool:
    try:
        async with db.reading(city) as conn:
            return bool(await conn.fetchval(TAKE, city, name, holder, ttl))
    except DatabaseAway:
        return False
