"""The city's names in memory, found by the letters they share with what was said."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from tanggap.city.model import Catalogue
from tanggap.location.model import Candidate
from tanggap.platform.text import fold

#: Abbreviations that callers and call takers use, spelled out so that both sides of a comparison look alike.
ABBREVIATIONS = {
    "jl": "jalan", "jln": "jalan", "lr": "lorong", "lrg": "lorong", "gg": "gang", "kel": "kelurahan", "kec": "kecamatan",
    "psr": "pasar", "rs": "rumah sakit", "rsud": "rumah sakit umum daerah", "pkm": "puskesmas", "smpn": "smp", "sman": "sma",
    "sdn": "sd", "univ": "universitas", "perum": "perumahan", "bdr": "bandara", "jbt": "jembatan", "mesjid": "masjid",
    "masjd": "masjid", "simpang": "perempatan", "prapatan": "perempatan", "bundran": "bundaran",
}  # fmt: skip

#: Words that say where something lies beside a place, or nothing at all: they must not find a place by themselves.
FILLERS = frozenset((
    "depan", "dpn", "samping", "smpg", "belakang", "blkg", "seberang", "sebrang", "dekat", "dkt", "sebelah", "di", "ke", "dari",
    "sama", "dan", "yang", "itu", "ini", "ada", "antara", "arah", "masuk", "sini", "situ", "kota", "kendari", "daerah",
    "wilayah", "sekitar", "pas", "persis", "lewat", "sebelum", "sesudah", "setelah", "kelurahan", "kecamatan",
))  # fmt: skip

#: Words of many names: alone they name nothing.
KINDS = frozenset(
    ("jalan", "lorong", "gang", "pasar", "masjid", "puskesmas", "perumahan", "jembatan", "perempatan", "toko", "kantor")
)

#: Below this likeness a name is not offered: better no candidate than a wrong one.
LEAST = 0.38


class _Name(msgspec.Struct, frozen=True):
    text: str
    grams: frozenset[str]
    place: int


def _radius_m(area_km2: float) -> float:
    """The radius of the circle of the same size, metres."""
    return 1000.0 * math.sqrt(area_km2 / math.pi)


def expand(said: str) -> list[str]:
    """The words of `said`, folded, with abbreviations spelled out."""
    return " ".join(ABBREVIATIONS.get(word, word) for word in fold(said).split()).split()


def grams(text: str) -> frozenset[str]:
    """The sets of three letters in `text`, with its ends marked."""
    return frozenset(part for word in text.split() for part in _word_grams(word))


def _word_grams(word: str) -> Iterable[str]:
    padded = f"^{word}$"
    return (padded[at : at + 3] for at in range(max(1, len(padded) - 2)))


class Gazetteer:
    """All places and areas of a city, with an index from three-letter groups to names.

    A simple form: one mention, no relations. Rare letter groups weigh more than common ones (inverse document frequency), so
    that «jalan» finds nothing and «anduonohu» finds Andonohu.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._candidates: list[Candidate] = []
        names: list[_Name] = []
        districts = {area.code: area.name for area in catalogue.areas if area.kind == "kecamatan"}
        for area in (*catalogue.kecamatan, *catalogue.kelurahan):
            parent = districts.get(area.parent or "")
            self._candidates.append(
                Candidate(
                    area.code, area.name, area.kind, area.lat, area.lon, _radius_m(area.area_km2),
                    area.code if area.kind == "kelurahan" else None, parent, 0.0, (),
                )
            )  # fmt: skip
            names += self._names((area.name, *area.aliases))
        kelurahan = {area.code: area for area in catalogue.areas if area.kind == "kelurahan"}
        for place in filter(lambda entry: entry.active, catalogue.places):
            inside = kelurahan.get(place.area or "")
            self._candidates.append(
                Candidate(
                    place.code, place.name, place.kind, place.lat, place.lon, place.uncertainty_m, place.area,
                    districts.get(inside.parent or "") if inside else None, 0.0, (),
                )
            )  # fmt: skip
            names += self._names((place.name, *place.aliases))
        self._named = names
        frequency = Counter(gram for name in names for gram in name.grams)
        self._weight = {gram: math.log(1 + len(names) / n) for gram, n in frequency.items()}
        self._having: dict[str, list[int]] = {}
        for number, name in enumerate(names):
            for gram in name.grams:
                self._having.setdefault(gram, []).append(number)

    def _names(self, names: Sequence[str]) -> list[_Name]:
        texts = dict.fromkeys(" ".join(expand(name)) for name in names)
        return [_Name(text, grams(text), len(self._candidates) - 1) for text in texts if text]

    def candidates(self, said: str, most: int = 5) -> list[Candidate]:
        """Places that `said` may mean, best first; none when nothing is alike enough."""
        words = [word for word in expand(said) if word not in FILLERS]
        if KINDS.issuperset(words):
            return []
        asked = grams(" ".join(words))
        scores: Counter[int] = Counter()
        for gram in asked:
            weight = self._weight.get(gram)
            if weight is not None:
                for number in self._having[gram]:
                    scores[number] += weight  # type: ignore[assignment]
        best: dict[int, tuple[float, str]] = {}
        for number, shared in scores.most_common(60):
            name = self._named[number]
            likeness = self._likeness(shared, asked, name)
            if likeness >= LEAST and likeness > best.get(name.place, (0.0, ""))[0]:
                best[name.place] = (likeness, name.text)
        ranked = sorted(best.items(), key=lambda item: (-item[1][0], self._candidates[item[0]].uncertainty_m))
        return [self._explained(place, likeness, name, words) for place, (likeness, name) in ranked[:most]]

    def _likeness(self, shared: float, asked: frozenset[str], name: _Name) -> float:
        """How much of the name was said, and how much of what was said is the name (the name counts double)."""
        of_name = shared / sum(self._weight[gram] for gram in name.grams)
        of_asked = shared / sum(self._weight.get(gram, 1.0) for gram in asked)
        return (2 * of_name + of_asked) / 3

    def _explained(self, place: int, likeness: float, name: str, words: Sequence[str]) -> Candidate:
        known = grams(name)
        matched = tuple(word for word in words if len(grams(word) & known) >= max(1, len(grams(word)) // 2))
        return msgspec.structs.replace(self._candidates[place], likeness=round(min(1.0, likeness), 2), matched=matched)
