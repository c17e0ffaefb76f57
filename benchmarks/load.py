# ruff: noqa: E501 - SQL reads better in long lines
"""A million reports and a hundred thousand incidents over three years, written straight into the tables."""

import asyncpg

REPORTS = 1_000_000
INCIDENTS = 100_000

#: Shares as in Kendari's months: most calls need nobody to go.
STATEMENTS = (
    "ALTER TABLE timeline DISABLE TRIGGER timeline_chain",
    """INSERT INTO caller (city, id, number_hash, number_sealed, masked, first_seen_at, last_seen_at)
       SELECT $1, gen_random_uuid(), sha256(n::text::bytea), '\\x00', '0813…42', now(), now() FROM generate_series(1, 60000) n""",
    """INSERT INTO incident (city, id, number, state, category, priority, summary, address_words, place_label, lat, lon,
                             uncertainty_m, area, opened_at, assigned_at, responding_at, resolved_at, closed_at, due_at, report_count)
       SELECT $1, gen_random_uuid(), n, s.state, (SELECT array_agg(code ORDER BY code) FROM category WHERE city = $1)[1 + n % 56],
              'P' || 1 + n % 4, 'pohon tumbang menutup jalan', 'dekat pasar', 'Pasar Baruga',
              -3.95 - random() * 0.1, 122.45 + random() * 0.15, 50,
              (SELECT array_agg(code ORDER BY code) FROM area WHERE city = $1 AND kind = 'kelurahan')[1 + n % 65],
              t.at, t.at + interval '4 minutes', t.at + interval '20 minutes',
              CASE WHEN s.state IN ('resolved', 'closed') THEN t.at + interval '3 hours' END,
              CASE WHEN s.state = 'closed' THEN t.at + interval '6 hours' END, t.at + interval '1 day', 1
       FROM generate_series(1, 100000) n,
            LATERAL (SELECT now() - interval '1095 days' * (1 - n / 100000.0) AS at) t,
            LATERAL (SELECT CASE WHEN n <= 99400 THEN 'closed'
                                 ELSE (ARRAY['open', 'assigned', 'responding', 'resolved', 'closed'])[1 + n % 5] END AS state) s""",
    """INSERT INTO counter (city, name, value) VALUES ($1, 'incident', 100000)
       ON CONFLICT (city, name) DO UPDATE SET value = 100000""",
    """CREATE TEMP TABLE numbered AS SELECT id, row_number() OVER (ORDER BY number) AS n FROM incident WHERE city = $1""",
    "CREATE INDEX ON numbered (n)",
    """CREATE TEMP TABLE calling AS SELECT id, row_number() OVER () AS n FROM caller WHERE city = $1""",
    """INSERT INTO report (city, id, received_at, channel, state, words, address_words, caller, lat, lon, uncertainty_m,
                           location_source, place_label, area, category, priority, disposition, disposed_at, incident, track)
       SELECT $1, gen_random_uuid(), now() - interval '1095 days' * (1 - g.n / 1000000.0), (ARRAY['call', 'call', 'call', 'web'])[1 + g.n % 4],
              CASE WHEN g.n > 999960 THEN 'waiting' ELSE 'closed' END, 'pohon tumbang menutup jalan di depan pasar', 'dpn pasar',
              c.id, -3.95 - random() * 0.1, 122.45 + random() * 0.15, 50, 'words', 'Pasar Baruga', '74.71.07.1001', 'fallen_tree',
              'P2', CASE WHEN g.n > 999960 THEN NULL WHEN g.n % 10 = 0 THEN 'genuine'
                         ELSE (ARRAY['test', 'prank', 'silent', 'information', 'abandoned'])[1 + g.n % 5] END,
              now(), i.id, sha256(g.n::text::bytea)
       FROM generate_series(1, 1000000) g (n)
       LEFT JOIN calling c ON c.n = 1 + g.n % 60000 LEFT JOIN numbered i ON i.n = g.n / 10 AND g.n % 10 = 0""",
    """INSERT INTO assignment (city, id, incident, agency, role, state, sent_at, answer_due_at, acknowledged_at, en_route_at,
                               on_scene_at, done_at)
       SELECT $1, gen_random_uuid(), i.id, (ARRAY['bpbd', 'dlhk', 'damkarmat', 'pln', 'dishub', 'pupr', 'psc119'])[1 + i.number % 7],
              'lead', CASE i.state WHEN 'closed' THEN 'done' WHEN 'resolved' THEN 'done' WHEN 'responding' THEN 'on_scene'
                                   WHEN 'assigned' THEN 'acknowledged' ELSE 'rejected' END,
              i.assigned_at, i.assigned_at + interval '3 minutes', i.assigned_at + interval '2 minutes',
              i.responding_at, i.responding_at, i.resolved_at
       FROM incident i WHERE i.city = $1""",
    """INSERT INTO timeline (city, subject, seq, xid, at, kind, report, incident, agency, audience, actor_name, body, prev, hash)
       SELECT $1, i.id, s.seq, pg_current_xact_id(), i.opened_at + interval '1 minute' * s.seq, s.kind, NULL, i.id, 'bpbd',
              '{bpbd}', 'Petugas', '{}', '\\x', '\\x'
       FROM incident i, (VALUES (1, 'opened'), (2, 'sent'), (3, 'acknowledged'), (4, 'done'), (5, 'resolved')) s (seq, kind)
       WHERE i.city = $1""",
    "ALTER TABLE timeline ENABLE TRIGGER timeline_chain",
)


async def load(dsn: str, city: str) -> None:
    """Fill the tables as their owner; chains are left out, since nothing here reads them."""
    conn = await asyncpg.connect(dsn, command_timeout=1200)
    await conn.execute("SELECT set_config('tanggap.city', $1, false)", city)
    for statement in STATEMENTS:
        await conn.execute(statement, *([city] if "$1" in statement else []))
    await conn.execute("VACUUM ANALYZE")
    await conn.close()
