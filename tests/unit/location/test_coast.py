"""Land lies to the left of a coastline and the sea to its right, however it runs through the box."""

import pytest
import shapely

from tanggap.location.basemap.coast import sea

BOX = shapely.box(0, 0, 4, 4)


@pytest.mark.parametrize(
    ("coast", "wet", "dry"),
    [
        ([[(2, -1), (2, 5)]], (3, 2), (1, 2)),  # northwards: the sea is in the east
        ([[(2, 5), (2, -1)]], (1, 2), (3, 2)),
        ([[(1, 1), (2, 1), (2, 2), (1, 2), (1, 1)]], (3, 3), (1.5, 1.5)),  # an island
        ([[(1, 1), (1, 2), (2, 2), (2, 1), (1, 1)]], (1.5, 1.5), (3, 3)),  # an inland sea
        ([[(2, -1), (2, 2)], [(2, 2), (2, 5)]], (3, 2), (1, 2)),  # of two ways
    ],
)
def test_water_is_on_the_right(
    coast: list[list[tuple[float, float]]], wet: tuple[float, float], dry: tuple[float, float]
) -> None:
    water = sea([shapely.LineString(line) for line in coast], BOX)
    assert water.contains(shapely.Point(wet))
    assert not water.intersects(shapely.Point(dry))


ISLAND = [(1, 1), (2, 1), (2, 2), (1, 2), (1, 1)]


@pytest.mark.parametrize("coast", [[[(9, 9), (9, 8)]], [[(3, -1), (3, 2)]], [ISLAND, [(3, -1), (3, 2)]]])
def test_a_coast_that_is_cut_off_floods_nothing(coast: list[list[tuple[float, float]]]) -> None:
    assert sea([shapely.LineString(line) for line in coast], BOX).is_empty
