"""Those who look over everything, in a real browser: live by itself, by keys alone, without scripts, and for everybody."""

import json
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tanggap.people.model import Role
from tests.e2e.conftest import PASSWORD, Login, Site

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def violations(page: Page) -> list[str]:
    """What axe-core finds, in one line each. It is run in the page's world, so its content security policy stays as it is."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate(f"axe.run(document, {json.dumps(RULES)})")["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


def send_report(page: Page, site: Site, words: str, place: str) -> None:
    page.goto(f"{site.url}/lapor")
    page.get_by_label("Ada apa?").fill(words)
    page.get_by_label("Di mana?").fill(place)
    page.get_by_role("button", name="Kirim laporan").click()
    page.wait_for_url("**/lacak/**")


def test_a_report_appears_by_itself_and_is_taken_by_keys(site: Site, sign_in: Login, visit: Callable[..., Page]) -> None:
    page = sign_in(site.add("rahma", Role.SUPERVISOR))
    page.goto(f"{site.url}/pengawas")
    expect(page.get_by_role("heading", name=re.compile("^Menunggu"))).to_be_visible()
    send_report(visit(), site, "papan reklame miring hampir jatuh", "depan kantor wali kota")
    row = page.get_by_role("link", name="papan reklame miring")
    expect(row).to_be_visible(timeout=5_000)
    page.locator("body").press("j")
    row.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("papan reklame miring hampir jatuh").first).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Alt+a")
    expect(page.get_by_text("Laporan kini di meja Anda")).to_be_visible()


def test_forms_work_without_script(site: Site, visit: Callable[..., Page]) -> None:
    login = site.add("budi", Role.ADMINISTRATOR)
    page = visit(js=False)
    page.goto(f"{site.url}/masuk")
    page.get_by_label("Nama masuk").fill(login)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    page.goto(f"{site.url}/admin")
    form = page.locator("form[action='/admin/orang']")
    form.get_by_label("Nama", exact=True).fill("Petugas Baru")
    form.get_by_label("Nama masuk").fill(f"{login}.baru")
    form.get_by_label("Petugas panggilan").check()
    form.get_by_role("button", name="Tambah").click()
    expect(page.get_by_text("Hanya tampil sekali")).to_be_visible()


def test_the_coordinator_prints_and_downloads(site: Site, sign_in: Login) -> None:
    page = sign_in(site.add("hasan", Role.COORDINATOR))
    page.goto(f"{site.url}/koordinator")
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="Kejadian (CSV)")).to_be_hidden()
    page.emulate_media(media="screen")
    with page.expect_download() as download:
        page.get_by_role("link", name="Kejadian (CSV)").click()
    assert download.value.suggested_filename.startswith("kendari-kejadian-")
    assert Path(download.value.path()).read_bytes().startswith(b"\xef\xbb\xbfNomor;")
