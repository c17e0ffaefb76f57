"""A caller who was not heard gets a message: once, by the way the city has, and only while the coordinator wants it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tanggap import reaching
from tanggap.incident.timeline import store as timelines
from tanggap.incident.timeline.model import Kind
from tanggap.notification import store as deliveries
from tanggap.notification.model import Channel, DeliveryState, Occasion
from tanggap.notification.texts import SMS_CHARACTERS, is_gsm, sms_length
from tanggap.people import service as people
from tanggap.people.model import Person, Role
from tanggap.platform.database import Database
from tanggap.platform.jobs import run_next
from tanggap.reaching import Links, LinksOff, NoNumber, SentAlready
from tanggap.scene import Scene
from tanggap.telephony import service
from tanggap.telephony.model import Call, Ringing
from tanggap.worker import handlers

from .conftest import CITY

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
PUBLIC = "https://112.kendarikota.go.id"
NUMBER = "081344556642"


@pytest.fixture
async def taker(db: Database) -> Person:
    async with db.transaction(CITY) as tx:
        made, _ = await people.add_person(
            tx, CITY, "sari", "Sari", [Role.CALL_TAKER], None, None, NOW, password="jalan pagi ke teluk", is_demo=True
        )
    return made


async def missed(db: Database, scene: Scene, sip_id: str, number: str = NUMBER, at: datetime = NOW) -> Call:
    async with db.transaction(CITY) as tx:
        call = await service.call_rings(tx, scene, Ringing(sip_id, number, trunk="telkom"), at)
        return await service.call_ended(tx, scene, call.id, "caller", at)


async def send(
    db: Database, scene: Scene, call: Call, by: Person, way: Channel = Channel.SMS, at: datetime = NOW
) -> tuple[Any, Any]:
    async with db.transaction(CITY) as tx:
        return await reaching.send_report_link(tx, scene, PUBLIC, way, call.report, by, at)


async def test_the_link_is_a_delivery_that_knows_the_number_only_by_its_caller(db: Database, scene: Scene, taker: Person) -> None:
    call = await missed(db, scene, "a@trunk")
    sent, text = await send(db, scene, call, taker)
    assert (sent.channel, sent.state, sent.report) == (Channel.SMS, DeliveryState.QUEUED, call.report)
    assert f"{PUBLIC}/lapor" in text.text
    assert is_gsm(text.text)
    assert sms_length(text.text) <= SMS_CHARACTERS
    async with db.reading(CITY) as conn:
        row = await conn.fetchrow("select address_sealed, address_masked, text, caller from delivery where city = $1", CITY)
        told = [entry.kind for entry in await timelines.of_report(conn, CITY, call.report)]
        audited = await conn.fetchval("select count(*) from audit where city = $1 and act = 'caller_link_sent'", CITY)
    assert (row["address_sealed"], row["address_masked"], row["caller"]) == (None, "0813…42", call.caller)
    assert NUMBER[1:] not in row["text"]
    assert Kind.LINK_SENT in told
    assert audited == 1


async def test_a_number_gets_the_link_once_a_day_unless_it_was_lost(db: Database, scene: Scene, taker: Person) -> None:
    first, again = await missed(db, scene, "a@trunk"), await missed(db, scene, "b@trunk", at=NOW + timedelta(hours=1))
    await send(db, scene, first, taker)
    for call in (first, again):
        with pytest.raises(SentAlready):
            await send(db, scene, call, taker, at=NOW + timedelta(hours=1))
    await send(db, scene, await missed(db, scene, "c@trunk", "081355566677"), taker)
    async with db.transaction(CITY) as tx:
        await tx.execute("update delivery set state = 'dead' where city = $1 and report = $2", CITY, first.report)
    sent, _ = await send(db, scene, again, taker, at=NOW + timedelta(hours=1))
    assert sent.state is DeliveryState.QUEUED
    assert (await send(db, scene, first, taker, at=NOW + timedelta(hours=26)))[0].report == first.report


async def test_who_has_no_mobile_number_is_not_written_to_nor_anybody_while_it_is_off(
    db: Database, scene: Scene, taker: Person
) -> None:
    for number in ("", "0401312233"):
        with pytest.raises(NoNumber):
            await send(db, scene, await missed(db, scene, f"{number}@trunk", number), taker)
    async with db.transaction(CITY) as tx:
        await reaching.choose_links(tx, CITY, Links.OFF, taker, NOW)
    with pytest.raises(LinksOff):
        await send(db, scene, await missed(db, scene, "a@trunk"), taker)


async def test_without_a_gateway_it_stands_on_the_screen_as_often_as_it_is_asked_for(
    db: Database, scene: Scene, taker: Person
) -> None:
    call = await missed(db, scene, "a@trunk")
    first, text = await send(db, scene, call, taker, Channel.SCREEN)
    second, _ = await send(db, scene, call, taker, Channel.SCREEN)
    assert first.id == second.id
    assert (first.state, PUBLIC in text.text) == (DeliveryState.SENT, True)
    async with db.reading(CITY) as conn:
        assert await deliveries.on_screen(conn, CITY, None, NOW) == [], "it is no notice to the supervisor"


async def test_it_is_sent_by_itself_only_where_the_coordinator_wants_it(db: Database, scene: Scene, taker: Person) -> None:
    async def scene_now() -> Scene:
        return scene

    async def worked() -> None:
        while await run_next(db, CITY, handlers(scene_now, PUBLIC, Channel.SMS), NOW):
            pass

    by_hand = await missed(db, scene, "a@trunk", "081311111111")
    async with db.transaction(CITY) as tx:
        await reaching.choose_links(tx, CITY, Links.BY_ITSELF, taker, NOW)
    by_itself = await missed(db, scene, "b@trunk")
    again = await missed(db, scene, "c@trunk")
    withheld = await missed(db, scene, "d@trunk", "")
    await worked()
    async with db.reading(CITY) as conn:
        sent = {
            call.sip_id: await deliveries.link_of_report(conn, CITY, call.report, Occasion.REPORT_LINK)
            for call in (by_hand, by_itself, again, withheld)
        }
    assert [name for name, link in sent.items() if link] == ["b@trunk"]


async def test_a_point_link_is_sent_once_for_each_address(db: Database, scene: Scene, taker: Person) -> None:
    call = await missed(db, scene, "a@trunk")

    async def ask(at: datetime) -> Any:
        async with db.transaction(CITY) as tx:
            return await reaching.send_point_link(tx, scene, PUBLIC, Channel.SMS, call.report, taker, at)

    _, text = await ask(NOW)
    assert f"{PUBLIC}/titik/" in text.text
    assert sms_length(text.text) <= SMS_CHARACTERS
    with pytest.raises(SentAlready):
        await ask(NOW + timedelta(minutes=5))
    _, later = await ask(NOW + timedelta(minutes=100))
    assert later.text != text.text
