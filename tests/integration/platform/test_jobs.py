"""Jobs: deferred with the business, done once, urgent first, retried, surviving a killed worker."""

import asyncio
import sys
from datetime import datetime, timedelta
from typing import Any

import pytest

from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database, Transaction
from tanggap.platform.jobs import RETRY_AFTER, Handler, Urgency, backlog, defer, defer_many, run_jobs, run_next

CITY = "kendari"
NOW = utcnow()


def recording(done: list[Any]) -> dict[str, Handler]:
    async def note(_tx: Transaction, payload: dict[str, Any], _now: datetime) -> None:
        done.append(payload["n"])

    return {"note": note}


async def test_a_job_exists_only_when_its_business_commits(db: Database) -> None:
    async def fail() -> None:
        async with db.transaction(CITY) as tx:
            await defer(tx, "note", {"n": 1}, run_at=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert (await backlog(db, CITY, NOW)).due == 0


async def test_urgent_goes_before_bulk_that_waited_longer(db: Database) -> None:
    done: list[int] = []
    async with db.transaction(CITY) as tx:
        await defer_many(tx, "note", [{"n": n} for n in range(1, 4)], run_at=NOW - timedelta(minutes=5))
        await defer(tx, "note", {"n": 112}, run_at=NOW, priority=Urgency.URGENT)
        await defer(tx, "note", {"n": 9}, run_at=NOW + timedelta(seconds=1), priority=Urgency.URGENT)
    while await run_next(db, CITY, recording(done), NOW):
        pass
    assert done[0] == 112
    assert sorted(done[1:]) == [1, 2, 3]
    assert (await backlog(db, CITY, NOW)).later == 1


async def test_a_failing_job_is_undone_retried_later_and_at_last_left_to_a_person(db: Database) -> None:
    async def fail(tx: Transaction, _payload: dict[str, Any], _now: datetime) -> None:
        await defer(tx, "note", {"n": 0}, run_at=NOW)
        raise RuntimeError

    async with db.transaction(CITY) as tx:
        await defer(tx, "fail", {}, run_at=NOW)
    now = NOW
    for wait in RETRY_AFTER:
        assert await run_next(db, CITY, {"fail": fail}, now)
        assert not await run_next(db, CITY, {"fail": fail}, now)
        now += wait
    assert await run_next(db, CITY, {"fail": fail}, now)
    queue = await backlog(db, CITY, now + timedelta(days=1))
    assert (queue.due, queue.failed) == (0, 1)


async def test_many_runners_do_every_job_once(db: Database) -> None:
    done: list[int] = []
    stop = asyncio.Event()
    async with db.transaction(CITY) as tx:
        await defer_many(tx, "note", [{"n": n} for n in range(200)], run_at=NOW)

    async def stop_when_done() -> None:
        async with asyncio.timeout(20):
            while (await backlog(db, CITY, utcnow())).due:  # noqa: ASYNC110 - rows have no event
                await asyncio.sleep(0.02)
        stop.set()

    await asyncio.gather(run_jobs(db, CITY, recording(done), stop), run_jobs(db, CITY, recording(done), stop), stop_when_done())
    assert sorted(done) == list(range(200))


KILLED_WORKER = """
import asyncio, sys
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database
from tanggap.platform.jobs import run_next

async def hang(tx, payload, now):
    print("taken", flush=True)
    await asyncio.sleep(60)

async def main():
    db = await Database.open(sys.argv[1])
    await run_next(db, "kendari", {"note": hang}, utcnow())

asyncio.run(main())
"""


async def test_the_job_of_a_killed_worker_is_free_again_at_once(db: Database, dsn: str) -> None:
    async with db.transaction(CITY) as tx:
        await defer(tx, "note", {"n": 7}, run_at=NOW)
    worker = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED_WORKER, dsn, stdout=asyncio.subprocess.PIPE)
    assert worker.stdout is not None
    assert await worker.stdout.readline() == b"taken\n"
    done: list[int] = []
    assert not await run_next(db, CITY, recording(done), utcnow())
    worker.kill()
    await worker.wait()
    async with asyncio.timeout(10):
        while not await run_next(db, CITY, recording(done), utcnow()):  # noqa: ASYNC110 - rows have no event
            await asyncio.sleep(0.05)
    assert done == [7]
