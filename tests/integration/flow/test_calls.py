"""A call opens its report by itself, and none that nobody answered is forgotten."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from tanggap.incident import store as rows
from tanggap.incident.model import Actor, Disposition, ReportState
from tanggap.incident.timeline import store as timelines
from tanggap.incident.timeline.model import Kind
from tanggap.interop.pidf_lo import read_pidf_lo
from tanggap.platform.database import Database
from tanggap.platform.ids import new_id
from tanggap.scene import Scene
from tanggap.telephony import service, store
from tanggap.telephony.model import (
    CALL_BACK_AGAIN,
    Call,
    CallBackOutcome,
    CallBackState,
    CallState,
    EventKind,
    LapseReason,
    Outcome,
    Presence,
    Ringing,
)
from tanggap.telephony.story import Answered, Ended, Offered, Told

from .conftest import CITY

SECOND = timedelta(seconds=1)
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
POINT = """<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10"
 xmlns:gml="http://www.opengis.net/gml" xmlns:gs="http://www.opengis.net/pidflo/1.0"><tuple id="a"><status><gp:geopriv>
 <gp:location-info><gs:Circle srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>-3.9942 122.49</gml:pos>
 <gs:radius uom="urn:ogc:def:uom:EPSG::9001">30</gs:radius></gs:Circle></gp:location-info></gp:geopriv></status></tuple>
</presence>"""


async def ring(db: Database, scene: Scene, sip_id: str, number: str = "+6281344556642", at: datetime = NOW) -> Call:
    async with db.transaction(CITY) as tx:
        return await service.call_rings(tx, scene, Ringing(sip_id, number, trunk="telkom", dialled="112"), at)


async def answer(db: Database, scene: Scene, call: Call, by: Actor, at: datetime = NOW) -> Call:
    assert by.id is not None
    async with db.transaction(CITY) as tx:
        await service.call_offered(tx, scene, call.id, by.id, at)
        return await service.call_answered(tx, scene, call.id, by, at)


async def end(db: Database, scene: Scene, call: Call, by: str = "caller", at: datetime = NOW) -> Call:
    async with db.transaction(CITY) as tx:
        return await service.call_ended(tx, scene, call.id, by, at)


async def events(db: Database, call: Call) -> list[EventKind]:
    async with db.reading(CITY) as conn:
        return [event.kind for event in await store.events_of(conn, CITY, call.id)]


async def test_a_call_opens_its_report_with_number_and_place(db: Database, scene: Scene) -> None:
    async with db.transaction(CITY) as tx:
        ringing = Ringing("a1@trunk", "081344556642", trunk="telkom", heard=(read_pidf_lo(POINT),))
        call = await service.call_rings(tx, scene, ringing, NOW)
        report = await rows.report(tx, CITY, call.report)
    assert (report.channel, report.state, report.caller) == ("call", ReportState.WAITING, call.caller)
    assert report.location is not None
    assert report.location.uncertainty_m == pytest.approx(30.0, abs=1)


async def test_a_location_that_cannot_be_read_is_kept_and_the_call_rings(db: Database, scene: Scene) -> None:
    async with db.transaction(CITY) as tx:
        ringing = Ringing("a2@trunk", "081344556642", heard=(read_pidf_lo("<presence><broken"),))
        call = await service.call_rings(tx, scene, ringing, NOW)
        told = await timelines.of_report(tx, CITY, call.report)
    assert call.state is CallState.RINGING
    located = next(entry for entry in told if entry.kind is Kind.LOCATED)
    assert located.body["flaws"]


async def test_the_same_call_told_twice_is_one(db: Database, scene: Scene) -> None:
    first, again = await ring(db, scene, "b@trunk"), await ring(db, scene, "b@trunk")
    assert (first.id, first.report) == (again.id, again.report)


async def test_who_answers_has_the_report(db: Database, scene: Scene, call_taker: Actor) -> None:
    call = await answer(db, scene, await ring(db, scene, "c@trunk"), call_taker, NOW + timedelta(seconds=7))
    assert (call.state, call.outcome, call.operator) == (CallState.TALKING, Outcome.ANSWERED, call_taker.id)
    assert call.wait_s(NOW) == 7
    async with db.reading(CITY) as conn:
        report = await rows.report(conn, CITY, call.report)
        told = [entry.kind for entry in await timelines.of_report(conn, CITY, call.report)]
    assert (report.state, report.claimed_by) == (ReportState.ACTIVE, call_taker.id)
    assert Kind.CALL_ANSWERED in told
    ended = await end(db, scene, call)
    assert (ended.state, ended.outcome, ended.call_back_state) == (CallState.ENDED, Outcome.ANSWERED, None)
    assert await events(db, call) == [EventKind.RANG, EventKind.OFFERED, EventKind.ANSWERED, EventKind.ENDED]


async def test_a_phone_that_does_not_answer_loses_the_call(db: Database, scene: Scene, call_taker: Actor) -> None:
    assert call_taker.id is not None
    call = await ring(db, scene, "d@trunk")
    async with db.transaction(CITY) as tx:
        await service.call_offered(tx, scene, call.id, call_taker.id, NOW)
        lapsed = await service.offer_lapsed(tx, scene, call.id, call_taker.id, LapseReason.NO_ANSWER, NOW)
    assert (lapsed.state, lapsed.operator) == (CallState.QUEUED, None)


async def test_an_abandoned_call_stays_a_report_and_is_due_to_be_called_back(db: Database, scene: Scene) -> None:
    call = await end(db, scene, await ring(db, scene, "e@trunk"), at=NOW + timedelta(seconds=20))
    assert (call.outcome, call.call_back_state) == (Outcome.ABANDONED, CallBackState.DUE)
    async with db.reading(CITY) as conn:
        report = await rows.report(conn, CITY, call.report)
        listed = await service.calls_to_call_back(conn, scene)
    assert report.state is ReportState.WAITING
    assert "call_abandoned" in report.flags
    assert [one.id for one in listed] == [call.id]


async def test_calling_back_is_tried_again_by_the_rule_then_given_up(db: Database, scene: Scene, call_taker: Actor) -> None:
    call = await end(db, scene, await ring(db, scene, "f@trunk"))
    for tries, pause in enumerate(CALL_BACK_AGAIN, 1):
        async with db.transaction(CITY) as tx:
            call = await service.call_back_tried(tx, scene, call.id, call_taker, CallBackOutcome.NO_ANSWER, NOW)
        assert (call.call_back_tries, call.call_back_at) == (tries, NOW + pause)
    async with db.transaction(CITY) as tx:
        call = await service.call_back_tried(tx, scene, call.id, call_taker, CallBackOutcome.BUSY, NOW)
    assert (call.call_back_state, call.outcome) == (CallBackState.GIVEN_UP, Outcome.ABANDONED)


async def test_who_is_reached_is_heard(db: Database, scene: Scene, call_taker: Actor) -> None:
    call = await end(db, scene, await ring(db, scene, "g@trunk"))
    async with db.transaction(CITY) as tx:
        assert await service.number_to_dial(tx, scene, call.id) == "6281344556642"
        call = await service.call_back_tried(tx, scene, call.id, call_taker, CallBackOutcome.REACHED, NOW)
        report = await rows.report(tx, CITY, call.report)
    assert (call.outcome, call.call_back_state) == (Outcome.CALLED_BACK, CallBackState.REACHED)
    assert report.claimed_by == call_taker.id


async def test_a_caller_who_is_heard_settles_what_was_missed_before(db: Database, scene: Scene, call_taker: Actor) -> None:
    missed = await end(db, scene, await ring(db, scene, "h1@trunk"))
    await answer(db, scene, await ring(db, scene, "h2@trunk", at=NOW + timedelta(minutes=1)), call_taker)
    async with db.reading(CITY) as conn:
        settled = await store.call(conn, CITY, missed.id)
        report = await rows.report(conn, CITY, missed.report)
    assert settled.call_back_state is CallBackState.SETTLED
    assert settled.outcome is Outcome.ABANDONED
    assert report.disposition is Disposition.ABANDONED


async def test_a_withheld_number_cannot_be_called_back(db: Database, scene: Scene) -> None:
    call = await end(db, scene, await ring(db, scene, "i@trunk", number=""))
    assert (call.outcome, call.call_back_state) == (Outcome.ABANDONED, None)


async def test_facts_that_come_too_late_change_nothing(db: Database, scene: Scene, call_taker: Actor) -> None:
    ended = await end(db, scene, await ring(db, scene, "j@trunk"))
    async with db.transaction(CITY) as tx:
        after = await service.call_answered(tx, scene, ended.id, call_taker, NOW)
        assert await service.call_ended(tx, scene, ended.id, "network", NOW) == after == ended


async def test_what_is_told_of_many_calls_at_once_is_as_if_told_one_by_one_with_few_statements(
    db: Database, scene: Scene, call_taker: Actor
) -> None:
    assert call_taker.id is not None
    person = call_taker.id
    missed = await end(db, scene, await ring(db, scene, "missed@trunk", "0811000000"))
    calls = [await ring(db, scene, f"{n}@trunk", f"081100000{n}") for n in range(6)]
    costs, ids = [], iter(sorted(new_id() for _ in range(30)))  # told later, sorted later
    for some in (calls[:1], calls[1:]):
        told: list[Told] = [Offered(call=UUID(int=9), at=NOW, event=next(ids), person=person)]  # of a call that is not there
        told += [Offered(call=call.id, at=NOW, event=next(ids), person=person) for call in some]
        told += [Answered(call=call.id, at=NOW + SECOND, event=next(ids), by=call_taker) for call in some]
        told += [Ended(call=call.id, at=NOW + 5 * SECOND, event=next(ids), by="caller") for call in some]
        async with db.transaction(CITY) as tx:
            with db.count_statements() as count:
                await service.tell(tx, scene, told)
            costs.append(count.total)
    assert costs[1] == 8 < costs[0]  # the first caller's earlier call is settled, too
    for call in calls:
        assert await events(db, call) == [EventKind.RANG, EventKind.OFFERED, EventKind.ANSWERED, EventKind.ENDED]
        async with db.reading(CITY) as conn:
            stored = await store.call(conn, CITY, call.id)
            kinds = [entry.kind for entry in await timelines.of_report(conn, CITY, call.report)]
            report = await rows.report(conn, CITY, call.report)
        assert (stored.state, stored.outcome, stored.operator) == (CallState.ENDED, Outcome.ANSWERED, person)
        assert (stored.answered_at, stored.ended_at, stored.rev) == (NOW + SECOND, NOW + 5 * SECOND, 4)
        assert kinds == [Kind.RECEIVED, Kind.CLAIMED, Kind.CALL_ANSWERED, Kind.CALL_ENDED]
        assert report.claimed_by == person
    async with db.reading(CITY) as conn:
        assert (await store.call(conn, CITY, missed.id)).call_back_state is CallBackState.SETTLED


async def test_a_silent_caller_says_it_with_keys(db: Database, scene: Scene) -> None:
    call = await ring(db, scene, "k@trunk")
    async with db.transaction(CITY) as tx:
        for key in "55x":
            call = await service.key_pressed(tx, scene, call.id, key, NOW)
        report = await rows.report(tx, CITY, call.report)
        told = [entry.kind for entry in await timelines.of_report(tx, CITY, call.report)]
    assert call.keys == "55"
    assert not call.is_urgent
    assert "silent_keys" in report.flags
    assert told.count(Kind.CALL_KEYS) == 1
    assert report.state is ReportState.WAITING


async def test_one_says_danger_now_only_while_it_waits(db: Database, scene: Scene, call_taker: Actor) -> None:
    waiting = await ring(db, scene, "l1@trunk")
    talking = await answer(db, scene, await ring(db, scene, "l2@trunk", "0811111111"), call_taker)
    async with db.transaction(CITY) as tx:
        assert (await service.key_pressed(tx, scene, waiting.id, "1", NOW)).is_urgent
        assert not (await service.key_pressed(tx, scene, talking.id, "1", NOW)).is_urgent


async def test_what_happened_to_a_call_cannot_be_changed(db: Database, scene: Scene) -> None:
    call = await ring(db, scene, "m@trunk")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.transaction(CITY) as tx:
            await tx.execute("delete from call_event where city = $1 and call = $2", CITY, call.id)


async def test_another_city_sees_no_calls(db: Database, scene: Scene) -> None:
    await ring(db, scene, "n@trunk")
    async with db.reading("elsewhere") as conn:
        assert await conn.fetchval("select count(*) from call") == 0


async def test_a_persons_presence_moves_since_only_when_it_changes(db: Database, call_taker: Actor) -> None:
    assert call_taker.id is not None
    async with db.transaction(CITY) as tx:
        await service.presence(tx, CITY, call_taker.id, Presence.READY, NOW)
        await service.presence(tx, CITY, call_taker.id, Presence.READY, NOW + timedelta(minutes=1))
        await service.pause(tx, CITY, call_taker.id, "istirahat", NOW)
        found = await store.operator(tx, CITY, call_taker.id)
    assert found is not None
    assert (found.since, found.paused, found.pause_reason) == (NOW, True, "istirahat")
