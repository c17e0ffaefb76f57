"""How far and how long, without roads; and along roads where the package and the tiles are there."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanggap.location.plane import distance_m
from tanggap.location.travel import roads as stored
from tanggap.location.travel.keeper import TravelKeeper
from tanggap.location.travel.model import DETOUR, Legs, SpeedProfile, StraightTravel, Travel, straight_m
from tanggap.location.travel.roads import CURRENT, roads_folder, travel_of

MARKET = np.array([[-3.9942, 122.5173]])
CREWS = np.array([[-3.9942, 122.5173], [-3.9852, 122.5173], [-4.0842, 122.5173]])

points = st.lists(st.tuples(st.floats(-80, 80), st.floats(-180, 180)), min_size=1, max_size=6).map(np.array)


def test_a_way_is_longer_than_the_line_by_the_detour_factor() -> None:
    legs = StraightTravel().legs(CREWS, MARKET)
    assert legs.metres.shape == legs.seconds.shape == (3, 1)
    assert legs.metres[:, 0] == pytest.approx([0, 1000.755 * DETOUR, 10_007.55 * DETOUR], rel=1e-4)


def test_a_profile_is_slow_in_the_lanes_and_quicker_on_main_roads() -> None:
    profile = SpeedProfile(((1_000, 18), (5_000, 36), (10_000, 72)))
    seconds = profile.seconds(np.array([0.0, 500.0, 1_000.0, 5_000.0, 10_000.0, 12_000.0]))
    assert seconds.tolist() == pytest.approx([0, 100, 200, 600, 850, 950])


def test_a_crew_across_town_needs_a_quarter_of_an_hour() -> None:
    away = StraightTravel().legs(np.array([[-3.9502, 122.5173]]), MARKET).seconds[0, 0]
    assert 10 * 60 < away < 20 * 60


@given(points, points)
def test_every_pair_has_a_distance_and_a_time(here: np.ndarray, there: np.ndarray) -> None:
    legs: Legs = StraightTravel().legs(here, there)
    assert legs.metres.shape == (len(here), len(there))
    assert np.isfinite(legs.metres).all()
    assert np.isfinite(legs.seconds).all()
    assert (legs.metres >= 0).all()
    back = StraightTravel().legs(there, here)
    assert legs.metres == pytest.approx(back.metres.T, abs=1e-3)


@given(st.lists(st.floats(0, 200_000), min_size=2, max_size=9))
def test_farther_is_never_quicker(ways: list[float]) -> None:
    seconds = SpeedProfile().seconds(np.array(sorted(ways)))
    assert (np.diff(seconds) >= -1e-9).all()


@given(points)
def test_many_points_at_once_are_what_each_alone_is(here: np.ndarray) -> None:
    together = straight_m(here, MARKET)[:, 0]
    alone = [distance_m(lat, lon, MARKET[0, 0], MARKET[0, 1]) for lat, lon in here]
    assert together == pytest.approx(alone, rel=1e-6, abs=1e-3)


def test_no_points_have_no_legs() -> None:
    assert StraightTravel().legs(np.empty((0, 2)), MARKET).metres.shape == (0, 1)


def test_without_roads_the_estimate_answers(tmp_path: Path) -> None:
    from_nothing: Travel = travel_of(tmp_path, "kendari")
    assert isinstance(from_nothing, StraightTravel)


@pytest.mark.parametrize("about", ['{"made_with": "0.0.1", "source": "a.osm.pbf", "made_at": ""}'])
def test_tiles_of_another_version_are_left_alone(tmp_path: Path, about: str) -> None:
    folder = roads_folder(tmp_path, "kendari")
    (folder / "tiles-a").mkdir(parents=True)
    (folder / "tiles-a" / "about.json").write_text(about)
    (folder / CURRENT).write_text("tiles-a")
    assert isinstance(travel_of(tmp_path, "kendari"), StraightTravel)
    (folder / CURRENT).write_text("../../etc")
    assert isinstance(travel_of(tmp_path, "kendari"), StraightTravel)


class Clock:
    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


class Roads(StraightTravel):
    """Stands in for the package, which not every Python has."""

    def __init__(self, made: Path) -> None:
        super().__init__()
        if (made / "broken").exists():
            raise RuntimeError
        self.made = made.name


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(stored, "RoadTravel", Roads)
    monkeypatch.setattr(stored, "installed", lambda: "3.9.0")
    return tmp_path


def put_in_force(home: Path, name: str, *, broken: bool = False) -> None:
    """As an import does it at its end."""
    folder = roads_folder(home, "kendari")
    (folder / name).mkdir(parents=True)
    (folder / name / stored.ABOUT).write_text('{"made_with": "3.9.0", "source": "kota", "made_at": "2026-11-26"}')
    if broken:
        (folder / name / "broken").touch()
    (folder / CURRENT).write_text(name)


def named(travel: Travel) -> str | None:
    return travel.made if isinstance(travel, Roads) else None


async def test_two_processes_see_new_roads_within_two_seconds(home: Path) -> None:
    clock = Clock()
    one, other = (TravelKeeper(home, "kendari", clock) for _ in range(2))
    first = await one.get(), await other.get()
    assert [named(travel) for travel in first] == [None, None]
    put_in_force(home, "tiles-a")
    clock.s += 0.5
    assert (await one.get(), await other.get()) == first
    clock.s += 1.0
    assert [named(await one.get()), named(await other.get())] == ["tiles-a", "tiles-a"]
    same = await one.get()
    clock.s += 1.5
    assert await one.get() is same, "what has not changed is not read again"
    put_in_force(home, "tiles-b")
    clock.s += 1.5
    assert [named(await one.get()), named(await other.get())] == ["tiles-b", "tiles-b"]


async def test_of_roads_that_cannot_be_read_those_before_them_serve_on(home: Path) -> None:
    clock = Clock()
    keeper = TravelKeeper(home, "kendari", clock)
    put_in_force(home, "tiles-a")
    before = await keeper.get()
    put_in_force(home, "tiles-b", broken=True)
    clock.s += 1.5
    assert await keeper.get() is before
    put_in_force(home, "tiles-c")
    clock.s += 1.5
    assert named(await keeper.get()) == "tiles-c"
