"""A caller's link: one page that asks for the phone's place, for one report, for two hours."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from litestar import Litestar

from tanggap import flow
from tanggap.incident import store as rows
from tanggap.incident.model import Report
from tanggap.incident.timeline import store as timelines
from tanggap.incident.timeline.model import Kind
from tanggap.intake.model import Channel, Contact
from tanggap.location.sources.service import link_token
from tanggap.web.citizen import point
from tanggap.web.house import House
from tanggap.web.rate_limit import Limit, RateLimit

from .conftest import AT_DESK, CITY, post


@pytest.fixture
async def asked(house: House) -> tuple[UUID, str]:
    """A report on the phone, and the address of its link."""
    scene = await house.scene()
    async with house.db.transaction(CITY) as tx:
        received = await flow.receive(tx, scene, Contact(Channel.CALL), house.now())
        await flow.claim(tx, scene, received.report, AT_DESK, house.now())
        link = await flow.ask_for_point(tx, scene, received.report, AT_DESK, house.now())
    return received.report, f"/titik/{link_token(house.keyring, link.id)}"


async def report_of(house: House, report: UUID) -> Report:
    async with house.db.reading(CITY) as conn:
        return await rows.report(conn, CITY, report)


async def test_the_phones_point_reaches_the_report_with_its_accuracy(
    citizen: httpx.AsyncClient, house: House, asked: tuple[UUID, str]
) -> None:
    report, path = asked
    page = await citizen.get(path)
    assert page.status_code == 200
    assert "Kirim lokasi saya" in page.text
    assert (page.headers["referrer-policy"], page.headers["cache-control"]) == ("no-referrer", "no-store")
    answer = await post(citizen, path, lat="-3.994", lon="122.49", akurasi="32.4")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}?terkirim=1")
    assert "Terkirim." in (await citizen.get(answer.headers["location"])).text
    told = await report_of(house, report)
    assert (told.lat, told.lon, told.uncertainty_m, told.location_source) == (-3.994, 122.49, 32.4, "device")
    await post(citizen, path, lat="-3.9941", lon="122.4901", akurasi="9")
    assert (await report_of(house, report)).uncertainty_m == 9


async def test_a_script_is_told_how_sure_it_is(citizen: httpx.AsyncClient, asked: tuple[UUID, str]) -> None:
    token = (await citizen.get("/sesi")).json()["csrf_token"]
    fields = {"lat": "-3.994", "lon": "122.49", "akurasi": "32.4"}
    answer = await citizen.post(asked[1], data=fields, headers={"accept": "application/json", "x-csrftoken": token})
    assert answer.json() == {"metres": 32}


async def test_words_do_where_the_phone_cannot_say(citizen: httpx.AsyncClient, house: House, asked: tuple[UUID, str]) -> None:
    report, path = asked
    answer = await post(citizen, path, kata="di belakang masjid <b>raya</b>")
    assert answer.status_code == 303
    async with house.db.reading(CITY) as conn:
        last = (await timelines.of_report(conn, CITY, report))[-1]
    assert (last.kind, last.body["words"], last.actor) == (Kind.NOTE, "di belakang masjid <b>raya</b>", None)
    assert (await report_of(house, report)).location is None


@pytest.mark.parametrize("fields", [{}, {"lat": "x", "lon": "1"}, {"lat": "200", "lon": "1", "akurasi": "5"}, {"kata": "  "}])
async def test_nothing_said_asks_again(citizen: httpx.AsyncClient, asked: tuple[UUID, str], fields: dict[str, str]) -> None:
    answer = await post(citizen, asked[1], **fields)
    assert (answer.status_code, "Belum ada lokasi" in answer.text) == (422, True)


async def test_after_two_hours_the_link_opens_nothing(citizen: httpx.AsyncClient, house: House, asked: tuple[UUID, str]) -> None:
    report, path = asked
    house.ahead = timedelta(hours=2)  # type: ignore[attr-defined]
    for answer in (await citizen.get(path), await post(citizen, path, lat="-3.994", lon="122.49", akurasi="5")):
        assert (answer.status_code, "Tautan tidak berlaku" in answer.text) == (404, True)
    assert (await report_of(house, report)).location is None
    assert (await citizen.get("/titik/tidak-ada")).status_code == 404


async def test_a_script_that_runs_wild_is_stopped(citizen: httpx.AsyncClient, app: Litestar, asked: tuple[UUID, str]) -> None:
    app.state[point.LIMIT] = RateLimit(Limit(1, 0.1), Limit(100, 1))
    assert (await post(citizen, asked[1], kata="satu")).status_code == 303
    answer = await post(citizen, asked[1], kata="dua")
    assert (answer.status_code, "dua" in answer.text) == (429, True)
    assert int(answer.headers["retry-after"]) > 1
