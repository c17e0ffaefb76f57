"""Made-up queries about places that are known: how callers shorten, misspell, mishear, reorder and wrap a name. Seeded.

Each with a true point, drawn as `true_points.py` says; none where several places bear the name, or where two are too far apart to
be «between» them.
"""

import random
from collections.abc import Callable, Sequence

import msgspec

from benchmarks.true_points import Point, at, between, within
from tanggap.location.model import Entry, Relation
from tanggap.location.places import FARTHEST_M, apart_m
from tanggap.location.stretches import AREAS

_SHORT = {
    "jalan": ("jl", "jln", "jl.", "j"), "lorong": ("lr", "lrg", "lrng"), "kelurahan": ("kel", "kel."), "kantor": ("ktr", "kntr"),
    "masjid": ("mesjid", "msjd"), "puskesmas": ("pkm", "puskes"), "perumahan": ("perum", "btn", "komp"), "rumah sakit": ("rs",),
    "sma negeri": ("sman", "sma"), "smp negeri": ("smpn", "smp"), "sd negeri": ("sdn", "sd"), "kendari": ("kdi", "kndri"),
    "spbu": ("pom bensin", "pombensin"), "jembatan": ("jbt",), "simpang": ("perempatan",), "jenderal": ("jend",),
    "pasar": ("psr",),
}  # fmt: skip
_HEARD = (
    ("b", "p"),
    ("d", "t"),
    ("g", "k"),
    ("u", "o"),
    ("o", "u"),
    ("f", "p"),
    ("e", "i"),
    ("k", "kh"),
    ("u", "oe"),
    ("a", "ah"),
)
_BEFORE = (
    "halo pak di ",
    "tolong cepat di ",
    "ini di ",
    "ada kebakaran di ",
    "pohon tumbang di ",
    "kejadiannya di ",
    "iya bu di ",
    "",
)
_AFTER = (" pak", " situ", " bu", " tolong", " cepat", "")
_BESIDE = {
    "depan ": Relation.FRONT, "dpn ": Relation.FRONT, "samping ": Relation.BESIDE, "dkt ": Relation.NEAR, "dekat ": Relation.NEAR,
    "belakang ": Relation.BEHIND, "seberang ": Relation.OPPOSITE, "pas depan ": Relation.FRONT, "sekitar ": Relation.NEAR,
}  # fmt: skip
_ELSEWHERE = (
    "jalan malioboro jogja", "pasar tanah abang jakarta", "pantai losari makassar", "alun alun bandung", "simpang lima semarang",
    "bandara sam ratulangi manado", "tunjungan plaza surabaya", "raha kabupaten muna", "pasar sentral kolaka",
    "kota lama semarang",
)  # fmt: skip
_NOTHING = (
    "tidak tau di mana pak",
    "di rumah saya",
    "halo halo",
    "asdf qwer",
    "disini saja",
    "dekat situ",
    "tes tes",
    "12345",
    "apa ini",
)


class Query(msgspec.Struct, frozen=True):
    """What is asked, and the ids of which one is right; none when the place is not known."""

    said: str
    expected: frozenset[str]
    form: str
    point: Point | None = None  # where the caller is, degrees WGS 84


def known_queries(entries: Sequence[Entry], count: int, seed: int = 7) -> list[Query]:
    """`count` queries about `entries`, of every form in turn."""
    rng = random.Random(seed)
    forms: dict[str, Callable[[], Query]] = {
        "clean": lambda: _about(rng, entries, "clean", str.lower),
        "short": lambda: _about(rng, entries, "short", lambda name: shortened(name, rng)),
        "slip": lambda: _about(rng, entries, "slip", lambda name: slipped(name.lower(), rng)),
        "heard": lambda: _about(rng, entries, "heard", lambda name: misheard(name.lower(), rng)),
        "order": lambda: _about(rng, entries, "order", lambda name: shuffled(name.lower(), rng)),
        "wrapped": lambda: _about(rng, entries, "wrapped", lambda name: rng.choice(_BEFORE) + name.lower() + rng.choice(_AFTER)),
        "beside": lambda: _beside(rng, entries),
        "narrowed": lambda: _narrowed(rng, entries),
        "between": lambda: _between(rng, entries),
        "mixed": lambda: _about(
            rng, entries, "mixed", lambda name: rng.choice(_BEFORE) + slipped(shortened(name, rng), rng) + rng.choice(_AFTER)
        ),
    }
    names = list(forms)
    return [forms[names[n % len(names)]]() for n in range(count)]


def unknown_queries(taken_out: Sequence[Entry], count: int, seed: int = 8) -> list[Query]:
    """`count` queries that the gazetteer has no answer to: places taken out of it, other cities, nothing at all."""
    rng = random.Random(seed)
    found = []
    for n in range(count):
        said = rng.choice(_ELSEWHERE) if n % 4 == 0 else rng.choice(_NOTHING) if n % 4 == 1 else None
        if said is None and taken_out:
            said = rng.choice(_BEFORE) + shortened(rng.choice(taken_out).name, rng)
        found.append(Query(said or rng.choice(_NOTHING), frozenset(), "unknown"))
    return found


def _about(
    rng: random.Random, entries: Sequence[Entry], form: str, say: Callable[[str], str], relation: Relation = Relation.AT
) -> Query:
    entry = rng.choice(entries)
    name = rng.choice((entry.name, entry.name, *entry.names))
    said, same = say(name), _same(entries, entry)
    return Query(said, same, form, _where(random.Random(said), entries, entry, relation) if len(same) == 1 else None)


def _where(rng: random.Random, entries: Sequence[Entry], entry: Entry, relation: Relation) -> Point:
    inside = within(entry, entries) if entry.kind in AREAS else []
    return rng.choice(inside) if inside else at(rng, entry, relation)


def _beside(rng: random.Random, entries: Sequence[Entry]) -> Query:
    word = rng.choice([*_BESIDE])
    return _about(rng, entries, "beside", lambda name: word + shortened(name, rng), _BESIDE[word])


def _narrowed(rng: random.Random, entries: Sequence[Entry]) -> Query:
    inside = [entry for entry in entries if entry.area and entry.kind not in ("kelurahan", "kecamatan")]
    entry = rng.choice(inside)
    areas = [area.name.lower() for area in entries if area.kind == "kelurahan" and area.area == entry.area] or ["kendari"]
    said = rng.choice(("{0} kel {1}", "kelurahan {1} {0}", "{0} di {1}", "{0} yang di {1}")).format(entry.name.lower(), areas[0])
    same = _same(entries, entry)
    return Query(said, same, "narrowed", at(random.Random(said), entry) if len(same) == 1 else None)


def _between(rng: random.Random, entries: Sequence[Entry]) -> Query:
    one, two = rng.sample([entry for entry in entries if entry.kind not in ("kelurahan", "kecamatan")], 2)
    said = f"antara {shortened(one.name, rng)} {rng.choice(('dan', 'sama', 'dgn'))} {shortened(two.name, rng)}"
    point = between(random.Random(said), one, two) if apart_m(one, two) <= FARTHEST_M else None
    return Query(said, _same(entries, one) | _same(entries, two), "between", point)


def _same(entries: Sequence[Entry], entry: Entry) -> frozenset[str]:
    names = {entry.name.lower(), *(name.lower() for name in entry.names)}
    return frozenset(one.id for one in entries if one.name.lower() in names or names & {name.lower() for name in one.names})


def shortened(name: str, rng: random.Random) -> str:
    """With the abbreviations that are written."""
    said = name.lower()
    for word, shorts in _SHORT.items():
        if rng.random() < 0.7:
            said = said.replace(word, rng.choice(shorts))
    return said


def shuffled(said: str, rng: random.Random) -> str:
    """With its words in any order."""
    return " ".join(rng.sample(said.split(), len(said.split())))


def slipped(said: str, rng: random.Random) -> str:
    """With one slip of the hand in its longest word."""
    word = max(said.split(), key=len)
    if len(word) < 4:
        return said
    at = rng.randrange(1, len(word) - 1)
    slip = rng.randrange(4)
    letter = rng.choice("aeiounkrslt")
    changed = (
        word[:at] + word[at + 1 :], word[:at] + letter + word[at:], word[:at] + letter + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    )[slip]  # fmt: skip
    return said.replace(word, changed, 1)


def misheard(said: str, rng: random.Random) -> str:
    """With up to two sounds taken for others."""
    for heard, written in rng.sample(_HEARD, 4)[:2]:
        at = said.find(heard, 1)
        if at > 0:
            said = said[:at] + written + said[at + len(heard) :]
    return said
