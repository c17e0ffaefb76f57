"""An agency's desk and a crew's phone in a real browser: heard at once, answered with a thumb, without scripts or network too."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from tanggap.incident.model import AssignmentState
from tanggap.people.model import Role
from tests.e2e.conftest import PASSWORD, Login, Site
from tests.e2e.outside import go_on, hand_over, photo, small_targets, state_of, violations

pytestmark = pytest.mark.xdist_group("e2e")

#: Notes the last sound that was played where a test can see it.
LISTEN = "document.addEventListener('tanggap:sound', (event) => (document.body.dataset.heard = event.detail.name))"


def sign_in_without_scripts(page: Page, site: Site, login: str) -> None:
    page.goto(f"{site.url}/masuk")
    page.get_by_label("Nama masuk").fill(login)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()


def test_a_new_assignment_is_seen_and_heard_without_a_click(site: Site, sign_in: Login) -> None:
    page = sign_in(site.add("pdam", Role.AGENCY, agency="pdam"))
    page.goto(f"{site.url}/instansi")
    page.evaluate(LISTEN)
    page.locator("h2, .empty-title").first.click()
    hand_over(site, "pipa bocor besar di jalan", "water_leak")
    expect(page.locator(".task-row", has_text="Pipa PDAM bocor")).to_be_visible()
    expect(page.locator(".task-title")).to_have_text("Pipa PDAM bocor")
    expect(page.locator("[data-waiting-count]")).to_contain_text("1")
    expect(page.locator("body[data-heard=ringing]")).to_be_visible()
    # What is open stays open when the next one comes; danger to life sounds different.
    hand_over(site, "pipa meledak, ada orang terjebak", "person_rescue")
    second = sign_in(site.add("basarnas", Role.AGENCY, agency="basarnas"))
    second.goto(f"{site.url}/instansi")
    second.evaluate(LISTEN)
    before = second.locator(".task-title").inner_text()
    second.locator("#catatan h2").click()
    hand_over(site, "perahu terbalik di teluk", "sea_accident")
    expect(second.locator("#desk-news")).to_be_visible()
    assert second.locator(".task-title").inner_text() == before
    expect(second.locator("body[data-heard=p1]")).to_be_visible()


def test_a_thumb_is_enough(site: Site, sign_in: Login) -> None:
    case = hand_over(site, "pohon roboh di depan sekolah")
    page = sign_in(site.add("bpbd", Role.AGENCY, agency="bpbd"), width=390, height=844)
    page.goto(f"{site.url}/instansi/{case.assignments['bpbd']}")
    accept = page.locator(".task-act").get_by_role("button", name="Terima")
    box = accept.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] > 740
    assert box["height"] >= 56
    assert small_targets(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    accept.click()
    expect(page.locator(".task-act").get_by_role("button", name="Berangkat")).to_be_visible()
    assert state_of(site, case, "bpbd") is AssignmentState.ACKNOWLEDGED


def test_a_colleagues_answer_appears_and_never_under_the_thumb(site: Site, sign_in: Login) -> None:
    case = hand_over(site, "pohon menutup gang")
    page = sign_in(site.add("bpbd", Role.AGENCY, agency="bpbd"))
    page.goto(f"{site.url}/instansi/{case.assignments['bpbd']}")
    go_on(site, case, "bpbd", AssignmentState.ACKNOWLEDGED)
    expect(page.locator(".task-act").get_by_role("button", name="Berangkat")).to_be_visible()
    page.locator("#finish-note").fill("sedang saya tulis")
    go_on(site, case, "bpbd", AssignmentState.EN_ROUTE)
    expect(page.locator("#desk-news")).to_contain_text("baru saja berubah")
    expect(page.locator("#finish-note")).to_have_value("sedang saya tulis")


def test_what_happens_before_the_feed_is_open_still_appears(site: Site, sign_in: Login) -> None:
    case = hand_over(site, "pohon miring di lapangan")
    page = sign_in(site.add("bpbd", Role.AGENCY, agency="bpbd"))

    def answered_meanwhile(route: Route) -> None:
        go_on(site, case, "bpbd", AssignmentState.ACKNOWLEDGED)
        route.continue_()

    page.route("**/api/live*", answered_meanwhile, times=1)
    page.goto(f"{site.url}/instansi/{case.assignments['bpbd']}")
    expect(page.locator(".task-act").get_by_role("button", name="Berangkat")).to_be_visible()


def test_the_desk_works_without_scripts(site: Site, visit: Callable[..., Page]) -> None:
    case = hand_over(site, "pohon tumbang di halaman kantor")
    page = visit(390, 844, js=False)
    sign_in_without_scripts(page, site, site.add("bpbd", Role.AGENCY, agency="bpbd"))
    page.goto(f"{site.url}/instansi/{case.assignments['bpbd']}")
    expect(page.get_by_role("button", name="Kembalikan ke 112")).to_be_hidden()
    page.get_by_role("link", name="Bukan kami").click()
    expect(page.get_by_role("button", name="Kembalikan ke 112")).to_be_visible()
    for step in ("Terima", "Berangkat", "Tiba"):
        page.locator(".task-act").get_by_role("button", name=step).click()
    page.locator(".task-act").get_by_role("link", name="Selesai").click()
    page.locator("#finish-note").fill("pohon dipotong")
    page.locator("#finish-photo").set_input_files([photo("satu.jpg")])
    page.get_by_role("button", name="Nyatakan selesai").click()
    expect(page.get_by_text("Selesai tercatat")).to_be_visible()
    expect(page.locator(".photos img")).to_have_count(1)
    assert page.locator(".photos img").evaluate("(image) => image.naturalWidth") > 0
    assert state_of(site, case, "bpbd") is AssignmentState.DONE


def test_a_page_named_jpg_is_refused_and_the_note_stays(site: Site, sign_in: Login) -> None:
    case = hand_over(site, "pohon tumbang di parkiran")
    go_on(site, case, "bpbd", AssignmentState.ACKNOWLEDGED)
    page = sign_in(site.add("bpbd", Role.AGENCY, agency="bpbd"))
    page.goto(f"{site.url}/instansi/{case.assignments['bpbd']}")
    page.locator("#finish-note").fill("sudah bersih semua")
    page.locator("#finish-photo").set_input_files(FilePayload(name="bukti.jpg", mimeType="image/jpeg", buffer=b"<html>halo"))
    page.get_by_role("button", name="Nyatakan selesai").click()
    expect(page.get_by_role("alert").filter(has_text="bukti.jpg")).to_be_visible()
    expect(page.locator("#finish-note")).to_have_value("sudah bersih semua")
    assert state_of(site, case, "bpbd") is AssignmentState.ACKNOWLEDGED


def test_a_crew_in_a_dead_spot_goes_on(site: Site, sign_in: Login) -> None:
    case = hand_over(site, "pohon tumbang di bukit")
    page = sign_in(site.add("regu", Role.FIELD, agency="bpbd"), width=390, height=844)
    page.goto(f"{site.url}/lapangan/{case.assignments['bpbd']}")
    page.context.set_offline(True)
    page.locator(".phone-act").get_by_role("button", name="Terima").click()
    expect(page.get_by_text(re.compile("Belum terkirim"))).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator(".phone-act").get_by_role("button", name="Berangkat")).to_be_visible(timeout=30_000)
    assert state_of(site, case, "bpbd") is AssignmentState.ACKNOWLEDGED


def test_a_reporters_number_is_shown_when_asked_for(site: Site, sign_in: Login) -> None:
    case = hand_over(site, "pohon tumbang di pasar")
    page = sign_in(site.add("bpbd", Role.AGENCY, agency="bpbd"))
    page.goto(f"{site.url}/instansi/{case.assignments['bpbd']}")
    expect(page.get_by_text("44556642")).to_have_count(0)
    page.get_by_role("button", name="Lihat nomor pelapor").click()
    expect(page.get_by_role("link", name=re.compile(r"\+6281344556642"))).to_be_visible()


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_is_in_the_way_of_anybody(site: Site, sign_in: Login, width: int) -> None:
    case = hand_over(site, "pohon tumbang, kabel putus", answers={"hit": "yes"})
    other = hand_over(site, "pohon tumbang lagi")
    go_on(site, other, "bpbd", AssignmentState.ACKNOWLEDGED)
    desk = sign_in(site.add("bpbd", Role.AGENCY, agency="bpbd"), width=width, height=844)
    for path in ("/instansi", f"/instansi/{case.assignments['bpbd']}#bukan-kami", f"/instansi/{other.assignments['bpbd']}"):
        desk.goto(f"{site.url}{path}")
        assert violations(desk) == []
        assert desk.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    crew = sign_in(site.add("regu", Role.FIELD, agency="bpbd"), width=width, height=844)
    for path in ("/lapangan", f"/lapangan/{other.assignments['bpbd']}"):
        crew.goto(f"{site.url}{path}")
        assert violations(crew) == []
        assert small_targets(crew) == []
