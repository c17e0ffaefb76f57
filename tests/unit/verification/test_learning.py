"""Weights are learnt within bounds, tried on what did not teach them, and calibrated on simulated months."""

from datetime import timedelta

import pytest

from benchmarks.evidence import START, errors, months
from tanggap.verification.learning.model import LEAST, Bin, TooFew, curve, ece, fit, side_by_side
from tanggap.verification.order import MOST_WAIT_S
from tanggap.verification.weights import learnt, shipped


def test_simulated_months_are_said_as_they_were() -> None:
    learnt_ece, shipped_ece, brier = errors(seed=17)
    assert learnt_ece <= 0.05
    assert learnt_ece < shipped_ece
    assert brier < 0.5


def test_too_little_teaches_nothing() -> None:
    (month,) = months(5, 1)
    with pytest.raises(TooFew):
        fit(month[: LEAST - 1], shipped())
    with pytest.raises(TooFew):
        fit([case for case in month if case.is_real], shipped())


def test_what_never_occurs_keeps_its_shipped_weight() -> None:
    (month,) = months(6, 1)
    log_odds, sd = fit(month[:600], shipped())
    assert log_odds["alert"] == pytest.approx(shipped().by_code["alert"].log_odds)
    assert sd["alert"] == pytest.approx(1.0)
    assert sd["words"] < 0.3
    assert log_odds["words"] > 0


def test_the_side_by_side_says_who_would_wait_longer_and_never_more_than_the_bound() -> None:
    taught, shown = months(7, 2)
    log_odds, sd = fit(taught, shipped())
    told = side_by_side(shown, len(taught), shipped(), learnt(1, log_odds, sd), START, START + timedelta(days=30))
    assert (told.n, told.taught_by) == (len(shown), len(taught))
    assert sum(one.n for one in told.curve_new) == told.n
    assert 0 <= told.longer.mean_s <= told.longer.most_s <= MOST_WAIT_S
    unchanged = side_by_side(shown, 0, shipped(), shipped(), START, START)
    assert (unchanged.longer.n, unchanged.shorter.n) == (0, 0)


def test_the_calibration_error_is_the_mean_distance_of_said_and_were() -> None:
    assert ece(curve([0.05, 0.05, 0.95, 0.95], [False, False, True, False])) == pytest.approx((2 * 0.05 + 2 * 0.45) / 4)
    assert curve([1.0], [True]) == (Bin(0.9, 1, 1.0, 1.0),)
    assert ece([]) == 0.0
