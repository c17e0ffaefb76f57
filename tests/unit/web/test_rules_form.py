"""The form of a rule becomes the body that the pack would have: whatever is sent, nothing is lost and nothing breaks."""

from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanggap.city.model import Catalogue
from tanggap.city.rules.kinds import KINDS
from tanggap.city.rules.model import NotThatTime
from tanggap.web.coordinator.rules import form, questions
from tanggap.web.coordinator.rules.fields import FIELDS, NEW, split_duration
from tanggap.web.coordinator.rules.view import moment, value_words
from tanggap.web.forms import Form

WITA = ZoneInfo("Asia/Makassar")


def sent(**fields: Any) -> Form:
    return Form({name.replace("__", "."): value if isinstance(value, list) else [value] for name, value in fields.items()})


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(60, ("1", 60)), (90, ("90", 1)), (7_200, ("2", 3_600)), (172_800, ("2", 86_400)), ("dua", ("dua", 60)), (None, ("", 60))],
)
def test_seconds_are_shown_in_their_largest_whole_unit(seconds: object, said: tuple[str, int]) -> None:
    assert split_duration(seconds) == said


def test_a_duration_is_read_in_its_unit_and_kept_as_typed_when_it_is_none() -> None:
    target = KINDS["target"]
    assert form.read(target, sent(acknowledge_s="2", acknowledge_s__unit="60"), {})["acknowledge_s"] == 120
    for typed in ("dua", "-1", "1,5", "²", "9" * 30):
        assert form.read(target, sent(acknowledge_s=typed, acknowledge_s__unit="60"), {})["acknowledge_s"] == typed


def test_an_english_wording_left_empty_is_the_indonesian_one() -> None:
    assert form.read(KINDS["phrase"], sent(id="Halo", en=""), {})["en"] == "Halo"


def test_fields_that_are_not_sent_stay() -> None:
    assert form.read(KINDS["agency"], sent(short="BPBD"), {"name": "Badan", "bases": ["pos"]}) == {
        "name": "Badan", "short": "BPBD", "bases": ["pos"], "handles_en": "",
    }  # fmt: skip


def test_a_choice_gets_a_code_from_its_words_and_rows_without_any_are_left_out() -> None:
    (question,) = questions.read(
        sent(
            q0__kind="choice", q0__code="what", q0__id="Apa?", q0__en="", q0__when=["a=yes", "a=no", ""],
            q0__a0__value="", q0__a0__id="Rumah besar", q0__a0__raises="P1", q0__a0__adds=["bpbd", ""],
            q0__a1__value="yes", q0__a1__id="",
        )
    )  # fmt: skip
    assert question["choices"] == [{"value": "rumah_besar", "id": "Rumah besar", "en": "Rumah besar"}]
    assert (question["raises"], question["adds"]) == ({"rumah_besar": "P1"}, {"rumah_besar": ["bpbd"]})
    assert (question["when"], question["en"]) == ({"a": ["yes", "no"]}, "Apa?")


def test_questions_are_added_moved_and_taken_out() -> None:
    three = [{"code": code} for code in ("q1", "q2", "q3")]

    def after(do: str) -> list[str]:
        return [question["code"] for question in questions.rearranged(three, do)]

    assert after("naik:1") == after("turun:0") == ["q2", "q1", "q3"]
    assert after("hapus:2") == ["q1", "q2"]
    assert after("tambah") == ["q1", "q2", "q3", "q4"]
    for nothing in ("", "naik:0", "turun:2", "hapus:9", "hapus:x", "naik:²", "lain:1:2"):
        assert after(nothing) == ["q1", "q2", "q3"]


@pytest.mark.parametrize("said", ["", "besok", "2026-11-27", "2026-13-01T00:00", "0001-01-01T00:00", "9999-12-31T23:59"])
def test_a_time_that_is_none_is_refused(said: str) -> None:
    with pytest.raises(NotThatTime):
        moment(said, WITA)


def test_a_time_is_the_citys_own() -> None:
    assert moment("2026-11-27T08:00", WITA).isoformat() == "2026-11-27T08:00:00+08:00"


def test_what_changed_is_told_in_words(catalogue: Catalogue) -> None:
    for path, value, told in (
        (("priority",), "P2", "P2 Mendesak"), (("questions", "trapped", "raises", "yes"), "P1", "P1 Darurat"),
        (("pauses",), "P3, P4", "P3 Segera, P4 Terjadwal"), (("lead",), "bpbd", "BPBD"), (("note",), "P2", "P2"),
    ):  # fmt: skip
        assert value_words(path, value, catalogue, str) == told


NAMES = st.sampled_from(
    [field.name for fields in FIELDS.values() for field in fields]
    + ["acknowledge_s.unit", "do", "q0.kind", "q0.code", "q0.when", "q0.a0.value", "q0.a0.id", "q0.a0.raises", "q0.a0.adds"]
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(KINDS)), st.dictionaries(NAMES, st.lists(st.text(max_size=12), min_size=1, max_size=3), max_size=8))
def test_any_form_makes_a_body_that_can_be_stored_and_shown(kind: str, fields: dict[str, list[str]]) -> None:
    body = form.read(KINDS[kind], Form(fields), NEW.get(kind, {}))
    stored = msgspec.json.encode(body)
    assert b"\\u0000" not in stored
    for view in questions.views(msgspec.json.decode(stored)):
        assert len(view.rows) <= questions.MOST + 4
