"""The example reports: all states are there, and one command takes them away."""

from collections import Counter
from datetime import UTC, datetime

import asyncpg

from tanggap import flow
from tanggap.city.pack import pack_folder, read_pack
from tanggap.incident.model import Actor, AssignmentState, Disposition, IncidentState, ReportState
from tanggap.incident.timeline import store as timelines
from tanggap.intake.model import Channel, Contact
from tanggap.platform.database import Database
from tanggap.platform.ids import new_id
from tanggap.scene import Scene
from tanggap.simulation.examples import read_examples
from tanggap.simulation.play import Cast, play
from tanggap.simulation.store import remove_examples

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
CITY = "kendari"


async def played(db: Database, scene: Scene) -> int:
    async with db.transaction(CITY) as tx:
        cast = Cast([Actor("Petugas 1", new_id()), Actor("Petugas 2", new_id())], {})
        return await play(tx, scene, read_examples(read_pack(pack_folder(CITY))), cast, NOW)


async def test_examples_show_every_state_and_come_once(db: Database, scene: Scene) -> None:
    assert await played(db, scene) >= 60
    assert await played(db, scene) == 0
    async with db.reading(CITY) as conn:
        for table, states in (("report", ReportState), ("incident", IncidentState)):
            found = await conn.fetch(f"SELECT DISTINCT state FROM {table} WHERE city = $1", CITY)
            assert {row["state"] for row in found} == set(states)
        found = await conn.fetch("SELECT state, count(*) AS n FROM assignment WHERE city = $1 GROUP BY state", CITY)
        states = Counter({row["state"]: row["n"] for row in found})
        assert set(AssignmentState) - {AssignmentState.EXPIRED, AssignmentState.WITHDRAWN} <= set(states)
        found = await conn.fetch("SELECT DISTINCT disposition FROM report WHERE city = $1 AND disposition IS NOT NULL", CITY)
        assert {row["disposition"] for row in found} == set(Disposition)
        assert await timelines.broken_chains(conn, CITY) == []
        assert await conn.fetchval("SELECT count(*) FROM timeline WHERE NOT is_example") == 0


async def test_one_command_takes_them_away_and_leaves_what_is_real(db: Database, dsn: str, scene: Scene) -> None:
    await played(db, scene)
    by = Actor("Petugas", new_id())
    async with db.transaction(CITY) as tx:
        real = await flow.receive(tx, scene, Contact(Channel.WEB, words="sungguh"), NOW)
        joined = await flow.receive(tx, scene, Contact(Channel.WEB, words="sungguh juga"), NOW)
        live = await tx.fetchval("SELECT id FROM incident WHERE city = $1 AND state = 'assigned' LIMIT 1", CITY)
        await flow.claim(tx, scene, joined.report, by, NOW)
        await flow.join(tx, scene, joined.report, live, by, NOW)
    owner = await asyncpg.connect(dsn)
    await owner.execute("SELECT set_config('tanggap.city', $1, false)", CITY)
    gone = await remove_examples(owner, CITY)
    await owner.close()
    assert gone["report"] >= 60
    async with db.reading(CITY) as conn:
        left = await conn.fetch("SELECT id, state, incident FROM report WHERE city = $1 ORDER BY received_at, id", CITY)
        assert {row["id"] for row in left} == {real.report, joined.report}
        assert {(row["state"], row["incident"]) for row in left} == {("waiting", None)}
        assert await conn.fetchval("SELECT count(*) FROM timeline WHERE is_example") == 0
        assert await conn.fetchval("SELECT count(*) FROM incident") == 0
        assert await timelines.broken_chains(conn, CITY) == []
