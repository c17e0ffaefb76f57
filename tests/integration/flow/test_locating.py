"""A device says where it is: kept as it came, joined with what was said, and never in the place of what a person chose."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from tanggap import flow
from tanggap.incident import store as rows
from tanggap.incident.model import CITIZEN, Actor, Disposition, Location, Report
from tanggap.incident.refusals import NotFound, WrongState
from tanggap.incident.timeline import store as timelines
from tanggap.incident.timeline.model import Kind
from tanggap.intake.model import Changes, Channel, Contact
from tanggap.interop.aml import read_sms
from tanggap.location.estimate import Estimate, Fix, Heard, Origin
from tanggap.location.fusion import DISAGREE
from tanggap.location.sources import store
from tanggap.location.sources.service import LINK_LASTS, link_token
from tanggap.platform.database import Database
from tanggap.scene import Scene

from .conftest import CITY

NOW = datetime(2026, 11, 21, 14, 41, tzinfo=UTC)
AML = 'A"ML=1;lt=-3.99420;lg=+122.49000;rd=30;top=20261121144030;lc=95;pm=G;si=510101234567890'


def fix(lat: float, lon: float, metres: float) -> Heard:
    return Heard(Origin.DEVICE, "from a browser", Fix(lat, lon, metres))


async def call(db: Database, scene: Scene, by: Actor, place: Location | None = None) -> UUID:
    async with db.transaction(CITY) as tx:
        received = await flow.receive(tx, scene, Contact(Channel.CALL, number="081344556642", location=place), NOW)
        await flow.claim(tx, scene, received.report, by, NOW)
    return received.report


async def tell(db: Database, scene: Scene, report: UUID, heard: Heard, now: datetime = NOW) -> Report:
    async with db.transaction(CITY) as tx:
        await flow.add_location(tx, scene, report, heard, CITIZEN, now)
        return await rows.report(tx, CITY, report)


async def choose(db: Database, scene: Scene, report: UUID, by: Actor, lat: float, lon: float) -> None:
    point = {"lat": lat, "lon": lon, "uncertainty_m": 60.0, "location_source": "words", "place_label": "Pasar"}
    async with db.transaction(CITY) as tx:
        await flow.describe(tx, scene, report, Changes(point), by, NOW)


async def estimated(db: Database, scene: Scene, report: UUID) -> Estimate:
    async with db.reading(CITY) as conn:
        found = await flow.estimate(conn, scene, await rows.report(conn, CITY, report), NOW)
    assert found is not None
    return found


async def kinds(db: Database, report: UUID) -> list[Kind]:
    async with db.reading(CITY) as conn:
        return [entry.kind for entry in await timelines.of_report(conn, CITY, report)]


async def test_a_report_without_a_point_takes_the_phones(db: Database, scene: Scene, call_taker: Actor) -> None:
    report = await call(db, scene, call_taker)
    told = await tell(db, scene, report, read_sms(AML))
    assert told.location == Location(-3.9942, 122.49, 30.0, "device", "Wua Wua", "74.71.07.1001")
    assert "no_place" not in told.flags
    assert (await kinds(db, report))[-1] == Kind.LOCATED
    found = await estimated(db, scene, report)
    assert set(found.used) == {Origin.AML, Origin.DEVICE}
    assert found.uncertainty_m == pytest.approx(30)


async def test_a_message_is_kept_as_it_came_and_its_numbers_are_sealed(
    db: Database, scene: Scene, dsn: str, call_taker: Actor
) -> None:
    report = await call(db, scene, call_taker)
    await tell(db, scene, report, read_sms(AML))
    async with db.reading(CITY) as conn:
        row = await conn.fetchrow("SELECT * FROM report_location WHERE city = $1", CITY)
        assert scene.keyring.decrypt("location", row["raw_sealed"]) == AML
        assert (row["origin"], row["stated_m"], row["confidence"], row["report"]) == ("aml", 30.0, 0.95, report)
        assert "510101234567890" not in str({name: value for name, value in row.items() if name != "raw_sealed"})
    for change in ("UPDATE report_location SET lat = 0, lon = 0", "DELETE FROM report_location"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.transaction(CITY) as tx:
                await tx.execute(change)


async def test_a_message_without_a_position_moves_nothing(db: Database, scene: Scene, call_taker: Actor) -> None:
    report = await call(db, scene, call_taker)
    told = await tell(db, scene, report, read_sms('A"ML=1;lt=+00.00000;lg=+000.00000;rd=0;pm=N'))
    assert told.location is None
    assert (await kinds(db, report))[-1] == Kind.LOCATED
    async with db.reading(CITY) as conn:
        kept = await store.of_report(conn, CITY, report)
    assert (kept[0].lat, kept[0].flaws) == (None, ("no_fix",))


async def test_a_surer_fix_replaces_the_devices_own_and_a_worse_one_does_not(
    db: Database, scene: Scene, call_taker: Actor
) -> None:
    report = await call(db, scene, call_taker, Location(-3.99, 122.49, 500, "device"))
    better = await tell(db, scene, report, fix(-3.9941, 122.4901, 20))
    assert (better.lat, better.uncertainty_m) == (-3.9941, 20)
    worse = await tell(db, scene, report, fix(-3.9, 122.5, 900))
    assert (worse.lat, worse.uncertainty_m) == (-3.9941, 20)


async def test_what_the_call_taker_chose_stays_and_a_warning_says_that_the_phone_is_elsewhere(
    db: Database, scene: Scene, call_taker: Actor
) -> None:
    report = await call(db, scene, call_taker)
    await choose(db, scene, report, call_taker, -3.994, 122.49)
    told = await tell(db, scene, report, fix(-4.02, 122.5, 10))
    assert (told.lat, told.location_source, told.place_label) == (-3.994, "words", "Pasar")
    found = await estimated(db, scene, report)
    assert (found.lat, found.label) == (pytest.approx(-3.994), "Pasar")
    assert (found.used, found.unused) == ((Origin.WORDS,), (Origin.DEVICE,))
    assert found.warnings[0].sentence == DISAGREE
    assert 3000 < float(found.warnings[0].filled["metres"]) < 3300


async def say(db: Database, scene: Scene, report: UUID, by: Actor, words: str) -> None:
    async with db.transaction(CITY) as tx:
        await flow.describe(tx, scene, report, Changes({"address_words": words}), by, NOW)


async def test_words_and_phone_together_are_surer_than_each(db: Database, scene: Scene, call_taker: Actor) -> None:
    report = await call(db, scene, call_taker)
    await say(db, scene, report, call_taker, "pasar baruga")
    words = await estimated(db, scene, report)
    assert (words.used, words.label) == ((Origin.WORDS,), "Pasar Baruga")
    await tell(db, scene, report, fix(-4.0203, 122.5002, 100))
    both = await estimated(db, scene, report)
    assert set(both.used) == {Origin.WORDS, Origin.DEVICE}
    assert both.uncertainty_m < min(words.uncertainty_m, 100)


async def test_words_that_nobody_chose_warn_when_the_phone_is_elsewhere(db: Database, scene: Scene, call_taker: Actor) -> None:
    report = await call(db, scene, call_taker)
    await say(db, scene, report, call_taker, "pasar baruga")
    await tell(db, scene, report, fix(-3.994, 122.49, 20))
    found = await estimated(db, scene, report)
    assert (found.used, found.unused) == ((Origin.DEVICE,), (Origin.WORDS,))
    assert found.lat == pytest.approx(-3.994)
    assert found.warnings[0].sentence == DISAGREE


async def test_a_phone_nearby_makes_the_chosen_place_surer(db: Database, scene: Scene, call_taker: Actor) -> None:
    report = await call(db, scene, call_taker)
    await choose(db, scene, report, call_taker, -3.994, 122.49)
    await tell(db, scene, report, fix(-3.9943, 122.4902, 40))
    found = await estimated(db, scene, report)
    assert found.used == (Origin.WORDS, Origin.DEVICE)
    assert found.uncertainty_m < 40
    assert found.warnings == ()


async def test_the_agencies_see_the_surer_point_of_an_incident(db: Database, scene: Scene, call_taker: Actor) -> None:
    report = await call(db, scene, call_taker, Location(-3.99, 122.49, 500, "device"))
    async with db.transaction(CITY) as tx:
        await flow.describe(tx, scene, report, Changes({"category": "fallen_tree"}), call_taker, NOW)
        incident = await flow.hand_over(tx, scene, report, None, call_taker, NOW)
    await tell(db, scene, report, fix(-3.9941, 122.4901, 20))
    async with db.reading(CITY) as conn:
        after = await rows.incident(conn, CITY, incident.id)
    assert (after.lat, after.lon, after.uncertainty_m) == (-3.9941, 122.4901, 20)


async def test_an_old_fix_is_less_sure(db: Database, scene: Scene, call_taker: Actor) -> None:
    report = await call(db, scene, call_taker)
    await choose(db, scene, report, call_taker, -3.994, 122.49)
    old = Heard(Origin.AML, "", Fix(-3.994, 122.49, 10), NOW - timedelta(minutes=30))
    await tell(db, scene, report, old)
    assert (await estimated(db, scene, report)).uncertainty_m > 55


async def test_a_link_asks_for_one_reports_point_and_ends(db: Database, scene: Scene, call_taker: Actor) -> None:
    report = await call(db, scene, call_taker)
    async with db.transaction(CITY) as tx:
        link = await flow.ask_for_point(tx, scene, report, call_taker, NOW)
        again = await flow.ask_for_point(tx, scene, report, call_taker, NOW + timedelta(minutes=5))
        later = await flow.ask_for_point(tx, scene, report, call_taker, NOW + timedelta(minutes=100))
    assert (again.id, later.id == link.id) == (link.id, False)
    assert (await kinds(db, report)).count(Kind.LINK_MADE) == 2
    token = link_token(scene.keyring, link.id)
    async with db.reading(CITY) as conn:
        assert (await flow.asked_by(conn, scene, token, NOW)).id == report
        kept = await conn.fetchval("SELECT string_agg(token_hash::text, '') FROM location_link")
        assert token not in kept
        for wrong, at in ((token, NOW + LINK_LASTS), (token[:-1] + "-", NOW), ("", NOW), ("\ud800", NOW)):
            with pytest.raises(NotFound):
                await flow.asked_by(conn, scene, wrong, at)


async def test_a_report_that_came_to_nothing_is_asked_no_more(db: Database, scene: Scene, call_taker: Actor) -> None:
    report = await call(db, scene, call_taker)
    async with db.transaction(CITY) as tx:
        link = await flow.ask_for_point(tx, scene, report, call_taker, NOW)
        await flow.dispose(tx, scene, report, Disposition.PRANK, call_taker, NOW)
        with pytest.raises(NotFound):
            await flow.asked_by(tx, scene, link_token(scene.keyring, link.id), NOW)
        with pytest.raises(WrongState):
            await flow.ask_for_point(tx, scene, report, call_taker, NOW)
    told = await tell(db, scene, report, fix(-3.9941, 122.4901, 20))
    assert told.location is None
