"""How each kind of place is drawn: as a road, water, land or a point, and from which zoom on.

Layers and their kinds carry the names of the Protomaps basemap schema, so that a city's own file of that schema is drawn by the
same style.
"""

from collections.abc import Mapping
from enum import StrEnum


class Layer(StrEnum):
    """The layers of the base map, as the style in the browser knows them (js/map_style.js)."""

    EARTH = "earth"
    WATER = "water"
    LANDUSE = "landuse"
    BUILDINGS = "buildings"
    ROADS = "roads"
    BOUNDARIES = "boundaries"
    POIS = "pois"


#: Lines of these kinds → layer, kind there, the zoom from which they are drawn.
LINES: Mapping[str, tuple[Layer, str, int]] = {
    "street": (Layer.ROADS, "minor_road", 12),
    "lane": (Layer.ROADS, "path", 14),
    "bridge": (Layer.ROADS, "minor_road", 11),
    "river": (Layer.WATER, "river", 10),
}
#: A street at least this long is drawn as a main street: the gazetteer does not say which ones are, metres.
MAIN_STREET_M = 1_500.0
MAIN_STREET = ("major_road", 10)

#: Areas of these kinds → kind in the layer `landuse` (or in `water`).
AREAS: Mapping[str, str] = {
    "housing": "residential", "quarter": "residential", "campus": "university", "school": "school", "hospital": "hospital",
    "park": "park", "sports": "pitch", "field": "pitch", "neighbourhood": "residential", "hamlet": "residential",
    "cemetery": "cemetery", "beach": "beach", "market": "commercial", "mall": "commercial",
    "harbour": "industrial", "island": "earth",
}  # fmt: skip
#: Areas of these kinds are water.
WATERS = frozenset({"river", "lake", "pond", "reservoir"})
LANDUSE_ZOOM = 11

#: The zoom from which a point of a kind is shown; a kind that is not named is shown from OTHER_ZOOM on.
POINT_ZOOM: Mapping[str, float] = {
    "airport": 10.5, "hospital": 11.5, "harbour": 11.5, "terminal": 11.5, "mall": 12, "island": 11.5, "bridge": 12,
    "market": 12.5, "junction": 12.5, "fire_station": 12.5, "police": 13, "campus": 12.5, "monument": 13, "gate": 13.5,
    "office": 13, "clinic": 13, "sight": 13.5, "beach": 13, "park": 13.5, "sports": 14, "field": 14, "quarter": 13,
    "neighbourhood": 13, "hamlet": 13, "pharmacy": 14.5, "temple": 14, "worship": 14, "cemetery": 14, "hall": 14.5,
    "housing": 14, "school": 14, "mosque": 14, "church": 14, "fuel": 14, "hotel": 14.5, "bank": 15,
}  # fmt: skip
OTHER_ZOOM = 15.5
#: Offices of kelurahan and kecamatan are many; they wait until their neighbourhood is looked at.
LOCAL_OFFICES = ("kantor kel", "kantor lurah", "kantor kec", "kantor camat")
LOCAL_OFFICE_ZOOM = 14.5
#: Kinds that are lines even where only a point of them is known: the point lies somewhere along them, so no mark is drawn.
NO_POINT = frozenset({"street", "lane", "river", "bus_route", "kelurahan", "kecamatan", "rt", "rw"})


def point_zoom(kind: str, name: str) -> float:
    """The zoom from which a place of that kind and name is worth a mark."""
    if kind == "office" and name.lower().startswith(LOCAL_OFFICES):
        return LOCAL_OFFICE_ZOOM
    return POINT_ZOOM.get(kind, OTHER_ZOOM)
