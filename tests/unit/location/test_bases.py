"""From which base an agency would be there soonest."""

import pytest

from tanggap.city.pack import pack_folder, read_pack
from tanggap.location.travel.bases import Nearest, nearest
from tanggap.location.travel.model import StraightTravel
from tests.unit.location.kendari import KENDARI

PACK = read_pack(pack_folder("kendari"))


def test_the_nearest_fire_station_answers_with_its_time() -> None:
    stations = [entry for entry in KENDARI.entries if entry.kind == "fire_station"]
    poasia = next(entry for entry in stations if entry.id == "pos-damkar-poasia")
    found = nearest(stations, poasia.lat + 0.009, poasia.lon, StraightTravel())
    assert found is not None
    assert found.name == "Pos Damkar Poasia"
    assert found.metres == pytest.approx(1_000 * 1.35, rel=0.02)
    assert found.minutes == 4


def test_an_agency_without_a_base_has_no_time() -> None:
    assert nearest([], -3.98, 122.51, StraightTravel()) is None


def test_no_time_is_shorter_than_a_minute() -> None:
    assert Nearest("Pos", 10.0, 2.0).minutes == 1


@pytest.mark.parametrize("base", [(agency.code, base) for agency in PACK.agencies for base in agency.bases])
def test_every_base_of_the_pack_is_a_place_of_the_pack(base: tuple[str, str]) -> None:
    assert KENDARI.entry(base[1]) is not None
