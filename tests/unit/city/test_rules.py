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

from tanggap.city.categories import Category
from tanggap.city.kinds import Priority
from tanggap.city.model import Agency, Catalogue, Phrase
from tanggap.city.pack import Pack, pack_folder, read_pack
from tanggap.city.rules.checks import check, stops
from tanggap.city.rules.differences import changes_of, differences
from tanggap.city.rules.kinds import KINDS, Body
from tanggap.city.rules.model import Edit, Key, Problem, Proposed, Standing, proposed
from tanggap.city.targets import Target
from tanggap.triage.model import Suggester
from tests.unit.city.test_pack_errors import small_pack, write

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
FILES = {"agency": "agencies.toml", "category": "categories.toml", "phrase": "phrases.toml"}


def entries(pack: Pack) -> dict[Key, Standing]:
    """A pack, as it stands once it is loaded."""
    found = {}
    for name, records in (
        ("agency", pack.agencies), ("category", pack.categories), ("target", pack.targets), ("phrase", pack.phrases),
    ):  # fmt: skip
        kind = KINDS[name]
        for rank, record in enumerate(records):
            key = (name, kind.code_of(record))
            found[key] = Standing(*key, kind.body(record), True, "pack", rank)
    return found


@cache
def kendari() -> dict[Key, Standing]:
    return entries(read_pack(pack_folder("kendari")))


@cache
def small() -> dict[Key, Standing]:
    pack = small_pack()
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
    for name, records in (("agency", pack.agencies), ("category", pack.categories), ("target", pack.targets)):
        for record in records:
            kind = KINDS[name]
            assert kind.read(kind.body(record), kind.code_of(record)) == record  # type: ignore[arg-type]


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
    pack = small_pack()
    for name, file in FILES.items():
        bodies = [one.body | {"code": code} for (kind, code), one in whole.items() if kind == name and one.active]
        pack[file] = {name: bodies}
    pack["targets.toml"] = {code: one.body for (kind, code), one in whole.items() if kind == "target"}
    return pack


def as_catalogue(whole: dict[Key, Proposed], pack: Pack) -> Catalogue:
    """What would be in force, as processes read it from the tables."""
    rows: dict[str, list[Any]] = {name: [] for name in KINDS}
    for (name, code), one in whole.items():
        if one.active:
            rows[name].append(msgspec.to_builtins(one.kind.read(one.body, code)))
    agencies = msgspec.convert(rows["agency"], tuple[Agency, ...])
    categories = msgspec.convert(rows["category"], tuple[Category, ...])
    targets = msgspec.convert(rows["target"], tuple[Target, ...])
    phrases = msgspec.convert(rows["phrase"], tuple[Phrase, ...])
    return Catalogue(pack.city, 1, agencies, categories, pack.areas, targets, phrases)


@settings(max_examples=150, deadline=None)
@given(st.lists(an_edit(), min_size=1, max_size=4).map(dict))
def test_whatever_is_edited_what_passes_is_a_sound_pack_and_a_catalogue_that_serves(edits: dict[Key, Edit]) -> None:
    whole = proposed(small(), edits)
    found = check(whole)
    for problem in found:
        assert (problem.kind, problem.code) in whole
        problem.sentence.format(**problem.values)
    if stops(found):
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
