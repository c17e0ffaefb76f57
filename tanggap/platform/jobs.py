"""Jobs: work deferred inside a business transaction, done once, urgent before bulk, retried when it fails."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any
from uuid import UUID

import msgspec

from tanggap.platform.clock import utcnow
from tanggap.platform.database import Connection, Database, DatabaseAway, Transaction
from tanggap.platform.ids import new_id
from tanggap.platform.logs import Log

log = Log("jobs")

#: Does one job inside the transaction that also removes it: both are committed, or neither.
Handler = Callable[[Transaction, dict[str, Any], datetime], Awaitable[None]]

#: Wait before the next attempt, by the number of attempts so far; after the last one a person must look.
RETRY_AFTER = (
    timedelta(seconds=1),
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
)
#: How often an idle worker looks; there is no NOTIFY, it would hold up business transactions.
POLL_S = 0.2


class Urgency(IntEnum):
    """Which jobs go first; within one urgency the longest due goes first."""

    URGENT = 1  # P1 alerts, escalations
    NORMAL = 5
    BULK = 9  # messages to many, indexes


class Backlog(msgspec.Struct, frozen=True):
    """How the queue stands."""

    due: int
    oldest_due_s: float
    later: int
    failed: int


DEFER = """
insert into job (city, id, name, payload, priority, run_at) values (current_setting('tanggap.city'), $1, $2, $3, $4, $5)
"""
DEFER_MANY = """
insert into job (city, id, name, payload, priority, run_at)
select current_setting('tanggap.city'), id, $3, payload, $4, $5 from unnest($1::uuid[], $2::jsonb[]) as wanted (id, payload)
"""
#: The urgencies are tried in order and the first due job nobody else holds is taken; a worker that dies gives it back at once.
TAKE = """
delete from job where city = $1 and id = (
    select due.id
    from unnest($3::smallint[]) with ordinality as urgency (level, rank)
    cross join lateral (
        select id from job
        where city = $1 and priority = urgency.level and run_at <= $2 and failed_at is null and name = any($4::text[])
        order by run_at limit 1 for update skip locked
    ) as due
    order by urgency.rank limit 1
)
returning id, name, payload, attempt, run_at
"""
GIVE_BACK = """
update job set attempt = attempt + 1, run_at = $3, failed_at = $4, last_error = $5 where city = $1 and id = $2
"""
NEXT_RUN = "select min(run_at) from job where city = $1 and failed_at is null and name = any($2::text[])"
BACKLOG = """
select count(*) filter (where failed_at is null and run_at <= $2) as due,
       coalesce(extract(epoch from $2 - min(run_at) filter (where failed_at is null and run_at <= $2)), 0)::float8
           as oldest_due_s,
       count(*) filter (where failed_at is null and run_at > $2) as later,
       count(*) filter (where failed_at is not null) as failed
from job where city = $1
"""


async def defer(
    tx: Transaction, name: str, payload: Mapping[str, Any], *, run_at: datetime, priority: Urgency = Urgency.NORMAL
) -> UUID:
    """Put down a job in the caller's transaction: it exists when that commits, and not before."""
    job = new_id()
    await tx.execute(DEFER, job, name, dict(payload), int(priority), run_at)
    return job


async def defer_many(
    tx: Transaction, name: str, payloads: Iterable[Mapping[str, Any]], *, run_at: datetime, priority: Urgency = Urgency.BULK
) -> None:
    """Put down many jobs of one name in one statement."""
    wanted = [dict(payload) for payload in payloads]
    await tx.execute(DEFER_MANY, [new_id() for _ in wanted], wanted, name, int(priority), run_at)


async def run_next(
    db: Database, city: str, handlers: Mapping[str, Handler], now: datetime, urgencies: Iterable[Urgency] = tuple(Urgency)
) -> bool:
    """Do the most urgent due job, if there is one; a job that fails is given back with a later time."""
    taken: Any = None
    try:
        async with db.transaction(city) as tx:
            taken = await tx.fetchrow(TAKE, city, now, [int(level) for level in urgencies], list(handlers))
            if taken is None:
                return False
            await handlers[taken["name"]](tx, taken["payload"], now)
    except DatabaseAway:
        raise
    except Exception as error:
        if taken is None:
            raise
        await _give_back(db, city, taken, error, now)
        return True
    return True


async def next_run_at(conn: Connection, city: str, names: Iterable[str]) -> datetime | None:
    """When the next job of these names is due; None when there is none. For a clock that is not the machine's."""
    found: datetime | None = await conn.fetchval(NEXT_RUN, city, list(names))
    return found


async def run_jobs(
    db: Database,
    city: str,
    handlers: Mapping[str, Handler],
    stop: asyncio.Event,
    *,
    concurrency: int = 3,
    clock: Callable[[], datetime] = utcnow,
) -> None:
    """Do jobs until `stop`; one runner takes nothing but urgent ones, so that slow bulk cannot occupy them all."""
    if not handlers:
        await stop.wait()
        return
    lanes: list[tuple[Urgency, ...]] = [(Urgency.URGENT,), *[tuple(Urgency)] * max(1, concurrency - 1)]
    async with asyncio.TaskGroup() as runners:
        for lane in lanes:
            runners.create_task(_run_lane(db, city, handlers, stop, lane, clock))


async def backlog(db: Database, city: str, now: datetime) -> Backlog:
    """How many jobs wait, since when, and how many were given up."""
    async with db.reading(city) as conn:
        return Backlog(**dict(await conn.fetchrow(BACKLOG, city, now)))


async def _run_lane(
    db: Database,
    city: str,
    handlers: Mapping[str, Handler],
    stop: asyncio.Event,
    urgencies: tuple[Urgency, ...],
    clock: Callable[[], datetime],
) -> None:
    while not stop.is_set():
        try:
            if await run_next(db, city, handlers, clock(), urgencies):
                continue
        except DatabaseAway as error:
            log.warning("database away", reason=str(error))
        except Exception as error:
            log.error("queue broken", error=type(error).__name__, exc_info=True)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), POLL_S)


async def _give_back(db: Database, city: str, taken: Any, error: Exception, now: datetime) -> None:
    attempt = taken["attempt"]
    last = attempt >= len(RETRY_AFTER)
    log.error("job failed", job=str(taken["id"]), name=taken["name"], attempt=attempt + 1, final=last, exc_info=True)
    run_at = now if last else now + RETRY_AFTER[attempt]
    async with db.transaction(city) as tx:
        await tx.execute(GIVE_BACK, city, taken["id"], run_at, now if last else None, type(error).__name__)
