"""Keeping the roster and working by it, through the real pages."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from tanggap.people import service as people
from tanggap.people.model import Role
from tanggap.people.roster import store
from tanggap.people.roster.model import Shift
from tanggap.web.house import House
from tests.integration.web.oversight.conftest import CITY, Browser, SignIn, Told

ROOT = "/pengawas/regu"


async def ids(house: House) -> dict[str, UUID]:
    async with house.db.reading(CITY) as conn:
        return {person.login: person.id for person in await people.people(conn, CITY)}


async def shifts(house: House) -> list[Shift]:
    async with house.db.reading(CITY) as conn:
        return await store.shifts(conn, CITY, house.now(), house.now() + timedelta(days=7))


@pytest.fixture
async def keeper(signed_in: SignIn) -> Browser:
    return await signed_in(Role.COORDINATOR, login="kepala")


async def made(keeper: Browser, house: House) -> list[Shift]:
    """Siti in a team, and one week from today."""
    siti = (await ids(house))["siti"]
    saved = await keeper.send(
        f"{ROOT}/anggota/{siti}", regu="a", peran="call_taker", keahlian="counselling", instansi_asal="bpbd"
    )
    assert saved.status_code == 303
    page = (await keeper.get(ROOT)).text
    first = re.search(r'name="mulai"[^>]*value="([^"]+)"', page)
    assert first
    answer = await keeper.send(f"{ROOT}/buat", mulai=first[1], minggu_banyak="1")
    assert answer.headers["location"].endswith("pesan=dibuat")
    return await shifts(house)


async def test_an_empty_roster_teaches_how_to_make_one(keeper: Browser, signed_in: SignIn) -> None:
    assert "Belum ada orang dalam regu." in (await keeper.get(ROOT)).text
    auditor = await signed_in(Role.AUDITOR)
    assert "Belum ada giliran untuk Anda." in (await auditor.get("/regu")).text
    assert (await auditor.get(ROOT)).status_code == 403


async def test_a_roster_is_made_changed_and_each_step_undone(keeper: Browser, signed_in: SignIn, house: House) -> None:
    await signed_in(Role.CALL_TAKER, login="siti")
    found = await made(keeper, house)
    hers, free = next(one for one in found if one.turns), next(one for one in found if not one.turns)
    page = (await keeper.get(ROOT)).text
    assert "petugas 1/4, pengawas 0/1" in page
    assert "Konseling krisis" in (await keeper.get(f"{ROOT}/{hers.id}")).text
    siti = hers.turns[0].person
    assert (await keeper.send(f"{ROOT}/{free.id}/tambah", orang=str(siti))).status_code == 303
    again = await keeper.send(f"{ROOT}/{free.id}/tambah", orang=str(siti))
    assert (again.status_code, "sudah ada di giliran itu" in again.text) == (409, True)
    changes = re.findall(rf"{ROOT}/perubahan/([0-9a-f-]{{36}})/urungkan", (await keeper.get(ROOT)).text)
    for change in changes:
        assert (await keeper.send(f"{ROOT}/perubahan/{change}/urungkan")).status_code == 303
    assert await shifts(house) == []


async def test_nonsense_is_refused_with_a_sentence_and_kept_in_the_form(keeper: Browser, signed_in: SignIn, house: House) -> None:
    await signed_in(Role.CALL_TAKER, login="siti")
    await made(keeper, house)
    for day, weeks in (("kemarin", "4"), ("2020-01-01", "4"), ("9999-12-31", "4"), ("2026-02-30", "٣"), ("", "13")):
        answer = await keeper.send(f"{ROOT}/buat", mulai=day, minggu_banyak=weeks)
        assert answer.status_code == 422
        assert "1 sampai 12 minggu" in answer.text
    assert (await keeper.get(f"{ROOT}?minggu=9999-99-99")).status_code == 200
    siti = (await ids(house))["siti"]
    answer = await keeper.send(f"{ROOT}/anggota/{siti}", regu="zz")
    assert (answer.status_code, "Periksa peran, regu" in answer.text) == (422, True)


async def test_a_shift_is_begun_noted_ended_and_confirmed_by_the_next(signed_in: SignIn, house: House, told: Told) -> None:
    await told.incident()
    siti, budi = await signed_in(Role.CALL_TAKER, login="siti"), await signed_in(Role.SUPERVISOR, login="budi")
    assert (await siti.send("/regu/selesai", catatan="x")).status_code == 409
    assert (await siti.send("/regu/mulai", kembali="//evil.example")).headers["location"] == "/regu?pesan=mulai"
    assert (await siti.send("/regu/mulai", kembali="/konsol")).headers["location"] == "/konsol"
    refused = await siti.send("/regu/selesai", catatan=" ")
    assert (refused.status_code, "belum ada catatan serah terima" in refused.text) == (422, True)
    assert (await siti.send("/regu/catatan", catatan="<b>kabel</b> putus")).status_code == 303
    page = (await budi.get("/pengawas")).text
    assert "&lt;b&gt;kabel&lt;/b&gt; putus" in page
    assert "1 kejadian terbuka" in page
    note = re.search(r'data-note="([^"]+)"', page)
    assert note
    assert (await budi.send(f"/regu/catatan/{note[1]}/konfirmasi")).status_code == 409
    await budi.send("/regu/mulai")
    own = await budi.send(f"/regu/catatan/{note[1]}/konfirmasi")
    assert "regu berikutnya" in own.text, "both came to the same shift"
    assert (await siti.send("/regu/selesai")).headers["location"] == "/regu?pesan=selesai"


async def test_a_phone_reads_the_calendar_without_signing_in(keeper: Browser, signed_in: SignIn, house: House) -> None:
    siti = await signed_in(Role.CALL_TAKER, login="siti")
    await made(keeper, house)
    page = (await siti.send("/regu/kalender")).text
    address = re.search(r'value="([^"]+\.ics)"', page)
    assert address
    assert address[1] not in (await siti.get("/regu")).text, "it is shown once"
    path = address[1].removeprefix(house.settings.public_url.rstrip("/"))
    siti.client.cookies.clear()
    stream = await siti.client.get(path)
    assert stream.headers["content-type"].startswith("text/calendar")
    assert stream.text.startswith("BEGIN:VCALENDAR\r\n")
    assert "SUMMARY:112 " in stream.text
    assert (await siti.client.get("/kalender/salah/regu.ics")).status_code == 404


async def test_who_speaks_what_is_said_by_oneself(signed_in: SignIn, house: House) -> None:
    taker = await signed_in(Role.CALL_TAKER, login="budi")
    assert (await taker.send("/regu/bahasa", bahasa_kuasai="english")).headers["location"] == "/regu?pesan=bahasa"
    assert 'value="english" checked' in (await taker.get("/regu")).text
    assert (await taker.send("/regu/bahasa", bahasa_kuasai="klingon")).status_code == 422
    async with house.db.reading(CITY) as conn:
        assert (await store.abilities(conn, CITY))[(await ids(house))["budi"]].languages == {"english"}
    auditor = await signed_in(Role.AUDITOR, login="periksa")
    assert (await auditor.send("/regu/bahasa", bahasa_kuasai="english")).status_code == 422
