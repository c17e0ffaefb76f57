"""Beyond the city's border: how far, whose it is, and whom to call there."""

import msgspec

from tanggap.city.boundaries import index_of
from tanggap.city.model import Catalogue
from tanggap.city.territory import Neighbour
from tanggap.location.model import Reason
from tanggap.location.plane import distance_m
from tanggap.platform.i18n import N_

#: Beyond this distance from every place that the pack knows of its neighbours, none of them is named, metres.
FAR_M = 60_000.0

NEXT_DOOR = N_("Di luar batas kota, {km} km: sekitar {place}, {neighbour}. Hubungi {answers}: {number}.")
PERHAPS = N_("Mungkin di luar batas kota: sekitar {place}, {neighbour}. Kalau benar, hubungi {answers}: {number}.")
FAR_AWAY = N_("Jauh di luar batas kota, {km} km. Tanyakan kotanya.")


class Outside(msgspec.Struct, frozen=True):
    """A point outside the city."""

    beyond_m: float  # metres from the border
    is_sure: bool  # whether the whole circle of the point's uncertainty lies outside
    neighbour: Neighbour | None  # whose it is, by the nearest place that the pack knows there
    place: str  # that place

    @property
    def reason(self) -> Reason:
        """The sentence that says so, and whom to call."""
        km = f"{self.beyond_m / 1000:.1f}"
        if self.neighbour is None:
            return Reason(FAR_AWAY, {"km": km})
        told = {"place": self.place, "neighbour": self.neighbour.name, "answers": self.neighbour.answers}
        return Reason(NEXT_DOOR if self.is_sure else PERHAPS, told | {"number": self.neighbour.number, "km": km})


def outside(catalogue: Catalogue, lat: float, lon: float, uncertainty_m: float) -> Outside | None:
    """What is to be said of a point (degrees WGS 84) outside the city; None within it, and on its shore."""
    index = index_of(catalogue)
    if index.at(lat, lon) is not None:
        return None
    beyond_m = index.away_m(lat, lon)
    reached = [
        (max(0.0, distance_m(lat, lon, place.lat, place.lon) - place.reach_m), neighbour, place.name)
        for neighbour in catalogue.city.neighbours
        for place in neighbour.places
    ]
    away_m, nearest, name = min(reached, key=lambda one: one[0], default=(FAR_M, None, ""))
    if away_m >= FAR_M:
        nearest, name = None, ""
    return Outside(beyond_m, beyond_m > uncertainty_m, nearest, name)
