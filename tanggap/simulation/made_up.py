"""Places that never were: plausible names to crowd a gazetteer with, so that the engine is measured as a large city would use it."""

import random
from collections.abc import Collection

from tanggap.location.model import Entry
from tanggap.location.spelling import words

_FLOWERS = [
    "Melati",
    "Mawar",
    "Anggrek",
    "Kenanga",
    "Cempaka",
    "Dahlia",
    "Flamboyan",
    "Bougenville",
    "Teratai",
    "Seroja",
    "Kamboja",
    "Tulip",
    "Sakura",
    "Nusa",
    "Cemara",
    "Beringin",
    "Jati",
    "Akasia",
    "Mahoni",
    "Trembesi",
    "Ketapang",
    "Kelapa",
    "Pinang",
    "Nangka",
    "Rambutan",
    "Manggis",
    "Durian",
    "Mangga",
    "Salak",
    "Jambu",
    "Sawo",
    "Pala",
    "Cengkeh",
    "Kopra",
    "Sagu",
]
_HEROES = [
    "Sudirman",
    "Hasanuddin",
    "Pattimura",
    "Diponegoro",
    "Kartini",
    "Imam",
    "Teuku",
    "Cut",
    "Nyak",
    "Gajah",
    "Mada",
    "Hayam",
    "Wuruk",
    "Sultan",
    "Agung",
    "Suprapto",
    "Yamin",
    "Rasuna",
    "Said",
    "Sisingamangaraja",
    "Gatot",
    "Subroto",
    "Thamrin",
    "Juanda",
    "Monginsidi",
    "Ratulangi",
    "Supratman",
    "Wahidin",
    "Husodo",
    "Sudarso",
    "Katamso",
    "Panjaitan",
    "Sutoyo",
    "Parman",
]
_PEOPLE = [
    "Ahmad",
    "Abdul",
    "Rahman",
    "Yusuf",
    "Ibrahim",
    "Ismail",
    "Hasan",
    "Husain",
    "Umar",
    "Usman",
    "Ali",
    "Idris",
    "Salim",
    "Amir",
    "Anwar",
    "Basri",
    "Daeng",
    "Latif",
    "Madjid",
    "Nur",
    "Rauf",
    "Saleh",
    "Tahir",
    "Wahid",
    "Yunus",
    "Zainal",
    "Arifin",
    "Hamzah",
    "Jafar",
    "Karim",
    "Laode",
    "Wa",
    "Ode",
    "Lasinta",
    "Lahami",
    "Lapadaku",
    "Samsul",
    "Bahri",
    "Rustam",
    "Hamid",
    "Kadir",
    "Mustafa",
]
_ARABIC = [
    "Nurul",
    "Iman",
    "Falah",
    "Huda",
    "Hidayah",
    "Ikhlas",
    "Taqwa",
    "Muttaqin",
    "Muhajirin",
    "Anshar",
    "Rahmah",
    "Jihad",
    "Amin",
    "Mukhlisin",
    "Istiqamah",
    "Mujahidin",
    "Furqan",
    "Munawwarah",
    "Ittihad",
    "Ukhuwah",
    "Salam",
    "Jannah",
    "Hikmah",
    "Barokah",
    "Firdaus",
    "Aqsha",
    "Quba",
    "Nur",
    "Arafah",
]
_COMMERCE = [
    "Maju",
    "Jaya",
    "Makmur",
    "Sejahtera",
    "Abadi",
    "Sentosa",
    "Mulia",
    "Berkah",
    "Indah",
    "Permai",
    "Asri",
    "Lestari",
    "Mandiri",
    "Utama",
    "Bersama",
    "Sinar",
    "Cahaya",
    "Bintang",
    "Surya",
    "Harapan",
    "Baru",
    "Prima",
    "Mega",
    "Citra",
    "Graha",
    "Griya",
    "Puri",
    "Bumi",
    "Taman",
    "Pesona",
    "Mutiara",
    "Intan",
    "Permata",
    "Kencana",
    "Pelangi",
    "Samudra",
    "Bahari",
]
_SYLLABLES = [
    "ang",
    "go",
    "ho",
    "ka",
    "ke",
    "ki",
    "ko",
    "la",
    "lo",
    "lu",
    "ma",
    "me",
    "mo",
    "mu",
    "na",
    "ngge",
    "nggo",
    "no",
    "pa",
    "po",
    "pu",
    "ra",
    "ro",
    "sa",
    "so",
    "ta",
    "te",
    "to",
    "tu",
    "wa",
    "we",
    "wu",
    "wo",
    "bu",
    "bo",
    "da",
    "ga",
    "hu",
    "ba",
]
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
    """`count` entries around those known, none of them under a name that a known one bears. The same seed gives the same names."""
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
    if kind == "school":
        return f"{rng.randint(1, 400)} {rng.choice(_COMMERCE)}"
    if kind == "mosque":
        return f"{rng.choice(('Al', 'Nurul', 'Baitul', 'Jami', 'Ar', 'At'))} {rng.choice(_ARABIC)} {_invented(rng)}".strip()
    if kind in ("street", "lane"):
        ways = (
            lambda: f"{rng.choice(_FLOWERS)} {_number(rng)}", lambda: f"{rng.choice(_PEOPLE)} {rng.choice(_HEROES)}",
            lambda: f"{_invented(rng)} {_number(rng)}", lambda: f"{rng.choice(_PEOPLE)} {_invented(rng)}",
            lambda: f"{_invented(rng)} {rng.choice(('Dalam', 'Raya', 'Barat', 'Timur', 'Indah'))}",
        )  # fmt: skip
        return rng.choice(ways)().strip()
    ways = (
        lambda: f"{rng.choice(_COMMERCE)} {rng.choice(_COMMERCE)} {_number(rng)}", lambda: f"{rng.choice(_COMMERCE)} {_invented(rng)}",
        lambda: f"{rng.choice(_PEOPLE)} {rng.choice(_COMMERCE)}", lambda: f"{_invented(rng)} {_number(rng)}",
        lambda: f"{rng.choice(_PEOPLE)} {_invented(rng)}",
    )  # fmt: skip
    return rng.choice(ways)().strip()


def _number(rng: random.Random) -> str:
    return rng.choice(("", "", "", "1", "2", "3", "II", "III", "IV", "5", "A", "B"))


def _invented(rng: random.Random) -> str:
    """A word that sounds as if it were from around here: consonant and vowel by turns, seldom short."""
    return "".join(rng.choices(_SYLLABLES, k=rng.choice((2, 3, 3, 3, 4, 4)))).capitalize()
