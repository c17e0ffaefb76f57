"""The story with five people at once: a citizen, a call taker, BPBD, DLHK and the coordinator, each in a window of their own."""

import csv
import io
import re
from collections.abc import Callable

import asyncpg
import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tanggap.people.model import Role
from tests.e2e.conftest import CITY, Login, Site, outside_the_browser

WORDS = "pohon besar tumbang menutup jalan"


def photo() -> FilePayload:
    out = io.BytesIO()
    Image.new("RGB", (800, 600), (40, 120, 60)).save(out, "JPEG")
    return FilePayload(name="selesai.jpg", mimeType="image/jpeg", buffer=out.getvalue())


def timeline_kinds(site: Site, number: str) -> list[str]:
    """What the incident's timeline says, in order."""

    async def read() -> list[str]:
        conn = await asyncpg.connect(site.dsn)
        await conn.execute("SELECT set_config('tanggap.city', $1, false)", CITY)
        rows = await conn.fetch(
            """SELECT t.kind FROM timeline t JOIN incident i ON i.city = t.city AND i.id = t.incident
               WHERE i.city = $1 AND i.number = $2 ORDER BY t.position""",
            CITY,
            int(number.rsplit("-", 1)[1]),
        )
        await conn.close()
        return [row["kind"] for row in rows]

    return outside_the_browser(read())


def send_report(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/lapor")
    page.get_by_label("Ada apa?").fill(WORDS)
    page.get_by_label("Di mana?").fill("depan pasar baruga")
    page.get_by_role("button", name="Kirim laporan").click()
    page.wait_for_url("**/lacak/**")


def write_down(desk: Page, place: str) -> None:
    """Address first; take the first candidate; then what, then the category, by keyboard."""
    address = desk.get_by_role("combobox", name="Di mana?")
    address.fill(place)
    desk.locator("#candidates [role=option]:not([hidden])").first.wait_for()
    address.press("ArrowDown")
    address.press("Enter")
    expect(desk.locator("#point")).to_be_visible()


def choose_fallen_tree(desk: Page) -> None:
    category = desk.locator("#category")
    category.fill("pohon tumbang")
    desk.locator("#categories [role=option]:not([hidden])").first.wait_for()
    category.press("Enter")
    expect(desk.locator("#instansi-bpbd")).to_be_checked()


def task_page(page: Page, site: Site) -> None:
    """Open the first task of an agency's list."""
    page.goto(f"{site.url}/instansi")
    page.get_by_role("link", name=re.compile("Pohon tumbang")).first.click()


@pytest.mark.xdist_group("e2e")
def test_five_people_and_one_fallen_tree(site: Site, visit: Callable[..., Page], sign_in: Login) -> None:
    citizen = visit(390, 844)
    desk = sign_in(site.add("petugas", Role.CALL_TAKER))
    bpbd = sign_in(site.add("bpbd", Role.AGENCY, agency="bpbd"), width=390, height=844)
    dlhk = sign_in(site.add("dlhk", Role.AGENCY, agency="dlhk"))
    coordinator = sign_in(site.add("koordinator", Role.COORDINATOR))
    before = figures(coordinator, site)
    bpbd.goto(f"{site.url}/instansi")
    dlhk.goto(f"{site.url}/instansi")
    desk.goto(f"{site.url}/konsol")

    # The citizen writes; the console shows it without being asked; the call taker takes it and sends it to BPBD.
    send_report(citizen, site)
    expect(desk.get_by_text("MASUK").locator("xpath=ancestor::section").get_by_text(re.compile("pohon besar"))).to_be_visible()
    desk.keyboard.press("Alt+a")
    expect(desk.locator("#what")).to_have_value(WORDS)
    write_down(desk, "pasar baruga")
    choose_fallen_tree(desk)
    for agency in ("dlhk", "pln", "dishub"):
        desk.locator(f"label:has(#instansi-{agency})").click()
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".asked")).to_contain_text("BPBD")
    number = re.search(r"KDI-\d+", desk.locator(".sheet-title").inner_text())
    assert number is not None

    # A second caller tells of the same tree: the console shows the incident beside the report, and one key makes them one.
    desk.keyboard.press("Alt+n")
    expect(desk.locator("#what")).to_have_value("")
    write_down(desk, "pasar baruga")
    desk.locator("#what").fill("ada pohon roboh besar sekali")
    choose_fallen_tree(desk)
    expect(desk.locator(".near-same")).to_contain_text(number.group())
    desk.keyboard.press("Alt+g")
    expect(desk.locator(".sheet-title")).to_contain_text(number.group())

    # BPBD sees it and gives it back; DLHK is asked by itself, accepts, goes, finishes with a photo.
    expect(bpbd.get_by_text("Pohon tumbang").first).to_be_visible()
    task_page(bpbd, site)
    bpbd.get_by_role("link", name=re.compile("Bukan kami")).first.click()
    bpbd.locator("input[name=alasan]").first.check()
    bpbd.get_by_role("button", name="Kembalikan ke 112").click()
    expect(dlhk.get_by_text("Pohon tumbang").first).to_be_visible()
    finish(dlhk, site, "batang sudah dipotong", with_photo=True)

    # The citizen says it is not done; DLHK is asked again with those words, finishes, and is believed.
    citizen.reload()
    citizen.locator(".answer-card textarea").first.fill("masih ada ranting di got")
    citizen.get_by_role("button", name="Belum selesai").click()
    expect(citizen.get_by_text(re.compile("Dibuka kembali"))).to_be_visible()
    finish(dlhk, site, "ranting sudah diangkat", with_photo=False)
    citizen.reload()
    citizen.locator(".stars label").first.click()
    citizen.get_by_role("button", name="Sudah selesai").click()
    expect(citizen.locator(".progress-closed")).to_be_visible()

    # The timeline and the coordinator's figures say exactly that.
    kinds = timeline_kinds(site, number.group())
    expected = [
        "opened", "sent", "joined", "rejected", "sent", "acknowledged", "en_route", "on_scene", "photo", "done", "resolved",
        "not_done", "reopened", "sent", "acknowledged", "en_route", "on_scene", "done", "resolved", "confirmed",
    ]  # fmt: skip
    assert [kind for kind in kinds if kind in set(expected)] == expected
    counted = more(before, figures(coordinator, site))
    assert counted["Laporan menurut hasil verifikasi"] == {"nyata": 1, "laporan sama": 1}
    assert counted["Laporan menurut saluran"] == {"panggilan telepon": 1, "halaman lapor": 1}
    assert counted["Kejadian menurut kategori"] == {"Pohon tumbang": 1}
    assert counted["Kejadian menurut keadaan"] == {"Ditutup": 1}
    assert counted["Penugasan: Ditolak"] == {"BPBD": 1}
    assert counted["Penugasan: Selesai"] == {"DLHK": 2}
    assert counted["Dibuka kembali"] == {"": 1}


def finish(page: Page, site: Site, result: str, *, with_photo: bool) -> None:
    """Accept, set out, arrive, say what was done."""
    task_page(page, site)
    for step in ("Terima", "Berangkat", "Tiba"):
        page.get_by_role("button", name=step, exact=True).first.click()
        expect(page.get_by_role("button", name=step, exact=True)).to_have_count(0)
    page.locator("#finish-note").fill(result)
    if with_photo:
        page.locator("form:has(#finish-note) input[type=file]").set_input_files(photo())
    page.get_by_role("button", name="Nyatakan selesai").click()
    expect(page.get_by_role("button", name="Nyatakan selesai")).to_have_count(0)


def figures(page: Page, site: Site) -> dict[str, dict[str, int]]:
    """The coordinator's figures of today: measure → detail → number."""
    rows = csv.reader(page.request.get(f"{site.url}/koordinator/angka.csv?periode=today").text().splitlines(), delimiter=";")
    counted: dict[str, dict[str, int]] = {}
    for measure, detail, value in rows:
        if value.isdigit():
            counted.setdefault(measure, {})[detail] = int(value)
    return counted


def more(before: dict[str, dict[str, int]], after: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """What was counted since `before`; measures that did not move are left out."""
    gone_up = {
        measure: {d: n - before.get(measure, {}).get(d, 0) for d, n in details.items()} for measure, details in after.items()
    }
    return {measure: {d: n for d, n in details.items() if n} for measure, details in gone_up.items()}
