"""How sure a candidate is: a probability, calibrated, that knows how crowded the gazetteer is.

Logistic regression over what the match says of itself. The coefficients were fitted by `benchmarks/calibration.py` on made-up
queries about the Kendari pack's places, half of them about places taken out of the gazetteer beforehand, among 500 to 100,000
names; never on queries that are used to measure.
"""

import math
from typing import NamedTuple

#: From this probability on a candidate may be relied on without asking back.
CONFIDENT = 0.84


class Evidence(NamedTuple):
    """What a match says of itself; the order is that of `COEFFICIENTS`."""

    of_name: float  # share of the name that was said
    of_said: float  # share of what was said that is explained by the name or by a narrowing
    margin: float  # how far the best other place lies behind, 0–1
    mass: float  # weight that agrees, in words
    likeness: float  # mean likeness of the words that agree
    crowd: float  # decimal logarithm of the number of names
    left: float  # weight of words that nothing explains
    is_elsewhere: float  # 1 when another city is named
    contradicted: float  # 0–1: another kind or number was said


#: Log-odds for one more of each, and the constant last.
COEFFICIENTS = (11.91, 16.19, 2.28, -0.10, 5.45, -0.17, 0.26, -5.27, -3.29, -29.26)


def probability(evidence: Evidence) -> float:
    """The probability that the candidate is the place meant, 0–1."""
    log_odds = sum(weight * value for weight, value in zip(COEFFICIENTS, (*evidence, 1.0), strict=True))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds))))
