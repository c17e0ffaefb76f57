"""What people say finds the place they mean, with its reasons; what is not known is not offered as if it were."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanggap.location.gazetteer import Gazetteer
from tanggap.location.model import Ask, Entry
from tanggap.location.plane import distance_m
from tests.unit.location.kendari import ENTRIES, KENDARI, first


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("dpn lippo plaza wua2", "Lippo Plaza Kendari"),
        ("kel anduonohu", "Andonohu"),
        ("wua2", "Wua-Wua"),
        ("wuawua", "Wua-Wua"),
        ("di dpn pasar baruga ada kebakaran", "Pasar Baruga"),
        ("lepolepo", "Lepo Lepo"),
        ("buskesmas lepo lepo", "Puskesmas Lepo-Lepo"),
        ("smp negri lima", "SMP Negeri 5 Kendari"),
        ("jl abunawas dekat lampu merah", "Jalan Abunawas"),
        ("mesjid al kautsar", "Masjid Raya Al-Kautsar Kendari"),
        ("kntr lurah mndonga", "Kantor Lurah Mandonga"),
    ],
)
def test_what_people_say_finds_the_place(said: str, meant: str) -> None:
    assert first(said).name == meant


NOTHING = ("", "a", "di depan situ", "qqqq xxxx", "jalan", "pasar", "!!!", "😀😀", "мечеть", "'; drop table place; --")
ELSEWHERE = ("jalan malioboro yogyakarta", "pantai losari makassar", "pasar sentral kolaka", "di rumah saya")


@pytest.mark.parametrize("said", NOTHING)
def test_nothing_is_confident_about_nothing(said: str) -> None:
    assert not KENDARI.find(said).confident


@pytest.mark.parametrize("said", ELSEWHERE)
def test_other_cities_and_nowhere_are_not_known_and_there_is_a_question_to_ask(said: str) -> None:
    found = KENDARI.find(said)
    assert not found.confident
    assert found.ask in set(Ask)


def test_school_numbers_are_told_apart_exactly() -> None:
    assert first("smp 5").name == "SMP Negeri 5 Kendari"
    assert first("sma 5").name == "SMA Negeri 5 Kendari"
    assert "15" not in first("smpn 5 kendari").name


def test_the_kelurahan_narrows_and_is_not_the_target() -> None:
    assert first("kelurahan bende lippo plaza").name == "Lippo Plaza Kendari"
    assert first("lippo plaza kel bende").kind != "kelurahan"


def test_between_two_places_lies_between_them_and_is_drawn() -> None:
    one, two = first("lippo plaza"), first("pasar baru")
    between = first("antara lippo plaza dan pasar baru")
    assert between.place == one.place
    assert between.also == (two.place,)
    assert between.drawn is not None
    assert between.drawn["type"] == "LineString"
    apart = distance_m(one.lat, one.lon, two.lat, two.lon)
    assert distance_m(between.lat, between.lon, one.lat, one.lon) == pytest.approx(apart / 2, rel=0.01)
    assert between.uncertainty_m >= 0.4 * apart


def test_metres_from_one_place_towards_another_lie_on_the_way() -> None:
    one, two = first("lippo plaza"), first("pasar baru")
    along = first("100 meter dari lippo plaza arah pasar baru")
    assert along.place == one.place
    assert distance_m(along.lat, along.lon, one.lat, one.lon) <= 101
    assert distance_m(along.lat, along.lon, two.lat, two.lon) < distance_m(one.lat, one.lon, two.lat, two.lon)


def test_details_are_kept_for_the_crew_and_find_no_place() -> None:
    understood = KENDARI.find("btn griya blok d5 no 3 rt 2 rw 7").understood
    assert understood.details == {"block": "D5", "number": "3", "rt": "2", "rw": "7"}


def test_every_candidate_says_why() -> None:
    why = [reason.filled for reason in first("dpn lipo plaza tukang cukur").why]
    assert {"said": "lipo", "word": "lippo"} in why
    assert {"said": "plaza"} in why
    assert {"said": "tukang cukur"} in why


def test_while_typing_the_last_word_may_be_a_beginning() -> None:
    names = [one.name for one in KENDARI.find("lippo pla", is_typing=True).candidates]
    assert "Lippo Plaza Kendari" in names


def test_what_is_here_names_what_is_near_with_its_direction() -> None:
    lippo = first("lippo plaza")
    here = KENDARI.reverse(lippo.lat + 0.001, lippo.lon)
    assert here[0].distance_m <= here[-1].distance_m
    assert any(near.place == lippo.place and near.wind == "utara" for near in KENDARI.reverse(lippo.lat + 0.001, lippo.lon, 10))


@pytest.mark.parametrize("point", [(-3.98, 122.51), (-3.90, 122.66), (10.0, 100.0), (-89.9, -179.0)])
def test_what_is_here_looks_no_less_closely_for_looking_in_a_band(point: tuple[float, float]) -> None:
    every = sorted(distance_m(*point, entry.lat, entry.lon) for entry in ENTRIES if entry.kind not in ("kelurahan", "kecamatan"))
    found = KENDARI.reverse(*point, 3)
    if every[0] < 10_000:
        assert len(found) == 3
        assert [near.distance_m for near in found] == sorted(near.distance_m for near in found)
        assert found[0].distance_m >= every[0] * 0.99


def test_two_places_of_one_name_are_not_certain_and_the_caller_is_asked_which() -> None:
    twins = [Entry(f"twin-{n}", "mosque", "Masjid Panah Merah", (), -3.95 - n / 20, 122.50 + n / 20, 50.0) for n in (0, 1)]
    found = KENDARI.with_changes(twins).find("masjid panah merah")
    assert {one.place for one in found.candidates[:2]} == {"twin-0", "twin-1"}
    assert not found.confident
    assert found.ask is Ask.WHICH


def test_no_candidate_is_surer_than_a_better_one() -> None:
    for said in ("antara lippo plaza dan pasar baru", "wua2", "smp 5 dekat pasar", "jl ahmad yani"):
        sure = [one.p for one in KENDARI.find(said).candidates]
        assert sure == sorted(sure, reverse=True), said


NEW = Entry("new", "monument", "Tugu Panah Merah", ("Tugu Panah",), -3.98, 122.51, 50.0)


def test_a_change_is_found_at_once_and_leaves_the_older_gazetteer_as_it_was() -> None:
    more = KENDARI.with_changes([NEW])
    assert first("tugu panah merah", more).place == "new"
    assert KENDARI.entry("new") is None
    moved = more.with_changes([Entry("new", "monument", "Tugu Busur Merah", (), -3.99, 122.52, 50.0)])
    assert first("tugu busur merah", moved).lat == -3.99
    assert len(moved) == len(more) == len(KENDARI) + 1
    gone = moved.with_changes([], ["new"])
    assert gone.entry("new") is None
    assert "new" not in [one.place for one in gone.find("tugu busur merah").candidates]


def test_an_entry_of_the_base_can_be_renamed_and_taken_away() -> None:
    place = first("lippo plaza").place
    entry = KENDARI.entry(place)
    assert entry is not None
    renamed = KENDARI.with_changes([Entry(place, entry.kind, "Plaza Matahari", (), entry.lat, entry.lon, entry.uncertainty_m)])
    assert first("plaza matahari", renamed).place == place
    assert place not in [one.place for one in KENDARI.with_changes([], [place]).find("lippo plaza").candidates]


def test_a_written_index_answers_as_the_one_that_was_built(tmp_path: Path) -> None:
    changed = KENDARI.with_changes([NEW])
    changed.save(tmp_path / "index")
    read = Gazetteer.load(tmp_path / "index", KENDARI.areas, "Kendari")
    for said in ("tugu panah", "dpn lippo plaza wua2", "antara lippo plaza dan pasar baru", "smpn 5"):
        assert read.find(said).candidates == Gazetteer(changed.entries, KENDARI.areas, "Kendari").find(said).candidates


def _of_another_form(good: bytes) -> bytes:
    file = msgspec.msgpack.decode(good)
    return msgspec.msgpack.encode({**file, "form": "tanggap-gazetteer-1"})


def _of_older_days(good: bytes) -> bytes:
    file = msgspec.msgpack.decode(good)
    del file["form"]
    return msgspec.msgpack.encode(file)


def _without_its_entries(good: bytes) -> bytes:
    file = msgspec.msgpack.decode(good)
    return msgspec.msgpack.encode({**file, "entries": []})


@pytest.mark.parametrize(
    "spoilt",
    [
        _of_another_form,
        _of_older_days,
        _without_its_entries,
        lambda good: good[: len(good) // 2],
        lambda good: b"",
        lambda good: b'{"type": "FeatureCollection", "features": []}',
        lambda good: msgspec.msgpack.encode([1, 2, 3]),
    ],
)
def test_a_file_of_another_form_is_refused_with_one_clear_error(tmp_path: Path, spoilt: Callable[[bytes], bytes]) -> None:
    KENDARI.save(tmp_path / "index")
    (tmp_path / "spoilt").write_bytes(spoilt((tmp_path / "index").read_bytes()))
    with pytest.raises(ValueError, match="index file"):
        Gazetteer.load(tmp_path / "spoilt")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_any_words_give_an_answer(said: str) -> None:
    found = KENDARI.find(said)
    assert [one.place for one in found.candidates] == list(dict.fromkeys(one.place for one in found.candidates))
    for candidate in found.candidates:
        assert 0 <= candidate.p <= 1
        assert candidate.uncertainty_m > 0


def test_a_very_long_text_is_cut_not_chewed() -> None:
    assert len(KENDARI.find("lippo plaza " * 5_000).candidates) <= 10


INSIDE = [entry for entry in ENTRIES if entry.area and entry.kind in ("hospital", "clinic", "market", "mall", "campus", "fuel")]
KELURAHAN = {entry.area: entry.name for entry in ENTRIES if entry.kind == "kelurahan"}


def rank(place: str, said: str) -> int:
    found = [one.place for one in KENDARI.find(said).candidates]
    return found.index(place) if place in found else 99


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(INSIDE))
def test_a_true_narrowing_never_lowers_the_place(entry: Entry) -> None:
    assert rank(entry.id, f"{entry.name} kelurahan {KELURAHAN[entry.area]}") <= rank(entry.id, entry.name)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(INSIDE), st.randoms(use_true_random=False))
def test_the_order_of_words_matters_little(entry: Entry, rng: object) -> None:
    said = entry.name.split()
    rng.shuffle(said)  # type: ignore[attr-defined]
    assert rank(entry.id, " ".join(said)) <= 2
