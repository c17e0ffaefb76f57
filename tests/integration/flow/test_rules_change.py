"""The rules change while incidents run: those keep theirs, new ones take the new, and no fault of a rule stops intake."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tanggap import flow, oversight, scene
from tanggap.casework import amend
from tanggap.city.pack import pack_folder, read_pack
from tanggap.city.rules import publishing, service
from tanggap.city.rules.model import Editor
from tanggap.city.service import load_pack
from tanggap.incident import store as rows
from tanggap.incident.model import Actor, Incident
from tanggap.intake.model import Changes, Channel, Contact
from tanggap.location.travel import keeper
from tanggap.location.travel.keeper import TravelKeeper
from tanggap.location.travel.model import StraightTravel
from tanggap.platform.database import Database
from tanggap.platform.ids import new_id
from tanggap.platform.secrets import Keyring
from tanggap.platform.settings import Settings
from tanggap.scene import Scene, Scenes, read_scene

CITY = "kendari"
NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
TAKER = Actor("Petugas 1", new_id())
TREE = ("category", "fallen_tree")


async def opened(db: Database, known: Scene, now: datetime) -> Incident:
    told = Contact(Channel.CALL, words="pohon tumbang", address_words="dekat pasar", number="081344556642")
    async with db.transaction(CITY) as tx:
        received = await flow.receive(tx, known, told, now)
        await flow.claim(tx, known, received.report, TAKER, now)
        await flow.describe(tx, known, received.report, Changes({"category": "fallen_tree"}), TAKER, now)
        return await flow.hand_over(tx, known, received.report, None, TAKER, now)


async def published(db: Database, **bodies: dict[str, Any]) -> None:
    async with db.transaction(CITY) as tx:
        draft = await service.draft(tx, CITY)
        by = Editor(None, "Ani")
        for key in (TREE, ("target", "P1"), ("target", "P2")):
            await service.save(tx, CITY, key, draft.entries[key].body | bodies[key[1]], 0, by, NOW)
        await publishing.publish(tx, CITY, "", by, NOW)


async def test_running_incidents_keep_their_rules_and_new_ones_take_the_new(db: Database, keyring: Keyring) -> None:
    async with db.transaction(CITY) as tx:
        await load_pack(tx, read_pack(pack_folder(CITY)), NOW)
        known = await read_scene(tx, keyring)
    running = await opened(db, known, NOW)
    assert running.catalogue_version == known.catalogue.version
    times = {"acknowledge_s": 30, "resolve_s": 60}
    await published(db, fallen_tree={"lead": "dishub", "support": [], "next": ["pupr"]}, P1=times, P2=times)
    async with db.reading(CITY) as conn:
        known = await read_scene(conn, keyring)
        before = await rows.assignments_of(conn, CITY, running.id)
        assert (await rows.incident(conn, CITY, running.id)).due_at == running.due_at
    lead = next(one for one in before if one.role == "lead")
    assert (lead.agency, lead.answer_due_at) == ("bpbd", NOW + timedelta(minutes=3))
    later = NOW + timedelta(minutes=1)
    async with db.transaction(CITY) as tx:
        _, following = await flow.reject(tx, known, lead.id, "bukan kami", Actor("BPBD", new_id(), "bpbd"), later)
        assert following == "dlhk"
        (asked,) = await oversight.assign(tx, known, running.id, ["polresta"], TAKER, later)
        assert asked.answer_due_at == later + timedelta(minutes=3)
        raised = await amend(tx, known, running.id, {"priority": "P1"}, TAKER, later)
        assert raised.due_at == NOW + timedelta(hours=4)
    new = await opened(db, known, later)
    async with db.reading(CITY) as conn:
        (only,) = await rows.assignments_of(conn, CITY, new.id)
    assert new.catalogue_version == known.catalogue.version
    assert (only.agency, only.answer_due_at) == ("dishub", later + timedelta(seconds=30))
    assert new.due_at == later + timedelta(seconds=60)


async def test_rules_of_which_no_scene_can_be_made_leave_the_one_before_at_work(
    db: Database, settings: Settings, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with db.transaction(CITY) as tx:
        await load_pack(tx, read_pack(pack_folder(CITY)), NOW)
    scenes = Scenes(db, settings, keyring)
    before = await scenes.get()
    times = {"acknowledge_s": 30}
    await published(db, fallen_tree={"lead": "dishub", "support": [], "next": ["pupr"]}, P1=times, P2=times)
    scenes.catalogues._held.clear()

    def fails(*_: object) -> Scene:
        raise KeyError("a rule that nobody foresaw")

    with monkeypatch.context() as patched:
        patched.setattr(scene, "scene_of", fails)
        assert await scenes.get() is before
    assert (await scenes.get()).catalogue.category("fallen_tree").lead == "dishub"
    await scenes.close()


async def test_roads_that_are_put_in_force_are_travelled_without_a_restart(
    db: Database, settings: Settings, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with db.transaction(CITY) as tx:
        await load_pack(tx, read_pack(pack_folder(CITY)), NOW)
    times = {"s": 100.0}
    scenes = Scenes(db, settings, keyring)
    scenes.travels = TravelKeeper(settings.home, CITY, lambda: times["s"])
    before = await scenes.get()
    by_road = StraightTravel()
    monkeypatch.setattr(keeper, "roads_named", lambda *_: "tiles-new")
    monkeypatch.setattr(keeper, "travel_of", lambda *_: by_road)
    times["s"] += 1.5
    after = await scenes.get()
    assert after.travel is by_road
    assert after.catalogue is before.catalogue
    await scenes.close()
