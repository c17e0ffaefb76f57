"""Whatever is done in whatever order: what is open is on the list or within its time, and what is on the list is open."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tanggap import casework, flow, oversight
from tanggap.city import store as cities
from tanggap.city.kinds import Priority, Provenance
from tanggap.city.ladder import Clock, Rung, Told, code_of
from tanggap.city.working_time import Unit
from tanggap.evaluation.left_lying import service, store
from tanggap.evaluation.left_lying.model import ON_A_DESK, Kind, Lying
from tanggap.incident import store as rows
from tanggap.incident.model import Actor, AssignmentState, Disposition
from tanggap.incident.refusals import TanggapRefusal
from tanggap.intake.model import Changes, Channel, Contact
from tanggap.people.model import Person, Role
from tanggap.platform.database import Connection, Database, Transaction
from tanggap.platform.ids import new_id
from tanggap.routing.escalation.model import CLOCKS
from tanggap.scene import Scene
from tanggap.telephony import service as telephony
from tanggap.telephony.model import CallBackOutcome, Ringing

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
AT_DESK = Actor("Petugas 1", new_id())
SUPERVISOR = new_id()
LIVE = ("sent", "acknowledged", "en_route", "on_scene")
UNFINISHED = ("open", "assigned", "responding")
WORDS = ("fallen_tree", "broken_power_line", "waste_pile")


class World(NamedTuple):
    """A city in which things happen, and what there is to act on."""

    tx: Transaction
    scene: Scene
    now: datetime

    async def one(self, sql: str, choice: int) -> Any:
        """One of the rows that the statement finds in this city, or nothing."""
        found = await self.tx.fetch(f"{sql} ORDER BY 1", self.scene.city)
        return found[choice % len(found)] if found else None


Act = Callable[[World, int, int], Awaitable[object]]
ACTS: dict[str, Act] = {}


def on(sql: str) -> Callable[[Callable[..., Awaitable[object]]], Act]:
    """An act on one row that the statement finds; nothing where it finds none."""

    def named(act: Callable[..., Awaitable[object]]) -> Act:
        async def chosen(world: World, choice: int, how: int) -> object:
            row = await world.one(sql, choice)
            return await act(world, *row.values(), how) if row else None

        ACTS[act.__name__] = chosen
        return chosen

    return named


async def receive(world: World, _choice: int, how: int) -> object:
    contact = Contact(Channel.CALL, words="ada kejadian", address_words="pasar", category=WORDS[how % 3] if how % 4 else None)
    return await flow.receive(world.tx, world.scene, contact, world.now)


async def ring_and_hang_up(world: World, _choice: int, how: int) -> object:
    number = f"08134455{how:04}" if how % 3 else ""
    call = await telephony.call_rings(world.tx, world.scene, Ringing(f"{new_id()}", number), world.now)
    return await telephony.call_abandoned(world.tx, world.scene, call.id, world.now)


async def let_timers_fire(world: World, _choice: int, _how: int) -> object:
    return await flow.fire_timers(world.tx, world.scene, world.now)


ACTS |= {"receive": receive, "ring": ring_and_hang_up, "fire": let_timers_fire}
REPORTS, INCIDENTS = "SELECT id FROM report WHERE city = $1", "SELECT id FROM incident WHERE city = $1"
ASKED = "SELECT id, agency FROM assignment WHERE city = $1"


@on(f"{REPORTS} AND state = 'waiting'")
async def claim(world: World, report: UUID, _how: int) -> object:
    return await flow.claim(world.tx, world.scene, report, AT_DESK, world.now)


@on(f"{REPORTS} AND state = 'active'")
async def release(world: World, report: UUID, _how: int) -> object:
    return await flow.release(world.tx, world.scene, report, AT_DESK, world.now)


@on(f"{REPORTS} AND state <> 'closed'")
async def hand_over(world: World, report: UUID, how: int) -> object:
    changes = Changes({"category": WORDS[how % 3], "address_words": "pasar"})
    await flow.describe(world.tx, world.scene, report, changes, AT_DESK, world.now)
    agencies: list[str] | None = [["bpbd"], ["dlhk", "pln"], [], None][how % 4]  # type: ignore[list-item]
    return await flow.hand_over(world.tx, world.scene, report, agencies, AT_DESK, world.now)


@on(REPORTS)
async def dispose(world: World, report: UUID, how: int) -> object:
    disposition = [Disposition.TEST, Disposition.GENUINE, Disposition.SILENT][how % 3]
    return await flow.dispose(world.tx, world.scene, report, disposition, AT_DESK, world.now)


@on(f"{REPORTS} AND state = 'closed'")
async def undo_disposition(world: World, report: UUID, _how: int) -> object:
    return await flow.undo_disposition(world.tx, world.scene, report, AT_DESK, world.now)


@on("SELECT r.id, i.id FROM report r, incident i WHERE r.city = $1 AND i.city = $1 AND r.incident IS NULL")
async def join(world: World, report: UUID, incident: UUID, _how: int) -> object:
    return await flow.join(world.tx, world.scene, report, incident, AT_DESK, world.now)


@on(f"{REPORTS} AND incident IS NOT NULL")
async def part_or_split(world: World, report: UUID, how: int) -> object:
    act = flow.part if how % 2 else oversight.split
    return await act(world.tx, world.scene, report, AT_DESK, world.now)


@on("SELECT a.id, b.id FROM incident a, incident b WHERE a.city = $1 AND b.city = $1 AND a.id <> b.id")
async def merge(world: World, source: UUID, target: UUID, _how: int) -> object:
    return await oversight.merge(world.tx, world.scene, source, target, AT_DESK, world.now)


@on(f"{INCIDENTS} AND state IN ('resolved', 'closed')")
async def reopen(world: World, incident: UUID, _how: int) -> object:
    return await oversight.reopen(world.tx, world.scene, incident, "belum", AT_DESK, world.now)


@on(INCIDENTS)
async def close(world: World, incident: UUID, _how: int) -> object:
    return await casework.close(world.tx, world.scene, incident, "sudah", AT_DESK, world.now)


@on(INCIDENTS)
async def set_priority(world: World, incident: UUID, how: int) -> object:
    return await casework.amend(world.tx, world.scene, incident, {"priority": f"P{1 + how % 4}"}, AT_DESK, world.now)


@on(f"{INCIDENTS} AND state <> 'closed'")
async def ask_others(world: World, incident: UUID, how: int) -> object:
    agency = ("bpbd", "dlhk", "pln")[how % 3]
    return await oversight.assign(world.tx, world.scene, incident, [agency], AT_DESK, world.now)


@on(ASKED)
async def acknowledge(world: World, assignment: UUID, agency: str, _how: int) -> object:
    return await flow.acknowledge(world.tx, world.scene, assignment, Actor("jaga", new_id(), agency), world.now)


@on(f"{ASKED} AND state IN ('sent', 'acknowledged')")
async def reject(world: World, assignment: UUID, agency: str, _how: int) -> object:
    return await flow.reject(world.tx, world.scene, assignment, "bukan", Actor("jaga", new_id(), agency), world.now)


@on(f"{ASKED} AND state IN ('acknowledged', 'en_route', 'on_scene')")
async def progress(world: World, assignment: UUID, agency: str, how: int) -> object:
    to = (AssignmentState.EN_ROUTE, AssignmentState.ON_SCENE, AssignmentState.DONE, AssignmentState.DONE)[how % 4]
    return await flow.progress(world.tx, world.scene, assignment, to, "", Actor("regu", new_id(), agency), world.now)


@on(ASKED)
async def reassign(world: World, assignment: UUID, _agency: str, how: int) -> object:
    agency = ("bpbd", "dlhk", "pln")[how % 3]
    return await oversight.reassign(world.tx, world.scene, assignment, agency, "lebih dekat", AT_DESK, world.now)


@on("SELECT id, track FROM report WHERE city = $1 AND incident IS NOT NULL")
async def citizen_says(world: World, report: UUID, _track: bytes, how: int) -> object:
    told = await rows.report(world.tx, world.scene.city, report)
    if how % 2:
        return await flow.confirm(world.tx, world.scene, told, 4, "", world.now)
    return await flow.not_done(world.tx, world.scene, told, "belum", world.now)


@on("SELECT id FROM call WHERE city = $1 AND call_back_state IS NOT NULL")
async def call_back(world: World, call: UUID, how: int) -> object:
    outcome = (CallBackOutcome.REACHED, CallBackOutcome.NO_ANSWER)[how % 2]
    return await telephony.call_back_tried(world.tx, world.scene, call, AT_DESK, outcome, world.now)


@on(INCIDENTS)
async def lose_a_message(world: World, incident: UUID, how: int) -> object:
    sql = """INSERT INTO delivery (city, id, notice, occasion, channel, recipient, incident, text, state, queued_at, next_at)
             VALUES ($1, $2, $2, 'sent', 'sms', 'BPBD', $3, 'pesan', $5, $4, $4)"""
    state = ("dead", "queued")[how % 2]
    return await world.tx.execute(sql, world.scene.city, new_id(), incident, world.now, state)


@on("SELECT id FROM delivery WHERE city = $1")
async def see_to_a_message(world: World, delivery: UUID, how: int) -> object:
    supervisor = Person(world.scene.city, SUPERVISOR, "rina", "Rina", frozenset({Role.SUPERVISOR}), None, "id", True, False)
    see_to = service.send_again if how % 2 else service.settle
    return await see_to(world.tx, delivery, supervisor, world.now)


# ── what must hold, worked out again from the rows ──


async def all_of(conn: Connection, table: str, city: str) -> list[Any]:
    return list(await conn.fetch(f"SELECT * FROM {table} WHERE city = $1", city))


async def check(conn: Connection, scene: Scene, now: datetime) -> None:
    city = scene.city
    found = await store.listed(conn, city, now, limit=10_000)
    assert found.total == len(found.rows) == await store.total(conn, city, now)
    listed = {(row.kind, row.subject): row for row in found.rows}
    assert len(listed) == len(found.rows), "something is on the list twice"
    assert [(row.priority, row.overdue_at) for row in found.rows] == sorted((row.priority, row.overdue_at) for row in found.rows)
    reports, incidents = await all_of(conn, "report", city), await all_of(conn, "incident", city)
    assignments, timers = await all_of(conn, "assignment", city), await all_of(conn, "timer", city)
    calls, deliveries = await all_of(conn, "call", city), await all_of(conn, "delivery", city)
    _check_reports(scene, now, listed, reports, calls)
    _check_incidents(listed, incidents, assignments)
    _check_assignments(now, listed, incidents, assignments, timers)
    _check_the_others(listed, calls, deliveries)
    is_open = (
        {(Kind.REPORT, one["id"]) for one in reports if one["state"] != "closed"}
        | {(Kind.LOST, one["id"]) for one in reports if one["state"] == "closed" and one["incident"] is None}
        | {(kind, one["id"]) for one in incidents if one["state"] in UNFINISHED for kind in (Kind.INCIDENT, Kind.REOPENED)}
        | {(Kind.ASSIGNMENT, one["id"]) for one in assignments if one["state"] in (*LIVE, "expired")}
        | {(Kind.CALL, one["id"]) for one in calls if one["call_back_state"] == "due"}
        | {(Kind.DELIVERY, one["id"]) for one in deliveries if one["state"] == "dead"}
    )
    assert set(listed) <= is_open, "something on the list is not open"


Listing = dict[tuple[Kind, UUID], Lying]


def _check_reports(scene: Scene, now: datetime, listed: Listing, reports: Sequence[Any], calls: Sequence[Any]) -> None:
    to_call_back = {one["report"] for one in calls if one["call_back_state"] == "due"}
    for one in reports:
        target = scene.catalogue.target(Priority(one["priority"] or "P2"))
        if one["state"] == "waiting":
            within = now < one["received_at"] + timedelta(seconds=target.acknowledge_s)
            assert within or one["id"] in to_call_back or (Kind.REPORT, one["id"]) in listed
        elif one["state"] == "active":
            within = now < one["claimed_at"] + ON_A_DESK
            assert within or one["id"] in to_call_back or (Kind.REPORT, one["id"]) in listed
        elif one["disposition"] in ("genuine", "duplicate") and one["incident"] is None:
            assert (Kind.LOST, one["id"]) in listed


def _check_incidents(listed: Listing, incidents: Sequence[Any], assignments: Sequence[Any]) -> None:
    acting = {one["incident"] for one in assignments if one["state"] in LIVE}
    for one in incidents:
        shown = any((kind, one["id"]) in listed for kind in (Kind.INCIDENT, Kind.REOPENED))
        if one["state"] in UNFINISHED:
            assert shown or (one["id"] in acting and not one["reopened"] and one["attention"] in (None, "unanswered"))


def _check_assignments(
    now: datetime, listed: Listing, incidents: Sequence[Any], assignments: Sequence[Any], timers: Sequence[Any]
) -> None:
    state_of = {one["id"]: one["state"] for one in incidents}
    acting = {one["incident"] for one in assignments if one["state"] in LIVE}
    for one in assignments:
        own = [timer for timer in timers if timer["assignment"] == one["id"]]
        if one["state"] in LIVE:
            assert state_of[one["incident"]] in UNFINISHED, "an agency has what is over"
            planned = {timer["clock"] for timer in own}
            assert planned >= {clock.value for clock in CLOCKS[AssignmentState(one["state"])]}, "a clock is not planned"
        is_shown = (Kind.ASSIGNMENT, one["id"]) in listed or (Kind.INCIDENT, one["incident"]) in listed
        if one["state"] == "sent":
            assert is_shown or now < one["answer_due_at"]
        if one["state"] == "acknowledged":
            assert is_shown or now < min(timer["due_at"] for timer in own if timer["clock"] == "start")
        if one["state"] in LIVE:
            ends = [timer["due_at"] for timer in own if timer["clock"] == "finish"]
            assert is_shown or (ends and now < min(ends))
        if one["state"] == "expired" and state_of[one["incident"]] in UNFINISHED:
            assert is_shown or one["incident"] in acting  # then somebody else has its part


def _check_the_others(listed: Listing, calls: Sequence[Any], deliveries: Sequence[Any]) -> None:
    assert all((Kind.CALL, one["id"]) in listed for one in calls if one["call_back_state"] == "due")
    assert all((Kind.DELIVERY, one["id"]) in listed for one in deliveries if one["state"] == "dead")


def in_city(scene: Scene, code: str) -> Scene:
    """The same small city under another name, with a ladder."""
    rungs = tuple(
        Rung(code_of(p, clock, tell, None, None), p, clock, tell, 5 + 5 * tell.height, Unit.MINUTES, Provenance.PROPOSED)
        for p in Priority for clock in Clock for tell in Told
    )  # fmt: skip
    known = replace(scene.catalogue, city=replace(scene.catalogue.city, code=code), rungs=rungs)
    return scene._replace(catalogue=known)


steps = st.lists(
    st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 50), st.integers(0, 11), st.sampled_from([0, 1, 4, 12, 70])),
    min_size=4, max_size=26,
)  # fmt: skip
#: So that there is something to act on from the first step.
BEGINNING = [("receive", 0, 1, 0), ("receive", 0, 2, 1), ("ring", 0, 1, 0), ("hand_over", 0, 3, 0), ("hand_over", 1, 1, 1)]


@pytest.fixture(scope="module")
def loop() -> Any:
    made = asyncio.new_event_loop()
    yield made
    made.close()


def test_no_sequence_of_acts_makes_an_open_thing_invisible(dsn: str, scene: Scene, loop: asyncio.AbstractEventLoop) -> None:
    db = loop.run_until_complete(Database.open(dsn, min_size=1, max_size=1))
    numbers = count()

    async def play(acts: Sequence[tuple[str, int, int, int]]) -> None:
        here, now = in_city(scene, f"kota{next(numbers)}"), NOW
        async with db.transaction(here.city) as tx:
            await cities.write_city(tx, here.catalogue.city, NOW)
            await cities.write_entries(tx, "target", here.city, here.catalogue.targets)
        for name, choice, how, minutes in (*BEGINNING, *acts):
            now += timedelta(minutes=minutes)
            try:
                async with db.transaction(here.city) as tx:
                    await ACTS[name](World(tx, here, now), choice, how)
            except TanggapRefusal:
                pass  # nothing has happened
            async with db.reading(here.city) as conn:
                await check(conn, here, now)
        async with db.reading(here.city) as conn:
            await check(conn, here, now + timedelta(days=30))

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(steps)
    def whatever_is_done(acts: list[tuple[str, int, int, int]]) -> None:
        loop.run_until_complete(play(acts))

    try:
        whatever_is_done()
    finally:
        loop.run_until_complete(db.close())
