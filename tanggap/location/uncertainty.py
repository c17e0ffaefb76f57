"""How sure a point is: radii at the one confidence of the house (95 %), and the normal distribution behind them."""

import math

#: Every uncertainty of the house is the radius of the circle that holds the true point with this probability.
CONFIDENCE = 0.95
#: χ² of two degrees of freedom at 99 %: two points that differ by more than this many joint variances do not belong together.
CHI2_99 = 9.2103
#: No phone and no map is surer than this, metres: a smaller radius is a missing value or a boast.
LEAST_RADIUS_M = 5.0


def radii(confidence: float) -> float:
    """The radius of the circle that holds `confidence` (0–1) of a normal distribution of the plane, in standard deviations.

    The distance from the centre is Rayleigh distributed: P(r ≤ R) = 1 − exp(−R² / 2σ²). At 95 % that is 2.45 σ, at 67 % 1.49 σ.
    """
    return math.sqrt(-2 * math.log(1 - confidence))


def radius_95(radius_m: float, confidence: float) -> float:
    """A radius stated at another confidence (0–1), as the radius at 95 %, metres; the conversion of RFC 7459, section 5.2."""
    return radius_m if confidence == CONFIDENCE else radius_m * radii(CONFIDENCE) / radii(confidence)


def sigma(radius_m: float) -> float:
    """The standard deviation along one axis, metres, of a point whose 95 % radius is `radius_m`."""
    return max(radius_m, LEAST_RADIUS_M) / radii(CONFIDENCE)
