"""Leases: one works, the other stands by, and takes over when the first is gone."""

import asyncio
from datetime import timedelta

import pytest

from tanggap.platform.database import Database
from tanggap.platform.leases import TAKE, LeaseLost, lease

CITY = "kendari"
SHORT = timedelta(seconds=0.6)


async def test_only_one_holds_and_the_other_follows(db: Database) -> None:
    said: list[str] = []

    async def work(holder: str) -> None:
        async with lease(db, CITY, "timers", holder, SHORT):
            said.append(f"{holder} begins")
            await asyncio.sleep(1)
            said.append(f"{holder} ends")

    async with asyncio.timeout(10):
        await asyncio.gather(work("a"), work("b"))
    first, second = said[0][0], said[2][0]
    assert {first, second} == {"a", "b"}
    assert said == [f"{first} begins", f"{first} ends", f"{second} begins", f"{second} ends"]


async def test_a_dead_holders_lease_runs_out(db: Database) -> None:
    async with db.reading(CITY) as conn:
        await conn.execute(TAKE, CITY, "timers", "killed", SHORT)
    async with asyncio.timeout(5), lease(db, CITY, "timers", "next", SHORT):
        pass


async def test_a_holder_that_cannot_renew_is_stopped(db: Database) -> None:
    async def work() -> None:
        async with lease(db, CITY, "timers", "a", SHORT):
            async with db.reading(CITY) as conn:
                await conn.execute("update lease set holder = 'b', until = until + interval '1 minute'")
            await asyncio.sleep(30)

    async with asyncio.timeout(5):
        with pytest.raises(LeaseLost):
            await work()
