"""shifts.toml: read as it is meant, and refused with the place of the mistake."""

from pathlib import Path

import pytest

from tanggap.city.pack import pack_folder
from tanggap.city.pack_shifts import FILE, read_shifts

KENDARI = (pack_folder("kendari") / FILE).read_text("utf-8")


def problems(folder: Path, said: str | bytes) -> list[tuple[str, str]]:
    (folder / FILE).write_bytes(said if isinstance(said, bytes) else said.encode())
    found: list[tuple[str, str]] = []
    plan = read_shifts(folder, lambda _file, entry, sentence: found.append((entry, sentence)))
    assert (plan is None) == bool(found)
    return found


def test_kendari_works_around_the_clock_in_four_teams(tmp_path: Path) -> None:
    assert problems(tmp_path, KENDARI) == []
    plan = read_shifts(tmp_path, lambda *problem: pytest.fail(str(problem)))
    assert plan is not None
    assert [shift.code for shift in plan.shifts] == ["pagi", "siang", "malam"]
    assert len(plan.teams) == 4
    day = plan.teams[0].pattern
    assert all(sorted(team.pattern) == sorted(day) for team in plan.teams)
    for place in range(len(day)):
        working = [team.pattern[place] for team in plan.teams]
        assert sorted(working) == ["malam", "off", "pagi", "siang"]


def test_a_pack_without_the_file_has_no_shifts(tmp_path: Path) -> None:
    assert read_shifts(tmp_path, lambda *problem: pytest.fail(str(problem))) is None


@pytest.mark.parametrize(
    ("was", "becomes", "entry", "sentence"),
    [
        ('starts = "23:00"', 'starts = "22:00"', "shift", "leave 60 minutes"),
        ('"off", "off"]', '"off", "cuti"]', "rotation", "names `cuti`"),
        ("begins = 6", "begins = 8", "team d", "rotation of 8 days"),
        ('code = "b"', 'code = "a"', "team a", "more than once"),
        ("{ counselling = 1 }", "{ tari = 1 }", "shift pagi", "needs the skill `tari`"),
        ("{ tolaki = 1 }", "{ tolaki = 0 }", "", ">= 1"),
        ("{ call_taker = 4,", "{ kepala = 4,", "", "kepala"),
        ('starts = "07:00"', 'starts = "7"', "", "regex"),
        ("[limits]", "[batas]", "", "batas"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(tmp_path: Path, was: str, becomes: str, entry: str, sentence: str) -> None:
    assert was in KENDARI
    found = problems(tmp_path, KENDARI.replace(was, becomes, 1))
    assert any(place == entry and sentence in said for place, said in found), found


def test_what_is_no_toml_is_said_so(tmp_path: Path) -> None:
    assert problems(tmp_path, b"\xff\xfe") != []
    assert problems(tmp_path, "shift = [") != []
