"""Without outlines the nearest centre answers, and says how unsure it is."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanggap.city.boundaries import area_at, areas_geojson
from tanggap.city.model import Catalogue
from tanggap.city.pack import pack_folder, read_pack


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    pack = read_pack(pack_folder("kendari"))
    return Catalogue(pack.city, 1, pack.agencies, pack.categories, pack.areas, pack.targets, pack.phrases)


def test_a_centre_answers_for_its_kelurahan(catalogue: Catalogue) -> None:
    bende = catalogue.area("74.71.08.1002")
    found = area_at(catalogue, bende.lat, bende.lon)
    assert found is not None
    assert found.area is bende
    assert (found.source, found.inside) == ("centre", False)
    assert found.uncertainty_m == pytest.approx(math.sqrt(bende.area_km2 * 1e6 / math.pi), abs=0.1)
    assert len(found.near) >= 1


def test_far_away_is_no_kelurahan(catalogue: Catalogue) -> None:
    assert area_at(catalogue, -5.14, 119.43) is None


@given(lat=st.floats(-90, 90), lon=st.floats(-180, 180))
def test_any_point_on_earth_has_an_answer(catalogue: Catalogue, lat: float, lon: float) -> None:
    found = area_at(catalogue, lat, lon)
    assert found is None or found.uncertainty_m > 0


def test_the_map_gets_all_65(catalogue: Catalogue) -> None:
    assert areas_geojson(catalogue).count(b'"Point"') == 65
