"""Two weeks are made and lack somebody; a swap is asked, agreed, approved; one shift hands over to the next."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tanggap.people import store as people
from tanggap.people.model import Role
from tanggap.people.roster import membership, store
from tanggap.people.roster.model import Member
from tanggap.people.roster.planning import PlannedShift
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Transaction
from tanggap.scene import Scene
from tests.e2e.conftest import CITY, Login, Site
from tests.e2e.outside import behind_the_browser, violations

pytestmark = pytest.mark.xdist_group("e2e")


@pytest.fixture
def no_roster_afterwards(site: Site) -> Iterator[None]:
    """Who is on duty at this site is everybody who is signed in: other stories count on it."""
    yield

    async def cancel(tx: Transaction, _scene: Scene) -> None:
        await tx.execute("UPDATE shift SET cancelled_at = $2 WHERE city = $1", CITY, utcnow())

    behind_the_browser(site, cancel)


def put_into_teams(site: Site, **teams: str) -> None:
    """Logins and the team of each; the first of them has also worked in a shift that ended just now."""

    async def act(tx: Transaction, _scene: Scene) -> None:
        now, known = utcnow(), {person.login: person for person in await people.people(tx, CITY)}
        for login, team in teams.items():
            one = known[login]
            await membership.set_member(tx, CITY, Member(one.id, one.name, Role.CALL_TAKER, team), (), one, now)
        before = PlannedShift(
            now.date(), "before", "Sebelumnya", "Before", now - timedelta(hours=8), now - timedelta(minutes=5), (), ()
        )
        ((_, shift, _),) = await store.write_shifts(tx, CITY, [before])
        (turn,) = await store.add_turns(tx, CITY, [(shift, known[next(iter(teams))].id, Role.CALL_TAKER)])
        await store.sign_on(tx, CITY, turn, now - timedelta(hours=8))

    behind_the_browser(site, act)


def at(page: Page, site: Site, path: str) -> Page:
    page.goto(site.url + path)
    return page


@pytest.mark.usefixtures("no_roster_afterwards")
def test_weeks_are_made_a_swap_approved_and_a_shift_handed_over(site: Site, sign_in: Login) -> None:
    siti, budi = site.add("siti", Role.CALL_TAKER), site.add("budi", Role.CALL_TAKER)
    put_into_teams(site, **{siti: "a", budi: "c"})

    keeper = at(sign_in(site.add("kepala", Role.SUPERVISOR)), site, "/pengawas/regu")
    keeper.get_by_label("Berapa minggu").fill("2")
    keeper.get_by_role("button", name="Buat jadwal").click()
    expect(keeper.get_by_role("status")).to_contain_text("Jadwal dibuat")
    expect(keeper.locator(".roster-cell").filter(has_text="Siti").first).to_be_visible()
    expect(keeper.locator("#gaps .roster-gap").first).to_contain_text("pengawas 0/1")
    assert violations(keeper) == []

    hers = at(sign_in(siti, width=390, height=844), site, "/regu")
    hers.get_by_role("link", name="Tukar").last.click()
    hers.get_by_label("Kepada siapa?").select_option(label="Budi")
    hers.get_by_role("button", name="Lihat gilirannya").click()
    hers.get_by_label("Alasan").fill("anak sakit")
    hers.get_by_role("button", name="Kirim permintaan").click()
    expect(hers.locator("[data-swap]")).to_contain_text("menunggu jawaban rekan")

    his = at(sign_in(budi), site, "/regu")
    his.get_by_role("button", name="Setuju").click()
    expect(his.locator("[data-swap]")).to_contain_text("menunggu pengawas")
    waiting = at(keeper, site, "/pengawas/regu").locator("#swaps [data-swap]")
    expect(waiting).to_contain_text("anak sakit")
    waiting.get_by_role("button", name="Setujui").click()
    expect(keeper.get_by_role("status")).to_contain_text("Tukar disetujui")
    for page in (hers, his):
        page.reload()
        expect(page.locator("[data-swap]")).to_contain_text("disetujui pengawas")

    hers.get_by_role("button", name="Akhiri tugas").click()
    expect(hers.get_by_role("status")).to_contain_text("belum ada catatan serah terima")
    hers.get_by_label("Catatan untuk regu berikutnya").fill("Kabel putus di Wua-Wua masih ditangani PLN")
    hers.get_by_role("button", name="Akhiri tugas").click()
    expect(hers.get_by_role("status")).to_contain_text("Tugas diakhiri")

    expect(at(keeper, site, "/pengawas").locator("[data-note]")).to_contain_text("Kabel putus di Wua-Wua")
    his.get_by_role("button", name=re.compile("^Mulai tugas")).first.click()
    expect(his.get_by_role("status")).to_contain_text("Tugas dimulai")
    note = at(his, site, "/konsol").locator("[data-note]")
    expect(note).to_contain_text("Kabel putus di Wua-Wua")
    note.get_by_role("button", name="Sudah saya baca").click()
    expect(his.locator("[data-note]")).to_have_count(0)
    expect(at(keeper, site, "/pengawas").locator("[data-note]")).to_have_count(0)
