"""`tanggap import roads`: what it says where it cannot, and real roads where the package with its builder is installed."""

from pathlib import Path

import numpy as np
import osmium
import pytest
from click.testing import CliRunner
from osmium.osm import mutable

from tanggap.commands.roads import roads
from tanggap.location.travel.keeper import TravelKeeper
from tanggap.location.travel.model import StraightTravel, straight_m
from tanggap.location.travel.roads import NoRoadsError, RoadTravel, build, builder, installed, roads_folder, travel_of

#: A grid of streets around the middle of Kendari: corners each 0.005°, about 550 m.
SOUTH, WEST, STEP, CORNERS = -4.05, 122.45, 0.005, 20


def can_build() -> bool:
    try:
        return builder().is_file()
    except NoRoadsError:
        return False


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TANGGAP_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    """An OpenStreetMap extract with a grid of streets."""
    file = tmp_path / "kota.osm.pbf"
    corners = [[1 + row * CORNERS + column for column in range(CORNERS)] for row in range(CORNERS)]
    with osmium.SimpleWriter(str(file)) as writer:
        for row in range(CORNERS):
            for column in range(CORNERS):
                place = (WEST + column * STEP, SOUTH + row * STEP)
                writer.add_node(mutable.Node(id=corners[row][column], location=place, version=1))
        for way, nodes in enumerate([*corners, *map(list, zip(*corners, strict=True))], start=1):
            tags = {"highway": "secondary" if way % 5 == 1 else "residential"}
            writer.add_way(mutable.Way(id=way, nodes=nodes, tags=tags, version=1))
    return file


def test_what_is_no_extract_is_refused(home: Path, tmp_path: Path) -> None:
    other = tmp_path / "kota.osm.pbf"
    other.write_text("<osm/>")
    answer = CliRunner().invoke(roads, [str(other)])
    assert answer.exit_code == 1
    assert "is no OpenStreetMap extract in PBF" in answer.output
    assert not home.exists()


@pytest.mark.skipif(can_build(), reason="pyvalhalla with its builder is installed")
def test_without_the_package_it_says_what_to_install(home: Path, extract: Path) -> None:
    answer = CliRunner().invoke(roads, [str(extract)])
    assert answer.exit_code == 1
    assert "3.12" in answer.output
    assert ("pip install 'tanggap[roads]'" in answer.output) == (installed() is None)
    assert isinstance(travel_of(home, "kendari"), StraightTravel)


@pytest.mark.skipif(not can_build(), reason="needs pyvalhalla with its builder: Python 3.12, the extra «roads»")
def test_roads_are_made_put_in_force_and_asked(home: Path, extract: Path) -> None:
    answer = CliRunner().invoke(roads, [str(extract)])
    assert answer.exit_code == 0, answer.output
    assert "kelurahan are reached by road" in answer.output
    travel = travel_of(home, "kendari")
    assert isinstance(travel, RoadTravel)
    here = np.array([[SOUTH + 0.0001 * step, WEST] for step in range(200)])
    there = np.array([[SOUTH + 10 * STEP, WEST + 10 * STEP], [10.0, 10.0]])
    legs = travel.legs(here, there)
    assert legs.metres.shape == (200, 2)
    ratio = legs.metres[:, 0] / straight_m(here, there)[:, 0]
    assert ((ratio > 1.2) & (ratio < 2.5)).all()  # around the corners of a grid: √2 and a little more
    straight = StraightTravel().legs(here, there)
    assert legs.metres[:, 1] == pytest.approx(straight.metres[:, 1])  # no road to there: the estimate
    assert travel.reached(here[:1], there).tolist() == [[True, False]]
    assert CliRunner().invoke(roads, [str(extract)]).exit_code == 0
    assert travel.legs(here, there).metres[:, 0] == pytest.approx(legs.metres[:, 0]), "roads that are still read are still there"


@pytest.mark.skipif(not can_build(), reason="needs pyvalhalla with its builder: Python 3.12, the extra «roads»")
async def test_a_running_process_takes_roads_that_are_imported(home: Path, extract: Path) -> None:
    now = {"s": 100.0}
    keeper = TravelKeeper(home, "kendari", lambda: now["s"])
    assert isinstance(await keeper.get(), StraightTravel)
    build(extract, roads_folder(home, "kendari"), "2026-11-21")
    now["s"] += 1.5
    assert isinstance(await keeper.get(), RoadTravel)


@pytest.mark.skipif(not can_build(), reason="needs pyvalhalla with its builder: Python 3.12, the extra «roads»")
def test_an_import_that_fails_leaves_the_roads_in_force(home: Path, extract: Path, tmp_path: Path) -> None:
    folder = roads_folder(home, "kendari")
    build(extract, folder, "2026-11-21")
    empty = tmp_path / "laut.osm.pbf"
    with osmium.SimpleWriter(str(empty)) as writer:
        writer.add_node(mutable.Node(id=1, location=(122.5, -4.0), version=1))
    (folder / "tiles-left-over").mkdir()
    with pytest.raises(NoRoadsError):
        build(empty, folder, "2026-11-22")
    assert isinstance(travel_of(home, "kendari"), RoadTravel)
    assert len([*folder.glob("tiles-*")]) == 1
