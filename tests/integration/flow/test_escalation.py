"""Nobody acts: the ladder is climbed on a real database, each rung once, whatever is killed or moved meanwhile."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest
from msgspec.structs import replace

from tanggap import casework, flow, oversight
from tanggap.city.kinds import Priority, Provenance
from tanggap.city.ladder import Clock, Rung, Told, code_of
from tanggap.city.model import Catalogue
from tanggap.city.working_time import Unit
from tanggap.evaluation.left_lying import store as left_lying
from tanggap.evaluation.left_lying.model import Kind as Lying
from tanggap.incident import store as rows
from tanggap.incident.model import Actor, Assignment, AssignmentState, Incident, IncidentState
from tanggap.incident.timeline import store as timelines
from tanggap.notification.service import ANNOUNCE
from tanggap.people import service as people
from tanggap.people.model import Role
from tanggap.platform.database import Database, DatabaseAway
from tanggap.platform.ids import new_id
from tanggap.routing.escalation import store as timers
from tanggap.routing.escalation.model import MOST_TIMES
from tanggap.routing.model import Attention
from tanggap.scene import Scene
from tests.integration.flow.test_story import NOW, at, handed_over

AFTER = {Told.SECOND: 5, Told.HEAD: 10, Told.SUPERVISOR: 15, Told.COORDINATOR: 20}


@pytest.fixture
def catalogue(catalogue: Catalogue) -> Catalogue:
    """The small city, with a ladder: 5, 10, 15 and 20 minutes for every clock; P1 five times as fast."""
    rungs = tuple(
        Rung(
            code_of(priority, clock, tell, None, None), priority, clock, tell,
            after * 12 if priority is Priority.P1 else after, Unit.SECONDS if priority is Priority.P1 else Unit.MINUTES,
            Provenance.PROPOSED,
        )
        for priority in Priority
        for clock in Clock
        for tell, after in AFTER.items()
    )  # fmt: skip
    return replace(catalogue, rungs=rungs)


async def fire(db: Database, scene: Scene, now: datetime) -> int:
    async with db.transaction(scene.city) as tx:
        return await flow.fire_timers(tx, scene, now)


async def told(db: Database, scene: Scene) -> list[tuple[Any, ...]]:
    """Who was announced that nobody acted, in order: occasion, agency's step or role, after how many minutes."""
    sql = "SELECT payload FROM job WHERE city = $1 AND name = $2 ORDER BY run_at, id"
    async with db.reading(scene.city) as conn:
        notices = [row["payload"] for row in await conn.fetch(sql, scene.city, ANNOUNCE)]
    late = [one for one in notices if one["after_s"] is not None]  # not: that it was asked, or need not go
    return [(one["occasion"], one["role"] or (one["agency"], one["step"]), one["after_s"] // 60) for one in late]


async def waiting(db: Database, scene: Scene, assignment: Assignment) -> list[tuple[str, str, float]]:
    sql = """SELECT clock, tell, due_at FROM timer WHERE city = $1 AND assignment = $2 AND fired_at IS NULL
             ORDER BY due_at, tell <> 'target'"""
    async with db.reading(scene.city) as conn:
        found = await conn.fetch(sql, scene.city, assignment.id)
    return [(row["clock"], row["tell"], (row["due_at"] - NOW) / timedelta(minutes=1)) for row in found]


async def only(db: Database, scene: Scene, incident: Incident) -> Assignment:
    async with db.reading(scene.city) as conn:
        return (await rows.assignments_of(conn, scene.city, incident.id))[0]


async def test_an_unanswered_incident_climbs_the_ladder_each_rung_once(db: Database, scene: Scene, call_taker: Actor) -> None:
    _, incident = await handed_over(db, scene, call_taker, ["bpbd"])  # at minute 3, to be answered within 2
    for minute in (4, 5.5, 8.5, 8.5, 13.5, 18.5, 23.5, 24):
        await fire(db, scene, at(minute))
    assert [one for one in await told(db, scene) if one[0] == "unanswered"] == [
        ("unanswered", ("bpbd", "second"), 5), ("unanswered", ("bpbd", "head"), 10), ("unanswered", "supervisor", 15),
        ("unanswered", "coordinator", 20),
    ]  # fmt: skip
    async with db.reading(scene.city) as conn:
        entries = await timelines.of_incident(conn, scene.city, incident.id)
        found = await rows.incident(conn, scene.city, incident.id)
        assert await timelines.broken_chains(conn, scene.city) == []
    assert (found.state, found.attention) == (IncidentState.OPEN, Attention.UNANSWERED)
    said = [(one.kind.value, one.body.get("step") or one.body.get("attention")) for one in entries[-10:]]
    assert ("expired", None) in said
    assert ("escalated", "unanswered") in said
    climbed = [one.body["step"] for one in entries if one.body.get("clock") == "answer"]
    assert climbed == ["second", "head", "supervisor", "coordinator"]


async def test_each_change_plans_again(db: Database, scene: Scene, call_taker: Actor, bpbd: Actor) -> None:
    _, incident = await handed_over(db, scene, call_taker, ["bpbd"])
    asked = await only(db, scene, incident)
    assert ("answer", "second", 8) in await waiting(db, scene, asked)
    async with db.transaction(scene.city) as tx:
        await flow.acknowledge(tx, scene, asked.id, bpbd, at(4))
    assert {(clock, tell) for clock, tell, _ in await waiting(db, scene, asked)} == {
        (clock, str(tell)) for clock in ("start", "finish") for tell in Told
    }
    assert ("start", "second", 9) in await waiting(db, scene, asked)
    async with db.transaction(scene.city) as tx:
        await flow.progress(tx, scene, asked.id, AssignmentState.EN_ROUTE, "", bpbd, at(5))
    assert {clock for clock, _, _ in await waiting(db, scene, asked)} == {"finish"}
    async with db.transaction(scene.city) as tx:
        await oversight.reassign(tx, scene, asked.id, "dlhk", "lebih dekat", call_taker, at(6))
        other = (await rows.assignments_of(tx, scene.city, incident.id))[1]
    assert await waiting(db, scene, asked) == []
    assert ("answer", "second", 11) in await waiting(db, scene, other)
    async with db.transaction(scene.city) as tx:
        await casework.close(tx, scene, incident.id, "selesai lewat telepon", call_taker, at(7))
    assert await waiting(db, scene, other) == []
    assert await fire(db, scene, at(600)) == 0


async def test_a_raised_priority_is_in_force_from_now(db: Database, scene: Scene, call_taker: Actor) -> None:
    _, incident = await handed_over(db, scene, call_taker, ["bpbd"])
    asked = await only(db, scene, incident)
    async with db.transaction(scene.city) as tx:
        await casework.amend(tx, scene, incident.id, {"priority": "P1"}, call_taker, at(4.5))
    planned = [one for one in await waiting(db, scene, asked) if one[0] == "answer"]
    assert planned == [
        ("answer", "target", 5), ("answer", "second", 5), ("answer", "head", 6), ("answer", "supervisor", 7),
        ("answer", "coordinator", 8),
    ]  # fmt: skip


async def test_whoever_is_asked_instead_ends_the_climb(db: Database, scene: Scene, call_taker: Actor) -> None:
    _, incident = await handed_over(db, scene, call_taker, ["bpbd"])
    asked = await only(db, scene, incident)
    await fire(db, scene, at(9))
    async with db.transaction(scene.city) as tx:
        await oversight.reassign(tx, scene, asked.id, "dlhk", "tidak dijawab", call_taker, at(10))
    assert await waiting(db, scene, asked) == []
    await fire(db, scene, at(14))
    assert [one[1] for one in await told(db, scene) if one[0] == "unanswered"] == [("bpbd", "second")]


async def test_a_clock_that_is_moved_lets_nothing_fire_twice(db: Database, scene: Scene, call_taker: Actor) -> None:
    await handed_over(db, scene, call_taker, ["bpbd"])
    await fire(db, scene, at(9))
    for minute in (9 + 60, 9, 9 + 60, 10, 70):  # an hour forward, back, and forward again
        await fire(db, scene, at(minute))
    steps = [one[1] for one in await told(db, scene) if one[0] == "unanswered"]
    assert sorted(map(str, steps)) == sorted(map(str, [("bpbd", "second"), ("bpbd", "head"), "supervisor", "coordinator"]))


async def test_a_worker_that_is_killed_while_timers_fire_leaves_them_to_the_next(
    db: Database, dsn: str, scene: Scene, call_taker: Actor
) -> None:
    await handed_over(db, scene, call_taker, ["bpbd"])
    killer = await asyncpg.connect(dsn)

    async def fire_and_die() -> None:
        async with db.transaction(scene.city) as tx:
            assert await flow.fire_timers(tx, scene, at(9)) == 2
            await killer.execute("SELECT pg_terminate_backend($1)", await tx.fetchval("SELECT pg_backend_pid()"))
            await tx.execute("SELECT 1")

    with pytest.raises(DatabaseAway):
        await fire_and_die()
    await killer.close()
    assert await told(db, scene) == []
    both = await asyncio.gather(fire(db, scene, at(9)), fire(db, scene, at(9)))
    assert sum(both) + await fire(db, scene, at(9)) == 2
    assert [one[1] for one in await told(db, scene)] == [("bpbd", "second")]


async def test_an_incident_that_somebody_works_on_is_not_waited_for(db: Database, scene: Scene, call_taker: Actor) -> None:
    _, incident = await handed_over(db, scene, call_taker, ["bpbd"])
    async with db.transaction(scene.city) as tx:
        await rows.lock_incident(tx, scene.city, incident.id)
        assert await fire(db, scene, at(9)) == 0
    assert await fire(db, scene, at(9)) == 2


async def test_what_was_handed_over_before_there_were_timers_gets_them(db: Database, scene: Scene, call_taker: Actor) -> None:
    _, incident = await handed_over(db, scene, call_taker, ["bpbd"])
    asked = await only(db, scene, incident)
    before = await waiting(db, scene, asked)
    async with db.transaction(scene.city) as tx:
        await tx.execute("DELETE FROM timer WHERE city = $1", scene.city)
        assert await flow.plan_missing_timers(tx, scene, at(4)) == 1
        assert await flow.plan_missing_timers(tx, scene, at(4)) == 0
    assert await waiting(db, scene, asked) == before
    async with db.reading(scene.city) as conn:
        steps = await timers.next_steps(conn, scene.city, [incident.id, new_id()])
    assert (steps[asked.id].tell, steps[asked.id].due_at) == (Told.SECOND, at(8))


def said_again(catalogue: Catalogue, minutes: int) -> Catalogue:
    rungs = [replace(one, again_minutes=minutes) if one.tell is Told.COORDINATOR else one for one in catalogue.rungs]
    return replace(catalogue, rungs=tuple(rungs))


async def coordinators(db: Database, scene: Scene) -> list[int]:
    """After how many minutes without an answer the coordinator was told."""
    return [minutes for what, who, minutes in await told(db, scene) if (what, who) == ("unanswered", "coordinator")]


async def test_the_coordinator_is_told_again_until_somebody_takes_it(db: Database, scene: Scene, call_taker: Actor) -> None:
    scene = scene._replace(catalogue=said_again(scene.catalogue, 30))
    _, incident = await handed_over(db, scene, call_taker, ["bpbd"])  # the coordinator's rung: minute 23
    for minute in (23.5, 24, 50, 53.5, 60, 84):
        await fire(db, scene, at(minute))
    assert await coordinators(db, scene) == [20, 50, 81]
    async with db.transaction(scene.city) as tx:
        ani, _ = await people.add_person(tx, scene.city, "ani", "Ani", [Role.SUPERVISOR], None, None, NOW)
        await left_lying.set_owner(tx, scene.city, Lying.INCIDENT, incident.id, ani.id, at(85))
    for minute in (115, 200, 400):
        await fire(db, scene, at(minute))
    assert await coordinators(db, scene) == [20, 50, 81]
    assert await flow_is_quiet(db, scene, "answer")


async def test_what_is_said_again_ends_by_itself_and_with_the_answer(
    db: Database, scene: Scene, call_taker: Actor, bpbd: Actor
) -> None:
    scene = scene._replace(catalogue=said_again(scene.catalogue, 10))
    _, incident = await handed_over(db, scene, call_taker, ["bpbd"])
    for minute in range(23, 200, 5):
        await fire(db, scene, at(minute))
    assert len(await coordinators(db, scene)) == MOST_TIMES
    assert await flow_is_quiet(db, scene, "answer")
    asked = await only(db, scene, incident)
    async with db.transaction(scene.city) as tx:
        await flow.acknowledge(tx, scene, asked.id, bpbd, at(201))
    await fire(db, scene, at(230))
    late = [one for one in await told(db, scene) if one[:2] == ("not_started", "coordinator")]
    assert late == [("not_started", "coordinator", 29)]
    async with db.transaction(scene.city) as tx:
        await flow.progress(tx, scene, asked.id, AssignmentState.EN_ROUTE, "", bpbd, at(231))
    assert await flow_is_quiet(db, scene, "start")


async def flow_is_quiet(db: Database, scene: Scene, clock: str) -> bool:
    """Whether nothing is said again of a clock."""
    sql = "SELECT count(*) FROM timer WHERE city = $1 AND clock = $2 AND again_at IS NOT NULL"
    async with db.reading(scene.city) as conn:
        return bool(await conn.fetchval(sql, scene.city, clock) == 0)
