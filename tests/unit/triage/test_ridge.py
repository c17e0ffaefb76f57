"""The answer to a sentence by a model that knows neither it nor its family is what learning again without them would give."""

import numpy as np

from tanggap.triage.learned import likeness
from tanggap.triage.ridge import FAMILY, Floats, Row, fit, inverse_of_factor

ROWS, WIDTH, RIDGE = 40, 12, 0.35


def _rows(random: np.random.Generator) -> list[Row]:
    """Rows of length one, each with four features; the first three are nearly the same."""
    rows = []
    for number in range(ROWS):
        at = np.array([0, 1, 2, 3]) if number < 3 else np.sort(random.choice(WIDTH, 4, replace=False))
        values = random.uniform(0.9, 1.0, 4) if number < 3 else random.uniform(0.1, 1.0, 4)
        rows.append((at, values / np.linalg.norm(values)))
    return rows


def _dense(rows: list[Row]) -> Floats:
    dense = np.zeros((len(rows), WIDTH))
    for number, (at, values) in enumerate(rows):
        dense[number, at] = values
    return dense


def test_an_answer_leaves_out_the_whole_family() -> None:
    random = np.random.default_rng(7)
    rows = _rows(random)
    targets = random.normal(size=(ROWS, 3))
    unseen = fit(rows, WIDTH, targets, RIDGE, likeness).unseen
    dense = _dense(rows)
    product = dense @ dense.T
    for row in range(ROWS):
        others = np.flatnonzero(product[row] <= FAMILY)
        assert row not in others
        inner = likeness(product[np.ix_(others, others)]) + RIDGE * np.eye(len(others))
        again = likeness(product[row, others]) @ np.linalg.solve(inner, targets[others])
        np.testing.assert_allclose(unseen[row], again, atol=1e-4)
    assert len(np.flatnonzero(product[0] > FAMILY)) >= 3


def test_the_inverse_by_halves_is_the_inverse() -> None:
    random = np.random.default_rng(11)
    root = random.normal(size=(600, 600))
    matrix = (root @ root.T / 600 + np.eye(600)).astype(np.float32)
    half = inverse_of_factor(matrix.copy())
    np.testing.assert_allclose(half @ matrix @ half.T, np.eye(600), atol=1e-3)
    assert not np.triu(half, 1).any()
