"""What is written within a call: sealed before anybody reads it, on the report's history, and gone when its time is over."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tanggap.incident import store as rows
from tanggap.incident.model import Actor
from tanggap.incident.refusals import NotFound, WrongState
from tanggap.incident.timeline import store as timelines
from tanggap.incident.timeline.model import Kind
from tanggap.platform.database import Database
from tanggap.platform.ids import new_id
from tanggap.scene import Scene
from tanggap.telephony import service as calls
from tanggap.telephony import store as recordings
from tanggap.telephony.model import Call, Recording, RecordingState, Ringing
from tanggap.telephony.texting import service, store
from tanggap.telephony.texting.letters import Side, words_of
from tanggap.verification.service import ledgers

from .conftest import CITY

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
KEEP = timedelta(days=90)
OFFER: dict[str, Any] = {"port": 31_000, "source": "198.51.100.7", "offer": {}}


async def rings(
    db: Database, scene: Scene, by: Actor | None = None, offer: dict[str, Any] = OFFER, sip_id: str = "t@trunk"
) -> Call:
    """A call that may carry text; answered, when somebody is there."""
    async with db.transaction(CITY) as tx:
        call = await calls.call_rings(tx, scene, Ringing(sip_id, "081344556642", trunk="telkom"), NOW)
        await service.begins(tx, scene, call.id, offer, NOW)
        await service.begins(tx, scene, call.id, offer, NOW)  # a decider that comes later says it again
        if by is not None and by.id is not None:
            await calls.call_offered(tx, scene, call.id, by.id, NOW)
            call = await calls.call_answered(tx, scene, call.id, by, NOW)
    return call


async def types(db: Database, scene: Scene, call: Call, *letters: str, at: datetime = NOW) -> None:
    for n, said in enumerate(letters):
        async with db.transaction(CITY) as tx:
            await service.heard(tx, scene, call.id, said, (7, 100 + n), at + n * SECOND)


async def ends(db: Database, scene: Scene, call: Call, at: datetime = NOW + timedelta(minutes=1)) -> None:
    async with db.transaction(CITY) as tx:
        await calls.call_ended(tx, scene, call.id, "caller", at)
        await service.ends(tx, scene, call.id, KEEP, at)
        await service.ends(tx, scene, call.id, KEEP, at + SECOND)


def recording(call: Call, silence: float | None = None, *, is_held: bool = False) -> Recording:
    """What was recorded of a call beside its text."""
    return Recording(
        new_id(), call.id, RecordingState.STORED, "", None, None, None, 60.0, "", NOW, NOW, NOW + KEEP, is_held, None, None,
        False, silence,
    )  # fmt: skip


async def kinds(db: Database, report: UUID) -> list[Kind]:
    async with db.reading(CITY) as conn:
        return [entry.kind for entry in await timelines.of_report(conn, CITY, report)]


async def test_both_sides_are_sealed_read_and_on_the_timeline(
    db: Database, scene: Scene, call_taker: Actor, other_taker: Actor
) -> None:
    call = await rings(db, scene, call_taker)
    await types(db, scene, call, "tolong ada malinh", "\bg di rumah")
    piece = new_id()
    async with db.transaction(CITY) as tx:
        await service.write(tx, scene, call.id, piece, "Petugas dikirim.\r\n", call_taker, NOW + 5 * SECOND)
        await service.write(
            tx, scene, call.id, piece, "Petugas dikirim.\r\n", call_taker, NOW + 6 * SECOND
        )  # said twice, once written
        with pytest.raises(WrongState):
            await service.write(tx, scene, call.id, new_id(), "bukan panggilan saya", other_taker, NOW)
    async with db.reading(CITY) as conn:
        lines = await service.conversation(conn, scene, call.id)
        unsent = await service.unsent(conn, scene, [call.id])
        sealed = await store.pieces(conn, CITY, [call.id])
        text = await store.of_call(conn, CITY, call.id)
    assert [(line.side, line.text, line.name) for line in lines] == [
        (Side.CALLER, "tolong ada maling di rumah", ""), (Side.DESK, "Petugas dikirim.", ""),
    ]  # fmt: skip
    assert unsent == [(call.id, 3, "Petugas dikirim.\n")]
    assert not any(b"maling" in one.sealed or b"Petugas" in one.sealed for one in sealed)
    assert text is not None
    assert (text.heard, text.port, text.closed_at) == ((7, 101), 31_000, None)
    async with db.transaction(CITY) as tx:
        await service.went_out(tx, scene, call.id, 3, NOW)
        assert await service.unsent(tx, scene, [call.id]) == []
    await ends(db, scene, call)
    assert [kind for kind in await kinds(db, call.report) if kind in (Kind.CALL_TEXT, Kind.CALL_TEXT_KEPT)] == [
        Kind.CALL_TEXT, Kind.CALL_TEXT_KEPT,
    ]  # fmt: skip
    async with db.transaction(CITY) as tx:
        with pytest.raises(WrongState):
            await service.write(tx, scene, call.id, new_id(), "terlambat", call_taker, NOW)
        report = await rows.report(tx, CITY, call.report)
    assert report.words == ""  # who answered writes it down


async def test_what_nobody_answered_is_what_the_report_says(db: Database, scene: Scene) -> None:
    call = await rings(db, scene)
    async with db.transaction(CITY) as tx:
        await service.greet(tx, scene, call.id, "112: mohon tunggu.", NOW)
    await types(db, scene, call, "rumah saya terbakar\n", "jalan mawar 3")
    await ends(db, scene, call)
    async with db.reading(CITY) as conn:
        report = await rows.report(conn, CITY, call.report)
        lines = await service.conversation(conn, scene, call.id)
    assert report.words == "rumah saya terbakar\njalan mawar 3"
    assert [(line.side, line.name) for line in lines] == [(Side.DESK, ""), (Side.CALLER, ""), (Side.CALLER, "")]


async def test_a_call_without_text_is_as_it_always_was(db: Database, scene: Scene, call_taker: Actor) -> None:
    call = await rings(db, scene, call_taker, offer={})
    await types(db, scene, call, "hantu")
    async with db.transaction(CITY) as tx:
        with pytest.raises(NotFound):
            await service.write(tx, scene, call.id, new_id(), "halo", call_taker, NOW)
        await service.greet(tx, scene, call.id, "halo", NOW)
    await ends(db, scene, call)
    assert not {Kind.CALL_TEXT, Kind.CALL_TEXT_KEPT} & set(await kinds(db, call.report))


@pytest.mark.parametrize("letters", ["", "saya tidak bisa bicara"], ids=["nothing", "text"])
async def test_who_writes_is_not_silent(db: Database, scene: Scene, call_taker: Actor, letters: str) -> None:
    call = await rings(db, scene, call_taker)
    await types(db, scene, call, letters)
    await ends(db, scene, call)
    silent = recording(call, silence=1.0)
    async with db.transaction(CITY) as tx:
        await recordings.insert_recording(tx, CITY, silent)
        weighed = await ledgers(tx, scene.catalogue, [call.report], scene.hear, NOW + timedelta(hours=1))
    assert any("silen" in item.code for item in weighed[call.report].items) == (not letters)


async def test_letters_go_when_their_time_is_over_unless_somebody_holds_the_call(
    db: Database, scene: Scene, call_taker: Actor
) -> None:
    held, plain = await rings(db, scene, call_taker, sip_id="a@trunk"), await rings(db, scene, call_taker, sip_id="b@trunk")
    for call in (held, plain):
        await types(db, scene, call, "tolong")
        await ends(db, scene, call)
    over = NOW + KEEP + timedelta(days=1)
    async with db.transaction(CITY) as tx:
        await recordings.insert_recording(tx, CITY, recording(held, is_held=True))
        assert await service.delete_expired(tx, CITY, NOW + timedelta(days=1)) == 0
        assert await service.delete_expired(tx, CITY, over) == 1
        assert await service.delete_expired(tx, CITY, over) == 0
        assert words_of(await service.conversation(tx, scene, held.id), Side.CALLER) == "tolong"
        assert await service.conversation(tx, scene, plain.id) == []
        text = await store.of_call(tx, CITY, plain.id)
    assert text is not None
    assert (text.deleted_at, text.sha256 is not None, text.heard_letters) == (over, True, 6)
    assert Kind.CALL_TEXT_DELETED in await kinds(db, plain.report)


async def test_who_floods_fills_no_disk(db: Database, scene: Scene, call_taker: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_LETTERS", 10)
    call = await rings(db, scene, call_taker)
    await types(db, scene, call, "x" * 8, "y" * 8, "z" * 8)
    async with db.reading(CITY) as conn:
        assert words_of(await service.conversation(conn, scene, call.id), Side.CALLER) == "x" * 8 + "y" * 8
        text = await store.of_call(conn, CITY, call.id)
    assert text is not None
    assert text.heard == (7, 102)
