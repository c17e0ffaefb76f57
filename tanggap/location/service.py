"""A point made whole: its kelurahan, and what it is called."""

from tanggap.city.model import Catalogue
from tanggap.city.service import area_at
from tanggap.incident.model import Location


def located(catalogue: Catalogue, lat: float, lon: float, uncertainty_m: float, source: str, label: str = "") -> Location:
    """A location with the kelurahan that the point lies in, as far as the city's boundaries tell.

    Raises:
        ValueError: not a point on Earth.
    """
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ValueError(f"not a point on Earth: {lat}, {lon}")
    found = area_at(catalogue, lat, lon)
    area = found.area.code if found else None
    return Location(lat, lon, max(0.0, uncertainty_m), source, label or (found.area.name if found else ""), area)
