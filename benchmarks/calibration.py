"""`python -m benchmarks.calibration`: fits the coefficients of `tanggap/location/confidence.py` on made-up queries.

The places are the pack's. A fifth of them is taken out of the gazetteer and asked for all the same, so that the fit knows what
not knowing looks like; gazetteers of several sizes, so that it knows what a crowd looks like. Never on queries that measure.
"""

import random

import numpy as np
from numpy.typing import NDArray

import tanggap.location.finding as finding
from benchmarks.address_queries import Query, known_queries, unknown_queries
from benchmarks.location import pack_entries
from tanggap.location.confidence import Evidence
from tanggap.location.gazetteer import Gazetteer
from tanggap.simulation.made_up import made_up_places

SIZES = (0, 20_000, 100_000)
QUERIES, UNKNOWN = 3_000, 1_500
#: Pulls coefficients towards zero; evidence that is rare in the made-up queries keeps to what it had otherwise.
RIDGE = 0.5
STEPS = 60


def seen(gazetteer: Gazetteer, queries: list[Query]) -> tuple[list[Evidence], list[bool]]:
    """The evidence for the best candidate of each query, and whether it was right."""
    kept: list[Evidence] = []
    real = finding.probability

    def listening(evidence: Evidence) -> float:
        kept.append(evidence)
        return real(evidence)

    found, right = [], []
    finding.probability = listening
    try:
        for query in queries:
            kept.clear()
            candidates = gazetteer.find(query.said).candidates
            if kept and candidates and not candidates[0].also:
                found.append(kept[0])
                right.append(candidates[0].place in query.expected)
    finally:
        finding.probability = real
    return found, right


def fitted(evidence: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Coefficients of a logistic regression with a ridge, by Newton's method; the constant is last and not pulled."""
    x = np.hstack([evidence, np.ones((len(evidence), 1))])
    pull = np.full(x.shape[1], RIDGE)
    pull[-1] = 1e-6
    w = np.zeros(x.shape[1])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        gradient = x.T @ (right - p) - pull * w
        curvature = (x * (p * (1 - p))[:, None]).T @ x + np.diag(pull)
        w += np.linalg.solve(curvature, gradient)
    return w


def main() -> None:
    """Fit, and print what to write into confidence.py."""
    entries = pack_entries()
    rng = random.Random(5)
    places = [entry for entry in entries if entry.kind not in ("kelurahan", "kecamatan")]
    names = {entry.name for entry in rng.sample(places, len(places) // 5)}
    kept = [entry for entry in entries if entry.name not in names]
    gone = [entry for entry in entries if entry.name in names]
    every: list[Evidence] = []
    right: list[bool] = []
    for size in SIZES:
        gazetteer = Gazetteer([*kept, *made_up_places(size, entries)], None, "Kendari")
        queries = [*known_queries(kept, QUERIES, seed=size + 1), *unknown_queries(gone, UNKNOWN, seed=size + 2)]
        found, verdicts = seen(gazetteer, queries)
        every += found
        right += verdicts
        print(size, len(found), f"{np.mean(verdicts):.3f} right")
    w = fitted(np.array(every), np.array(right, float))
    print("COEFFICIENTS = (" + ", ".join(f"{value:.2f}" for value in w) + ")")
    p = 1 / (1 + np.exp(-(np.hstack([np.array(every), np.ones((len(every), 1))]) @ w)))
    for low in np.arange(0, 1, 0.1):
        inside = (p >= low) & (p < low + 0.1)
        if inside.any():
            were = np.array(right)[inside].mean()
            print(f"{low:.1f}–{low + 0.1:.1f}: {inside.sum():6d} said {p[inside].mean():.3f} were {were:.3f}")


if __name__ == "__main__":
    main()
