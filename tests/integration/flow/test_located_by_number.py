"""A phone of which only the number is known says where it is: before its report, during it, and after it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tanggap import flow
from tanggap.incident import store as rows
from tanggap.incident.model import SYSTEM, Actor, Report
from tanggap.incident.timeline import store as timelines
from tanggap.incident.timeline.model import Kind
from tanggap.intake.model import Channel, Contact
from tanggap.interop.aml import read_sms
from tanggap.location.sources.waiting import BELONGS, WAITS
from tanggap.platform.database import Database
from tanggap.scene import Scene
from tanggap.whereabouts import NoNumberError

from .conftest import CITY

NOW = datetime(2026, 11, 21, 14, 41, tzinfo=UTC)
NUMBER = "081344556642"
AML = 'A"ML=1;lt=-3.99420;lg=+122.49000;rd=30;top=20261121144030;lc=95;pm=G;si=510101234567890'


async def call(db: Database, scene: Scene, at: datetime, number: str = NUMBER) -> UUID:
    async with db.transaction(CITY) as tx:
        return (await flow.receive(tx, scene, Contact(Channel.CALL, number=number), at)).report


async def locate(db: Database, scene: Scene, at: datetime, number: str = "+62 813-4455-6642") -> UUID | None:
    async with db.transaction(CITY) as tx:
        return await flow.add_location_of_number(tx, scene, number, read_sms(AML), SYSTEM, at)


async def join(db: Database, scene: Scene, at: datetime) -> int:
    async with db.transaction(CITY) as tx:
        return await flow.join_waiting_locations(tx, scene, at)


async def report(db: Database, which: UUID) -> Report:
    async with db.reading(CITY) as conn:
        return await rows.report(conn, CITY, which)


async def waiting(db: Database) -> int:
    async with db.reading(CITY) as conn:
        return int(await conn.fetchval("SELECT count(*) FROM waiting_location WHERE city = $1", CITY))


async def test_a_location_during_the_call_is_told_to_the_report_of_its_number(db: Database, scene: Scene) -> None:
    made = await call(db, scene, NOW)
    assert await locate(db, scene, NOW + timedelta(seconds=20)) == made
    place = (await report(db, made)).location
    assert place is not None
    assert (place.lat, place.source) == (-3.9942, "device")
    assert await waiting(db) == 0


async def test_a_location_before_the_report_waits_and_is_joined_once(db: Database, scene: Scene) -> None:
    assert await locate(db, scene, NOW) is None
    assert await join(db, scene, NOW) == 0
    made = await call(db, scene, NOW + timedelta(minutes=2))
    assert await join(db, scene, NOW + timedelta(minutes=2)) == 1
    assert await join(db, scene, NOW + timedelta(minutes=2)) == 0
    assert (await report(db, made)).location is not None
    async with db.reading(CITY) as conn:
        kinds = [entry.kind for entry in await timelines.of_report(conn, CITY, made)]
    assert kinds.count(Kind.LOCATED) == 1
    assert await waiting(db) == 0


async def test_a_number_of_somebody_else_is_not_joined(db: Database, scene: Scene) -> None:
    other = await call(db, scene, NOW, "081399999999")
    assert await locate(db, scene, NOW) is None
    assert await join(db, scene, NOW) == 0
    assert (await report(db, other)).location is None


async def test_a_location_is_forgotten_when_no_report_comes(db: Database, scene: Scene) -> None:
    await locate(db, scene, NOW)
    late = NOW + WAITS + timedelta(seconds=1)
    made = await call(db, scene, late)
    assert await join(db, scene, late) == 0
    assert await waiting(db) == 0
    assert (await report(db, made)).location is None


async def test_an_old_report_is_not_the_one_meant(db: Database, scene: Scene) -> None:
    await call(db, scene, NOW - BELONGS - timedelta(seconds=1))
    assert await locate(db, scene, NOW) is None


async def test_of_two_reports_the_newer_is_told(db: Database, scene: Scene) -> None:
    await call(db, scene, NOW - timedelta(minutes=10))
    newer = await call(db, scene, NOW)
    assert await locate(db, scene, NOW + timedelta(minutes=1)) == newer


async def test_a_number_that_is_typed_later_finds_the_location_too(db: Database, scene: Scene) -> None:
    made = await call(db, scene, NOW, "")
    await locate(db, scene, NOW)
    async with db.transaction(CITY) as tx:
        await flow.describe(tx, scene, made, flow.Changes({"number": NUMBER}), Actor("Pengambil"), NOW + timedelta(minutes=1))
    assert await join(db, scene, NOW + timedelta(minutes=1)) == 1


async def test_the_number_and_the_message_stand_nowhere_in_clear(db: Database, scene: Scene) -> None:
    await locate(db, scene, NOW)
    async with db.reading(CITY) as conn:
        row = await conn.fetchrow("SELECT * FROM waiting_location WHERE city = $1", CITY)
    assert row is not None
    assert not any(secret in bytes(row["said_sealed"]) + bytes(row["number_hash"]) for secret in (b"81344556642", b"3.994"))


async def test_a_location_without_a_number_is_refused(db: Database, scene: Scene) -> None:
    with pytest.raises(NoNumberError):
        await locate(db, scene, NOW, "tidak tahu")
