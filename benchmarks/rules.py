"""`python -m benchmarks rules`: a draft of the rules tried on a month of Jakarta's size (50,000 incidents).

Beside it: the same incidents read from the database and nothing else, page by page, in the same run. And the longest moment in
which the process answered nobody meanwhile, as a part of the whole.
"""

import asyncio
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg

from benchmarks.figure import Figure, against
from tanggap import rulebook
from tanggap.city.pack import pack_folder, read_pack
from tanggap.city.rules import service
from tanggap.city.rules.model import Editor
from tanggap.city.service import catalogue, load_pack
from tanggap.evaluation.model import Period
from tanggap.evaluation.trial import store
from tanggap.evaluation.trial.model import Outcome
from tanggap.evaluation.trial.service import trying
from tanggap.platform.database import Database
from tanggap.platform.migrate import migrate
from tanggap.platform.postgres import EmbeddedPostgres

CITY = "kendari"
INCIDENTS = 50_000
END = datetime(2026, 11, 1, tzinfo=UTC)
PERIOD = Period("", END - timedelta(days=31), END)
#: How often it is looked whether the process still answers, in seconds.
TICK_S = 0.005

#: One incident, the report that tells of it and the agency that leads, for each number; categories and answers by turns.
MADE = (
    """insert into incident (city, id, number, state, category, priority, opened_at, resolved_at)
       select 'kendari', md5('i' || n)::uuid, n, 'closed', c.codes[1 + n % cardinality(c.codes)], 'P2',
              $1::timestamptz - n * interval '50 s', $1::timestamptz - n * interval '50 s' + (n % 90) * interval '10 min'
       from generate_series(1, $2::int) n, (select array_agg(code order by rank) as codes from category) c""",
    """insert into report (city, id, received_at, channel, state, category, answers, incident, track)
       select 'kendari', md5('r' || number)::uuid, opened_at, 'call', 'closed', category,
              jsonb_build_object('trapped', (array['yes', 'no', 'unknown'])[1 + number % 3], 'count', number % 7), id,
              sha256(number::text::bytea)
       from incident where $1::timestamptz is not null and $2::int > 0""",
    """insert into assignment (city, id, incident, agency, role, state, sent_at, answer_due_at, acknowledged_at)
       select 'kendari', md5('a' || number)::uuid, id, 'bpbd', 'lead', 'done', opened_at, opened_at + interval '3 min',
              opened_at + (number % 300) * interval '1 s'
       from incident where $1::timestamptz is not null and $2::int > 0""",
)


async def measure() -> list[Figure]:
    """Time one trial, after one to warm up."""
    with tempfile.TemporaryDirectory(prefix="tanggap-bench-") as folder:
        server = EmbeddedPostgres(Path(folder, "postgres"))
        await server.start()
        try:
            await migrate(server.dsn)
            db = await Database.open(server.dsn, max_size=4)
            await _fill(db, server.dsn)
            try:
                return await _timed(db)
            finally:
                await db.close()
        finally:
            await server.stop()


async def _fill(db: Database, dsn: str) -> None:
    async with db.transaction(CITY) as tx:
        await load_pack(tx, read_pack(pack_folder(CITY)), END)
    owner = await asyncpg.connect(dsn)
    for sql in MADE:
        await owner.execute(sql, END, INCIDENTS)
    await owner.execute("vacuum analyze incident, report, assignment")
    await owner.close()
    by = Editor(None, "bench")
    async with db.transaction(CITY) as tx:
        draft = await service.draft(tx, CITY)
        for code in ("flood", "fallen_tree", "waste_pile"):
            if ("category", code) in draft.entries:
                body = draft.entries["category", code].body | {"lead": "satpolpp", "support": [], "next": []}
                await service.save(tx, CITY, ("category", code), body, 0, by, END)


async def _timed(db: Database) -> list[Figure]:
    await _tried(db)
    read_s = await _read(db)
    stalls = asyncio.create_task(_stalls())
    started = time.perf_counter()
    outcome = await _tried(db)
    tried_s = time.perf_counter() - started
    stalls.cancel()
    longest_s = await stalls
    assert outcome.n == INCIDENTS
    assert outcome.elsewhere > 0
    return [
        against("rules.trial_50k", tried_s, "s", "reading them", read_s, "≤ 3 ×", tried_s <= 3 * read_s),
        against("rules.trial_longest_silence", longest_s * 1000, "ms", "the whole trial", tried_s * 1000, "≤ 1/5",
                longest_s <= tried_s / 5),
    ]  # fmt: skip


async def _tried(db: Database) -> Outcome:
    async with db.reading(CITY) as conn:
        outcome = await rulebook.trial(conn, await catalogue(conn))
    async for _ in trying(db, CITY, PERIOD, outcome):
        pass
    return outcome


async def _read(db: Database) -> float:
    started, after = time.perf_counter(), None
    while True:
        async with db.reading(CITY) as conn:
            page = await store.page(conn, CITY, PERIOD, after)
        if len(page) < store.PAGE:
            return time.perf_counter() - started
        after = (page[-1].opened_at, page[-1].id)


async def _stalls() -> float:
    """The longest time in which nothing else was done, until cancelled."""
    longest = 0.0
    try:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(TICK_S)
            longest = max(longest, time.perf_counter() - before - TICK_S)
    except asyncio.CancelledError:
        return longest
