"""Kendari's pack as the engine sees it: areas and places with their names."""

from tanggap.city.boundaries import index_of
from tanggap.city.model import Catalogue
from tanggap.city.pack import pack_folder, read_pack
from tanggap.location.entries import district_of, entries_of_areas
from tanggap.location.gazetteer import Gazetteer
from tanggap.location.model import Candidate, Entry

PACK = read_pack(pack_folder("kendari"))
CATALOGUE = Catalogue(PACK.city, 1, PACK.agencies, PACK.categories, PACK.areas, PACK.targets, PACK.phrases)
ENTRIES = [
    *entries_of_areas(CATALOGUE),
    *(
        Entry(place.code, place.kind, place.name, place.aliases, place.lat, place.lon, place.uncertainty_m, place.area,
              district_of(CATALOGUE, place.area))
        for place in PACK.places
    ),
]  # fmt: skip
KENDARI = Gazetteer(ENTRIES, index_of(CATALOGUE), "Kendari")


def first(said: str, among: Gazetteer = KENDARI) -> Candidate:
    """The best candidate for what was said."""
    found = among.find(said).candidates
    assert found, said
    return found[0]
