"""The auditor reads who saw or changed what, in sentences; and that reading is written down too."""

import html
import re
from datetime import timedelta

import asyncpg
import pytest

from tanggap import flow
from tanggap.people import service
from tanggap.people.audit import Audited, record_access, trail
from tanggap.people.model import Person, Role
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database
from tanggap.web.house import House
from tests.caller_number import tells_number
from tests.integration.web.oversight.conftest import CITY, Browser, SignIn, Told


@pytest.fixture
async def auditor(signed_in: SignIn) -> Browser:
    return await signed_in(Role.AUDITOR)


async def person_of(house: House, login: str) -> Person:
    async with house.db.reading(CITY) as conn:
        return next(one for one in await service.people(conn, CITY) if one.login == login)


async def test_a_look_at_a_number_is_told_in_a_sentence(auditor: Browser, signed_in: SignIn, told: Told, house: House) -> None:
    await signed_in(Role.SUPERVISOR)
    supervisor = await person_of(house, "supervisor.pusat")
    report = await told.report()
    async with house.db.transaction(CITY) as tx:
        await flow.reveal_number(tx, told.scene, report.id, supervisor, utcnow())
    page = (await auditor.get("/audit")).text
    assert "Supervisor.Pusat melihat nomor pelapor" in page
    assert "Auditor.Pusat masuk dari perangkat yang belum dikenal" in page
    assert not tells_number(page)
    only = (await auditor.get(f"/audit?tindakan=caller_number_seen&orang={supervisor.id}")).text
    assert "melihat nomor pelapor" in only
    assert "membaca audit" not in only.split('class="panel"')[1]
    subject = (await auditor.get(f"/audit?tentang=report:{report.id}")).text
    assert subject.count("audit-line") == 1


async def test_reading_is_written_down(auditor: Browser, house: House) -> None:
    await auditor.get("/audit?hari=2026-11-24")
    async with house.db.reading(CITY) as conn:
        newest = (await trail(conn, CITY))[0]
    assert (newest.act, newest.detail) == ("audit_read", {"hari": ""})
    assert "membaca audit: satu hari" in (await auditor.get("/audit")).text


async def test_pages_follow_each_other_without_gap_or_repetition(auditor: Browser, house: House) -> None:
    me = await person_of(house, "auditor.pusat")
    now = utcnow()
    async with house.db.transaction(CITY) as tx:
        for n in range(130):
            at = now - timedelta(days=2, seconds=n // 3)
            await record_access(tx, CITY, me, Audited.SIGNED_OUT, f"test:{n}", {}, at)
    seen: list[str] = []
    path = "/audit?tindakan=signed_out"
    for _ in range(3):
        page = (await auditor.get(path)).text
        seen += re.findall(r"tentang=test%3A(\d+)|tentang=test:(\d+)", page) and [
            "".join(pair) for pair in re.findall(r"tentang=test%3A(\d+)|tentang=test:(\d+)", page)
        ]
        older = re.search(r'href="([^"]*sebelum=[^"]*)"', page)
        if older is None:
            break
        path = html.unescape(older[1])
    assert sorted(map(int, seen)) == list(range(130))


async def test_a_day_is_the_citys_own(auditor: Browser, house: House) -> None:
    me = await person_of(house, "auditor.pusat")
    day = (utcnow() - timedelta(days=30)).replace(hour=12, minute=0)
    async with house.db.transaction(CITY) as tx:
        for name, at in (("kemarin", day - timedelta(days=1)), ("itu", day), ("besok", day + timedelta(days=1))):
            await record_access(tx, CITY, me, Audited.SIGNED_OUT, name, {}, at)
    page = (await auditor.get(f"/audit?hari={day:%Y-%m-%d}")).text
    assert "tentang=itu" in page
    assert "kemarin" not in page
    assert "besok" not in page
    for odd in (
        "hari=x",
        "hari=0001-01-01",
        "orang=x",
        "sebelum=x~y",
        "tindakan=x",
        "sebelum=2026-01-01~00000000-0000-0000-0000-000000000000",
    ):
        assert (await auditor.get(f"/audit?{odd}")).status_code == 200


async def test_an_incidents_chain_is_checked(auditor: Browser, told: Told, house: House, dsn: str, db: Database) -> None:
    _, incident = await told.incident(["bpbd"])
    await told.joined(incident.id)
    page = (await auditor.get(f"/audit/kejadian?nomor=KDI-{incident.number:04d}")).text
    assert "Rantai utuh" in page
    assert "Diteruskan ke BPBD" in page
    owner = await asyncpg.connect(dsn)
    await owner.execute("SELECT set_config('tanggap.city', $1, false)", CITY)
    await owner.execute("ALTER TABLE timeline DISABLE TRIGGER timeline_append_only")
    await owner.execute("UPDATE timeline SET actor_name = 'Orang lain' WHERE incident = $1 AND kind = 'sent'", incident.id)
    await owner.close()
    assert "Rantai putus" in (await auditor.get(f"/audit/kejadian?nomor={incident.number}")).text
    assert "Tidak ada kejadian dengan nomor itu" in (await auditor.get("/audit/kejadian?nomor=99")).text
    async with house.db.reading(CITY) as conn:
        subjects = [entry.subject for entry in await trail(conn, CITY, acts=["audit_read"])]
    assert subjects == [f"incident:{incident.id}"] * 2


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.AUDITOR, Role.ADMINISTRATOR)])
async def test_the_audit_is_not_for_everybody(signed_in: SignIn, role: Role) -> None:
    browser = await signed_in(role, "bpbd" if role in (Role.AGENCY, Role.FIELD) else None)
    for path in ("/audit", "/audit/kejadian?nomor=1"):
        assert (await browser.get(path)).status_code == 403


async def test_the_administrator_reads_the_lines_but_no_incident(signed_in: SignIn) -> None:
    admin = await signed_in(Role.ADMINISTRATOR)
    assert (await admin.get("/audit")).status_code == 200
    assert (await admin.get("/audit/kejadian?nomor=1")).status_code == 403
