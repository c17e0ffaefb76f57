"""Each row of a file is taken, mended or refused; the reason says what to do."""

import math

import numpy as np
import pytest
import shapely

from tanggap.location.imports.model import Refused, UnreadableFileError, Wanted
from tanggap.location.imports.projections import degrees, grid_of_prj, utm, zone_named

from .conftest import HERE, Reading, row

SOUND = row("Pasar Lain", number=99)
#: The point HERE in UTM 51S, metres.
IN_METRES = shapely.Point(446_160.61, 9_559_514.80)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (row(""), "it has no name"),
        (row(" \t\u200b"), "it has no name"),
        (row("---"), "no letter and no digit"),
        (row("x" * 121), "121 characters"),
        (row(shape=shapely.Point(0, 0)), "0, 0"),
        (row(shape=shapely.Point(math.nan, 1)), "no coordinates|not all numbers"),
        (row(shape=shapely.Point(106.8, -6.2)), "km outside the city's box"),
        (row(shape=shapely.Point(200, 95)), "no point on Earth"),
        (row(shape=IN_METRES), "probably UTM 51S: if so, import with --zone 51S"),
        (row(shape=shapely.Point(5e5, 2e5)), "unknown grid"),
        (row(shape=shapely.Polygon()), "no coordinates"),
        (row(shape=None), "no coordinates"),
        (row(kind="kelurahan", name="Tidak Ada"), "the city's pack has no kelurahan"),
        (row(id="x" * 200), "its id is longer"),
    ],
)
def test_a_row_that_cannot_stand_is_refused_with_its_line_and_reason(reading: Reading, bad: object, reason: str) -> None:
    checked = reading(bad, SOUND)
    assert [place.name for place in checked.places] == ["Pasar Lain"]
    (refused,) = checked.refused.told
    assert refused.number == 2
    assert any(part in refused.reason for part in reason.split("|")), refused.reason


def test_a_second_row_of_the_same_id_is_refused_and_names_the_first(reading: Reading) -> None:
    checked = reading(row(id="7", number=5), row("Pasar Lama", id="7", number=9))
    assert [(one.number, one.reason) for one in checked.refused.told] == [(9, "its id 7 stands in line 5 already")]


def test_swapped_axes_are_turned_and_counted(reading: Reading) -> None:
    checked = reading(row(shape=shapely.Point(-3.985, 122.515)))
    assert (checked.places[0].lat, checked.places[0].lon) == (-3.985, 122.515)
    assert checked.mended == {"latitude and longitude were swapped": 1}


def test_metres_of_a_known_zone_become_degrees(reading: Reading) -> None:
    for checked in (
        reading(row(shape=IN_METRES), projection=utm(51, True)),
        reading(row(shape=IN_METRES), wanted=Wanted("test", zone=zone_named("51S"))),
        reading(row(shape=shapely.Point(IN_METRES.y, IN_METRES.x)), projection=utm(51, True)),
    ):
        assert (checked.places[0].lat, checked.places[0].lon) == (
            pytest.approx(-3.985, abs=1e-6),
            pytest.approx(122.515, abs=1e-6),
        )


def test_the_wrong_zone_is_named(reading: Reading) -> None:
    checked = reading(row(shape=IN_METRES), SOUND, projection=utm(50, True))
    assert checked.refused.told[0].reason.startswith("read as UTM 50S it lies outside the city, as UTM 51S inside")


def test_an_outline_that_crosses_itself_is_mended(reading: Reading) -> None:
    bow_tie = shapely.Polygon([(122.51, -3.99), (122.52, -3.98), (122.52, -3.99), (122.51, -3.98)])
    checked = reading(row(shape=bow_tie, kind="housing"))
    assert checked.mended == {"its outline crossed itself": 1}
    assert checked.places[0].shape is not None
    assert checked.places[0].shape.is_valid


def test_names_lose_what_cannot_be_seen_and_kinds_are_the_houses(reading: Reading) -> None:
    checked = reading(row("Kafe\u0000 Kita\u202e ", kind="landmark:kafe", names=("Kafe Kita", "Kopi\nKita", "")))
    (place,) = checked.places
    assert (place.name, place.kind, place.names) == ("Kafe Kita", "cafe", ("Kopi Kita",))
    assert checked.mended == {"its name held characters that cannot be seen": 1}


def test_the_boundaries_say_the_kelurahan_unless_the_file_does(reading: Reading) -> None:
    checked = reading(row(), row("Pasar Dua", area="74.71.08.1002"), row("Pasar Tiga", area="99", number=4))
    assert [place.area for place in checked.places][1] == "74.71.08.1002"
    assert checked.places[2].area == checked.places[0].area is not None


def test_a_row_without_coordinates_lies_somewhere_in_its_kelurahan(reading: Reading) -> None:
    (place,) = reading(row(shape=None, area="74.71.08.1002")).places
    assert place.uncertainty_m > 300


def test_other_names_of_a_kelurahan_are_names_of_that(reading: Reading) -> None:
    (place,) = reading(row("Andonohu", kind="kelurahan", names=("Anduonou",), id="kel-1")).places
    assert (place.same_as, place.names) == ("74.71.04.1003", ("Anduonou",))


def test_a_file_of_which_nothing_can_be_taken_is_refused_whole(reading: Reading) -> None:
    with pytest.raises(UnreadableFileError, match="2 lines were refused; the first: it has no name"):
        reading(row(""), Refused(3, "", "it is no feature"))


def test_the_same_place_twice_is_one_with_both_names_and_two_far_apart_are_two(reading: Reading) -> None:
    near, far = shapely.Point(HERE.x + 0.0003, HERE.y), shapely.Point(HERE.x + 0.02, HERE.y)
    checked = reading(
        row("Jl. Rajawali", kind="landmark", names=("Rajawali",)),
        row("jalan rajawali", near, kind="landmark", names=("Jl Lama",)),
        row("Jl. Rajawali", far, kind="landmark"), row("Jl. Rajawali", near, kind="shop"),
    )  # fmt: skip
    assert checked.merged == 1
    assert len(checked.places) == 3
    assert checked.places[0].names == ("Rajawali", "jalan rajawali", "Jl Lama")
    assert len({place.id for place in checked.places}) == 3


def test_ways_of_one_street_are_joined_and_two_streets_of_one_name_stay_two(reading: Reading) -> None:
    def way(west: float) -> shapely.LineString:
        return shapely.LineString([(west, -3.985), (west + 0.002, -3.985)])

    checked = reading(
        row("Jalan Merak", way(122.510), kind="jalan", number=1, id="way/1"),
        row("Jl Merak", way(122.512), kind="jalan", number=2, id="way/2"),
        row("Jalan Merak", way(122.560), kind="jalan", number=3, id="way/3"),
    )
    assert all(place.shape is not None for place in checked.places)
    assert sum(shapely.length(place.shape) for place in checked.places) == pytest.approx(0.006, abs=1e-5)
    assert len({round(place.lon, 1) for place in checked.places}) == 2
    assert {place.id.split("/")[1] for place in checked.places} == {"jalan merak"}


def test_the_grid_of_a_file_is_read_from_its_prj() -> None:
    prj = (
        'PROJCS["WGS_1984_UTM_Zone_51S",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
        'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
        'PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",10000000.0],PARAMETER["Central_Meridian",123.0],'
        'PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
    )
    grid = grid_of_prj(prj)
    assert grid is not None
    # UTM 51S of 122.515 E, 3.985 S by PROJ 9.5.1: 446160.61, 9559514.80.
    assert degrees(np.array([[446160.61, 9559514.80]]), grid)[0] == pytest.approx((122.515, -3.985), abs=1e-6)
    assert grid_of_prj('GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137,298.25]]]') is None
    with pytest.raises(ValueError, match="Batavia"):
        grid_of_prj('GEOGCS["Batavia",DATUM["D_Batavia",SPHEROID["Bessel_1841",6377397.155,299.15]]]')
    with pytest.raises(ValueError, match="no grid that is known"):
        zone_named("EPSG:99999")
