"""escalation.toml and holidays.toml: a mistake is said with its exact place, and a pack without them is sound."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tanggap.city.kinds import Priority
from tanggap.city.ladder import Clock, Told
from tanggap.city.pack import pack_folder, read_pack
from tanggap.city.pack_reading import PackError
from tests.unit.city.test_pack_errors import Files, small_pack, write

PROPOSED = {"provenance": "proposed"}
MINUTES = {Told.SECOND: 2, Told.HEAD: 4, Told.SUPERVISOR: 6, Told.COORDINATOR: 9}


def with_ladder() -> Files:
    """The small pack with a ladder, office hours and one holiday."""
    steps = [
        {"priority": str(priority), "clock": str(clock), "tell": str(tell), "after": after, "unit": "minutes", **PROPOSED}
        for priority in Priority
        for clock in Clock
        for tell, after in MINUTES.items()
    ]
    hours = [{"day": "monday", "opens": "08:00", "closes": "16:00", **PROPOSED}]
    agency = [{"agency": "bpbd", "pauses": ["P3", "P4"], **PROPOSED}]
    holiday = {"id": "Natal", "en": "Christmas", "kind": "national", "source": "fixed by law", **PROPOSED}
    return small_pack() | {
        "escalation.toml": {"step": steps, "office_hours": hours, "agency": agency},
        "holidays.toml": {"holiday": [{"date": date(2026, 12, 25), **holiday}]},
    }


def problems(folder: Path, files: Files) -> list[str]:
    write(folder, files)
    try:
        read_pack(folder)
    except PackError as error:
        return [str(problem) for problem in error.problems]
    return []


def step(files: Files, number: int) -> dict[str, Any]:
    found: dict[str, Any] = files["escalation.toml"]["step"][number]
    return found


def test_a_ladder_is_read_and_a_pack_may_have_none(tmp_path: Path) -> None:
    assert problems(tmp_path, with_ladder()) == []
    assert len(read_pack(tmp_path).rungs) == 48
    assert read_pack(tmp_path).holidays[0].code == "2026-12-25"


def test_kendaris_ladder_names_everybody() -> None:
    pack = read_pack(pack_folder("kendari"))
    assert len(pack.rungs) == 48
    assert len([one for one in pack.holidays if one.date.year == 2026]) == 25  # 17 public holidays, 8 days of joint leave


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda f: step(f, 0).update(tell="mayor"), "step P1 answer mayor: has 'mayor' in `tell`"),
        (lambda f: step(f, 0).update(agency="pln"), "step P1 answer second (pln): names the agency `pln`"),
        (lambda f: step(f, 0).update(category="snow"), "step P1 answer second (snow): names the category `snow`"),
        (lambda f: step(f, 1).update(after=1), "step P1 answer head: comes after 1 minutes, not later than the step before it"),
        (lambda f: step(f, 0).update(after=10, unit="seconds"), "step P1 answer second: comes before the 60 s"),
        (lambda f: step(f, 0).update(after=0), "step P1 answer second: has a value in `after`"),
        (lambda f: f["escalation.toml"]["step"].pop(3), "step P1 answer supervisor: is the last of its ladder"),
        (lambda f: f["escalation.toml"]["step"].append(step(f, 0)), "step P1 answer second: stands in the file more than once"),
        (lambda f: f["escalation.toml"].update(step=f["escalation.toml"]["step"][4:]), "P1 answer: has no step"),
        (lambda f: f["escalation.toml"]["office_hours"][0].update(closes="07:00"), "office_hours monday: closes at 07:00"),
        (lambda f: f["escalation.toml"]["office_hours"][0].update(opens="25:00"), "office_hours monday: has a value in `opens`"),
        (
            lambda f: f["escalation.toml"]["agency"][0].update(agency="tni"),
            "agency tni: is an agency that agencies.toml does not",
        ),
        (lambda f: f["escalation.toml"].update(office_hours=[]), "agency bpbd: pauses outside office hours"),
        (lambda f: f["holidays.toml"]["holiday"][0].update(date="besok"), "holidays.toml: holiday besok: "),
        (lambda f: f["holidays.toml"]["holiday"][0].update(date=date(2206, 1, 1)), "holiday 2206-01-01: is in the year 2206"),
        (
            lambda f: f["holidays.toml"].update(holiday=f["holidays.toml"]["holiday"] * 2),
            "holiday 2026-12-25: stands in the file",
        ),
    ],
)
def test_a_mistake_is_said_with_its_place(tmp_path: Path, break_it: Callable[[Files], object], said: str) -> None:
    files = with_ladder()
    break_it(files)
    found = problems(tmp_path, files)
    assert any(said in sentence for sentence in found), found
