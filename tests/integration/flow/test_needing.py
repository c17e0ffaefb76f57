"""What a call needs of whoever answers: who says so, what is remembered, and handing it on."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tanggap.incident import store as rows
from tanggap.incident.model import Actor
from tanggap.incident.refusals import WrongState
from tanggap.incident.timeline import store as timelines
from tanggap.incident.timeline.model import Kind
from tanggap.people import service as people
from tanggap.people.model import Role
from tanggap.people.roster.model import Member
from tanggap.people.roster.store import write_member
from tanggap.platform.database import Database
from tanggap.scene import Scene
from tanggap.telephony import needing, service, store
from tanggap.telephony.model import Call, CallState, EventKind, NeedsBy, NobodyCan, Presence, Ringing

from .conftest import CITY

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
NUMBER = "081344556642"


async def rings(db: Database, scene: Scene, sip_id: str) -> Call:
    async with db.transaction(CITY) as tx:
        return await service.call_rings(tx, scene, Ringing(sip_id, NUMBER, trunk="telkom"), NOW)


async def talking(db: Database, scene: Scene, sip_id: str, by: Actor) -> Call:
    call = await rings(db, scene, sip_id)
    async with db.transaction(CITY) as tx:
        return await service.call_answered(tx, scene, call.id, by, NOW)


async def colleague(db: Database, *languages: str) -> UUID:
    """Somebody of the roster whose telephone is connected."""
    async with db.transaction(CITY) as tx:
        made, _ = await people.add_person(
            tx, CITY, "budi", "Budi", [Role.CALL_TAKER], None, None, NOW, password="jalan pagi ke teluk", is_demo=True
        )
        await write_member(tx, CITY, Member(made.id, "Budi", Role.CALL_TAKER, languages=frozenset(languages)), NOW)
        await service.presence(tx, CITY, made.id, Presence.TALKING, NOW)
    return made.id


async def test_a_guess_never_replaces_what_a_key_or_a_person_has_said(db: Database, scene: Scene) -> None:
    call = await rings(db, scene, "a@trunk")
    async with db.transaction(CITY) as tx:
        for needs, by in (
            (["tolaki"], NeedsBy.HISTORY), (["counselling"], NeedsBy.LINE), (["english"], NeedsBy.KEY),
            (["tolaki"], NeedsBy.HISTORY), (["muna"], NeedsBy.PERSON), (["english"], NeedsBy.KEY),
        ):  # fmt: skip
            call = await needing.want(tx, scene, call.id, needs, by, NOW)
        told = [e.body["needs"] for e in await store.events_of(tx, CITY, call.id) if e.kind is EventKind.NEEDS]
    assert (call.needs, call.needs_by) == (("muna",), NeedsBy.PERSON)
    assert sorted(told) == [["counselling"], ["english"], ["muna"], ["tolaki"]]


async def test_a_language_is_remembered_for_the_next_call_where_somebody_speaks_it(db: Database, scene: Scene) -> None:
    async with db.transaction(CITY) as tx:
        call = await service.call_rings(tx, scene, Ringing("a@trunk", NUMBER), NOW)
        await needing.want(tx, scene, call.id, ["english"], NeedsBy.KEY, NOW)
        guess = await service.call_rings(tx, scene, Ringing("b@trunk", NUMBER), NOW)
        await needing.want(tx, scene, guess.id, ["muna"], NeedsBy.LINE, NOW)
    number = "6281344556642"
    async with db.reading(CITY) as conn:
        assert await needing.needed_before(conn, scene, number, {"english", "muna"}, NOW) == {"english"}
        assert await needing.needed_before(conn, scene, number, {"muna"}, NOW) == frozenset()
        assert await needing.needed_before(conn, scene, number, {"english"}, NOW + timedelta(days=200)) == frozenset()
        assert await needing.needed_before(conn, scene, "628999", {"english"}, NOW) == frozenset()


async def test_a_call_is_handed_on_to_who_can_what_it_needs(db: Database, scene: Scene, call_taker: Actor) -> None:
    other = await colleague(db, "english")
    call = await talking(db, scene, "a@trunk", call_taker)
    assert call_taker.id is not None
    async with db.transaction(CITY) as tx:
        asked = await needing.hand_on(tx, scene, call.id, ["english"], call_taker, NOW)
        assert [one.id for one in await store.to_hand_on(tx, CITY)] == [call.id]
        assert asked.state is CallState.TALKING, "it is the decider who takes it"
        back = await needing.put_back(tx, scene, call.id, call_taker.id, NOW)
        assert await store.to_hand_on(tx, CITY) == []
    assert (back.state, back.operator, back.needs) == (CallState.QUEUED, None, ("english",))
    async with db.transaction(CITY) as tx:
        await service.call_offered(tx, scene, call.id, other, NOW)
        on = await service.call_goes_on(tx, scene, call.id, Actor("Budi", other), NOW)
        report = await rows.report(tx, CITY, call.report)
        told = [entry.kind for entry in await timelines.of_report(tx, CITY, call.report)]
    assert (on.state, on.operator, on.handed_on_by, report.claimed_by) == (CallState.TALKING, other, None, other)
    assert Kind.CALL_HANDED_ON in told


async def test_a_call_stays_where_nobody_else_can_or_it_is_not_ones_own(db: Database, scene: Scene, call_taker: Actor) -> None:
    other = await colleague(db, "english")
    call = await talking(db, scene, "a@trunk", call_taker)
    refused: tuple[tuple[list[str], Actor, type[Exception]], ...] = (
        (["muna"], call_taker, NobodyCan),
        (["english", "muna"], call_taker, NobodyCan),
        (["english"], Actor("Budi", other), WrongState),
    )
    for needs, by, refusal in refused:
        with pytest.raises(refusal):
            async with db.transaction(CITY) as tx:
                await needing.hand_on(tx, scene, call.id, needs, by, NOW)
    async with db.transaction(CITY) as tx:
        await needing.hand_on(tx, scene, call.id, ["english"], call_taker, NOW)
        kept = await needing.keep_after_all(tx, scene, call.id, call_taker)
        assert await store.to_hand_on(tx, CITY) == []
    assert (kept.state, kept.operator, kept.needs) == (CallState.TALKING, call_taker.id, ("english",))
