"""The weather as evidence on real rows: it speaks for what fits it, for nobody's harm, and only while its feed is sound."""

from pathlib import Path
from uuid import UUID

import httpx
import msgspec
import pytest

from tanggap import flow
from tanggap.incident.model import Location
from tanggap.intake.model import Channel, Contact
from tanggap.platform.database import Database
from tanggap.platform.settings import Settings
from tanggap.scene import Scene
from tanggap.verification.model import Item
from tanggap.verification.service import ledgers
from tanggap.verification.weather import service as weather
from tanggap.verification.weather.model import Peril, Warned
from tanggap.worker import weather_task
from tests.integration.conftest import CITY
from tests.integration.verification.conftest import NOW, at

MANDONGA, ABELI = (-3.9675, 122.5137), (-3.9989, 122.5780)


async def received(db: Database, scene: Scene, category: str, where: tuple[float, float], minutes: float = 0) -> UUID:
    place = Location(where[0], where[1], 50, "map", "")
    contact = msgspec.structs.replace(Contact(Channel.CALL), category=category, words="tolong pak", location=place)
    async with db.reading(CITY) as conn:
        return (await flow.receive(conn, scene, contact, at(minutes))).report


async def line(db: Database, scene: Scene, report: UUID) -> Item | None:
    async with db.reading(CITY) as conn:
        found = (await ledgers(conn, scene.catalogue, [report], scene.hear, at(600)))[report]
    return next((item for item in found.items if item.code == "alert"), None)


RAIN = Warned("a", Peril.RAIN, "Hujan Lebat", at(-60), at(120), ("74.71.01",))


async def heard(db: Database, *warned: Warned, minutes: float = 0) -> None:
    async with db.transaction(CITY) as tx:
        await weather.heard(tx, CITY, warned, at(minutes))


async def test_a_warning_speaks_for_what_fits_it_there_and_then(db: Database, scene: Scene) -> None:
    await heard(db, RAIN, Warned("b", Peril.RAIN, "Hujan Lebat", at(-60), at(900), is_forecast=True))
    there = await line(db, scene, await received(db, scene, "flood", MANDONGA))
    assert there is not None
    assert there.log_odds == pytest.approx(0.8)
    assert there.sentence.format(**there.numbers) == ("Hujan lebat diperingatkan BMKG untuk Kec. Mandonga, berlaku sampai 13.00")
    elsewhere = await line(db, scene, await received(db, scene, "flood", ABELI))
    assert elsewhere is not None
    assert elsewhere.log_odds == pytest.approx(0.4)
    assert "diprakirakan BMKG untuk Kota, sampai 25/11 02.00" in elsewhere.sentence.format(**elsewhere.numbers)
    assert await line(db, scene, await received(db, scene, "noise", MANDONGA)) is None


async def test_a_silent_feed_and_a_withdrawn_warning_count_for_nothing(db: Database, scene: Scene) -> None:
    await heard(db, RAIN, minutes=-30)
    assert await line(db, scene, await received(db, scene, "flood", MANDONGA)) is not None
    async with db.transaction(CITY) as tx:
        await weather.failed(tx, CITY, "HTTP 503", at(10))
    assert await line(db, scene, await received(db, scene, "flood", MANDONGA, minutes=100)) is None
    async with db.reading(CITY) as conn:
        shown = await weather.shown(conn, CITY, at(100))
    assert shown is not None
    assert shown.is_stale
    assert (shown.feed.fails, shown.feed.flaw) == (1, "HTTP 503")
    await heard(db, minutes=110)
    async with db.reading(CITY) as conn:
        shown = await weather.shown(conn, CITY, at(110))
    assert shown is not None
    assert not shown.is_stale
    assert not shown.warned
    assert await line(db, scene, await received(db, scene, "flood", MANDONGA, minutes=110 + 181)) is None


async def test_the_worker_asks_waits_longer_after_a_failure_and_forgets_a_feed_that_is_off(
    db: Database, scene: Scene, tmp_path: Path
) -> None:
    asked: list[int] = []

    def answer(_: httpx.Request) -> httpx.Response:
        asked.append(1)
        return httpx.Response(503)

    async def now_scene() -> Scene:
        return scene

    house = Settings(home=tmp_path, secret_file=tmp_path / "secret.key")
    run = weather_task(house, now_scene, httpx.MockTransport(answer)).run
    await run(db, CITY, NOW)
    assert not asked
    (tmp_path / "weather.toml").write_text('alerts = "https://cuaca.example/list"')
    for minutes in (0, 1, 6, 11, 21):
        await run(db, CITY, at(minutes))
    assert len(asked) == 2  # at once, then ten minutes later; the next twenty after that
    (tmp_path / "weather.toml").write_text("alerts = 3")
    await run(db, CITY, at(32))
    async with db.reading(CITY) as conn:
        shown = await weather.shown(conn, CITY, at(32))
    assert shown is not None
    assert "weather.toml" in shown.feed.flaw
    (tmp_path / "weather.toml").unlink()
    await run(db, CITY, at(33))
    async with db.reading(CITY) as conn:
        assert await weather.shown(conn, CITY, at(33)) is None
