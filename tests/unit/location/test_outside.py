"""Beyond the border the sentence names the neighbour's place and the number to call; within it nothing is said."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanggap.city.boundaries import index_of
from tanggap.city.model import Catalogue
from tanggap.city.pack import pack_folder, read_pack
from tanggap.location.outside import FAR_AWAY, NEXT_DOOR, PERHAPS, outside


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    pack = read_pack(pack_folder("kendari"))
    named = {name: getattr(pack, name) for name in Catalogue.__struct_fields__ if hasattr(pack, name)}
    return Catalogue(version=1, **named)


def test_within_the_city_nothing_is_said(catalogue: Catalogue) -> None:
    assert outside(catalogue, -3.994, 122.49, 50) is None


def test_beyond_the_border_the_neighbour_is_named_with_the_number_to_call(catalogue: Catalogue) -> None:
    found = outside(catalogue, -4.065, 122.42, 50)  # Ranomeeto, by the airport
    assert found is not None
    assert found.neighbour is not None
    assert (found.neighbour.name, found.place, found.is_sure) == ("Kabupaten Konawe Selatan", "Ranomeeto", True)
    assert 500 < found.beyond_m < 10_000
    said = found.reason.sentence.format(**found.reason.filled)
    assert found.reason.sentence == NEXT_DOOR
    assert "Ranomeeto, Kabupaten Konawe Selatan" in said
    assert found.neighbour.number in said


def test_a_wide_circle_may_reach_into_the_city(catalogue: Catalogue) -> None:
    found = outside(catalogue, -4.065, 122.42, 20_000)
    assert found is not None
    assert (found.is_sure, found.reason.sentence) == (False, PERHAPS)


def test_far_away_no_neighbour_is_guessed(catalogue: Catalogue) -> None:
    found = outside(catalogue, -5.14, 119.43, 50)  # Makassar
    assert found is not None
    assert (found.neighbour, found.reason.sentence) == (None, FAR_AWAY)


def test_the_sea_between_outlines_has_a_distance(catalogue: Catalogue) -> None:
    square = [[122.5, -4.0], [122.51, -4.0], [122.51, -3.99], [122.5, -3.99], [122.5, -4.0]]
    area = msgspec.structs.replace(catalogue.kelurahan[0], geometry={"type": "Polygon", "coordinates": [square]})
    small = msgspec.structs.replace(catalogue, areas=(*catalogue.kecamatan, area))
    assert index_of(small).away_m(-3.995, 122.505) == 0
    assert index_of(small).away_m(-4.01, 122.505) == pytest.approx(1112, abs=2)
    assert outside(small, -4.003, 122.505, 10) is None  # 330 m: a pier
    assert outside(small, -4.01, 122.505, 10) is not None


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(0, 1e6))
def test_any_point_on_earth_has_an_answer(catalogue: Catalogue, lat: float, lon: float, radius_m: float) -> None:
    found = outside(catalogue, lat, lon, radius_m)
    if found is not None:
        assert found.beyond_m > 0
        assert found.reason.sentence.format(**found.reason.filled)
