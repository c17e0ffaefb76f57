"""The ministry's file: every number once, every zero said, nothing about anybody."""

import csv
import io

import msgspec
import pytest

from tanggap.evaluation.figures import Measure, Reached
from tanggap.interop.ministry import FORMATS, OUTCOMES, MinistryMonth, ministry_month
from tests.unit.evaluation.months import NOTHING, agency, figures, january, kendari, unfinished


@pytest.fixture
def month() -> MinistryMonth:
    counted = figures(
        by_outcome={"answered": 5, "abandoned": 2}, by_disposition={"test": 4, "": 3}, incidents=3, by_area={"": 1, "lama": 2},
        by_category={"flood": 2, "": 1}, agencies=[agency("bpbd", 9, 4, at_work=1)],
    )  # fmt: skip
    answer = Measure("answer", 7, p50=9, levels=(Reached("answer_15s", 0.9, 15, 7, 5),))
    return ministry_month(january(counted, NOTHING, unfinished(), unfinished(2), measures={"answer": answer}), kendari())


def test_every_code_has_its_number_and_the_sums_are_right(month: MinistryMonth) -> None:
    assert set(month.calls_by_outcome) == set(OUTCOMES)
    assert month.calls == sum(month.calls_by_outcome.values()) == 7
    assert sum(month.reports_by_disposition.values()) == month.reports == 7
    assert sum(month.incidents_by_category.values()) == month.incidents == sum(month.incidents_by_kecamatan.values()) == 3
    assert month.incidents_by_kecamatan["none"] == 3
    assert {area.code for area in kendari().kecamatan} < set(month.incidents_by_kecamatan)
    assert (month.open_at_end_of_month, month.complete, month.month, month.number) == (2, True, "2026-01", "112")
    (bpbd,) = month.agencies
    assert (bpbd.asked, bpbd.open, bpbd.done) == (9, 5, 4)


def test_both_formats_say_the_same(month: MinistryMonth) -> None:
    assert msgspec.json.decode(FORMATS["json"].write(month), type=MinistryMonth) == month
    rows = list(csv.DictReader(io.StringIO(FORMATS["csv"].write(month).decode())))
    told = {(row["measure"], row["item"]): row["value"] for row in rows}
    assert len(told) == len(rows)
    assert {row["city"] for row in rows} == {"kendari"}
    assert told["calls", ""] == "7"
    assert told["calls_by_outcome", "unanswered"] == "0"
    assert told["agencies", "bpbd.open"] == "5"
    assert told["complete", ""] == "1"
    assert (told["figures", "answer.p50"], told["figures", "answer.mean"]) == ("9", "")
    assert (told["levels", "answer_15s.n"], told["levels", "answer_15s.met"]) == ("7", "5")
