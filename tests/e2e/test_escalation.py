"""An emergency that nobody answers climbs the ladder, and is seen on every screen until somebody takes it."""

from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import expect

from tanggap import flow
from tanggap.incident import store as rows
from tanggap.incident.model import Actor
from tanggap.intake.model import Changes, Channel, Contact
from tanggap.people.model import Role
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Transaction
from tanggap.platform.ids import new_id
from tanggap.scene import Scene
from tests.e2e.conftest import CITY, Login, Site
from tests.e2e.outside import behind_the_browser

pytestmark = pytest.mark.xdist_group("e2e")


def send_to_bpbd(site: Site) -> tuple[UUID, UUID]:
    """A P1 for one agency, with an hour more on every timer, so that only this test moves the clock: incident and assignment."""

    async def act(tx: Transaction, scene: Scene) -> tuple[UUID, UUID]:
        now, taker = utcnow(), Actor("Petugas 1", new_id())
        told = Contact(Channel.WEB, words="pohon menimpa rumah, ada orang di dalam", address_words="lorong anggrek")
        report = (await flow.receive(tx, scene, told, now)).report
        await flow.claim(tx, scene, report, taker, now)
        changes = Changes({"category": "fallen_tree", "priority": "P1"})
        await flow.describe(tx, scene, report, changes, taker, now)
        incident = await flow.hand_over(tx, scene, report, ["bpbd"], taker, now)
        asked = (await rows.assignments_of(tx, CITY, incident.id))[0]
        await move(tx, asked.id, timedelta(hours=1))
        return incident.id, asked.id

    return behind_the_browser(site, act)


async def move(tx: Transaction, assignment: UUID, by: timedelta, tell: str = "%") -> None:
    sql = """UPDATE timer SET due_at = due_at + $4 WHERE city = $1 AND assignment = $2 AND clock = 'answer' AND tell LIKE $3
             AND fired_at IS NULL"""
    await tx.execute(sql, CITY, assignment, tell, by)


def is_due(site: Site, assignment: UUID, tell: str) -> None:
    async def act(tx: Transaction, _scene: Scene) -> None:
        await move(tx, assignment, -timedelta(hours=2), tell)

    behind_the_browser(site, act)


def test_an_unanswered_emergency_climbs_to_the_coordinator(site: Site, sign_in: Login) -> None:
    incident, assignment = send_to_bpbd(site)
    agency = sign_in(site.add("jaga", Role.AGENCY, agency="bpbd"), width=390, height=844)
    agency.goto(f"{site.url}/instansi/{assignment}")
    expect(agency.locator(".task-escalation")).to_contain_text("eskalasi ke kontak kedua instansi dalam")
    page = sign_in(site.add("rahma", Role.SUPERVISOR))
    page.goto(f"{site.url}/pengawas/{incident}")
    facts = page.locator("#facts")
    is_due(site, assignment, "target")
    expect(facts).to_contain_text("Tidak dijawab")
    for tell, following in (
        ("second", "eskalasi ke kepala instansi dalam"),
        ("head", "eskalasi ke pengawas dalam"),
        ("supervisor", "eskalasi ke koordinator dalam"),
        ("coordinator", "bila belum selesai"),
    ):
        is_due(site, assignment, tell)
        expect(facts.locator(".countdown")).to_contain_text(following)
    page.reload()
    for told in ("kontak kedua instansi", "kepala instansi", "pengawas", "koordinator"):
        expect(page.locator("#timeline")).to_contain_text(f"Eskalasi ke {told}: BPBD belum menjawab")
    page.goto(f"{site.url}/pengawas/tertinggal?jenis=incident")
    row = page.locator(".lying", has=page.locator(f"[data-row='incident-{incident}']"))
    expect(row).to_contain_text("Instansi belum menjawab")
    row.locator("[data-row]").focus()
    page.wait_for_load_state()
    page.keyboard.press("a")
    expect(page.get_by_text("Anda yang menanganinya sekarang.")).to_be_visible()
    expect(row.locator(".lying-mine")).to_be_visible()
    row.locator("[data-row]").focus()
    page.wait_for_load_state()
    page.keyboard.press("l")
    page.wait_for_url(f"**/pengawas/{incident}*")
    expect(page.get_by_role("heading", name="Pohon tumbang")).to_be_visible()
