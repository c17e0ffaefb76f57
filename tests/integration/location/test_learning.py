"""What call takers confirm becomes proposals, and what a coordinator approves is found."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from tanggap import flow
from tanggap.city.pack import Pack
from tanggap.city.service import catalogue, load_pack
from tanggap.incident.model import Actor, Disposition
from tanggap.intake.model import Changes, Channel, Contact
from tanggap.location.gazetteer import Gazetteer
from tanggap.location.learning import service, store
from tanggap.location.learning.model import AlreadyDecided, LessonKind, PlaceMissing, Proposal, ProposalState
from tanggap.location.model import Entry
from tanggap.people import audit
from tanggap.people.model import Person, Role
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database
from tanggap.platform.ids import new_id
from tanggap.platform.secrets import Keyring
from tanggap.scene import Scene
from tanggap.triage.model import Suggester
from tests.integration.conftest import CITY

LIPPO = Entry("lippo-plaza", "mall", "Lippo Plaza", ("Lippo",), -4.0165, 122.4942, 80.0)
TWO = tuple(Entry(f"nurul-huda-{n}", "mosque", "Masjid Nurul Huda", (), lat, 122.52, 60.0) for n, lat in ((1, -3.97), (2, -4.01)))
PIN = (-3.9612, 122.5301)
SITI, BUDI = Actor("Siti", new_id()), Actor("Budi", new_id())
MAYA = Person(CITY, new_id(), "maya", "Maya", frozenset({Role.COORDINATOR}), None, "id", True, False)
NOW = utcnow()


@pytest.fixture
async def scene(db: Database, pack: Pack, keyring: Keyring) -> Scene:
    async with db.transaction(CITY) as tx:
        await load_pack(tx, pack, NOW)
        known = await catalogue(tx)
    return Scene(known, Gazetteer((LIPPO, *TWO)), Suggester(known), keyring)


async def confirmed(
    db: Database, scene: Scene, said: str, lat: float, lon: float, source: str = "map", by: Actor = SITI,
    category: str = "fallen_tree",
) -> UUID:  # fmt: skip
    """A call whose place was chosen, and that was handed over."""
    async with db.transaction(CITY) as tx:
        received = await flow.receive(tx, scene, Contact(Channel.CALL, number="081344556642"), NOW)
        await flow.claim(tx, scene, received.report, by, NOW)
        fields = {
            "words": "pohon tumbang", "address_words": said, "category": category, "lat": lat, "lon": lon, "uncertainty_m": 40.0,
            "location_source": source,
        }  # fmt: skip
        await flow.describe(tx, scene, received.report, Changes(fields), by, NOW)
        await flow.hand_over(tx, scene, received.report, None, by, NOW)
    return received.report


async def waiting(db: Database, city: str = CITY) -> Sequence[Proposal]:
    async with db.reading(city) as conn:
        return await store.waiting(conn, city, 50)


async def test_the_same_words_at_the_same_spot_are_one_proposal_that_grows(db: Database, scene: Scene) -> None:
    await confirmed(db, scene, "dpn warung doyan bakso", *PIN)
    once = (await waiting(db))[0]
    assert (once.kind, once.times, once.people) == (LessonKind.PLACE, 1, 1)
    for lat, by in ((PIN[0] + 0.0002, SITI), (PIN[0] - 0.0002, BUDI), (PIN[0], BUDI)):
        await confirmed(db, scene, "dpn warung doyan bakso", lat, PIN[1], by=by)
    (often,) = await waiting(db)
    assert (often.id, often.times, often.people) == (once.id, 4, 2)
    assert often.uncertainty_m < once.uncertainty_m / 2
    assert often.lat == pytest.approx(PIN[0], abs=1e-6)


async def test_the_same_words_far_away_are_another_place(db: Database, scene: Scene) -> None:
    await confirmed(db, scene, "warung doyan bakso", *PIN)
    await confirmed(db, scene, "warung doyan bakso", PIN[0] - 0.02, PIN[1])
    assert len(await waiting(db)) == 2


async def test_another_candidate_than_the_first_proposes_a_name_for_it(db: Database, scene: Scene) -> None:
    said = "masjid nurul huda kubah hijau"
    one = scene.gazetteer.find(said).candidates[1]
    await confirmed(db, scene, said, one.lat, one.lon, source="words")
    (proposal,) = await waiting(db)
    assert (proposal.kind, proposal.place) == (LessonKind.ALIAS, one.place)


async def test_a_report_counts_once_and_only_when_it_is_confirmed(db: Database, scene: Scene) -> None:
    report = await confirmed(db, scene, "warung doyan bakso", *PIN, category="broken_power_line")
    assert await waiting(db) == [], "a P1 goes out before it is verified"
    for _ in range(2):
        async with db.transaction(CITY) as tx:
            await flow.dispose(tx, scene, report, Disposition.GENUINE, SITI, NOW)
    (proposal,) = await waiting(db)
    assert proposal.times == 1


@pytest.mark.parametrize("said", ["rumah pak darwis", "0813 4455 6642", "dpn lippo plaza"])
async def test_homes_numbers_and_what_is_known_are_not_proposed(db: Database, scene: Scene, said: str) -> None:
    await confirmed(db, scene, said, *PIN)
    assert await waiting(db) == []


async def test_a_machines_report_teaches_nothing(db: Database, scene: Scene) -> None:
    await confirmed(db, scene, "warung doyan bakso", *PIN, by=Actor("Sistem"))
    assert await waiting(db) == []


async def decided(db: Database, word: str, proposal: Proposal, scene: Scene, into: str = "") -> Proposal:
    async with db.transaction(CITY) as tx:
        if word == "approve":
            return await service.approve(tx, CITY, scene.gazetteer, proposal.id, "Warung Doyan Bakso", "cafe", MAYA, NOW)
        if word == "merge":
            return await service.merge(tx, CITY, scene.gazetteer, proposal.id, into, MAYA, NOW)
        return await (service.reject if word == "reject" else service.undo)(tx, CITY, proposal.id, MAYA, NOW)


async def places(db: Database) -> list[tuple[str, str, str | None, bool]]:
    """What learning has written: name, kind, whose name it is, in use."""
    async with db.reading(CITY) as conn:
        sql = "SELECT name, kind, same_as, active FROM place WHERE city = $1 AND owner = 'learned' ORDER BY code"
        return [tuple(row) for row in await conn.fetch(sql, CITY)]


async def version(db: Database) -> int:
    async with db.reading(CITY) as conn:
        return int(await conn.fetchval("SELECT places_version FROM city WHERE city = $1", CITY))


async def test_an_approved_place_is_a_place_until_it_is_undone(db: Database, scene: Scene) -> None:
    await confirmed(db, scene, "warung doyan bakso", *PIN)
    (proposal,) = await waiting(db)
    before = await version(db)
    await decided(db, "approve", proposal, scene)
    assert await places(db) == [("Warung Doyan Bakso", "cafe", None, True)]
    assert await waiting(db) == []
    assert await version(db) == before + 1, "every process must hear of it"
    with pytest.raises(AlreadyDecided):
        await decided(db, "reject", proposal, scene)
    undone = await decided(db, "undo", proposal, scene)
    assert undone.state is ProposalState.PROPOSED
    assert await places(db) == [("Warung Doyan Bakso", "cafe", None, False)]
    await decided(db, "approve", proposal, scene)
    assert await places(db) == [("Warung Doyan Bakso", "cafe", None, True)]


async def test_words_merged_into_a_place_are_another_name_of_it(db: Database, scene: Scene) -> None:
    await confirmed(db, scene, "warung doyan bakso", *PIN)
    (proposal,) = await waiting(db)
    with pytest.raises(PlaceMissing):
        await decided(db, "merge", proposal, scene, into="no-such-place")
    await decided(db, "merge", proposal, scene, into=LIPPO.id)
    assert await places(db) == [("warung doyan bakso", "mall", LIPPO.id, True)]


async def test_what_was_rejected_is_not_proposed_again(db: Database, scene: Scene) -> None:
    await confirmed(db, scene, "warung doyan bakso", *PIN)
    (proposal,) = await waiting(db)
    await decided(db, "reject", proposal, scene)
    await confirmed(db, scene, "warung doyan bakso", *PIN)
    assert await waiting(db) == []
    assert await places(db) == []


async def test_decisions_are_audited(db: Database, scene: Scene) -> None:
    await confirmed(db, scene, "warung doyan bakso", *PIN)
    (proposal,) = await waiting(db)
    for word in ("reject", "undo", "approve"):
        await decided(db, word, proposal, scene)
    async with db.reading(CITY) as conn:
        lines = await audit.trail(conn, CITY, subject=f"proposal:{proposal.id}")
    assert {line.act for line in lines} == {"place_rejected", "place_undone", "place_approved"}
    assert {line.person for line in lines} == {MAYA.id}


async def test_another_city_sees_nothing_of_it(db: Database, scene: Scene) -> None:
    await confirmed(db, scene, "warung doyan bakso", *PIN)
    assert await waiting(db, "makassar") == []
    async with db.reading("makassar") as conn:
        assert await conn.fetchval("SELECT count(*) FROM place_proposal") == 0


def lately() -> datetime:
    return NOW + timedelta(minutes=1)


async def test_the_words_of_genuine_reports_measure_the_gazetteer(db: Database, scene: Scene) -> None:
    await confirmed(db, scene, "warung doyan bakso", *PIN)
    async with db.reading(CITY) as conn:
        assert await store.said_lately(conn, CITY, lately(), 30, 10) == ["warung doyan bakso"]
        assert await store.imports(conn, CITY, 5) == []
