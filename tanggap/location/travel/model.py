"""What travel is: points in, metres and seconds out; and the estimate that needs no roads."""

from typing import NamedTuple, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from tanggap.city.boundaries import METRES_PER_DEGREE

#: n × 2, degrees WGS 84, latitude first.
Points = NDArray[np.float64]
Matrix = NDArray[np.float64]

#: How much longer a road is than the straight line: 1.35 is the middle of what was measured over 26 countries (Ballou, Rahardja
#: and Sakai 2002, «Selected country circuity factors for road travel distance estimation»).
DETOUR = 1.35


class Legs(NamedTuple):
    """From each of n origins to each of m destinations, both n × m."""

    metres: Matrix
    seconds: Matrix


class Travel(Protocol):
    """Whatever knows how far and how long it is from one point to another."""

    def legs(self, origins: Points, destinations: Points) -> Legs:
        """Driving distances in metres and times in seconds from each origin to each destination."""


class SpeedProfile(msgspec.Struct, frozen=True):
    """How fast one gets on, by how far one has come: out of the lanes slowly, then along main roads.

    Bands of (metres from the start, km/h up to there); the last one goes on. The usual profile is an assumption for a car in a
    mid-sized Indonesian city by day, until a city measures its own from what its crews report.
    """

    bands: tuple[tuple[float, float], ...] = ((1_000.0, 18.0), (5_000.0, 28.0), (20_000.0, 40.0))

    def seconds(self, metres: Matrix) -> Matrix:
        """The time for a way of so many metres."""
        ends = np.array([0.0, *(end for end, _ in self.bands)])
        paces = np.array([3.6 / speed for _, speed in self.bands])  # seconds a metre
        at_ends = np.concatenate([[0.0], np.cumsum(np.diff(ends) * paces)])
        beyond = np.maximum(metres - ends[-1], 0.0) * paces[-1]
        seconds: Matrix = np.interp(np.minimum(metres, ends[-1]), ends, at_ends) + beyond
        return seconds


USUAL = SpeedProfile()


class StraightTravel:
    """The straight line, made longer by a detour factor, at a profile's speeds. Needs no roads and is never away."""

    def __init__(self, speeds: SpeedProfile = USUAL, detour: float = DETOUR) -> None:
        self._speeds = speeds
        self._detour = detour

    def legs(self, origins: Points, destinations: Points) -> Legs:
        """As the crow flies × the detour factor; on a flat plane, off by less than 0.1 % within 100 km."""
        metres = straight_m(origins, destinations) * self._detour
        return Legs(metres, self._speeds.seconds(metres))


def straight_m(origins: Points, destinations: Points) -> Matrix:
    """Straight distances, n × m, metres: the plane at the middle latitude of each pair, the shorter way around the Earth."""
    here, there = origins.reshape(-1, 1, 2), destinations.reshape(1, -1, 2)
    north = (there[..., 0] - here[..., 0]) * METRES_PER_DEGREE
    around = (there[..., 1] - here[..., 1] + 180) % 360 - 180
    east = around * METRES_PER_DEGREE * np.cos(np.radians((here[..., 0] + there[..., 0]) / 2))
    distances: Matrix = np.hypot(east, north)
    return distances
