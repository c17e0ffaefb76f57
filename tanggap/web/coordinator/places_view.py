"""The rows of the proposals' page: each with what it is near, what it is like, and what it may be merged into."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tanggap.city.service import area_at
from tanggap.location.around import away_words
from tanggap.location.gazetteer import Gazetteer
from tanggap.location.learning.model import LessonKind, Proposal
from tanggap.location.plane import distance_m
from tanggap.location.spelling import WORDS, tokens
from tanggap.platform.i18n import N_
from tanggap.scene import Scene
from tanggap.web.place_words import area_words
from tanggap.web.timeline import Translate

#: Proposals this close, metres, may be one place.
CLOSE_M = 150.0
#: Places that a proposal may be merged into, the likeliest ones.
MOST_CHOICES = 6
#: A place less likely than this is not like the words.
LEAST_P = 0.05
#: Kinds that are counted by name; the rest is one number.
MOST_KINDS = 10

#: Kinds of places as people say them, by their code.
KIND_WORDS: dict[str, str] = {
    "landmark": N_("tempat yang dikenal"), "kelurahan": N_("kelurahan"), "kecamatan": N_("kecamatan"),
    "street": N_("jalan"), "lane": N_("lorong"), "junction": N_("perempatan"), "bridge": N_("jembatan"),
    "housing": N_("perumahan"), "river": N_("sungai"), "school": N_("sekolah"), "campus": N_("kampus"),
    "hospital": N_("rumah sakit"), "clinic": N_("puskesmas atau klinik"), "market": N_("pasar"),
    "mall": N_("pusat belanja"), "shop": N_("toko"), "mosque": N_("masjid"), "church": N_("gereja"),
    "hotel": N_("hotel"), "cafe": N_("warung atau kafe"), "fuel": N_("SPBU"), "beach": N_("pantai"),
    "park": N_("taman"), "office": N_("kantor"), "terminal": N_("terminal"), "harbour": N_("pelabuhan"),
    "bank": N_("bank"), "pharmacy": N_("apotek"), "restaurant": N_("rumah makan"), "worship": N_("tempat ibadah"),
    "temple": N_("pura atau vihara"), "cemetery": N_("makam"), "field": N_("lapangan"), "sports": N_("sarana olahraga"),
    "airport": N_("bandara"), "bus_route": N_("rute angkutan"), "bus_stop": N_("halte"), "quarter": N_("lingkungan"),
    "neighbourhood": N_("lingkungan"), "hamlet": N_("dusun"), "rw": N_("RW"), "rt": N_("RT"), "lake": N_("danau"),
    "coast": N_("pesisir"), "hall": N_("balai"), "sight": N_("tempat wisata"), "police": N_("kantor polisi"),
    "fire_station": N_("pos pemadam"), "island": N_("pulau"), "monument": N_("tugu"), "gate": N_("gerbang"),
}  # fmt: skip


class Choice(NamedTuple):
    """A value and its words."""

    value: str
    label: str


class Row(NamedTuple):
    """One proposal."""

    n: int
    proposal: Proposal
    name: str  # as it would be approved
    kind: str  # guessed from the words
    place: str  # of an alias: the place's name
    near: str  # «60 m barat laut RSUD Bahteramas»
    within: str  # «kel. Bende atau Wowawanggu»
    alike: str  # proposals that may be the same
    choices: tuple[Choice, ...]  # places it may be merged into


class KindCount(NamedTuple):
    """How many places of a kind are known."""

    label: str
    n: int


def kind_word(kind: str, translate: Translate) -> str:
    """A kind as people say it; one that only the city knows by its code."""
    return translate(KIND_WORDS[kind]) if kind in KIND_WORDS else kind.replace("_", " ")


def kinds(known: Iterable[str], translate: Translate) -> list[Choice]:
    """The kinds to choose from, by their words."""
    return sorted((Choice(kind, kind_word(kind, translate)) for kind in known), key=lambda one: one.label)


def rows(proposals: Sequence[Proposal], scene: Scene, translate: Translate) -> list[Row]:
    """The rows of the list, with what stands around each."""
    return [_row(n, one, proposals, scene, translate) for n, one in enumerate(proposals, start=1)]


def _row(n: int, one: Proposal, all_of_them: Sequence[Proposal], scene: Scene, translate: Translate) -> Row:
    gazetteer = scene.gazetteer
    near = gazetteer.reverse(one.lat, one.lon)
    picked = gazetteer.entry(one.place) if one.place else None
    is_alias = one.kind is LessonKind.ALIAS
    like = [candidate for candidate in gazetteer.recalled(one.said, MOST_CHOICES).candidates if candidate.p >= LEAST_P]
    choices = {candidate.place: f"{candidate.name} ({candidate.p:.0%})" for candidate in like}
    choices |= {place.place: place.name for place in near if place.place not in choices}
    alike = [f"{n}" for n, other in enumerate(all_of_them, start=1) if other is not one and _may_be_same(one, other)]
    return Row(
        n=n,
        proposal=one,
        name=one.said if is_alias else one.said.title(),
        kind=_guessed(one.said, gazetteer),
        place=picked.name if picked else "",
        near=away_words(near[0], translate) if near else "",
        within=area_words(area_at(scene.catalogue, one.lat, one.lon), translate),
        alike=", ".join(alike),
        choices=tuple(Choice(place, name) for place, name in choices.items() if place != one.place)[:MOST_CHOICES],
    )


def _may_be_same(one: Proposal, other: Proposal) -> bool:
    return one.said == other.said or distance_m(one.lat, one.lon, other.lat, other.lon) < CLOSE_M


def _guessed(said: str, gazetteer: Gazetteer) -> str:
    """The kind that a word of the name says: «warung …» is where one eats."""
    classes = {token.kind for token in tokens(said) if token.kind}
    counted = Counter({kind: n for kind, n in gazetteer.kinds.items() if WORDS.entry_kinds.get(kind) in classes})
    return counted.most_common(1)[0][0] if counted else "landmark"


def counts(gazetteer: Gazetteer, translate: Translate) -> list[KindCount]:
    """How many places of each kind are known, the most frequent first; the rest as one."""
    words = Counter[str]()
    for kind, n in gazetteer.kinds.items():
        words[kind_word(kind, translate)] += n
    counted = words.most_common()
    rest = sum(n for _, n in counted[MOST_KINDS:])
    told = [KindCount(label, n) for label, n in counted[:MOST_KINDS]]
    return [*told, KindCount(translate(N_("lainnya")), rest)] if rest else told


def known_share(gazetteer: Gazetteer, said: Sequence[str]) -> float | None:
    """Of what was said lately, the share in which this gazetteer is sure of a place; None when nothing was said."""
    return sum(gazetteer.recalled(words, MOST_CHOICES).confident for words in said) / len(said) if said else None
