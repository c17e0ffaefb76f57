"""The sentences of a pack: enough of them, and mistakes in them are told with their file and what to mend."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from tanggap.city.kinds import Priority
from tanggap.city.pack import Pack
from tanggap.city.said import NOT_GENUINE, read_said


def test_every_category_has_forty_sentences_and_every_other_kind_sixty(pack: Pack) -> None:
    categories = Counter(one.category for one in pack.said if one.category)
    kinds = Counter(one.kind for one in pack.said if one.category is None)
    assert {code: n for code, n in categories.items() if n < 40} == {}
    assert set(categories) == {category.code for category in pack.categories}
    assert {kind: kinds[kind] for kind in NOT_GENUINE if kinds[kind] < 55} == {}


@pytest.mark.parametrize("kept", ["utterances", "border"])
def test_no_sentence_that_is_kept_for_measuring_is_taught(pack: Pack, kept: str) -> None:
    path = Path(__file__).parents[3] / f"benchmarks/kept/{kept}.csv"
    rows = list(csv.DictReader(path.open(encoding="utf-8")))
    assert len(rows) >= 200
    assert {row["words"].casefold() for row in rows} & {one.words.casefold() for one in pack.said} == set()
    codes = {category.code for category in pack.categories}
    assert {row["category"] for row in rows if row["category"]} <= codes


def test_a_mistake_is_told_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "said").mkdir()
    text = 'flood = """\nbanjir\nP9|air naik\n"""\nfloood = """\nx\n"""\nfire = 3\n'
    (tmp_path / "said" / "a.toml").write_text(text, "utf-8")
    (tmp_path / "said" / "b.toml").write_text("flood = ", "utf-8")
    told: list[tuple[str, str, str]] = []
    found = read_said(tmp_path, {"flood", "fire"}, lambda *problem: told.append(problem))
    assert [one.words for one in found] == ["banjir"]
    assert [(file, entry) for file, entry, _ in told] == [
        ("said/a.toml", "flood"), ("said/a.toml", "floood"), ("said/a.toml", "fire"), ("said/b.toml", "")
    ]  # fmt: skip


def test_a_priority_in_front_of_a_sentence_is_its_own(tmp_path: Path) -> None:
    (tmp_path / "said").mkdir()
    (tmp_path / "said" / "a.toml").write_text('flood = """\nP1|air di atap\n"""\n', "utf-8")
    (one,) = read_said(tmp_path, {"flood"}, lambda *_: None)
    assert (one.words, one.priority, one.category) == ("air di atap", Priority.P1, "flood")


def test_a_sentence_under_two_headings_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "said").mkdir()
    (tmp_path / "said" / "a.toml").write_text('flood = """\nair naik\n"""\ntest = """\nAir naik\n"""\n', "utf-8")
    told: list[str] = []
    read_said(tmp_path, {"flood"}, lambda _file, _entry, sentence: told.append(sentence))
    assert len(told) == 1
