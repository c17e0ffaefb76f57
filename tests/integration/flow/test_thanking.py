"""Who tried the number reads that it works: when the coordinator wants that, once, and not if it was no test after all."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from tanggap import flow
from tanggap.incident.model import Actor, Disposition
from tanggap.intake.model import Channel as Door
from tanggap.intake.model import Contact
from tanggap.notification.model import Channel
from tanggap.notification.texts import SMS_CHARACTERS, is_gsm, sms_length
from tanggap.platform.database import Database
from tanggap.platform.jobs import run_next
from tanggap.scene import Scene
from tanggap.verification.nuisance.service import thank_testers
from tanggap.worker import handlers

from .conftest import CITY

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


async def tried(db: Database, scene: Scene, by: Actor, number: str = "0813-4455-6642", at: datetime = NOW) -> UUID:
    """A call that was a test, and was ended as one."""
    async with db.transaction(CITY) as tx:
        report = (await flow.receive(tx, scene, Contact(Door.CALL, number=number, words="tes saja"), at)).report
        await flow.dispose(tx, scene, report, Disposition.TEST, by, at)
    return report


async def sent(db: Database, scene: Scene, now: datetime, way: Channel = Channel.SMS) -> list[str]:
    """All that was put down for callers, once every due job is done."""

    async def scene_now() -> Scene:
        return scene

    while await run_next(db, CITY, handlers(scene_now, "https://112.example", way), now):
        pass
    async with db.reading(CITY) as conn:
        return [
            row["text"] for row in await conn.fetch("select text from delivery where city = $1 and occasion = 'thanks'", CITY)
        ]


async def test_nobody_is_thanked_until_the_coordinator_wants_it(db: Database, scene: Scene, call_taker: Actor) -> None:
    await tried(db, scene, call_taker)
    assert await sent(db, scene, NOW + timedelta(hours=1)) == []


async def test_a_test_is_thanked_once_in_thirty_days(db: Database, scene: Scene, call_taker: Actor) -> None:
    async with db.transaction(CITY) as tx:
        await thank_testers(tx, CITY, True, None, NOW)
    await tried(db, scene, call_taker)
    assert await sent(db, scene, NOW + timedelta(minutes=1)) == [], "there is time to take it back"
    (text,) = await sent(db, scene, NOW + timedelta(minutes=3))
    assert "berfungsi" in text
    assert is_gsm(text)
    assert sms_length(text) <= SMS_CHARACTERS
    await tried(db, scene, call_taker, at=NOW + timedelta(days=20))
    assert len(await sent(db, scene, NOW + timedelta(days=21))) == 1
    await tried(db, scene, call_taker, "0811-2222-3333", at=NOW + timedelta(days=22))
    assert len(await sent(db, scene, NOW + timedelta(days=22, minutes=3), Channel.SCREEN)) == 1, "no gateway, no message"


async def test_what_was_no_test_after_all_is_not_thanked(db: Database, scene: Scene, call_taker: Actor) -> None:
    async with db.transaction(CITY) as tx:
        await thank_testers(tx, CITY, True, None, NOW)
    report = await tried(db, scene, call_taker)
    async with db.transaction(CITY) as tx:
        await flow.undo_disposition(tx, scene, report, call_taker, NOW + timedelta(minutes=1))
    assert await sent(db, scene, NOW + timedelta(minutes=3)) == []
