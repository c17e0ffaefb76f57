"""The places that Kendari's pack brings: enough of each kind, each where it says it is, each with its source."""

import math
import tomllib
from collections import Counter
from itertools import combinations

import pytest

from tanggap.city.kinds import Provenance
from tanggap.city.pack import Pack, pack_folder, read_pack
from tanggap.city.territory import Area, Place

#: The kinds that docs/admin/city-pack.md lists.
KINDS = {
    *("hospital", "clinic", "school", "campus", "office", "police", "fire_station", "market", "mall", "shop", "cafe", "hotel"),
    *("bank", "fuel", "street", "lane", "junction", "gate", "bridge", "river", "bus_stop", "terminal", "harbour", "housing"),
    *("quarter", "mosque", "church", "monument", "park", "beach", "sight", "sports", "island"),
}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return read_pack(pack_folder("kendari"))


@pytest.fixture(scope="module")
def areas(pack: Pack) -> dict[str, Area]:
    return {area.code: area for area in pack.areas}


def metres(one: Place, other: Place | Area) -> float:
    east = (one.lon - other.lon) * math.cos(math.radians(one.lat))
    return 111_195 * math.hypot(one.lat - other.lat, east)


def named(pack: Pack, name: str) -> list[Place]:
    return [place for place in pack.places if name in (place.name, *place.aliases)]


def test_there_are_enough_of_each_kind(pack: Pack) -> None:
    count = Counter(place.kind for place in pack.places)
    assert set(count) <= KINDS
    assert count["street"] >= 100
    assert count.total() - count["street"] - count["lane"] >= 300
    least = {"hospital": 9, "clinic": 15, "school": 50, "market": 6, "mall": 4, "hotel": 10, "fuel": 15, "housing": 40}
    least |= {"office": 80, "police": 7, "mosque": 5, "campus": 5, "bridge": 3, "river": 5, "junction": 6, "harbour": 3}
    least |= {"terminal": 2, "beach": 2, "park": 4, "fire_station": 1}
    assert {kind: count[kind] for kind, at_least in least.items() if count[kind] < at_least} == {}


def test_every_kelurahan_and_kecamatan_has_its_office(pack: Pack) -> None:
    offices = {place.name for place in pack.places if place.kind == "office"}
    kecamatan = {f"Kantor Camat {area.name}" for area in pack.areas if area.parent is None}
    kelurahan = {f"Kantor Lurah {area.name}" for area in pack.areas if area.parent is not None}
    assert kecamatan | kelurahan <= offices


def test_places_lie_in_the_city_and_about_where_their_kelurahan_is(pack: Pack, areas: dict[str, Area]) -> None:
    for place in pack.places:
        assert pack.city.bbox.contains(place.lat, place.lon), place.code
        if place.area is not None:
            area = areas[place.area]
            assert metres(place, area) <= 3.5 * area.radius_m + place.uncertainty_m, place.code


def test_a_point_that_is_only_the_kelurahans_is_as_uncertain_as_the_kelurahan_is_large(
    pack: Pack, areas: dict[str, Area]
) -> None:
    for place in pack.places:
        area = areas[place.area] if place.area else None
        if area and (place.lat, place.lon) == (area.inner_lat, area.inner_lon):
            assert place.uncertainty_m >= area.radius_m, place.code


def test_no_two_of_a_kind_have_the_same_name_in_the_same_spot(pack: Pack) -> None:
    same = [
        (one.code, other.code)
        for one, other in combinations(pack.places, 2)
        if one.kind == other.kind and one.name.lower() == other.name.lower() and metres(one, other) < 100
    ]
    assert same == []


def test_no_name_stands_twice_in_one_entry(pack: Pack) -> None:
    for place in pack.places:
        names = [place.name, *place.aliases]
        assert len(set(names)) == len(names), place.code
        assert all(name == " ".join(name.split()) and name[0].isupper() for name in names), place.code


def test_every_source_is_explained_and_guesses_are_marked_as_such(pack: Pack) -> None:
    explained = tomllib.loads((pack.folder / "sources.toml").read_text("utf-8"))
    assert all(place.source in explained.values() for place in pack.places)
    guessed = [place for place in pack.places if place.source == explained["known"]]
    assert all(place.provenance is Provenance.PROPOSED and place.uncertainty_m >= 300 for place in guessed)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Bundaran Tank", "junction"),
        ("Perempatan Wua-Wua", "junction"),
        ("Pertigaan Kampus", "junction"),
        ("Eks MTQ", "monument"),
        ("Kebi", "beach"),
        ("Pasar Baru", "market"),
        ("Pasar Korem", "market"),
        ("Rabam", "quarter"),
        ("Brimob", "quarter"),
        ("Citra Land", "housing"),
        ("By Pass", "street"),
        ("Korem", "office"),
        ("Kali Kadia", "river"),
        ("RS Abunawas", "hospital"),
        ("Damkar", "fire_station"),
    ],
)
def test_what_people_here_call_it_is_known(pack: Pack, said: str, kind: str) -> None:
    assert kind in {place.kind for place in named(pack, said)}


def test_a_long_street_is_known_in_each_kelurahan(pack: Pack, areas: dict[str, Area]) -> None:
    assert {areas[place.area].name for place in named(pack, "Jalan Edi Sabara") if place.area} == {"Lahundape", "Korumba"}


def test_the_regencies_around_have_a_number_and_places(pack: Pack) -> None:
    assert {neighbour.code for neighbour in pack.city.neighbours} >= {"74.02", "74.05", "74.12"}
    for neighbour in pack.city.neighbours:
        assert all((neighbour.number, neighbour.answers, neighbour.places, neighbour.source))
    ours = {area.name.lower() for area in pack.areas}
    theirs = [place.name for neighbour in pack.city.neighbours for place in neighbour.places]
    assert {"Ranomeeto", "Konda", "Sampara", "Soropia", "Moramo"} <= set(theirs)
    assert [name for name in theirs if name.lower() in ours] == []
