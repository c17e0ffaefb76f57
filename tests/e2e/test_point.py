"""A caller who cannot say where they are: one key at the desk, one tap on the phone, the point live on the desk's screen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tanggap.people.model import Role
from tests.e2e.conftest import Login, Site
from tests.e2e.outside import small_targets, violations

pytestmark = pytest.mark.xdist_group("e2e")


def test_a_link_brings_the_phones_point_to_the_desk(site: Site, sign_in: Login, visit: Callable[..., Page]) -> None:
    desk = sign_in(site.add("titik", Role.CALL_TAKER))
    desk.goto(f"{site.url}/konsol")
    desk.keyboard.press("Alt+N")
    desk.locator("#what").fill("tersesat di hutan, tidak tahu di mana")
    desk.keyboard.press("Alt+L")
    address = desk.locator("#point-address")
    expect(address).to_be_visible()
    link = address.input_value()
    assert link.startswith(f"{site.url}/titik/")
    expect(desk.locator("#what")).to_have_value("tersesat di hutan, tidak tahu di mana")
    phone = visit(390, 844)
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation({"latitude": -3.994, "longitude": 122.49, "accuracy": 80})
    phone.goto(link)
    assert violations(phone) == []
    assert small_targets(phone) == []
    phone.get_by_role("button", name="Kirim lokasi saya").click()
    expect(phone.get_by_text("ketelitian ±80 m")).to_be_visible()
    expect(desk.locator("#point")).to_contain_text("±80 m")
    phone.context.set_geolocation({"latitude": -3.9941, "longitude": 122.4901, "accuracy": 9})
    expect(phone.get_by_text("ketelitian ±9 m. Halaman ini boleh ditutup.")).to_be_visible()
    expect(desk.locator("#point")).to_contain_text("±9 m")
    expect(desk.locator("#point")).to_contain_text("dari perangkat pelapor")
    expect(desk.locator("[data-part=timeline]")).to_contain_text("Titik dari HP pelapor, ±9 m")


def test_without_scripts_the_link_takes_words(site: Site, sign_in: Login, visit: Callable[..., Page]) -> None:
    desk = sign_in(site.add("kata", Role.CALL_TAKER))
    desk.goto(f"{site.url}/konsol")
    desk.keyboard.press("Alt+N")
    desk.keyboard.press("Alt+L")
    link = desk.locator("#point-address").input_value()
    phone = visit(390, 844, js=False)
    phone.goto(link)
    expect(phone.get_by_role("button", name="Kirim lokasi saya")).to_be_hidden()
    phone.get_by_label("Atau tulis di mana Anda").fill("di belakang masjid raya")
    phone.get_by_role("button", name="Kirim tulisan").click()
    expect(phone.get_by_text("Petugas sudah melihatnya di layar.")).to_be_visible()
    expect(desk.locator("[data-part=timeline]")).to_contain_text("di belakang masjid raya")
