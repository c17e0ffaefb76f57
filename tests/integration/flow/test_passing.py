"""What people do with a call that goes on: pass it to somebody else, speak beside it."""

from uuid import UUID

from tanggap.incident import store as rows
from tanggap.incident.model import Actor
from tanggap.incident.timeline import store as timelines
from tanggap.platform.database import Database
from tanggap.scene import Scene
from tanggap.telephony import passing, service, store
from tanggap.telephony.model import CallBackState, CallState, Outcome
from tanggap.telephony.passing import Target
from tanggap.web.timeline import sentence

from .conftest import CITY
from .test_calls import NOW, answer, end, ring


async def test_a_call_passed_to_a_colleague_takes_its_report_along_and_is_told(
    db: Database, scene: Scene, call_taker: Actor, other_taker: Actor
) -> None:
    ani, budi = call_taker, other_taker
    call = await answer(db, scene, await ring(db, scene, "p1@trunk"), ani)
    target = Target(person=budi.id)
    assert budi.id is not None
    async with db.transaction(CITY) as tx:
        passed = await passing.call_passed(tx, scene, call.id, ani, target, budi.name, NOW)
        assert (passed.state, passed.operator, passed.outcome) == (CallState.QUEUED, None, Outcome.ANSWERED)
        await service.call_offered(tx, scene, call.id, budi.id, NOW)
        call = await service.call_goes_on(tx, scene, call.id, budi, NOW, why=passing.PASSED)
        await passing.supervisor_speaks(tx, scene, call.id, Actor("Bos", UUID(int=9)), NOW, to_both=False)
        report = await rows.report(tx, CITY, call.report)
        told = await timelines.of_report(tx, CITY, call.report)
    assert (call.state, call.operator, report.claimed_by) == (CallState.TALKING, budi.id, budi.id)
    said = [sentence(entry, scene.catalogue, str) for entry in told]
    assert f"{ani.name} memindahkan panggilan ke {budi.name}" in said
    assert "Bos berbicara kepada petugas saja" in said
    assert passing.PASSED in [entry.body.get("reason") for entry in told]


async def test_a_call_passed_outside_leaves_its_report_where_it_is_and_no_number_is_written(
    db: Database, scene: Scene, call_taker: Actor
) -> None:
    ani = call_taker
    call = await answer(db, scene, await ring(db, scene, "p2@trunk"), ani)
    async with db.transaction(CITY) as tx:
        await passing.call_passed(tx, scene, call.id, ani, Target(number="0401112233"), "", NOW)
        await passing.call_rings_outside(tx, scene, call.id, NOW)
        call = await passing.call_goes_outside(tx, scene, call.id, NOW)
        report = await rows.report(tx, CITY, call.report)
        told = await timelines.of_report(tx, CITY, call.report)
        happened = await store.events_of(tx, CITY, call.id)
    assert (call.state, call.operator, report.claimed_by) == (CallState.TALKING, None, ani.id)
    assert f"{ani.name} memindahkan panggilan ke nomor di luar pusat" in [sentence(entry, scene.catalogue, str) for entry in told]
    assert "0401112233" not in str([event.body for event in happened] + [entry.body for entry in told])
    assert (await end(db, scene, call, "operator")).call_back_state is None


async def test_who_hangs_up_before_anybody_goes_on_is_called_back_and_late_facts_change_nothing(
    db: Database, scene: Scene, call_taker: Actor
) -> None:
    ani = call_taker
    call = await answer(db, scene, await ring(db, scene, "p3@trunk"), ani)
    async with db.transaction(CITY) as tx:
        await passing.call_passed(tx, scene, call.id, ani, Target(), "", NOW)
    ended = await end(db, scene, call)
    assert ended.call_back_state is CallBackState.DUE
    async with db.transaction(CITY) as tx:
        for late in (
            await passing.call_passed(tx, scene, call.id, ani, Target(), "", NOW),
            await passing.call_rings_outside(tx, scene, call.id, NOW),
            await passing.call_goes_outside(tx, scene, call.id, NOW),
        ):
            assert late == ended
