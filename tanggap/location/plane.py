"""A flat plane of metres around one point: over a city it is off by less than a metre a kilometre."""

import math

from tanggap.city.boundaries import METRES_PER_DEGREE


class Plane:
    """Metres east and north of an origin (degrees WGS 84), and back."""

    def __init__(self, lat: float, lon: float) -> None:
        self.lat = lat
        self.lon = lon
        self._east = METRES_PER_DEGREE * max(math.cos(math.radians(lat)), 1e-6)

    def metres(self, lat: float, lon: float) -> tuple[float, float]:
        """(east, north) of a point, metres; the shorter way around the Earth."""
        around = (lon - self.lon + 180) % 360 - 180
        return around * self._east, (lat - self.lat) * METRES_PER_DEGREE

    def degrees(self, east: float, north: float) -> tuple[float, float]:
        """(lat, lon) of a place on the plane."""
        lat = min(90.0, max(-90.0, self.lat + north / METRES_PER_DEGREE))
        return lat, (self.lon + east / self._east + 180) % 360 - 180


def distance_m(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Metres between two points of one region."""
    east, _ = Plane((lat + other_lat) / 2, lon).metres(lat, other_lon)
    return math.hypot(east, (other_lat - lat) * METRES_PER_DEGREE)
