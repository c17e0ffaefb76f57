"""A citizen's telephone: two minutes, with or without scripts, one report, one page that tells how it goes."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tanggap.incident.model import AssignmentState
from tanggap.intake import store as intake
from tanggap.platform.database import Transaction
from tanggap.scene import Scene
from tests.e2e.conftest import CITY, Site
from tests.e2e.outside import behind_the_browser, go_on, hand_over, photo, small_targets, violations

pytestmark = pytest.mark.xdist_group("e2e")
#: What a phone may have to load for the form, without the map.
MOST_BYTES = 150_000


def reports_saying(site: Site, words: str) -> int:
    async def act(tx: Transaction, _scene: Scene) -> int:
        return sum(report.words == words for report in await intake.waiting(tx, CITY, 500))

    return behind_the_browser(site, act)


def test_without_scripts_a_report_is_written_followed_and_answered(site: Site, visit: Callable[..., Page]) -> None:
    page = visit(390, 844, js=False)
    page.goto(site.url)
    page.get_by_role("link", name=re.compile("Tulis laporan")).click()
    page.get_by_label("Ada apa?").fill("sampah menumpuk tiga hari")
    page.get_by_label("Di mana?").fill("lorong mangga")
    page.get_by_label("Tambah foto").set_input_files(
        [photo(), FilePayload(name="x.jpg", mimeType="image/jpeg", buffer=b"<html>")]
    )
    page.get_by_label("Sampah, lingkungan").check()
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page).to_have_url(re.compile(r"/lacak/[\w-]{43}\?baru=1&foto=ditolak$"))
    expect(page.get_by_role("heading", name="Laporan Anda sudah kami terima")).to_be_visible()
    expect(page.get_by_text("foto tidak dapat dibuka")).to_be_visible()
    expect(page.locator(".own-words img")).to_have_count(1)
    assert page.locator(".own-words img").evaluate("(image) => image.naturalWidth") > 0
    case = hand_over(site, "pohon tumbang di rumah saya")
    go_on(site, case, "bpbd", AssignmentState.ACKNOWLEDGED, AssignmentState.DONE, note="pohon dipotong")
    page.goto(f"{site.url}/lacak/{case.token}")
    page.get_by_label(re.compile("belum beres")).fill("masih ada dahan")
    page.get_by_role("button", name="Belum selesai").click()
    expect(page.get_by_text("Dibuka kembali")).to_be_visible()


def test_the_form_is_light_and_large(site: Site, visit: Callable[..., Page]) -> None:
    page = visit(390, 844)
    loaded: list[int] = []
    page.on("requestfinished", lambda request: loaded.append(request.sizes()["responseBodySize"]))
    page.goto(f"{site.url}/lapor")
    page.wait_for_load_state("networkidle")
    assert 0 < sum(loaded) < MOST_BYTES
    assert small_targets(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_devices_place_and_a_point_on_the_map(site: Site, visit: Callable[..., Page]) -> None:
    page = visit(390, 844)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": -3.99, "longitude": 122.51, "accuracy": 14})
    page.goto(f"{site.url}/lapor")
    page.get_by_role("button", name="Pakai lokasi saya").click()
    expect(page.get_by_text("Lokasi HP tersimpan, ketelitian ±14 m")).to_be_visible()
    expect(page.locator("[name=lat]")).to_have_value("-3.990000")
    page.get_by_role("button", name="Pilih di peta").click()
    canvas = page.locator("#report-map canvas")
    expect(canvas).to_be_visible()
    page.locator("#report-map .map-chosen").wait_for()
    canvas.click(position={"x": 60, "y": 60})
    expect(page.get_by_text("Titik di peta tersimpan")).to_be_visible()
    assert page.locator("[name=lat]").input_value() != "-3.990000"
    page.get_by_role("button", name="Hapus titik").click()
    expect(page.locator("[name=lat]")).to_have_value("")


def test_an_impatient_thumb_makes_one_report(site: Site, visit: Callable[..., Page]) -> None:
    for js in (True, False):
        words = f"lampu jalan padam, {js}"
        page = visit(390, 844, js=js)
        page.goto(f"{site.url}/lapor")
        page.get_by_label("Ada apa?").fill(words)
        page.get_by_role("button", name="Kirim laporan").dblclick()
        expect(page).to_have_url(re.compile("/lacak/"))
        assert reports_saying(site, words) == 1


def test_what_is_typed_waits_for_the_server(site: Site, visit: Callable[..., Page]) -> None:
    page = visit(390, 844)
    page.goto(f"{site.url}/lapor")
    page.get_by_label("Ada apa?").fill("jalan berlubang dalam")
    page.context.set_offline(True)
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.get_by_text(re.compile("Belum terkirim"))).to_be_visible()
    page.context.set_offline(False)
    expect(page).to_have_url(re.compile("/lacak/"), timeout=30_000)
    assert reports_saying(site, "jalan berlubang dalam") == 1


def test_the_page_tells_the_story_by_itself_and_turns_green(site: Site, visit: Callable[..., Page]) -> None:
    case = hand_over(site, "pohon tumbang di lapangan")
    page = visit(390, 844)
    page.goto(f"{site.url}/lacak/{case.token}")
    expect(page.get_by_role("heading", name="Laporan Anda sudah diteruskan")).to_be_visible()
    go_on(site, case, "bpbd", AssignmentState.ACKNOWLEDGED, AssignmentState.EN_ROUTE)
    expect(page.get_by_role("heading", name="Petugas sedang menuju lokasi")).to_be_visible(timeout=25_000)
    go_on(site, case, "bpbd", AssignmentState.DONE, note="pohon dipotong")
    page.reload()
    page.locator(".stars").get_by_label("5 dari 5 bintang").check(force=True)
    page.get_by_label(re.compile("Terima kasih")).fill("cepat sekali")
    page.get_by_role("button", name="Sudah selesai").click()
    expect(page.get_by_role("heading", name="Selesai", exact=True)).to_be_visible()
    expect(page.locator("body.is-closed")).to_be_visible()
    expect(page.get_by_text("5 dari 5 bintang")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_is_in_the_way_of_anybody(site: Site, visit: Callable[..., Page], width: int) -> None:
    sent = hand_over(site, "pohon tumbang di jembatan")
    done = hand_over(site, "pohon tumbang di pelabuhan")
    go_on(site, done, "bpbd", AssignmentState.ACKNOWLEDGED, AssignmentState.DONE, note="beres")
    page = visit(width, 844)
    for path in ("/", "/lapor", "/lacak", "/lacak/salah", f"/lacak/{sent.token}?baru=1&foto=ditolak", f"/lacak/{done.token}"):
        page.goto(f"{site.url}{path}")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        assert small_targets(page) == []
