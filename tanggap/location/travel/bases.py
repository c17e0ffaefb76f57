"""From which of an agency's bases one is at a place soonest."""

from collections.abc import Sequence

import msgspec
import numpy as np

from tanggap.location.model import Entry
from tanggap.location.travel.model import Travel


class Nearest(msgspec.Struct, frozen=True):
    """The base from which one is there soonest."""

    name: str
    metres: float
    seconds: float

    @property
    def minutes(self) -> int:
        """The time in whole minutes, at least one: an estimate has no seconds."""
        return max(1, round(self.seconds / 60))


def nearest(bases: Sequence[Entry], lat: float, lon: float, travel: Travel) -> Nearest | None:
    """The base with the shortest time to a point (degrees WGS 84); None without any base."""
    if not bases:
        return None
    legs = travel.legs(np.array([(base.lat, base.lon) for base in bases]), np.array([(lat, lon)]))
    at = int(np.argmin(legs.seconds[:, 0]))
    return Nearest(bases[at].name, float(legs.metres[at, 0]), float(legs.seconds[at, 0]))
