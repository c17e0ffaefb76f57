"""Kinds of places: the house's words for them, what files call them, and how exact a point of each is unless the file says."""

import re
from collections.abc import Mapping

#: What a file's column says → the house's word, both folded to letters and «_»; after «landmark:» too.
SPOKEN: Mapping[str, str] = {
    "jalan": "street", "road": "street", "jalan_raya": "street", "lorong": "lane", "gang": "lane", "setapak": "lane",
    "perumahan": "housing", "residential": "housing", "komplek": "housing", "kompleks": "housing", "btn": "housing",
    "sekolah": "school", "sd": "school", "smp": "school", "sma": "school", "smk": "school", "tk": "school", "madrasah": "school",
    "perguruan_tinggi": "campus", "universitas": "campus", "university": "campus", "college": "campus", "kampus": "campus",
    "rumah_sakit": "hospital", "rs": "hospital", "rsud": "hospital", "puskesmas": "clinic", "klinik": "clinic",
    "apotek": "pharmacy", "pasar": "market", "pusat_belanja": "mall", "toko": "shop", "minimarket": "shop", "kafe": "cafe",
    "rumah_makan": "restaurant", "restoran": "restaurant", "warung": "restaurant", "masjid": "mosque", "musala": "mosque",
    "gereja": "church", "pura": "temple", "vihara": "temple", "kantor_kelurahan": "office", "kantor_kecamatan": "office",
    "kantor_pemerintah": "office", "kantor": "office", "bank": "bank", "spbu": "fuel", "pom_bensin": "fuel", "hotel": "hotel",
    "penginapan": "hotel", "wisata": "sight", "pantai": "beach", "taman": "park", "lapangan": "field",
    "lapangan_olahraga": "field", "jembatan": "bridge", "sungai": "river", "kali": "river", "simpang": "junction",
    "perempatan": "junction", "pertigaan": "junction", "bundaran": "junction", "terminal": "terminal", "pelabuhan": "harbour",
    "bandara": "airport", "rute": "bus_route", "trayek": "bus_route", "frasa": "landmark", "desa": "kelurahan",
    "polisi": "police", "polsek": "police", "damkar": "fire_station", "pulau": "island", "tugu": "monument",
}  # fmt: skip

#: What is a line by nature: its parts of one name are joined, and cut where a kelurahan ends.
LINES = frozenset({"street", "lane", "river", "coast"})
#: Levels of the city itself; their outlines come by `tanggap import areas`, a file of places only adds names to them.
AREAS = frozenset({"kelurahan", "kecamatan"})
UNKNOWN = "landmark"

#: Kind that a file says → first word of a name → kind that it is.
_MOSQUE = dict.fromkeys(("masjid", "mesjid", "musala", "mushola", "musholla", "musalla", "langgar", "surau"), "mosque")
_LANE = dict.fromkeys(("lorong", "lrg", "lr", "gang", "gg"), "lane")
FIRST_WORDS: Mapping[str, Mapping[str, str]] = {
    "street": _LANE,
    "worship": {**_MOSQUE, "gereja": "church", "katedral": "church", "pura": "temple", "vihara": "temple", "wihara": "temple"},
    "landmark": {
        **_MOSQUE,
        **_LANE,
        "jalan": "street",
        "jl": "street",
        "jln": "street",
        "gereja": "church",
        "pasar": "market",
        "perumahan": "housing",
        "btn": "housing",
        "jembatan": "bridge",
        "puskesmas": "clinic",
        "spbu": "fuel",
    },
}

#: How far a point of this kind may be off, in metres, unless the file says: half the size of what it names.
WITHIN_M: Mapping[str, float] = {
    "street": 400.0, "lane": 120.0, "river": 500.0, "bus_route": 1000.0, "housing": 200.0, "campus": 250.0, "market": 100.0,
    "beach": 300.0, "park": 120.0, "harbour": 200.0, "airport": 600.0, "terminal": 120.0, "island": 500.0, "hospital": 100.0,
    "neighbourhood": 200.0, "hamlet": 400.0,
}  # fmt: skip
POINT_M = 50.0
_SIGNS = re.compile(r"[^a-z0-9]+")


def kind_of(said: str, otherwise: str = UNKNOWN) -> str:
    """The house's word for what a file calls the kind; a word of its own is kept, «landmark:kafe» is a cafe."""
    plain = _SIGNS.sub("_", said.lower().rpartition(":")[2]).strip("_")
    word = SPOKEN.get(plain, plain)[:40].strip("_")
    return word if word and word[0].isalpha() else otherwise


def kind_named(kind: str, name: str) -> str:
    """The kind, where the name says more than the file: a «street» called Lorong is a lane, a place of worship a mosque."""
    if kind in ("street", "worship", "landmark"):
        first = name.lower().split(maxsplit=1)[0].strip(".,")
        return FIRST_WORDS.get(kind, {}).get(first, kind)
    return kind


def within_m(kind: str) -> float:
    """How far a point of this kind may be off unless the file says, metres."""
    return WITHIN_M.get(kind, POINT_M)
