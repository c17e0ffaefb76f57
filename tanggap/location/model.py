"""A candidate for the words that were said, and why."""

import msgspec

from tanggap.incident.model import Location


class Candidate(msgspec.Struct, frozen=True):
    """A place that the words may mean."""

    place: str  # the place's or area's code
    name: str
    kind: str  # hospital, market, street, kelurahan …
    lat: float
    lon: float
    uncertainty_m: float
    area: str | None  # kelurahan code
    district: str | None  # kecamatan name
    likeness: float  # 0–1: how much of the words and of the name agree
    matched: tuple[str, ...]

    def as_location(self) -> Location:
        """The candidate as a report's location, found by words."""
        return Location(self.lat, self.lon, self.uncertainty_m, "words", self.name, self.area)
