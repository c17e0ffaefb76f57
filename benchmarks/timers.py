"""`python -m benchmarks.timers`: a thousand timers due in one second, beside the bare writing of as many timeline entries.

A storm: a thousand P1 incidents whose agencies do not answer. First all their target times end at once (each brings a change of
the assignment, of the incident, and two entries), then all second contacts are told at once. The goal: all within 2 seconds.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.figure import Figure, against, tell
from tanggap.city.pack import pack_folder, read_pack
from tanggap.city.service import load_pack
from tanggap.incident.timeline import store as timelines
from tanggap.incident.timeline.model import Entry, Kind
from tanggap.platform.database import Database
from tanggap.platform.ids import new_id
from tanggap.platform.migrate import migrate
from tanggap.platform.postgres import EmbeddedPostgres
from tanggap.routing.escalation.service import fire_due

CITY = "kendari"
MANY = 1_000
GOAL_S = 2.0
NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
ROUNDS = 3

STORM = """
with made as (
    insert into incident (city, id, number, state, category, priority, opened_at, assigned_at, due_at, report_count)
    select $1, gen_random_uuid(), $3 + n, 'assigned', 'fallen_tree', 'P1', $2::timestamptz, $2::timestamptz, $2::timestamptz + interval '4 hours', 1
    from generate_series(1, $4::int) n returning id),
sent as (
    insert into assignment (city, id, incident, agency, role, state, sent_at, answer_due_at)
    select $1, gen_random_uuid(), id, 'bpbd', 'lead', 'sent', $2, $2::timestamptz + interval '1 minute' from made returning id, incident)
insert into timer (city, assignment, clock, tell, incident, due_at, planned_at)
select $1, sent.id, 'answer', rung.tell, sent.incident, $2::timestamptz + rung.wait, $2
from sent, (values ('target', interval '1 minute'), ('second', interval '2 minutes'), ('head', interval '3 minutes')) rung (tell, wait)
"""  # noqa: E501 - one line of values


async def measure() -> list[Figure]:
    """On a database of its own, with fsync."""
    with tempfile.TemporaryDirectory(prefix="tanggap-bench-") as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres")
        await server.start()
        try:
            await migrate(server.dsn)
            return await _measured(server.dsn)
        finally:
            await server.stop()


async def _measured(dsn: str) -> list[Figure]:
    db = await Database.open(dsn, min_size=2, max_size=4)
    async with db.transaction(CITY) as tx:
        await load_pack(tx, read_pack(pack_folder(CITY)), NOW)
    bare, expiries, told = [], [], []
    for n in range(ROUNDS):
        async with db.transaction(CITY) as tx:
            await tx.execute(STORM, CITY, NOW, n * MANY, MANY)
        bare.append(await _timed(lambda: _bare(db)))
        expiries.append(await _timed(lambda: _all_due(db, 61)))
        told.append(await _timed(lambda: _all_due(db, 121)))
        async with db.transaction(CITY) as tx:
            await tx.execute("delete from timer where city = $1", CITY)
    await db.close()
    reference, name = sorted(bare)[ROUNDS // 2], f"writing {MANY} timeline entries, s"
    figures = []
    for what, seconds in (("target times that end", expiries), ("rungs that are climbed", told)):
        worst = max(seconds)
        figures.append(
            against(f"timers: {MANY} {what} in one second", worst, "s", name, reference, f"< {GOAL_S:g} s", worst < GOAL_S)
        )
    return figures


async def _timed(work: Callable[[], Awaitable[None]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def _all_due(db: Database, after_s: int) -> None:
    """As the worker does it, batch by batch."""
    now, fired = NOW + timedelta(seconds=after_s), 0
    while True:
        async with db.transaction(CITY) as tx:
            done = await fire_due(tx, CITY, now)
        fired += done
        if not done:
            break
    if fired != MANY:
        raise RuntimeError(f"{fired} of {MANY} timers fired")


async def _bare(db: Database) -> None:
    """The reference: as many entries, each in a chain of its own, one transaction."""
    entries = [Entry(subject=new_id(), kind=Kind.NOTE, at=NOW, incident=None) for _ in range(MANY)]
    async with db.transaction(CITY) as tx:
        await timelines.append(tx, CITY, entries)


if __name__ == "__main__":
    tell(asyncio.run(measure()))
