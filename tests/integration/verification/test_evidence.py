"""The ledger as it is derived from the rows, and the guarantees on a real database."""

from uuid import UUID

import msgspec

from tanggap import flow
from tanggap.incident import store as rows
from tanggap.incident.model import Actor, Disposition, Location, ReportState
from tanggap.intake.model import Changes, Channel, Contact
from tanggap.location.estimate import Fix, Heard, Origin
from tanggap.platform.database import Database
from tanggap.platform.ids import new_id
from tanggap.scene import Scene
from tanggap.telephony import service as calls
from tanggap.telephony.model import Ringing
from tanggap.verification.model import Ledger
from tanggap.verification.service import ledgers
from tanggap.verification.store import reversals
from tests.integration.conftest import CITY
from tests.integration.verification.conftest import at

SITI = Actor("Siti", new_id())
NUMBER = "0813-4455-6642"


async def received(db: Database, scene: Scene, minutes: float = 0, **told: object) -> UUID:
    contact = msgspec.structs.replace(Contact(Channel.CALL), **told)
    async with db.reading(CITY) as conn:
        return (await flow.receive(conn, scene, contact, at(minutes))).report


async def weighed(db: Database, scene: Scene, report: UUID, minutes: float = 5) -> Ledger:
    async with db.reading(CITY) as conn:
        return (await ledgers(conn, scene.catalogue, [report], scene.hear, at(minutes)))[report]


async def disposed(db: Database, scene: Scene, report: UUID, as_what: Disposition, minutes: float = 1) -> None:
    async with db.transaction(CITY) as tx:
        await flow.dispose(tx, scene, report, as_what, SITI, at(minutes))


def codes(known: Ledger) -> set[str]:
    return {item.code for item in known.items}


async def test_a_callers_history_is_found_by_the_keyed_hash_of_the_number(db: Database, scene: Scene) -> None:
    for n in range(3):
        await disposed(db, scene, await received(db, scene, -60 + n, number=NUMBER), Disposition.TEST, -50)
    known = await weighed(db, scene, await received(db, scene, number="+62 813 4455 6642"))
    item = next(item for item in known.items if item.code == "earlier_unreal")
    assert item.numbers == {"n": 3}
    assert known.is_doubtful
    stranger = await weighed(db, scene, await received(db, scene, number="0812-0000-1111"))
    assert "earlier_unreal" not in codes(stranger)


async def test_others_about_the_same_place_and_kind_within_minutes_speak_for_it_and_lift_it(db: Database, scene: Scene) -> None:
    fire = {"category": "building_fire", "location": Location(-3.994, 122.49, 100.0, "map")}
    first = await received(db, scene, number=NUMBER, **fire)
    assert "together" not in codes(await weighed(db, scene, first))
    await received(db, scene, 2, number=NUMBER, **fire)  # the same caller again is no other caller
    assert "together" not in codes(await weighed(db, scene, first))
    await received(db, scene, 3, number="0812-1", category="vehicle_fire", location=Location(-3.996, 122.492, 50.0, "map"))
    await received(db, scene, 3, number="0812-2", category="waste_pile", location=Location(-3.994, 122.49, 50.0, "map"))
    await received(db, scene, 3, number="0812-3", category="building_fire", location=Location(-3.95, 122.52, 50.0, "map"))
    known = await weighed(db, scene, first)
    assert next(item for item in known.items if item.code == "together").numbers == {"n": 1}
    assert known.is_lifted


async def test_a_device_that_agrees_speaks_for_it(db: Database, scene: Scene) -> None:
    for lat, code in ((-3.9941, "places_agree"), (-3.95, "places_differ")):
        report = await received(db, scene, location=Location(-3.994, 122.49, 100.0, "map"))
        async with db.transaction(CITY) as tx:
            heard = Heard(Origin.AML, "", Fix(lat, 122.49, 20.0))
            await flow.add_location(tx, scene, report, heard, SITI, at(1))
        assert code in codes(await weighed(db, scene, report))


async def test_a_call_back_is_kept_and_weighed(db: Database, scene: Scene) -> None:
    report = await received(db, scene, number=NUMBER)
    before = await weighed(db, scene, report)
    async with db.transaction(CITY) as tx:
        await flow.call_back(tx, scene, report, False, SITI, at(1))
    assert (await weighed(db, scene, report)).p < before.p
    async with db.transaction(CITY) as tx:
        await flow.call_back(tx, scene, report, True, SITI, at(2))
    known = await weighed(db, scene, report)
    assert known.p > before.p
    assert next(item.at for item in known.items if item.code == "callback_answered") == at(2)


async def test_no_contact_is_refused_dropped_or_ended_for_what_it_looks_like(db: Database, scene: Scene) -> None:
    for n in range(12):
        await disposed(db, scene, await received(db, scene, -60 + n, number=NUMBER, words="prank"), Disposition.PRANK, -40)
    again = await received(db, scene, number=NUMBER, words="iseng")
    silent = await received(db, scene)
    for report in (again, silent):
        await weighed(db, scene, report)
    async with db.transaction(CITY) as tx:
        await flow.close_silent(tx, scene, at(60 * 24 * 30))
        for report in (again, silent):
            stored = await rows.report(tx, CITY, report)
            assert (stored.state, stored.disposition) == (ReportState.WAITING, None)


async def test_people_take_a_disposition_back_and_it_is_counted(db: Database, scene: Scene) -> None:
    report = await received(db, scene, number=NUMBER)
    await disposed(db, scene, report, Disposition.PRANK)
    async with db.transaction(CITY) as tx:
        await flow.undo_disposition(tx, scene, report, SITI, at(2))
        await flow.describe(tx, scene, report, Changes({"words": "rumah terbakar"}), SITI, at(3))
        assert await reversals(tx, CITY, at(0), at(10)) == 1
    assert (await weighed(db, scene, report)).p > 0.5


async def test_a_call_that_was_hung_up_and_one_that_pressed_a_key_are_weighed(db: Database, scene: Scene) -> None:
    async with db.transaction(CITY) as tx:
        short = await calls.call_rings(tx, scene, Ringing("one@trunk", "081344556642", trunk="telkom"), at(0))
        await calls.call_ended(tx, scene, short.id, "caller", at(0.05))
        silent = await calls.call_rings(tx, scene, Ringing("two@trunk", "081344556643", trunk="telkom"), at(0))
        await tx.execute("UPDATE call SET keys = '1' WHERE city = $1 AND id = $2", CITY, silent.id)
        await calls.call_ended(tx, scene, silent.id, "caller", at(1))
    assert {"short", "hung_up"} <= codes(await weighed(db, scene, short.report))
    known = await weighed(db, scene, silent.report)
    assert "keys" in codes(known)
    assert known.is_lifted
