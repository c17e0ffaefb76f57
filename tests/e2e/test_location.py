"""Where is it, in a real browser: words become the right place by the keyboard, borders are told, names are learnt."""

import re
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, Route, expect

from tanggap.city.service import import_areas
from tanggap.people.model import Role
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Transaction
from tanggap.scene import Scene
from tests.e2e.conftest import CITY, Login, Site
from tests.e2e.outside import behind_the_browser

pytestmark = pytest.mark.xdist_group("e2e")

SHOP = "Toko Perbatasan Jaya"
#: Whether, one frame after an answer has come in, the list shows its first place.
WATCH = """() => {
  window.late = [];
  const fetched = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await fetched(...asked);
    const about = String(asked[0]).split("/konsol/lokasi?q=")[1];
    if (about === undefined) return answer;
    const first = (await answer.clone().json()).candidates?.[0]?.name;
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const now = encodeURIComponent(document.querySelector("#address").value.trimStart());
      const shown = document.querySelector("#candidates [role=option]")?.textContent ?? "";
      if (first && now === about && !shown.includes(first)) window.late.push(about);
    }));
    return answer;
  };
}"""


class Border(NamedTuple):
    """Two kelurahan whose outlines the city has, and their names."""

    one: str
    other: str


@pytest.fixture(scope="module")
def border(site: Site) -> Border:
    """Outlines of two neighbours, and a shop some metres from the border between them."""

    async def make(tx: Transaction, scene: Scene) -> Border:
        (inside,) = [area for area in scene.catalogue.kecamatan if area.name == "Abeli"]
        those = sorted((area for area in scene.catalogue.kelurahan if area.parent == inside.code), key=lambda area: area.lon)
        one, other = those[0], those[1]
        middle = (one.lon + other.lon) / 2
        south, north = min(one.lat, other.lat) - 0.003, max(one.lat, other.lat) + 0.003
        features = [
            {
                "type": "Feature", "properties": {"kode": area.code},
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
                },
            }
            for area, west, east in ((one, one.lon - 0.003, middle), (other, middle, other.lon + 0.003))
        ]  # fmt: skip
        report = await import_areas(tx, {"type": "FeatureCollection", "features": features}, utcnow())
        assert len(report.changed) == 2, report.refused
        await tx.execute(
            """INSERT INTO place (city, code, kind, name, lat, lon, uncertainty_m, area, provenance, owner)
               VALUES ($1, 'toko-perbatasan', 'shop', $2, $3, $4, 30, $5, 'sourced', 'city')""",
            CITY, SHOP, (south + north) / 2, middle - 0.0004, one.code,
        )  # fmt: skip
        return Border(one.name, other.name)

    return behind_the_browser(site, make)


def is_known(page: Page, words: str, name: str) -> None:
    """Wait until the web process has heard of a place."""
    page.wait_for_function(
        """async ([words, name]) => {
          const answer = await (await fetch(`/konsol/lokasi?q=${encodeURIComponent(words + " ")}`)).json();
          return answer.candidates[0]?.name === name;
        }""",
        arg=[words, name], polling=200,
    )  # fmt: skip


def new_call(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/konsol")
    page.keyboard.press("Alt+n")
    expect(page.locator("#address")).to_be_focused()
    page.wait_for_url(re.compile(r"/konsol/[0-9a-f-]{36}$"))


def test_words_become_the_right_place_by_the_keyboard(site: Site, sign_in: Login) -> None:
    page = sign_in(site.add("petugas", Role.CALL_TAKER))
    new_call(page, site)
    page.evaluate(WATCH)
    page.keyboard.type("dpn lippo plaza wua2")
    first = page.locator("#candidates [role=option]").first
    expect(first).to_contain_text("Lippo Plaza")
    expect(first).to_contain_text(re.compile(r"±\d+ m\s*\d+ %"))
    expect(first.locator(".candidate-why")).to_contain_text("lippo plaza")
    page.keyboard.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "true")
    expect(page.locator(".map-candidate.is-active")).to_have_text("1")
    page.keyboard.press("Enter")
    expect(page.locator("#point")).to_contain_text("Lippo Plaza")
    expect(page.locator("#address")).to_have_value("dpn lippo plaza wua2")
    assert page.evaluate("window.late") == []
    expect(page.locator("#saved[data-saving=saved]")).to_be_visible()
    page.reload()
    expect(page.locator("#address")).to_have_value("dpn lippo plaza wua2")
    expect(page.locator("#point")).to_contain_text("Lippo Plaza")
    expect(page.locator("#here")).to_contain_text("kel.")


def test_a_late_answer_does_not_take_the_choice_from_the_hand(site: Site, sign_in: Login) -> None:
    page = sign_in(site.add("petugas", Role.CALL_TAKER))
    new_call(page, site)
    page.keyboard.type("dpn lippo plaza")
    first = page.locator("#candidates [role=option]").first
    expect(first).to_contain_text("Lippo Plaza")
    waiting: list[Route] = []
    last = re.compile(r"/konsol/lokasi\?q=.*wua2$")
    page.route(last, lambda route: waiting.append(route))
    with page.expect_request(last):
        page.keyboard.type(" wua2")
    page.keyboard.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "true")
    with page.expect_response(last) as answered:
        waiting[0].continue_()
    answered.value.finished()
    page.evaluate("() => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))")
    page.keyboard.press("Enter")
    expect(page.locator("#point")).to_contain_text("Lippo Plaza")
    page.keyboard.type(" x")
    expect(page.locator("#candidates [role=option][aria-selected=true]")).to_have_count(0)


def test_what_is_not_known_brings_a_question_and_a_border_brings_both_names(site: Site, sign_in: Login, border: Border) -> None:
    page = sign_in(site.add("petugas", Role.CALL_TAKER))
    new_call(page, site)
    page.keyboard.type("dekat qwxyz")
    expect(page.locator("#ask")).to_contain_text("Tanyakan:")
    is_known(page, SHOP, SHOP)
    page.locator("#address").fill("toko perbatasan jaya")
    first = page.locator("#candidates [role=option]").first
    expect(first).to_contain_text(f"kel. {border.one} atau {border.other}")
    expect(page.locator("#ask")).to_be_hidden()


def test_a_place_between_two_is_drawn_as_a_line(site: Site, sign_in: Login) -> None:
    page = sign_in(site.add("petugas", Role.CALL_TAKER))
    new_call(page, site)
    expect(page.locator("#map canvas")).to_be_visible()
    page.keyboard.type("antara lippo plaza dan pasar baruga")
    expect(page.locator("#candidates [role=option]").first).to_contain_text(re.compile("Lippo Plaza.*Pasar Baruga"))
    drawn = """async () => {
      const { map } = await document.getElementById("map").tanggapMap;
      return map.queryRenderedFeatures({ layers: ["drawn"] }).length > 0;
    }"""
    page.wait_for_function(drawn)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#point")).to_contain_text("Lippo Plaza")
    page.wait_for_function(drawn)


def test_a_name_that_a_call_taker_taught_is_approved_and_found(site: Site, sign_in: Login) -> None:
    desk = sign_in(site.add("petugas", Role.CALL_TAKER))
    coordinator = sign_in(site.add("koordinator", Role.COORDINATOR))
    new_call(desk, site)
    desk.keyboard.type("dpn warung zulfikar")
    desk.locator("#map canvas").wait_for()
    desk.locator("#map").click(position={"x": 120, "y": 120})
    expect(desk.locator("#point")).to_contain_text(re.compile(r"\d+ m|di "))
    desk.locator("#category").fill("pohon tumbang")
    desk.locator("#categories [role=option]:not([hidden])").first.wait_for()
    desk.locator("#category").press("Enter")
    expect(desk.locator("#instansi-bpbd")).to_be_checked()
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".asked")).to_contain_text("BPBD")

    coordinator.goto(f"{site.url}/koordinator/tempat")
    row = coordinator.locator(".proposal", has_text="warung zulfikar").first
    row.focus()
    coordinator.keyboard.press("s")
    expect(coordinator.locator(".banner-good")).to_contain_text("kini dikenal")

    new_call(desk, site)
    is_known(desk, "warung zulfikar", "Warung Zulfikar")
    desk.keyboard.type("dpn warung zulfikar")
    expect(desk.locator("#candidates [role=option]").first).to_contain_text("Warung Zulfikar")
