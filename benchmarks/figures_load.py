# ruff: noqa: E501 - SQL reads better in long lines
"""A city's years of calls, reports, incidents and assignments, written straight into the tables in one go."""

from datetime import datetime

import asyncpg
import msgspec

#: $1 city, $2 first moment, $3 days, $4 calls, $5 one incident in so many calls.
STATEMENTS = (
    """CREATE TEMP TABLE told AS
       SELECT gen_random_uuid() AS report, gen_random_uuid() AS incident, n, n % $5::int = 0 AS is_real,
              $2::timestamptz + $3::int * interval '1 day' * ((n - 1 + random()) / $4::int) AS at, random() AS luck
       FROM generate_series(1, $4::int) n""",
    """INSERT INTO incident (city, id, number, state, category, priority, area, opened_at, assigned_at, responding_at, resolved_at,
                             closed_at, due_at, report_count, reopened)
       SELECT $1, incident, n, CASE WHEN luck < 0.9 THEN 'closed' ELSE 'assigned' END,
              (SELECT array_agg(code ORDER BY code) FROM category WHERE city = $1)[1 + n / 7 % 56], 'P' || 1 + n / 3 % 4,
              (SELECT array_agg(code ORDER BY code) FROM area WHERE city = $1 AND kind = 'kelurahan')[1 + n / 11 % 65],
              at + interval '1 minute', at + interval '2 minutes', at + interval '9 minutes',
              CASE WHEN luck < 0.9 THEN at + interval '1 hour' * (1 + 40 * random()) END,
              CASE WHEN luck < 0.9 THEN at + interval '3 days' END, at + interval '1 day', 1, (luck < 0.03)::int
       FROM told WHERE is_real""",
    """INSERT INTO report (city, id, received_at, channel, state, category, priority, area, disposition, disposed_at, incident, track)
       SELECT $1, report, at, 'call', 'closed', CASE WHEN is_real THEN 'fallen_tree' END, CASE WHEN is_real THEN 'P2' END,
              CASE WHEN is_real THEN (SELECT array_agg(code ORDER BY code) FROM area WHERE city = $1 AND kind = 'kelurahan')[1 + n / 11 % 65] END,
              CASE WHEN is_real THEN 'genuine' ELSE (ARRAY['test', 'prank', 'silent', 'abandoned', 'information'])[1 + n % 5] END,
              at, CASE WHEN is_real THEN incident END, sha256(report::text::bytea) FROM told""",
    """INSERT INTO call (city, id, sip_id, report, direction, state, outcome, rang_at, answered_at, ended_at)
       SELECT $1, gen_random_uuid(), report::text, report, 'in', 'ended', CASE WHEN luck < 0.7 THEN 'answered' ELSE 'abandoned' END, at,
              CASE WHEN luck < 0.7 THEN at + interval '1 second' * (2 + 10 * -ln(random())) END, at + interval '2 minutes' FROM told""",
    """INSERT INTO assignment (city, id, incident, agency, role, state, sent_at, answer_due_at, acknowledged_at, en_route_at, on_scene_at, done_at)
       SELECT $1, gen_random_uuid(), incident, (ARRAY['bpbd', 'dlhk', 'damkarmat', 'pln', 'dishub', 'dpupr', 'psc119'])[1 + (n / 13 + k) % 7],
              CASE k WHEN 0 THEN 'lead' ELSE 'support' END, 'done', t.sent, t.sent + interval '3 minutes',
              t.sent + interval '1 second' * (20 + 60 * -ln(random())), t.sent + interval '1 second' * (200 + 90 * -ln(random())),
              t.sent + interval '1 second' * (600 + 600 * -ln(random())), t.sent + interval '2 hours'
       FROM told, generate_series(0, 1) k, LATERAL (SELECT at + interval '1 second' * (30 + 40 * -ln(random())) AS sent) t
       WHERE is_real AND (k = 0 OR n % 20 = 0)""",
    """INSERT INTO feedback (city, id, report, incident, at, verdict, stars)
       SELECT $1, gen_random_uuid(), report, incident, at + interval '2 days', 'confirmed', 3 + n % 3 FROM told WHERE is_real AND luck < 0.3""",
    "DROP TABLE told",
)


class Volume(msgspec.Struct, frozen=True):
    """How much a city hears."""

    city: str
    years: int
    calls: int  # in all
    calls_an_incident: int


async def load(dsn: str, volume: Volume, since: datetime) -> None:
    """Fill the tables of one city as their owner."""
    conn = await asyncpg.connect(dsn, command_timeout=1800)
    await conn.execute("SELECT set_config('tanggap.city', $1, false)", volume.city)
    values = [volume.city, since, 365 * volume.years, volume.calls, volume.calls_an_incident]
    for statement in STATEMENTS:
        used = max((n for n in range(1, 6) if f"${n}" in statement), default=0)
        if statement.startswith("CREATE"):
            statement = _literal(statement, values)
            used = 0
        await conn.execute(statement, *values[:used])
    await conn.close()


def _literal(statement: str, values: list[object]) -> str:
    """The statement with its parameters written into it: a table's definition takes none."""
    for n, value in reversed(list(enumerate(values, 1))):
        statement = statement.replace(f"${n}", f"'{value.isoformat()}'" if isinstance(value, datetime) else str(value))
    return statement
