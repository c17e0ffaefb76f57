"""What OpenStreetMap's tags say of a place: its kind, and every name it goes by."""

import re
from collections.abc import Mapping

#: Key → value → kind, in the order in which they are asked; «*» is any other value, '' is no place.
KINDS: Mapping[str, Mapping[str, str]] = {
    "boundary": {"administrative": "", "*": ""},  # RW and RT are asked for apart
    "route": {"bus": "bus_route", "minibus": "bus_route", "share_taxi": "bus_route", "*": ""},
    "junction": {"roundabout": "junction", "circular": "junction", "yes": "junction"},
    "highway": {
        "traffic_signals": "junction", "motorway_junction": "junction", "bus_stop": "bus_stop", "rest_area": "terminal",
        "path": "lane", "footway": "lane", "pedestrian": "lane", "steps": "lane", "service": "lane", "living_street": "lane",
        "services": "fuel", "*": "street",
    },
    "man_made": {"bridge": "bridge", "pier": "harbour", "tower": "landmark", "lighthouse": "landmark", "water_tower": "landmark"},
    "waterway": {"river": "river", "stream": "river", "canal": "river", "drain": "river", "ditch": "river", "dam": "landmark"},
    "amenity": {
        "hospital": "hospital", "clinic": "clinic", "doctors": "clinic", "dentist": "clinic", "pharmacy": "pharmacy",
        "school": "school", "kindergarten": "school", "university": "campus", "college": "campus", "marketplace": "market",
        "place_of_worship": "worship", "bank": "bank", "atm": "bank", "fuel": "fuel", "cafe": "cafe", "restaurant": "restaurant",
        "fast_food": "restaurant", "food_court": "restaurant", "bar": "cafe", "police": "police", "fire_station": "fire_station",
        "townhall": "office", "courthouse": "office", "post_office": "office", "community_centre": "hall",
        "bus_station": "terminal", "ferry_terminal": "harbour", "grave_yard": "cemetery",
        "library": "office", "cinema": "sight", "*": "landmark",
    },
    "healthcare": {"hospital": "hospital", "clinic": "clinic", "centre": "clinic", "*": "clinic"},
    "shop": {"mall": "mall", "department_store": "mall", "supermarket": "shop", "*": "shop"},
    "office": {"*": "office"},
    "tourism": {"hotel": "hotel", "guest_house": "hotel", "hostel": "hotel", "motel": "hotel", "*": "sight"},
    "historic": {"monument": "monument", "memorial": "monument", "*": "sight"},
    "leisure": {"park": "park", "garden": "park", "pitch": "field", "stadium": "field", "sports_centre": "field", "*": "sight"},
    "aeroway": {"aerodrome": "airport", "terminal": "airport"},
    "public_transport": {"station": "terminal", "platform": "bus_stop", "stop_position": "bus_stop"},
    "landuse": {
        "residential": "housing", "cemetery": "cemetery", "commercial": "landmark", "retail": "market", "military": "office",
        "industrial": "landmark", "port": "harbour",
    },
    "place": {
        "neighbourhood": "neighbourhood", "quarter": "neighbourhood", "suburb": "neighbourhood", "village": "neighbourhood",
        "hamlet": "hamlet", "isolated_dwelling": "hamlet", "locality": "landmark", "island": "island", "islet": "island",
        "square": "landmark",
    },
    "natural": {"beach": "beach", "bay": "coast", "peak": "landmark", "cape": "landmark", "spring": "landmark", "water": "lake"},
    "industrial": {"*": "landmark"},
    "craft": {"*": "shop"},
    "club": {"*": "office"},
    "emergency": {"*": "landmark"},
    "building": {
        "church": "church", "mosque": "mosque", "school": "school", "hospital": "hospital", "hotel": "hotel",
        "apartments": "housing", "house": "", "garage": "", "*": "landmark",
    },
}  # fmt: skip

RELIGIONS: Mapping[str, str] = {"muslim": "mosque", "christian": "church", "hindu": "temple", "buddhist": "temple"}
#: Administrative levels below the kelurahan (OSM wiki, «Indonesia: Administrative boundaries»).
LEVELS: Mapping[str, str] = {"8": "hamlet", "9": "rw", "10": "rt"}
#: A closed way with one of these is a line all the same, unless it says area=yes.
LINE_KEYS = frozenset({"highway", "waterway", "railway", "barrier", "route"})

#: Keys of a name; an object without any has none.
NAME_KEYS = ("name", "name:id", "official_name", "loc_name", "bridge:name")
OTHER_KEYS = (
    "name:id",
    "alt_name",
    "old_name",
    "loc_name",
    "short_name",
    "official_name",
    "alt_name:id",
    "old_name:id",
    "name:en",
)
_BETWEEN = re.compile(r"\s*;\s*")


def kind_of_tags(tags: Mapping[str, str]) -> str:
    """The kind of place, '' when it is none that callers name."""
    if tags.get("boundary") == "administrative":
        return LEVELS.get(tags.get("admin_level", ""), "")
    for key, kinds in KINDS.items():
        value = tags.get(key)
        if value is None:
            continue
        kind = kinds.get(value, kinds.get("*"))
        if kind is None:
            continue
        if kind == "worship":
            return RELIGIONS.get(tags.get("religion", ""), "worship")
        return kind
    return ""


def names_of_tags(tags: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The name, and the others; ('', …) when there is none."""
    name = next((tags[key] for key in NAME_KEYS if key in tags and key != "bridge:name"), "")
    others = (part for key in OTHER_KEYS for part in _BETWEEN.split(tags.get(key, "")) if part)
    return name, tuple(dict.fromkeys(other for other in others if other != name))


def is_area(tags: Mapping[str, str]) -> bool:
    """Whether a closed way encloses something."""
    return tags.get("area") == "yes" or not LINE_KEYS.intersection(tags)
