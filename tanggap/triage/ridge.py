"""Ridge regression by the likeness of sparse rows (kernel ridge), and its answer to each row without having seen it.

The Gram matrix is small (rows × rows). Its inverse gives the leave-one-out answers (PRESS, Allen 1974), and those without a whole
family of rows, exactly. Single precision: the ridge keeps the matrix far from singular.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]
#: A row: the numbers of its features, in ascending order, and their values.
Row = tuple[Floats, Floats]

#: Features that more rows have than this are multiplied together as a dense matrix; rarer ones are added pair by pair.
_COMMON = 96
_BLOCK = 1024
#: Rows whose inner product is above this are of one family: the same thing said nearly the same.
FAMILY = 0.55
#: Of at most so many rows the factor is inverted at once.
_SMALL = 256


class Fit(NamedTuple):
    """A weight for each row and answer, and the answers to each row by a model that never saw it, nor any of its family."""

    weights: Floats
    unseen: Floats


def fit(rows: Sequence[Row], width: int, targets: Floats, ridge: float, likeness: Callable[[Floats], Floats]) -> Fit:
    """Fit `targets` (rows × answers, centred) to `rows` of `width` features and of length one.

    `likeness` of two rows by their inner product, 1 for the same; it must keep the matrix positive definite, as a polynomial
    with positive coefficients does.
    """
    matrix = _gram(rows, width)
    families = _families(matrix)
    for first in range(0, len(rows), _BLOCK):
        matrix[first : first + _BLOCK] = likeness(matrix[first : first + _BLOCK])
    matrix[np.diag_indices(len(rows))] += np.float32(ridge)
    half = inverse_of_factor(matrix)
    weights = half.T @ (half @ targets.astype(np.float32))
    unseen = targets - weights / np.einsum("ij,ij->j", half, half)[:, None]
    for row, others in families.items():
        columns = half[:, [row, *others]]
        unseen[row] = targets[row] - np.linalg.solve(columns.T @ columns, weights[[row, *others]])[0]
    return Fit(weights, unseen)


def _families(gram: Floats) -> Mapping[int, list[int]]:
    """The rows that have others of their family, and which."""
    found: dict[int, list[int]] = {}
    for first in range(0, len(gram), _BLOCK):
        for row, other in zip(*np.nonzero(gram[first : first + _BLOCK] > FAMILY), strict=True):
            if first + row != other:
                found.setdefault(int(first + row), []).append(int(other))
    return found


def inverse_of_factor(matrix: Floats) -> Floats:
    """The inverse of the lower Cholesky factor of a positive definite matrix, in its place.

    By halves, so that nearly all of it is products of matrices: half as long as the factor first and its inverse then.
    """
    size = len(matrix)
    if size <= _SMALL:
        matrix[:] = np.tril(np.linalg.inv(np.linalg.cholesky(matrix)))
        return matrix
    middle = size // 2
    upper = inverse_of_factor(matrix[:middle, :middle])
    below = matrix[middle:, :middle] @ upper.T
    matrix[middle:, middle:] -= below @ below.T
    lower = inverse_of_factor(matrix[middle:, middle:])
    matrix[middle:, :middle] = -lower @ (below @ upper)
    matrix[:middle, middle:] = 0
    return matrix


def by_feature(rows: Sequence[Row], width: int) -> tuple[Floats, Floats, Floats]:
    """The rows turned: where each feature's entries start (and the last ends), the number of the row, the value."""
    numbers = np.repeat(np.arange(len(rows), dtype=np.int32), [len(at) for at, _ in rows])
    features = np.concatenate([at for at, _ in rows])
    values = np.concatenate([value for _, value in rows]).astype(np.float32)
    order = np.argsort(features, kind="stable")
    starts = np.searchsorted(features[order], np.arange(width + 1))
    return starts, numbers[order], values[order]


def _gram(rows: Sequence[Row], width: int) -> Floats:
    """Inner products of all rows with all rows."""
    starts, numbers, values = by_feature(rows, width)
    counts = np.diff(starts)
    gram = np.zeros((len(rows), len(rows)), dtype=np.float32)
    common = np.flatnonzero(counts > _COMMON)
    for first in range(0, len(common), _BLOCK):
        block = common[first : first + _BLOCK]
        dense = np.zeros((len(rows), len(block)), dtype=np.float32)
        for column, feature in enumerate(block):
            inside = slice(starts[feature], starts[feature + 1])
            dense[numbers[inside], column] = values[inside]
        gram += dense @ dense.T
    for feature in np.flatnonzero((counts > 0) & (counts <= _COMMON)):
        inside = slice(starts[feature], starts[feature + 1])
        at = numbers[inside]
        gram[at[:, None], at] += values[inside][:, None] * values[inside]
    return gram
