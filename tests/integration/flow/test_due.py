"""When an incident is due: one time, counted as the agency that leads counts, and moved when the lead or the priority does."""

from datetime import UTC, datetime, timedelta

import pytest

from tanggap import flow, oversight
from tanggap.casework import amend
from tanggap.city.pack import Pack
from tanggap.city.service import load_pack
from tanggap.incident import store as rows
from tanggap.incident.model import Actor, AssignmentState, Incident
from tanggap.intake.model import Changes, Channel, Contact
from tanggap.platform.database import Database
from tanggap.platform.ids import new_id
from tanggap.platform.secrets import Keyring
from tanggap.scene import Scene, read_scene

CITY = "kendari"
TAKER = Actor("Petugas 1", new_id())
#: Tuesday 17 March 2026, 10.00 in Kendari: the week of Nyepi and Idulfitri.
TUESDAY = datetime(2026, 3, 17, 2, 0, tzinfo=UTC)


async def handed_over(db: Database, scene: Scene, category: str, agencies: list[str] | None = None) -> Incident:
    told = Contact(Channel.CALL, words="sampah menumpuk", address_words="dekat pasar", number="081344556642")
    async with db.transaction(CITY) as tx:
        received = await flow.receive(tx, scene, told, TUESDAY)
        await flow.claim(tx, scene, received.report, TAKER, TUESDAY)
        await flow.describe(tx, scene, received.report, Changes({"category": category}), TAKER, TUESDAY)
        return await flow.hand_over(tx, scene, received.report, agencies, TAKER, TUESDAY)


async def finish_of(db: Database, incident: Incident, agency: str) -> datetime:
    """The first rung of an agency's clock of finishing."""
    sql = """SELECT min(t.due_at) FROM timer t JOIN assignment a ON a.city = t.city AND a.id = t.assignment
             WHERE t.city = $1 AND t.incident = $2 AND a.agency = $3 AND t.clock = 'finish'"""
    async with db.reading(CITY) as conn:
        found: datetime = await conn.fetchval(sql, CITY, incident.id, agency)
    return found


@pytest.fixture
async def scene(db: Database, pack: Pack, keyring: Keyring) -> Scene:
    """Kendari's own rules, hours and holidays."""
    async with db.transaction(CITY) as tx:
        await load_pack(tx, pack, TUESDAY)
        return await read_scene(tx, keyring)


@pytest.fixture
async def rubbish(db: Database, scene: Scene) -> Incident:
    """Rubbish in the street: P4, led by DLHK, whose clocks pause outside its office hours."""
    return await handed_over(db, scene, "waste_pile")


async def test_a_calm_matter_is_due_in_the_working_days_of_its_agency(db: Database, rubbish: Incident) -> None:
    """Seven working days after 17 March: 25, 26, 27, 30, 31 March, 1 and 2 April. The ladder's first rung is there."""
    assert rubbish.due_at == datetime(2026, 4, 2, 2, 0, tzinfo=UTC)
    assert await finish_of(db, rubbish, "dlhk") == rubbish.due_at


async def test_another_lead_and_another_priority_move_it(db: Database, scene: Scene, rubbish: Incident) -> None:
    later = TUESDAY + timedelta(hours=1)
    async with db.transaction(CITY) as tx:
        (asked,) = [one for one in await rows.assignments_of(tx, CITY, rubbish.id) if one.role == "lead"]
        await oversight.reassign(tx, scene, asked.id, "bpbd", "lebih dekat", TAKER, later)
        moved = await rows.incident(tx, CITY, rubbish.id)
        assert moved.due_at == TUESDAY + timedelta(days=7)  # BPBD is always there
        raised = await amend(tx, scene, rubbish.id, {"priority": "P3"}, TAKER, later)
        assert raised.due_at == TUESDAY + timedelta(days=2)
        (now,) = [one for one in await rows.assignments_of(tx, CITY, rubbish.id) if one.is_live and one.role == "lead"]
        await oversight.reassign(tx, scene, now.id, "dlhk", "memang sampah", TAKER, later)
        assert (await rows.incident(tx, CITY, rubbish.id)).due_at == datetime(2026, 3, 26, 2, 0, tzinfo=UTC)


async def test_an_urgent_matter_of_the_same_agency_does_not_wait_for_its_office(db: Database, scene: Scene) -> None:
    fallen = await handed_over(db, scene, "fallen_tree", ["dlhk"])
    assert fallen.due_at == TUESDAY + timedelta(hours=8)


async def test_reopened_it_has_its_time_again_and_a_new_priority_counts_from_there(
    db: Database, scene: Scene, rubbish: Incident
) -> None:
    done, again = datetime(2026, 3, 26, 3, 0, tzinfo=UTC), datetime(2026, 4, 1, 2, 0, tzinfo=UTC)
    async with db.transaction(CITY) as tx:
        (asked,) = [one for one in await rows.assignments_of(tx, CITY, rubbish.id) if one.role == "lead"]
        dlhk = Actor("DLHK", new_id(), "dlhk")
        await flow.acknowledge(tx, scene, asked.id, dlhk, done)
        await flow.progress(tx, scene, asked.id, AssignmentState.DONE, "", dlhk, done)
        await oversight.reopen(tx, scene, rubbish.id, "masih ada", TAKER, again)
        reopened = await rows.incident(tx, CITY, rubbish.id)
        # 2, 6, 7, 8, 9, 10 and 13 April: the 3rd is Good Friday
        assert reopened.due_at == datetime(2026, 4, 13, 2, 0, tzinfo=UTC)
        raised = await amend(tx, scene, rubbish.id, {"priority": "P3"}, TAKER, again)
        assert raised.due_at == datetime(2026, 4, 6, 2, 0, tzinfo=UTC)
