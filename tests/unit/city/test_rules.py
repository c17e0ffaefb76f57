"""The draft of the rules: what it changes, what is wrong with it and exactly where, and that what passes is a sound pack."""

import copy
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanggap.city.kinds import Priority
from tanggap.city.ladder import Clock
from tanggap.city.ladder_checks import TOO_EARLY
from tanggap.city.model import Catalogue
from tanggap.city.pack import Pack, pack_folder, read_pack
from tanggap.city.rules.checks import check, stops
from tanggap.city.rules.differences import changes_of, differences
from tanggap.city.rules.kinds import CATALOGUE_FIELDS, KINDS, Body
from tanggap.city.rules.model import Edit, Key, Problem, Proposed, Standing, proposed
from tanggap.city.store import catalogue_of
from tanggap.triage.model import Suggester
from tests.unit.city.test_ladder_files import with_ladder
from tests.unit.city.test_pack_errors import write

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
FILES = {"agency": "agencies.toml", "category": "categories.toml", "phrase": "phrases.toml", "holiday": "holidays.toml"}
#: What stands in escalation.toml, by the name that it has there.
LADDER = {"rung": "step", "office_hours": "office_hours", "agency_rule": "agency"}


def entries(pack: Pack) -> dict[Key, Standing]:
    """A pack, as it stands once it is loaded."""
    found = {}
    for name, kind in KINDS.items():
        for rank, record in enumerate(getattr(pack, CATALOGUE_FIELDS[name])):
            key = (name, kind.code_of(record))
            found[key] = Standing(*key, kind.body(record), True, "pack", rank)
    return found


@cache
def kendari() -> dict[Key, Standing]:
    return entries(read_pack(pack_folder("kendari")))


@cache
def small() -> dict[Key, Standing]:
    pack = with_ladder()
    for agency in pack["agencies.toml"]["agency"]:
        agency["phones"] = ["112"]
    with tempfile.TemporaryDirectory() as folder:
        return entries(read_pack(write(Path(folder), pack)))


def edit(key: Key, body: Body, **how: bool) -> dict[Key, Edit]:
    return {key: Edit(*key, 1, body, how.get("retired", False), how.get("dropped", False), NOW, None, "Ani")}


def changed_body(standing: dict[Key, Standing], key: Key, **fields: Any) -> dict[Key, Edit]:
    return edit(key, copy.deepcopy(standing[key].body) | fields)


def problems(edits: dict[Key, Edit]) -> list[Problem]:
    return stops(check(proposed(small(), edits)))


def places(edits: dict[Key, Edit]) -> set[tuple[str, str, str]]:
    return {(problem.kind, problem.code, problem.field) for problem in problems(edits)}


FIRE: Key = ("category", "fire")
QUESTION = {"code": "q", "kind": "yes_no", "id": "Ada?", "en": "Any?"}


def test_every_entry_of_kendari_is_the_same_after_the_way_through_its_form() -> None:
    pack = read_pack(pack_folder("kendari"))
    for name, kind in KINDS.items():
        records = getattr(pack, CATALOGUE_FIELDS[name])
        assert records, name
        for record in records:
            assert kind.read(kind.body(record), kind.code_of(record)) == record


def test_kendari_as_it_stands_may_be_published_and_its_missing_contacts_are_told() -> None:
    found = check(proposed(kendari(), {}))
    assert stops(found) == []
    assert {problem.field for problem in found} == {"phones"}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"lead": ""}, "lead"),
        ({"lead": "nobody"}, "lead"),
        ({"next": ["bpbd", "damkar"]}, "next"),
        ({"support": ["bpbd", "bpbd"]}, "support"),
        ({"words": []}, "words"),
        ({"name_id": ""}, "name_id"),
        ({"priority": "P9"}, "priority"),
        ({"questions": []}, "questions"),
        ({"questions": [QUESTION | {"id": ""}]}, "questions.0.id"),
        ({"questions": [QUESTION, QUESTION | {"code": "r", "when": {"s": ["yes"]}}]}, "questions.1.when"),
        ({"questions": [QUESTION | {"adds": {"yes": ["nobody"]}}]}, "questions.0.adds"),
        ({"questions": [QUESTION | {"raises": {"maybe": "P1"}}]}, "questions.0.raises"),
        ({"questions": [QUESTION | {"kind": "choice"}]}, "questions.0.choices"),
        ({"questions": [QUESTION | {"code": "Besar!"}]}, "questions.0.code"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_category_is_told_with_its_exact_place(fields: dict[str, Any], field: str) -> None:
    assert ("category", "fire", field) in places(changed_body(small(), FIRE, **fields))


def test_questions_that_wait_for_each_other_are_a_circle() -> None:
    waiting = [QUESTION | {"code": "a", "when": {"b": ["yes"]}}, QUESTION | {"code": "b", "when": {"a": ["yes"]}}]
    (found,) = problems(changed_body(small(), FIRE, questions=waiting))
    assert (found.field, found.anchor) == ("questions.0.when", "questions-0")
    assert "Lingkaran" in found.sentence


@pytest.mark.parametrize("acknowledge_s", [None, 0, -5, "satu menit", 10**12])
def test_a_p1_without_a_sound_time_to_acknowledge_is_refused(acknowledge_s: object) -> None:
    body = dict(small()["target", "P1"].body)
    body = {**body, "acknowledge_s": acknowledge_s} if acknowledge_s is not None else body
    if acknowledge_s is None:
        del body["acknowledge_s"]
    assert places(edit(("target", "P1"), body)) == {("target", "P1", "acknowledge_s")}


def test_an_agency_that_loses_its_contact_is_refused_and_one_that_never_had_any_is_only_told() -> None:
    assert places(changed_body(small(), ("agency", "bpbd"), phones=[])) == {("agency", "bpbd", "phones")}
    without = next(key for key, one in kendari().items() if key[0] == "agency" and not one.body["phones"])
    found = check(proposed(kendari(), changed_body(kendari(), without, address="Jl. Baru")))
    assert stops(found) == []
    assert any(problem.code == without[1] and problem.is_warning for problem in found)


def test_an_agency_that_leads_cannot_be_retired_and_the_category_says_so_too() -> None:
    found = places(edit(("agency", "damkar"), small()["agency", "damkar"].body, retired=True))
    assert found == {("agency", "damkar", "code"), ("category", "fire", "lead")}


def test_the_last_category_cannot_be_retired() -> None:
    assert ("category", "fire", "code") in places(edit(FIRE, small()[FIRE].body, retired=True))


def test_a_row_that_cannot_be_read_is_found_and_mended_by_an_edit() -> None:
    broken = small() | {FIRE: Standing(*FIRE, {}, True, "pack", 0, is_sound=False)}
    assert stops(check(proposed(broken, {})))
    assert not stops(check(proposed(broken, edit(FIRE, small()[FIRE].body))))


def test_what_was_taken_back_changes_nothing() -> None:
    whole = proposed(small(), edit(FIRE, {"name_id": "Lain"}, dropped=True))
    assert not [one for one in whole.values() if one.is_changed]


def test_differences_are_told_field_by_field() -> None:
    old = small()[FIRE].body
    new = copy.deepcopy(old) | {"lead": "bpbd", "words": ["api", "asap"], "next": []}
    new["questions"][0]["raises"] = {}
    new["questions"].append(QUESTION)
    found = {difference.path: difference for difference in differences(old, new)}
    assert (found[("lead",)].old, found[("lead",)].new) == ("damkar", "bpbd")
    assert found[("words",)].come == ("asap",)
    assert found[("next",)].gone == ("bpbd",)
    assert found[("questions", "trapped", "raises", "yes")].new == ""
    assert found[("questions",)].come == ("q",)
    assert found[("questions", "q", "id")].new == "Ada?"


def test_the_changes_of_a_draft_say_what_became_of_each_entry() -> None:
    edits = (
        changed_body(small(), FIRE, priority="P1")
        | edit(("phrase", "hello"), small()["phrase", "hello"].body, retired=True)
        | edit(("phrase", "bye"), {"kind": "reply", "id": "Sampai jumpa", "en": "Bye", "provenance": "proposed"})
    )
    became = {change.code: change.became for change in changes_of(proposed(small(), edits))}
    assert became == {"fire": "changed", "hello": "retired", "bye": "new"}


# ── whatever is edited ───────────────────────────────────────────────────────────────────────────────────────────────

ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**10) | st.text("aé ñ{}", max_size=8)
    | st.sampled_from(["yes", "no", "damkar", "bpbd", "fire", "P1", "P3", "choice", "number", "trapped", "5", "a"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["yes", "trapped", "code", "id", "5"]), inner, max_size=2),
    max_leaves=5,
)  # fmt: skip
AGENCIES = st.sampled_from(["damkar", "bpbd", "nobody", ""])
ANSWERS = st.sampled_from(["yes", "no", "a", "b", "3"])
QUESTIONS = st.fixed_dictionaries(
    {
        "code": st.sampled_from(["trapped", "q", "r"]),
        "kind": st.sampled_from(["yes_no", "choice", "number", "text"]),
        "id": st.sampled_from(["Ada?", "Berapa?"]),
        "en": st.just("Any?"),
        "choices": st.sampled_from([[], [{"value": "a", "id": "A", "en": "A"}, {"value": "b", "id": "B", "en": "B"}]]),
        "raises": st.dictionaries(ANSWERS, st.sampled_from(list(Priority)).map(str), max_size=1),
        "when": st.dictionaries(st.sampled_from(["trapped", "q", "r"]), st.lists(ANSWERS, max_size=2), max_size=1),
        "adds": st.dictionaries(ANSWERS, st.lists(AGENCIES, max_size=2), max_size=1),
    }
)
FIELDS = {
    "category": {
        "priority": st.sampled_from(list(Priority)).map(str), "lead": AGENCIES, "next": st.lists(AGENCIES, max_size=2),
        "support": st.lists(AGENCIES, max_size=2), "questions": st.lists(QUESTIONS, max_size=3),
        "words": st.lists(st.sampled_from(["api", ""]), max_size=2),
    },
    "agency": {"phones": st.lists(st.sampled_from(["112", ""]), max_size=1), "name": st.text("aé ñ", max_size=3)},
    "target": {"acknowledge_s": st.integers(-1, 10**10), "resolve_s": st.integers(1, 100)},
    "phrase": {"kind": st.sampled_from(["reply", "shout"]), "id": st.text("aé ñ", max_size=3)},
    "rung": {
        "after": st.sampled_from([0, 1, 3, 5, 60, 10**6]), "unit": st.sampled_from(["minutes", "hours", "working_days", "moons"]),
        "again_minutes": st.sampled_from([None, 1, 30]), "category": st.sampled_from([None, "fire", "snow"]),
    },
    "office_hours": {"opens": st.sampled_from(["07:00", "17:00", "25:00"]), "agency": st.sampled_from([None, "bpbd", "x"])},
    "agency_rule": {"pauses": st.lists(st.sampled_from(["P3", "P4", "P9"]), max_size=2)},
    "holiday": {"date": st.sampled_from(["2026-12-25", "2026-12-26", "1926-12-25", "kemarin"]), "id": st.text("aé", max_size=2)},
    "service_level": {"within": st.none() | st.integers(-1, 99), "share": st.sampled_from([0, 0.5, 1.0, 90])},
}  # fmt: skip


@st.composite
def an_edit(draw: st.DrawFn) -> tuple[Key, Edit]:
    """One entry, old or new, with a field that makes sense or none at all; or retired."""
    standing = small()
    base = draw(st.sampled_from(sorted(standing)))
    key = (base[0], draw(st.sampled_from([base[1], base[1], "new-one"]))) if base[0] != "target" else base
    body = copy.deepcopy(standing[base].body)
    for name, values in FIELDS[base[0]].items():
        if draw(st.booleans()):
            body[name] = draw(values)
    if draw(st.integers(0, 5)) == 0:
        body[draw(st.sampled_from(sorted(body)))] = draw(ANYTHING)
    retired = base[0] != "target" and draw(st.integers(0, 5)) == 0
    return key, Edit(*key, 1, body, retired, False, NOW, None, "Ani")


def as_pack(whole: dict[Key, Proposed]) -> dict[str, dict[str, Any]]:
    """What would be in force, as the files of a pack."""
    pack = with_ladder()
    ladder = {
        key: [_toml(one.body) for (kind, _), one in whole.items() if kind == name and one.active] for name, key in LADDER.items()
    }
    pack["escalation.toml"] = ladder
    levels = [_toml(one.body) | {"code": code} for (kind, code), one in whole.items() if kind == "service_level" and one.active]
    pack["service_levels.toml"] = {"level": levels}
    for name, file in FILES.items():
        bodies = [one.kind.whole(_toml(one.body), code) for (kind, code), one in whole.items() if kind == name and one.active]
        pack[file] = {name: bodies}
    pack["targets.toml"] = {code: one.body for (kind, code), one in whole.items() if kind == "target"}
    return pack


def as_catalogue(whole: dict[Key, Proposed], pack: Pack) -> Catalogue:
    """What would be in force, as processes read it from the tables."""
    rows: dict[str, list[Any]] = {field: [] for field in CATALOGUE_FIELDS.values()}
    for (name, code), one in whole.items():
        if one.active:
            rows[CATALOGUE_FIELDS[name]].append(msgspec.to_builtins(one.kind.read(one.body, code)))
    return catalogue_of({"city": msgspec.to_builtins(pack.city), "version": 1, "areas": [], **rows})


def _toml(body: Body) -> Body:
    """A body without what it does not say: a file cannot say «nothing»."""
    return {name: value for name, value in body.items() if value is not None}


@settings(max_examples=150, deadline=None)
@given(st.lists(an_edit(), min_size=1, max_size=4).map(dict))
def test_whatever_is_edited_what_passes_is_a_sound_pack_and_a_catalogue_that_serves(edits: dict[Key, Edit]) -> None:
    whole = proposed(small(), edits)
    found = check(whole)
    for problem in found:
        assert (problem.kind, problem.code) in whole
        problem.sentence.format(**problem.values)
    if stops(found) or any(problem.sentence == TOO_EARLY[1] for problem in found):  # which a file must mend, and a draft need not
        return
    with tempfile.TemporaryDirectory() as folder:
        pack = read_pack(write(Path(folder), as_pack(whole)))
    catalogue = as_catalogue(whole, pack)
    Suggester(catalogue).suggest("ada api besar")
    for category in catalogue.categories:
        assert catalogue.competent(category.code)
        answers = {question.code: "yes" for question in category.questions}
        assert catalogue.target(category.priority_for(answers)).acknowledge_s > 0
        assert set(category.added(answers)) <= set(catalogue.agencies_by_code)
    for clock in Clock:
        assert catalogue.ladder(Priority.P1, clock, "fire", "bpbd")


# ── the ladder, the calendar, the service levels ─────────────────────────────────────────────────────────────────────

SUPERVISOR: Key = ("rung", "p1-answer-supervisor")


@pytest.mark.parametrize(
    ("key", "fields", "field", "said"),
    [
        (SUPERVISOR, {"after": 3}, "after", "lebih lambat"),
        (SUPERVISOR, {"after": 0}, "after", "Paling kecil 1"),
        (SUPERVISOR, {"after": "tiga"}, "after", "angka"),
        (SUPERVISOR, {"again_minutes": 30}, "again_minutes", "koordinator"),
        (SUPERVISOR, {"priority": "P2"}, "code", "tidak cocok"),
        (("office_hours", "monday"), {"closes": "07:30"}, "closes", "sesudah jam buka"),
        (("office_hours", "monday"), {"opens": "setengah tujuh"}, "opens", "seperti 07:30"),
        (("agency_rule", "bpbd"), {"pauses": ["P3", "P3"]}, "pauses", "dua kali"),
        (("holiday", "2026-12-25"), {"date": "2026-12-26"}, "code", "tidak cocok"),
        (("holiday", "2026-12-25"), {"id": ""}, "id", "Wajib"),
        (("service_level", "answer_15s"), {"within": None}, "within", "batas waktu"),
        (("service_level", "answer_15s"), {"share": 90}, "share", "persen"),
        (("service_level", "answer_15s"), {"figure": "weather"}, "figure", "tidak ada"),
    ],
)
def test_a_mistake_in_the_ladder_or_the_calendar_is_told_with_its_exact_place(
    key: Key, fields: Body, field: str, said: str
) -> None:
    found = problems(changed_body(small(), key, **fields))
    assert {(problem.kind, problem.code, problem.field) for problem in found} == {(*key, field)}
    assert said in found[0].sentence.format(**found[0].values)


def test_a_ladder_cannot_lose_its_last_step_or_all_of_them() -> None:
    last = small()["rung", "p2-start-coordinator"]
    assert places(edit(("rung", last.code), last.body, retired=True)) == {("rung", "p2-start-supervisor", "code")}
    whole = {}
    for key, entry in small().items():
        if key[1].startswith("p2-start"):
            whole |= edit(key, entry.body, retired=True)
    (found,) = problems(whole)
    assert (found.kind, found.code, found.field) == ("rung", "p2-start-coordinator", "code")


def test_a_step_before_the_target_time_is_told_and_may_be_published() -> None:
    found = check(proposed(small(), changed_body(small(), ("target", "P1"), acknowledge_s=600)))
    assert stops(found) == []
    assert ("rung", "p1-answer-second") in {(problem.kind, problem.code) for problem in found}


def test_the_calendar_may_be_empty_unless_something_is_counted_by_it() -> None:
    holiday, hours = small()["holiday", "2026-12-25"], small()["office_hours", "monday"]
    assert problems(edit(("holiday", holiday.code), holiday.body, retired=True)) == []
    assert places(edit(("office_hours", "monday"), hours.body, retired=True)) == {("agency_rule", "bpbd", "pauses")}


# ── agencies that can be told ────────────────────────────────────────────────────────────────────────────────────────


def without_numbers() -> dict[Key, Standing]:
    bare = {
        key: msgspec.structs.replace(one, body=one.body | {"phones": []}) for key, one in small().items() if key[0] == "agency"
    }
    return small() | bare


def test_an_agency_to_which_a_category_leads_must_be_reached_by_a_number_a_contact_or_an_account() -> None:
    whole = proposed(without_numbers(), {})
    assert {(one.code, one.field) for one in stops(check(whole, reached=()))} == {("damkar", "phones"), ("bpbd", "phones")}
    assert stops(check(whole, reached={"damkar", "bpbd"})) == []
    numbered = proposed(without_numbers(), edit(("agency", "bpbd"), small()["agency", "bpbd"].body))
    (left,) = stops(check(numbered, reached=()))
    assert left.code == "damkar"
    assert "akun petugas instansi" in left.sentence


def test_an_agency_to_which_nothing_leads_is_only_told_of() -> None:
    alone = copy.deepcopy(small()[FIRE].body) | {"support": [], "next": []}
    for question in alone["questions"]:
        question["adds"] = {}
    whole = proposed(without_numbers(), edit(FIRE, alone))
    led = {code for category in small().values() if category.kind == "category" for code in (category.body["lead"],)}
    found = {one.code: one.is_warning for one in check(whole, reached=()) if one.field == "phones"}
    assert found == {code: code not in led for code in ("damkar", "bpbd")}
