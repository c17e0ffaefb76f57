"""The map in a real browser: names, places and streets by day and by night, and not one request to anybody else."""

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Page

from tests.e2e.conftest import Site

#: A main street and a lake in the middle of Kendari, larger than what the map shows at first.
EXTRACT = """<osm version="0.6">
  <node id="1" lat="-3.99" lon="122.40"/><node id="2" lat="-3.99" lon="122.66"/>
  <node id="3" lat="-3.992" lon="122.50"/><node id="4" lat="-3.992" lon="122.53"/><node id="5" lat="-4.02" lon="122.53"/>
  <way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/><tag k="name" v="Jalan Uji"/></way>
  <way id="2"><nd ref="3"/><nd ref="4"/><nd ref="5"/><nd ref="3"/><tag k="natural" v="water"/></way>
</osm>"""
#: The texts of everything that a layer draws, once nothing moves any more.
TEXTS = """async ([layer, zoom]) => {
  const { map } = await document.getElementById("report-map").tanggapMap;
  map.jumpTo({ zoom, center: [122.52, -3.991] });
  await map.once("idle");
  return [...new Set(map.queryRenderedFeatures({ layers: [layer] }).map(({ properties }) => properties.name ?? properties.kind))];
}"""
SWITCH = """async () => {
  document.getElementById("night").media = "screen";
  document.dispatchEvent(new CustomEvent("tanggap:theme"));
  await (await document.getElementById("report-map").tanggapMap).map.once("idle");
}"""


@pytest.fixture
def tanggap(site: Site) -> Iterator[Callable[..., None]]:
    """Run a command beside the installation; its map is taken away at the end."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TANGGAP_")}

    def run(*arguments: str) -> None:
        command = [sys.executable, "-m", "tanggap", *arguments]
        subprocess.run(command, env=environ | {"TANGGAP_HOME": str(site.home)}, check=True, capture_output=True)

    yield run
    run("map", "remove")


def open_map(page: Page, site: Site, theme: str) -> None:
    page.context.add_cookies([{"name": "tanggap_tema", "value": theme, "url": site.url}])
    page.goto(f"{site.url}/lapor")
    page.get_by_role("button", name="Pilih di peta").click()
    page.locator("#report-map canvas").wait_for()


def look(page: Page) -> tuple[float, int]:
    """How bright the map is (0–255), and how many colours it has."""
    image = Image.open(io.BytesIO(page.locator("#report-map canvas").screenshot())).convert("RGB")
    return ImageStat.Stat(image.convert("L")).mean[0], len(image.getcolors(image.width * image.height) or ())


def test_the_map_is_drawn_by_day_and_by_night_from_this_server_alone(
    site: Site, visit: Callable[..., Page], tanggap: Callable[..., None], tmp_path: Path
) -> None:
    page = visit(width=390)
    trouble: list[str] = []
    parts: list[int] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
    page.on("request", lambda asked: None if asked.url.startswith((site.url, "blob:", "data:")) else trouble.append(asked.url))
    page.on("response", lambda answer: parts.append(answer.status) if ".pmtiles" in answer.url else None)

    open_map(page, site, "light")
    assert "Poasia" in page.evaluate(TEXTS, ["kecamatan", 11])
    assert page.evaluate(TEXTS, ["places", 13]) != []
    brightness, colours = look(page)
    assert (brightness > 200, colours > 20, parts) == (True, True, [])
    page.evaluate(SWITCH)
    assert look(page)[0] < 60

    extract = tmp_path / "kota.osm"
    extract.write_text(EXTRACT)
    tanggap("map", "build", "--osm", str(extract))
    open_map(page, site, "night")
    assert page.evaluate(TEXTS, ["road-names", 14.5]) == ["Jalan Uji"]
    assert page.evaluate(TEXTS, ["water", 13]) == ["water"]
    assert page.evaluate(TEXTS, ["kelurahan", 13]) != []
    assert page.evaluate(TEXTS, ["places", 13]) != []
    assert look(page)[0] < 60
    assert page.get_by_text("© kontributor OpenStreetMap (ODbL)").is_visible()
    assert set(parts) == {206}
    assert trouble == []
