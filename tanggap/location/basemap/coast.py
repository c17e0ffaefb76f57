"""Land and sea of a box from coastlines: along them the land lies to the left, the water to the right (OpenStreetMap's rule)."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

#: How far beside a coastline it is looked on which side water lies, degrees (about a metre).
BESIDE = 1e-5


def sea(coastlines: Sequence[BaseGeometry], box: BaseGeometry) -> BaseGeometry:
    """The water in a box (degrees, lon and lat); empty where no coastline is in it, or one that ends there.

    A coast with an end (cut off by the extract) parts nothing, and the islands before it would let it flood the land. A piece of
    the box is water when more of the coast around it has it on the right than on the left.
    """
    inside = shapely.intersection(shapely.union_all(list(coastlines)), box)
    if inside.is_empty or _has_an_end(coastlines, box):
        return shapely.Polygon()
    pieces = shapely.get_parts(shapely.polygonize([*shapely.get_parts(shapely.union_all([shapely.boundary(box), inside]))]))
    middles, normals = _segments(coastlines)
    tree = shapely.STRtree(pieces)
    votes = np.zeros(len(pieces))
    for side, worth in ((1, 1), (-1, -1)):
        points = shapely.points(middles + side * BESIDE * normals)
        _, found = tree.query(points, predicate="within")
        np.add.at(votes, found, worth)
    return shapely.union_all(pieces[votes > 0])


def _has_an_end(lines: Sequence[BaseGeometry], box: BaseGeometry) -> bool:
    """Whether a line stops inside the box where no other goes on."""
    ends = [corner for line in lines if not line.is_ring for corner in (line.coords[0], line.coords[-1])]
    alone = [end for end, times in Counter(ends).items() if times % 2]
    return bool(alone) and bool(shapely.contains(box, shapely.points(alone)).any())


def _segments(lines: Sequence[BaseGeometry]) -> tuple[np.ndarray, np.ndarray]:
    """The middle of each segment, and the unit vector to its right."""
    starts, ends = [], []
    for line in lines:
        corners = shapely.get_coordinates(line)
        starts.append(corners[:-1])
        ends.append(corners[1:])
    start, end = np.concatenate(starts), np.concatenate(ends)
    along = end - start
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-12)[:, None]
    return (start + end) / 2, np.column_stack((along[:, 1], -along[:, 0])) / length
