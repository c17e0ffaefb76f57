"""Learning the weights: a logistic regression held to the shipped weights, and the side-by-side that a person decides by."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec
import numpy as np
from numpy.typing import NDArray

from tanggap.incident.refusals import TanggapRefusal
from tanggap.platform.i18n import N_
from tanggap.verification.ledger import features, ledger
from tanggap.verification.model import REAL, Facts, Spoken, Weights
from tanggap.verification.order import MOST_WAIT_S, Waiting, held_s

Matrix = NDArray[np.float64]

#: Fewer disposed reports than this teach nothing that the shipped weights do not know better; and this many of each sort.
LEAST, LEAST_OF_EACH = 200, 30
#: How far a weight may move from the shipped one without much evidence: the prior's standard deviation, natural log-odds.
PRIOR_SD = 1.0
STEPS = 50
BINS = 10


class TooFew(TanggapRefusal):
    """Not enough dispositions to learn from."""

    slug = "too-few-dispositions"
    sentence = N_("Hasil verifikasi belum cukup untuk belajar: perlu 200, dan 30 dari setiap jenis.")


class WeightsState(StrEnum):
    """How far a version is."""

    PROPOSED = "proposed"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Case(msgspec.Struct, frozen=True):
    """A report with what it turned out to be."""

    facts: Facts
    said: Spoken

    @property
    def is_real(self) -> bool:
        """Whether somebody had to do something."""
        return self.facts.disposition in REAL


class Bin(msgspec.Struct, frozen=True):
    """One tenth of a calibration curve: how many, what was said on average, how many of them were real."""

    low: float
    n: int
    said: float
    were: float


class Longer(msgspec.Struct, frozen=True):
    """Genuine reports that would wait longer, and by how much: mean and most, seconds."""

    n: int
    mean_s: float
    most_s: float


class SideBySide(msgspec.Struct, frozen=True):
    """Last month's reports by the weights in force and by the proposed ones."""

    start: datetime
    end: datetime
    taught_by: int
    n: int
    real: int
    ece_now: float
    ece_new: float
    curve_now: tuple[Bin, ...]
    curve_new: tuple[Bin, ...]
    longer: Longer
    shorter: Longer


class Version(msgspec.Struct, frozen=True):
    """One version of the weights."""

    version: int
    state: WeightsState
    weights: dict[str, dict[str, float]]
    basis: SideBySide
    made_at: datetime
    decided_at: datetime | None
    decided_by: UUID | None


def fit(cases: Sequence[Case], base: Weights) -> tuple[dict[str, float], dict[str, float]]:
    """Weights by kind of evidence, and how unsure each is, natural log-odds.

    The most probable weights under a normal prior around the shipped ones (ridge), by Newton's method with a halved step where a
    full one overshoots; the curvature there gives the standard deviations (Laplace).

    Raises:
        TooFew: too few cases, or too few of one sort.
    """
    y = np.array([case.is_real for case in cases], float)
    if len(cases) < LEAST or min(y.sum(), len(y) - y.sum()) < LEAST_OF_EACH:
        raise TooFew
    codes = sorted(base.by_code)
    x = _matrix(cases, codes, base.half_life_days)
    start = np.array([base.by_code[code].log_odds for code in codes])
    precision = np.full(len(codes), 1 / PRIOR_SD**2)
    w = start.copy()
    for _ in range(STEPS):
        p = _p(x, w)
        gradient = x.T @ (y - p) - precision * (w - start)
        curvature = (x * (p * (1 - p))[:, None]).T @ x + np.diag(precision)
        move = np.linalg.solve(curvature, gradient)
        scale = 1.0
        while scale > 1e-4 and _loss(x, y, w + scale * move, start, precision) > _loss(x, y, w, start, precision):
            scale /= 2
        w = w + scale * move
        if float(np.abs(scale * move).max()) < 1e-6:
            break
    p = _p(x, w)
    sd = np.sqrt(np.diag(np.linalg.inv((x * (p * (1 - p))[:, None]).T @ x + np.diag(precision))))
    return dict(zip(codes, map(float, w), strict=True)), dict(zip(codes, map(float, sd), strict=True))


def _matrix(cases: Sequence[Case], codes: Sequence[str], half_life_days: float) -> Matrix:
    found: list[Mapping[str, float]] = [features(case.facts, case.said, half_life_days) for case in cases]
    return np.array([[row.get(code, 0.0) for code in codes] for row in found], float).reshape(len(found), len(codes))


def _p(x: Matrix, w: Matrix) -> Matrix:
    return np.asarray(1 / (1 + np.exp(-np.clip(x @ w, -30, 30))), float)


def _loss(x: Matrix, y: Matrix, w: Matrix, start: Matrix, precision: Matrix) -> float:
    z = np.clip(x @ w, -30, 30)
    return float(np.sum(np.logaddexp(0, z) - y * z) + 0.5 * np.sum(precision * (w - start) ** 2))


def curve(p: Sequence[float], real: Sequence[bool]) -> tuple[Bin, ...]:
    """What was said against what was, in tenths; empty tenths are left out."""
    bins = []
    for n in range(BINS):
        inside = [at for at, value in enumerate(p) if min(int(value * BINS), BINS - 1) == n]
        if inside:
            said = sum(p[at] for at in inside) / len(inside)
            were = sum(real[at] for at in inside) / len(inside)
            bins.append(Bin(n / BINS, len(inside), said, were))
    return tuple(bins)


def ece(bins: Sequence[Bin]) -> float:
    """Expected calibration error: the mean distance of said and were, each tenth by how many it holds (Naeini et al. 2015)."""
    total = sum(one.n for one in bins)
    return sum(one.n * abs(one.said - one.were) for one in bins) / total if total else 0.0


def side_by_side(cases: Sequence[Case], taught_by: int, now: Weights, new: Weights, start: datetime, end: datetime) -> SideBySide:
    """What the new weights would have said of the cases, none of which taught them, beside those in force."""
    real = [case.is_real for case in cases]
    by_now, by_new = ([ledger(case.facts, case.said, weights) for case in cases] for weights in (now, new))
    curve_now, curve_new = (curve([one.p for one in by], real) for by in (by_now, by_new))
    more = [
        _held(case, after.p, after.is_lifted) - _held(case, before.p, before.is_lifted)
        for case, before, after in zip(cases, by_now, by_new, strict=True)
        if case.is_real
    ]
    return SideBySide(
        start, end, taught_by, len(cases), sum(real), ece(curve_now), ece(curve_new), curve_now, curve_new,
        _longer([by for by in more if by > 1]), _longer([-by for by in more if by < -1]),
    )  # fmt: skip


def _held(case: Case, p: float, is_lifted: bool) -> float:
    return held_s(Waiting(case.facts.report, case.facts.at, case.facts.priority, p, is_lifted), MOST_WAIT_S)


def _longer(seconds: Sequence[float]) -> Longer:
    return Longer(len(seconds), sum(seconds) / len(seconds) if seconds else 0.0, max(seconds, default=0.0))
