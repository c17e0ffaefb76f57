"""A pack with a mistake is refused, and the people who wrote it are told where and what."""

import json
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanggap.city.pack import read_pack
from tanggap.city.pack_reading import PackError
from tanggap.city.service_levels import LEVEL_FIGURES

Files = dict[str, dict[str, Any]]


def small_pack() -> Files:
    """The sound pack of a city that never was, small enough to change one thing at a time: file name → its content."""
    said = {"provenance": "proposed", "source": "the authors of the tests"}
    target = {"acknowledge_s": 60, "travel_s": 900, "resolve_s": 3600, "note": "A guess.", "provenance": "proposed"}
    question = {"code": "trapped", "kind": "yes_no", "id": "Ada yang terjebak?", "en": "Anyone trapped?", "raises": {"yes": "P1"}}
    agency = {"handles_id": "Semua", "handles_en": "Everything", **said}
    return {
        "city.toml": {
            "code": "kotabaru",
            "name": "Kota Baru",
            "timezone": "Asia/Makassar",
            "prefix": "KBR",
            "emergency_number": "112",
            "neighbours": [],
            **said,
            "bbox": {"south": -4.0, "west": 122.0, "north": -3.0, "east": 123.0},
            "map": {"centre": [-3.5, 122.5], "zoom": 12.0},
        },
        "agencies.toml": {
            "agency": [
                {"code": "damkar", "name": "Pemadam", "short": "Damkar", **agency},
                {"code": "bpbd", "name": "Penanggulangan Bencana", "short": "BPBD", **agency},
            ]
        },
        "categories.toml": {
            "category": [
                {
                    "code": "fire",
                    "name_id": "Kebakaran",
                    "name_en": "Fire",
                    "group": "fire",
                    "priority": "P2",
                    "lead": "damkar",
                    "support": [],
                    "next": ["bpbd"],
                    "words": ["api"],
                    "advice_id": "Keluar.",
                    "advice_en": "Get out.",
                    "questions": [question],
                    **said,
                }
            ]
        },
        "districts.toml": {
            "kecamatan": [
                {"code": "99.01.01", "name": "Utara", "centre": [-3.5, 122.5], "inner": [-3.5, 122.5], "area_km2": 9.0, **said}
            ],
            "kelurahan": [
                {
                    "code": "99.01.01.1001",
                    "kecamatan": "99.01.01",
                    "name": "Pasar",
                    "centre": [-3.51, 122.51],
                    "inner": [-3.51, 122.51],
                    "area_km2": 3.0,
                    **said,
                }
            ],
        },
        "places.toml": {
            "place": [
                {
                    "code": "pasar",
                    "kind": "market",
                    "name": "Pasar",
                    "at": [-3.51, 122.51],
                    "within": 100,
                    "area": "99.01.01.1001",
                    **said,
                }
            ]
        },
        "targets.toml": {priority: dict(target) for priority in ("P1", "P2", "P3", "P4")},
        "phrases.toml": {
            "phrase": [{"code": "hello", "kind": "greeting", "id": "Halo", "en": "Hello", "provenance": "proposed"}]
        },
    }


def write(folder: Path, pack: Files) -> Path:
    """Write the files of a pack as TOML."""
    for name, content in pack.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("\n".join(f"{key} = {_toml(value)}" for key, value in content.items()), "utf-8")
    return folder


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value)


Mistake = Callable[[Files], object]


def problems(mistake: Mistake) -> list[str]:
    """What is said of the small pack after a change."""
    pack = small_pack()
    mistake(pack)
    with tempfile.TemporaryDirectory() as folder:
        try:
            read_pack(write(Path(folder), pack))
        except PackError as error:
            return [str(problem) for problem in error.problems]
    return []


def category(pack: Files) -> dict[str, Any]:
    entry: dict[str, Any] = pack["categories.toml"]["category"][0]
    return entry


def question(pack: Files) -> dict[str, Any]:
    entry: dict[str, Any] = category(pack)["questions"][0]
    return entry


def level(**said: Any) -> dict[str, Any]:
    return {"code": "cepat", "share": 0.9, "provenance": "proposed", "source": "the authors of the tests", **said}


def test_the_small_pack_is_sound() -> None:
    assert problems(lambda pack: None) == []


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        (
            lambda pack: pack.update({"service_levels.toml": {"level": [level(figure="ansswer")]}}),
            f"service_levels.toml: level cepat: names the figure `ansswer`; there are {', '.join(LEVEL_FIGURES)}.",
        ),
        (
            lambda pack: pack.update({"service_levels.toml": {"level": [level(figure="answer")]}}),
            "service_levels.toml: level cepat: lacks `within`: `answer` is a duration.",
        ),
        (
            lambda pack: pack.update({"service_levels.toml": {"level": [level(figure="finished", groups=["flood"])]}}),
            "service_levels.toml: level cepat: names the group `flood`, which no category of categories.toml has.",
        ),
        (
            lambda pack: pack["city.toml"].update(shift_starts=[15, 7]),
            "city.toml: shift_starts: must name the hours at which shifts begin in their order, each once.",
        ),
        (
            lambda pack: category(pack).update(lead="damkr"),
            "categories.toml: category fire: names the agency `damkr` in `lead`, which agencies.toml does not have.",
        ),
        (
            lambda pack: category(pack).update(support=["damkar"]),
            "categories.toml: category fire: names its lead agency again in `support`.",
        ),
        (lambda pack: category(pack).pop("lead"), "categories.toml: category fire: lacks the field `lead`."),
        (
            lambda pack: category(pack).update(priority="P9"),
            "categories.toml: category fire: has 'P9' in `priority`, which is not one of the allowed values.",
        ),
        (
            lambda pack: category(pack).update(leed="damkar"),
            "categories.toml: category fire: has a field `leed` that the format does not know.",
        ),
        (
            lambda pack: category(pack).update(words="api"),
            "categories.toml: category fire: needs a value of type array in `words`, not str.",
        ),
        (
            lambda pack: category(pack).update(source="press"),
            "categories.toml: category fire: names the source `press`, which [sources] does not explain.",
        ),
        (
            lambda pack: question(pack).update(raises={"ya": "P1"}),
            "categories.toml: category fire, question trapped: raises the priority on `ya`, which is no answer of it.",
        ),
        (
            lambda pack: question(pack).update(raises={"yes": "P3"}),
            "categories.toml: category fire, question trapped: raises to P3, which is less urgent than the category's own P2.",
        ),
        (
            lambda pack: question(pack).update(kind="choice", raises={}),
            "categories.toml: category fire, question trapped: is a choice and needs at least two `choices`.",
        ),
        (
            lambda pack: pack["districts.toml"]["kelurahan"][0].update(kecamatan="99.01.02"),
            "districts.toml: kelurahan 99.01.01.1001: names the kecamatan `99.01.02`, which the file does not have.",
        ),
        (
            lambda pack: pack["places.toml"]["place"][0].update(at=[3.51, 22.51]),
            "places.toml: place pasar: lies outside the city's bbox.",
        ),
        (
            lambda pack: pack["places.toml"]["place"][0].update(area="99.01.01.1009"),
            "places.toml: place pasar: names the kelurahan `99.01.01.1009`, which districts.toml does not have.",
        ),
        (lambda pack: pack["targets.toml"].pop("P3"), "targets.toml: P3: is missing; every priority needs its target times."),
        (
            lambda pack: pack["city.toml"].update(timezone="Asia/Kdi"),
            "city.toml: timezone: There is no time zone 'Asia/Kdi'; Indonesia has Asia/Jakarta, Asia/Makassar, Asia/Jayapura.",
        ),
        (lambda pack: pack.pop("phrases.toml"), "phrases.toml: The file is missing."),
        (
            lambda pack: pack["agencies.toml"].update(agencie=[]),
            "agencies.toml: agencie: is not part of the format; is it misspelt, or does it stand under [sources]?",
        ),
    ],
)
def test_a_mistake_is_said_in_one_sentence(mistake: Mistake, said: str) -> None:
    assert problems(mistake) == [said]


def neighbour(**changed: object) -> dict[str, Any]:
    """A neighbour of the small pack's city, sound unless something is changed."""
    place = {"name": "Simpang Barat", "at": [-3.5, 121.9], "reach": 4000}
    said = {"provenance": "proposed", "source": "the authors of the tests"}
    sound = {
        "code": "99.02",
        "name": "Barat",
        "at": [-3.5, 121.8],
        "answers": "Polisi",
        "number": "110",
        "places": [place],
        **said,
    }
    return {**sound, **changed}


def test_a_neighbour_may_lie_outside_the_city() -> None:
    assert problems(lambda pack: pack["city.toml"].update(neighbours=[neighbour()])) == []


def test_a_neighbour_needs_a_number_that_can_be_dialled_and_a_code_of_its_own() -> None:
    [said] = problems(lambda pack: pack["city.toml"].update(neighbours=[neighbour(number="the police")]))
    assert said.startswith("city.toml: has a value in `neighbours[0].number` that is not written as it must be")
    twice = [neighbour(), neighbour()]
    assert problems(lambda pack: pack["city.toml"].update(neighbours=twice)) == [
        "city.toml: neighbours 99.02: stands in the file more than once; a code must be unique."
    ]


def in_folder(pack: Files, **files: list[dict[str, Any]]) -> None:
    """Give the small pack a folder places/ instead of places.toml."""
    pack.pop("places.toml")
    pack |= {f"places/{name}.toml": {"place": entries} for name, entries in files.items()}


def test_places_may_be_a_folder_of_files() -> None:
    market = small_pack()["places.toml"]["place"][0]
    bridge = {**market, "code": "jembatan", "kind": "bridge", "source": "sign", "area": "99.01.01.1009"}

    def split(pack: Files) -> None:
        in_folder(pack, trade=[market], ways=[bridge])
        pack["sources.toml"] = {"sign": "the sign at the bridge"}

    assert problems(split) == [
        "places/ways.toml: place jembatan: names the kelurahan `99.01.01.1009`, which districts.toml does not have."
    ]


def test_a_place_stands_in_one_file_only() -> None:
    market = small_pack()["places.toml"]["place"][0]
    assert problems(lambda pack: in_folder(pack, more=[market], trade=[market])) == [
        "places/trade.toml: place pasar: stands in places/more.toml too; a code must be unique."
    ]
    assert problems(lambda pack: pack.update({"places/ways.toml": {"place": [{**market, "code": "other"}]}})) == [
        "places.toml: stands beside the folder places/; keep one of the two."
    ]


def test_all_mistakes_are_said_at_once() -> None:
    def several(pack: Files) -> None:
        category(pack).update(lead="x", next=["y"])
        pack["places.toml"]["place"][0].update(at=[0, 0])
        pack.pop("targets.toml")

    assert {said.split(":")[0] for said in problems(several)} == {"categories.toml", "places.toml", "targets.toml"}
    assert len(problems(several)) == 4


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    write(tmp_path, small_pack())
    (tmp_path / "agencies.toml").write_text("[[agency]\n")
    with pytest.raises(PackError, match=r"agencies.toml: The file is not valid TOML"):
        read_pack(tmp_path)


@st.composite
def spots(draw: st.DrawFn) -> tuple[str, str, int]:
    """An entry of the small pack: file, list, index."""
    listed = [
        (name, key, i)
        for name, content in small_pack().items()
        for key, value in content.items()
        if isinstance(value, list)
        for i in range(len(value))
    ]
    return draw(st.sampled_from(listed))


@given(spot=spots())
@settings(max_examples=40, deadline=None)
def test_no_code_can_stand_twice(spot: tuple[str, str, int]) -> None:
    name, key, index = spot

    def twice(pack: Files) -> None:
        pack[name][key].append(dict(pack[name][key][index]))

    assert any(said.startswith(f"{name}: {key} ") and "more than once" in said for said in problems(twice))


@given(spot=spots(), junk=st.sampled_from([None, 0, -1.5, True, "", "x" * 2000, [], {}, [[]], {"a": 1}]), data=st.data())
@settings(max_examples=150, deadline=None)
def test_any_junk_in_any_field_is_a_pack_error_or_harmless(spot: tuple[str, str, int], junk: object, data: st.DataObject) -> None:
    name, key, index = spot
    field = data.draw(st.sampled_from(sorted(small_pack()[name][key][index])))

    def spoil(pack: Files) -> None:
        if junk is None:
            del pack[name][key][index][field]
        else:
            pack[name][key][index][field] = junk

    for said in problems(spoil):
        assert said.endswith((".", "?"))
        assert "`$" not in said


@given(lat=st.floats(-90, 90), lon=st.floats(-180, 180))
@settings(max_examples=60, deadline=None)
def test_a_place_is_in_the_box_or_refused(lat: float, lon: float) -> None:
    def move(pack: Files) -> None:
        pack["places.toml"]["place"][0]["at"] = [lat, lon]

    assert bool(problems(move)) == (not (-4 <= lat <= -3 and 122 <= lon <= 123))
