"""city.toml of a city pack: the city itself and its neighbours, and how they become records of the catalogue."""

from typing import Annotated

from msgspec import Meta

from tanggap.city.kinds import Provenance
from tanggap.city.model import City
from tanggap.city.pack_format import AreaCode, Code, PackEntry, Points, Text
from tanggap.city.territory import BoundingBox, Neighbour, NeighbourPlace

Hour = Annotated[int, Meta(ge=0, le=23)]  # of the city's day


class MapView(PackEntry, frozen=True):
    """Where the map opens."""

    centre: Points
    zoom: Annotated[float, Meta(ge=1, le=22)]


class NeighbourPlaceEntry(PackEntry, frozen=True):
    """One of a neighbour's places in city.toml."""

    name: Text
    at: Points
    reach: Annotated[float, Meta(gt=0)]  # metres
    aliases: tuple[Text, ...] = ()


class NeighbourEntry(PackEntry, frozen=True):
    """One [[neighbours]] of city.toml."""

    code: AreaCode
    name: Text
    at: Points
    answers: Text
    number: Annotated[str, Meta(pattern=r"^[0-9][0-9 -]{2,19}$")]
    places: tuple[NeighbourPlaceEntry, ...]
    provenance: Provenance
    source: Text
    aliases: tuple[Text, ...] = ()

    def record(self) -> Neighbour:
        """The neighbour as the catalogue holds it."""
        places = tuple(NeighbourPlace(place.name, *place.at, place.reach, place.aliases) for place in self.places)
        return Neighbour(
            self.code, self.name, *self.at, self.answers, self.number, places, self.provenance, self.source, self.aliases
        )


class CityFile(PackEntry, frozen=True):
    """The whole of city.toml."""

    code: Code
    name: Text
    timezone: Text
    prefix: Annotated[str, Meta(pattern=r"^[A-Z]{2,5}$")]
    emergency_number: Annotated[str, Meta(pattern=r"^[0-9]{3,5}$")]
    neighbours: tuple[NeighbourEntry, ...]
    provenance: Provenance
    source: Text
    bbox: BoundingBox
    map: MapView
    shift_starts: Annotated[tuple[Hour, ...], Meta(min_length=1, max_length=12)] = (7, 15, 23)

    def record(self) -> City:
        """The city as the catalogue holds it."""
        return City(
            self.code,
            self.name,
            self.timezone,
            self.prefix,
            self.emergency_number,
            self.bbox,
            *self.map.centre,
            self.map.zoom,
            tuple(neighbour.record() for neighbour in self.neighbours),
            self.provenance,
            self.source,
            self.shift_starts,
        )
