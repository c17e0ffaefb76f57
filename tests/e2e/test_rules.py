"""A coordinator changes a rule, tries it on what was, publishes it, and undoes it; in a real browser."""

import pytest
from playwright.sync_api import expect

from tanggap.people.model import Role
from tanggap.platform.database import Database
from tests.e2e.conftest import CITY, Login, Site, outside_the_browser
from tests.e2e.outside import hand_over

pytestmark = pytest.mark.xdist_group("e2e")

CATEGORY = "illegal_parking"


def asked(site: Site) -> set[str]:
    """The agencies that are asked for a car that stands in the way, by the rules in force."""
    return set(hand_over(site, "mobil parkir menutup jalan", category=CATEGORY).assignments)


def manned(site: Site) -> None:
    """Somebody answers at each agency: a draft that leaves one without anybody is refused."""
    sql = """INSERT INTO person (city, id, login, name, password_hash, must_change_password, roles, agency, created_at,
                                 password_changed_at)
             SELECT city, gen_random_uuid(), 'piket_' || code, short, '', false, '{agency}', code, now(), now()
             FROM agency WHERE city = $1 ON CONFLICT DO NOTHING"""

    async def make() -> None:
        db = await Database.open(site.dsn, min_size=1, max_size=1)
        async with db.transaction(CITY) as tx:
            await tx.execute(sql, CITY)
        await db.close()

    outside_the_browser(make())


def test_a_rule_is_changed_tried_published_and_undone(site: Site, sign_in: Login) -> None:
    manned(site)
    before = asked(site)
    page = sign_in(site.add("koordinator", Role.COORDINATOR))
    page.goto(f"{site.url}/koordinator/aturan")
    page.get_by_role("link", name="Parkir liar").click()
    # What is typed is saved by itself, and a mistake says where it is.
    page.get_by_label("Instansi utama").select_option("")
    expect(page.locator("#entry-state")).to_contain_text("Pilih instansi utama.")
    expect(page.locator("#entry-saved")).to_contain_text("tersimpan di rancangan")
    page.get_by_role("link", name="Lihat rancangan").click()
    expect(page.get_by_role("button", name="Terbitkan sekarang")).to_have_count(0)
    page.get_by_role("link", name="Parkir liar · Instansi utama").click()
    expect(page.get_by_label("Instansi utama")).to_be_in_viewport()
    for box in page.locator("select[name=support], select[name=next]").all():
        box.select_option("")
    page.get_by_label("Instansi utama").select_option("diskominfo")
    expect(page.locator("#entry-state")).not_to_contain_text("Pilih instansi utama.")
    page.wait_for_load_state()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Belum berlaku sebelum diterbitkan.")).to_be_visible()
    assert asked(site) == before
    # Tried on the last thirty days: those cars would have been somebody else's.
    page.get_by_role("link", name="Uji", exact=True).click()
    expect(page.locator("#verdict")).to_contain_text("kejadian akan ke instansi lain")
    expect(page.locator("#trial")).to_contain_text("Parkir liar")
    page.get_by_role("link", name="Rancangan").first.click()
    expect(page.locator(".rules-change ins").first).to_contain_text("Diskominfo")
    page.get_by_label("Alasan").fill("uji di peramban")
    page.get_by_role("button", name="Terbitkan sekarang").click()
    expect(page.get_by_text("Aturan diterbitkan dan berlaku untuk kejadian baru.")).to_be_visible()
    assert asked(site) == {"diskominfo"}
    page.get_by_role("button", name="Urungkan: kembali ke versi").click()
    expect(page.get_by_text("Aturan lama berlaku lagi, sebagai versi baru.")).to_be_visible()
    assert asked(site) == before
