"""Places that never were: plausible names to crowd a gazetteer with, so that the engine is measured as in a large city."""

import random
import tomllib
from collections.abc import Collection
from importlib.resources import files

from tanggap.location.model import Entry
from tanggap.location.spelling import words

_LISTS = tomllib.loads(files("tanggap.simulation").joinpath("made_up.toml").read_text("utf-8"))
_WORDS: dict[str, list[str]] = {name: said.split() for name, said in _LISTS.items()}
_SCHOOLS = ("SDN", "SMPN", "SMAN", "SMKN", "SD Negeri", "MTsN", "TK", "SMP", "SMA")

#: Kind → how its names begin, and how many of a hundred names are of this kind.
_KINDS: dict[str, tuple[tuple[str, ...], int]] = {
    "street": (("Jalan",), 30),
    "lane": (("Lorong", "Gang"), 14),
    "housing": (("Perumahan", "BTN", "Kompleks"), 8),
    "shop": (("Toko", "Kios", "Apotek", "Bengkel", "Toko Bangunan"), 14),
    "cafe": (("Warung", "Kafe", "Kopi", "Rumah Makan", "Warkop"), 12),
    "mosque": (("Masjid", "Musala"), 7),
    "school": (_SCHOOLS, 5),
    "office": (("Kantor", "Dinas", "CV", "PT"), 5),
    "hotel": (("Hotel", "Penginapan", "Wisma"), 2),
    "clinic": (("Klinik", "Praktik Dokter", "Posyandu"), 2),
    "bridge": (("Jembatan", "Kali"), 1),
}
_SPREAD_DEGREES = 0.12


def made_up_places(count: int, known: Collection[Entry], seed: int = 112) -> list[Entry]:
    """`count` entries around those known, none under a name that a known one bears. The same seed gives the same names."""
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    taken = {words(name) for entry in known for name in (entry.name, *entry.names)}
    lat = sum(entry.lat for entry in known) / max(1, len(known))
    lon = sum(entry.lon for entry in known) / max(1, len(known))
    areas = [entry for entry in known if entry.kind == "kelurahan"]
    kinds, weights = list(_KINDS), [share for _, share in _KINDS.values()]
    found: list[Entry] = []
    while len(found) < count:
        kind = rng.choices(kinds, weights)[0]
        name = f"{rng.choice(_KINDS[kind][0])} {_name(rng, kind)}"
        if words(name) in taken:
            continue
        area = rng.choice(areas) if areas else None
        at = (area.lat, area.lon) if area else (lat, lon)
        spread = _SPREAD_DEGREES / 20 if area else _SPREAD_DEGREES
        found.append(
            Entry(
                f"made-up-{len(found)}", kind, name, (), at[0] + rng.gauss(0, spread), at[1] + rng.gauss(0, spread),
                rng.choice((50.0, 100.0, 200.0, 400.0)), area.area if area else None, area.district if area else None,
            )
        )  # fmt: skip
    return found


def _name(rng: random.Random, kind: str) -> str:
    def one(of: str) -> str:
        return rng.choice(_WORDS[of])

    if kind == "school":
        return f"{rng.randint(1, 400)} {one('commerce')}"
    if kind == "mosque":
        return f"{rng.choice(('Al', 'Nurul', 'Baitul', 'Jami', 'Ar', 'At'))} {one('arabic')} {_invented(rng)}"
    if kind in ("street", "lane"):
        ways = (
            f"{one('flowers')} {_number(rng)}",
            f"{one('people')} {one('heroes')}",
            f"{_invented(rng)} {_number(rng)}",
            f"{one('people')} {_invented(rng)}",
            f"{_invented(rng)} {rng.choice(('Dalam', 'Raya', 'Barat', 'Timur', 'Indah'))}",
        )
    else:
        ways = (
            f"{one('commerce')} {one('commerce')} {_number(rng)}",
            f"{one('commerce')} {_invented(rng)}",
            f"{one('people')} {one('commerce')}",
            f"{_invented(rng)} {_number(rng)}",
            f"{one('people')} {_invented(rng)}",
        )
    return rng.choice(ways).strip()


def _number(rng: random.Random) -> str:
    return rng.choice(("", "", "", "1", "2", "3", "II", "III", "IV", "5", "A", "B"))


def _invented(rng: random.Random) -> str:
    """A word that sounds as if it were from around here: consonant and vowel by turns, seldom short."""
    return "".join(rng.choices(_WORDS["syllables"], k=rng.choice((2, 3, 3, 3, 4, 4)))).capitalize()
