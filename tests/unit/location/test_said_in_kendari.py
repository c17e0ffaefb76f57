"""What callers in Kendari might say finds the place meant, and what nobody knows is not answered as if it were known."""

from pathlib import Path

import pytest

from tanggap.location.gazetteer import Gazetteer
from tanggap.location.model import Ask, Entry, Relation
from tanggap.simulation.made_up import made_up_places
from tests.unit.location.kendari import ENTRIES, KENDARI, first

LINES = Path(__file__).with_name("said_in_kendari.txt").read_text("utf-8").splitlines()
SAID = [
    (said.strip(), frozenset(filter(None, (name.strip() for name in meant.split(";")))))
    for said, _, meant in (line.partition("|") for line in LINES if line and not line.startswith("#"))
]
KNOWN = [(said, meant) for said, meant in SAID if meant]
UNKNOWN = [said for said, meant in SAID if not meant]
NAMES = {entry.name for entry in ENTRIES}
#: What happened, and what is asked for; none of it is a place.
EVENTS = (
    "{}",
    "kabel putus di {}",
    "bau gas di {}",
    "halo 112 ada kebakaran di {}",
    "minta mobil damkar ke {}",
    "tabe pak ada laka di {}",
    "kitorang di {} mi",
    "lampu jalan mati di {}",
    "tidak jauh dari {}",
    "pertigaan {}",
    "{} kota kendari sultra",
    "{} km 5",
    "{} lorong 3",
    "kira-kira lima ratus meter dari {}",
    "bersebelahan dengan {}",
    "lorong depan {}",
    "{} rumah cat hijau",
)
PLACES = [
    entry for entry in ENTRIES if entry.kind in ("hospital", "clinic", "market", "mall", "fuel", "hotel", "campus", "bridge")
]


def test_the_set_is_large_and_names_places_that_there_are() -> None:
    assert len(KNOWN) >= 200
    assert len(UNKNOWN) >= 30
    assert [said for said, meant in KNOWN if not meant & NAMES] == []


@pytest.mark.parametrize("crowd", [0, 5_000])
def test_callers_words_find_the_place(crowd: int) -> None:
    among = Gazetteer([*ENTRIES, *made_up_places(crowd, ENTRIES)], None, "Kendari") if crowd else KENDARI
    first_right = among_five = confident = wrong = 0
    for said, meant in KNOWN:
        found = among.find(said)
        names = [one.name.split(" – ")[0] for one in found.candidates[:5]]
        is_right = names[:1] != [] and names[0] in meant
        first_right += is_right
        among_five += bool(meant & set(names))
        confident += found.confident
        wrong += found.confident and not is_right
    assert first_right / len(KNOWN) >= 0.97
    assert among_five / len(KNOWN) >= 0.985
    assert confident / len(KNOWN) >= 0.8
    assert wrong <= 0.01 * confident


@pytest.mark.parametrize("said", UNKNOWN)
def test_what_nobody_knows_is_not_known(said: str) -> None:
    assert not KENDARI.find(said).confident


@pytest.mark.parametrize("event", EVENTS)
def test_the_story_around_a_place_hides_it_from_nobody(event: str) -> None:
    found = [(entry, KENDARI.find(event.format(entry.name.lower()))) for entry in PLACES]
    right = sum(bool(one.candidates) and one.candidates[0].name == entry.name for entry, one in found)
    assert right / len(found) >= 0.97
    assert sum(one.confident for _, one in found) / len(found) >= 0.75


def test_words_before_di_that_name_a_place_stay_the_place() -> None:
    assert first("hotel claro di mandonga").name == "Hotel Claro"
    assert first("kfc di wua-wua").name == "KFC Wua-Wua"


def test_a_kind_before_another_kind_is_what_stands_there() -> None:
    assert first("lorong spbu martandu").name == "SPBU Martandu"
    assert first("kantor lurah tobuuha").name == "Kantor Lurah Tobuuha"


def test_lanes_kilometres_and_colours_are_details() -> None:
    understood = KENDARI.find("jalan martandu lorong 3 km 5 rumah cat hijau").understood
    assert understood.details == {"lane": "3", "km": "5", "colour": "HIJAU"}


def test_a_street_may_be_called_a_trunk_road() -> None:
    assert first("jalan poros gunung jati").name == "Jalan Poros Gunung Jati"


def test_what_it_is_not_is_offered_to_nobody() -> None:
    found = KENDARI.find("di anawai bukan anaiwoi")
    assert (found.candidates[0].name, found.confident) == ("Anawai", True)
    assert all(one.p < 0.5 for one in found.candidates if one.name == "Anaiwoi")
    assert first("bukan main ramainya di pasar panjang").name == "Pasar Panjang"


def test_a_border_lies_between_its_two_sides() -> None:
    one, two = first("kelurahan punggolaka"), first("kelurahan tobuuha")
    border = first("perbatasan punggolaka dengan tobuuha")
    assert (border.place, border.also) == (one.place, (two.place,))
    assert first("gerbang batas kota puuwatu").name == "Gerbang Puuwatu"


def test_two_names_stand_apart_without_a_word_between_them() -> None:
    for said in ("antara jl martandu jl malaka", "antara jl martandu, jl malaka", "pertigaan antara jl martandu dan jl malaka"):
        found = first(said)
        assert found.also != (), said
        assert found.name == "Jalan Martandu – Jalan Malaka"


def test_the_city_alone_is_no_place_in_it() -> None:
    assert KENDARI.find("kota kendari").candidates == ()
    assert KENDARI.find("di kota kendari sulawesi tenggara").ask is Ask.KELURAHAN
    assert not KENDARI.find("kendari").confident
    found = KENDARI.find("kecamatan kendari")
    assert (found.candidates[0].kind, found.confident) == ("kecamatan", True)


@pytest.mark.parametrize(
    "said", ["di toronipa", "bandara haluoleo", "pohara dekat jembatan", "konda", "konda perbatasan kendari", "kolaka"]
)
def test_beyond_the_border_the_question_is_which_city(said: str) -> None:
    assert KENDARI.find(said).ask is Ask.CITY


def test_a_place_here_that_bears_a_neighbours_name_is_here() -> None:
    assert KENDARI.find("gerbang ranomeeto").confident
    assert KENDARI.find("jalan konawe").candidates[0].name == "Jalan Konawe"
    assert KENDARI.find("jalan konawe").ask is not Ask.CITY


def test_local_words_for_before_and_behind_are_relations() -> None:
    for said, relation in {
        "ri olo hotel claro": Relation.FRONT, "rimunri hotel claro": Relation.BEHIND, "we wise hotel claro": Relation.FRONT,
        "te kundono hotel claro": Relation.BEHIND, "ri benreng hotel claro": Relation.BESIDE,
    }.items():  # fmt: skip
        assert [one.relation for one in KENDARI.find(said).understood.mentions] == [relation], said


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [("shop", "Toko Perbatasan Jaya", "dpn toko perbatasan jaya"), ("street", "Jalan Tembus Melati", "jl tembus melati"),
     ("cafe", "Warung Bukan Rahasia", "warung bukan rahasia"), ("gate", "Tugu Batas Kota Wolasi", "tugu batas kota wolasi")],
)  # fmt: skip
def test_such_words_may_stand_in_a_name(kind: str, name: str, said: str) -> None:
    found = KENDARI.with_changes([Entry("new", kind, name, (), -3.98, 122.51, 30.0)]).find(said)
    assert (found.candidates[0].name, found.confident) == (name, True)
