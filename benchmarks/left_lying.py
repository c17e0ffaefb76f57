"""`python -m benchmarks.left_lying`: the list of what is left lying, with ten years of Kendari and a year of Jakarta behind it.

Kendari: 4,336 calls and 289 incidents a month, as in 2026; Jakarta: 640,000 calls a year, one in ten an incident. What lies is
what a bad night leaves: a few hundred things. The goal: p95 below 50 ms in either city.
"""

import asyncio
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import asyncpg

from benchmarks.figure import Figure, against, percentile, tell
from tanggap.city.pack import pack_folder, read_pack
from tanggap.city.service import load_pack
from tanggap.evaluation.left_lying import store
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database
from tanggap.platform.migrate import migrate
from tanggap.platform.postgres import EmbeddedPostgres

LOOKS = 60
GOAL_MS = 50.0
#: City: calls, incidents, years that they are spread over, and how many of each are open at the end.
VOLUMES = {"kendari": (520_000, 35_000, 10, 120), "jakarta": (640_000, 64_000, 1, 400)}

FILL = (
    """insert into incident (city, id, number, state, category, priority, summary, place_label, opened_at, assigned_at,
                             resolved_at, closed_at, due_at, report_count, reopened, attention)
       select $1, gen_random_uuid(), n, s.state, 'fallen_tree', 'P' || 1 + n % 4, 'pohon tumbang', 'Pasar Baruga', t.at,
              t.at + interval '4 minutes', case when s.state in ('resolved', 'closed') then t.at + interval '3 hours' end,
              case when s.state = 'closed' then t.at + interval '6 hours' end, t.at + interval '1 day', 1, (n % 23 = 0)::int,
              case when s.state = 'open' then 'unanswered' end
       from generate_series(1, $2::int) n,
            lateral (select now() - make_interval(days => 365 * $3) * (1 - n / $2::float8) as at) t,
            lateral (select case when n <= $2 - $4 then 'closed' else (array['open', 'assigned', 'responding'])[1 + n % 3] end
                     as state) s""",
    """insert into assignment (city, id, incident, agency, role, state, sent_at, answer_due_at, acknowledged_at, done_at,
                               ended_at)
       select $1, gen_random_uuid(), i.id, (array['bpbd', 'dlhk', 'damkarmat'])[1 + i.number % 3], 'lead',
              case i.state when 'closed' then case when i.number % 9 = 0 then 'expired' else 'done' end when 'open' then 'expired'
                   when 'assigned' then (array['sent', 'acknowledged'])[1 + i.number % 2] else 'on_scene' end,
              i.assigned_at, i.assigned_at + interval '3 minutes', i.assigned_at + interval '2 minutes', i.resolved_at, null
       from incident i where i.city = $1""",
    """insert into timer (city, assignment, clock, tell, incident, due_at, planned_at, fired_at)
       select $1, a.id, r.clock, r.tell, a.incident, a.sent_at + r.wait, a.sent_at,
              case when a.state = 'done' or a.sent_at + r.wait < now() then a.sent_at + r.wait end
       from assignment a, (values ('answer', 'second', interval '3 minutes'), ('start', 'second', interval '20 minutes'),
                                  ('finish', 'second', interval '8 hours'), ('finish', 'head', interval '10 hours'))
                          r (clock, tell, wait)
       where a.city = $1""",
    """create temp table filled as
       select gen_random_uuid() as id, n, now() - make_interval(days => 365 * $3) * (1 - n / $2::float8) as at
       from generate_series(1, $2::int) n""",
    """insert into report (city, id, received_at, channel, state, words, category, priority, disposition, disposed_at, track,
                           claimed_at)
       select $1, id, at, 'call', case when n > $2 - $4 then (array['waiting', 'active'])[1 + n % 2] else 'closed' end,
              'pohon tumbang menutup jalan', 'fallen_tree', 'P2',
              case when n <= $2 - $4 then (array['test', 'prank', 'silent', 'information'])[1 + n % 4] end, at,
              sha256(($1::text || n)::bytea), at
       from filled""",
    """insert into call (city, id, sip_id, report, direction, state, outcome, rang_at, answered_at, ended_at, call_back_state,
                         call_back_at)
       select $1, gen_random_uuid(), $1::text || n, id, 'in', 'ended',
              case when n % 3 = 0 then 'abandoned' else 'answered' end, at,
              case when n % 3 > 0 then at + interval '8 seconds' end, at + interval '60 seconds',
              case when n % 3 = 0 then case when n > $2 - $4 then 'due' else 'reached' end end, at
       from filled""",
    """insert into delivery (city, id, notice, occasion, channel, agency, recipient, incident, text, is_urgent, state, queued_at,
                             next_at, dead_at)
       select $1, gen_random_uuid(), gen_random_uuid(), 'sent', 'sms', 'bpbd', 'BPBD', i.id, 'pohon tumbang', i.priority = 'P1',
              case when i.number > $2 - 40 then 'dead' else 'delivered' end, i.opened_at, i.opened_at, i.opened_at
       from incident i where i.city = $1""",
    "drop table filled",
)


async def measure() -> list[Figure]:
    """On a database of its own."""
    with tempfile.TemporaryDirectory(prefix="tanggap-bench-") as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres", extra={"fsync": "off"})
        await server.start()
        try:
            await migrate(server.dsn)
            db = await Database.open(server.dsn, min_size=1, max_size=2)
            for city in VOLUMES:
                await _fill(server.dsn, db, city)
            figures = [figure for city in VOLUMES for figure in await _look(db, city)]
            await db.close()
            return figures
        finally:
            await server.stop()


async def _fill(dsn: str, db: Database, city: str) -> None:
    calls, incidents, years, still_open = VOLUMES[city]
    if city == "kendari":
        async with db.transaction(city) as tx:
            await load_pack(tx, read_pack(pack_folder(city)), utcnow())
    conn = await asyncpg.connect(dsn, command_timeout=1_200)
    await conn.execute("select set_config('tanggap.city', $1, false)", city)
    for statement in FILL:
        many = calls if "filled" in statement else incidents
        for n, number in ((2, many), (3, years), (4, still_open)):
            statement = statement.replace(f"${n}", str(number))
        await conn.execute(statement, *([city] if "$1" in statement else []))
    await conn.execute("vacuum analyze")
    await conn.close()


async def _look(db: Database, city: str) -> list[Figure]:
    """The list as the page reads it, and its count as the top bar does, beside one row by its key."""
    rows, counts, bare = [], [], []
    now = utcnow() + timedelta(hours=1)
    async with db.reading(city) as conn:
        found = await store.listed(conn, city, now)
        incident = await conn.fetchval("select id from incident where city = $1 limit 1", city)
        for _ in range(LOOKS):
            began = time.perf_counter()
            await store.listed(conn, city, now)
            listed = time.perf_counter()
            await store.total(conn, city, now)
            counted = time.perf_counter()
            await conn.fetchval("select state from incident where city = $1 and id = $2", city, incident)
            bare.append(1000 * (time.perf_counter() - counted))
            rows.append(1000 * (listed - began))
            counts.append(1000 * (counted - listed))
    reference = percentile(bare, 0.95)
    return [
        against(f"left_lying {what} p95 {city} ({found.total} things)", slow, "ms", "one row by its key, p95 ms", reference,
                f"< {GOAL_MS:g} ms", slow < GOAL_MS)
        for what, slow in (("list", percentile(rows, 0.95)), ("count", percentile(counts, 0.95)))
    ]  # fmt: skip


if __name__ == "__main__":
    tell(asyncio.run(measure()))
