"""The monthly report's sentences: right in the middle, and at every edge where a careless rule would say nonsense."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanggap.evaluation.figures import Measure, Reached
from tanggap.evaluation.monthly.model import NoSuchMonth, month_before, reported_month
from tanggap.evaluation.monthly.sentences import changes
from tanggap.evaluation.monthly.stuck import stuck
from tanggap.evaluation.monthly.wording import Wording
from tests.unit.evaluation.months import NOTHING, WITA, agency, figures, january, kendari, unfinished

SAY = Wording(kendari(), "id")


def calls(n: int, **outcomes: int) -> dict[str, int]:
    return {"answered": n - sum(outcomes.values()), **outcomes}


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (4336, 3871, "Panggilan naik 12 % menjadi 4.336 (Desember 2025: 3.871)."),
        (3871, 4336, "Panggilan turun 11 % menjadi 3.871 (Desember 2025: 4.336)."),
        (1001, 1000, "Panggilan naik kurang dari 1 % menjadi 1.001 (Desember 2025: 1.000)."),
        (60, 20, "Panggilan naik 200 % menjadi 60 (Desember 2025: 20)."),
        (40, 40, "Panggilan tetap 40, sama dengan Desember 2025."),
        (5, 3, "Panggilan bertambah dari 3 pada Desember 2025 menjadi 5."),
        (1, 2, "Panggilan berkurang dari 2 pada Desember 2025 menjadi 1."),
        (0, 30, "Panggilan berkurang dari 30 pada Desember 2025 menjadi 0."),
    ],
)
def test_calls_are_compared_in_per_cent_only_where_that_means_something(now: int, before: int, said: str) -> None:
    month = january(figures(by_outcome=calls(now), incidents=1), figures(by_outcome=calls(before)))
    assert said in changes(month, SAY)


def test_a_month_of_nothing_says_so_and_nothing_else() -> None:
    assert changes(january(NOTHING), SAY) == ["Tidak ada panggilan, laporan, atau kejadian yang tercatat pada bulan ini."]
    assert stuck(january(NOTHING), SAY) == []


def test_the_first_month_is_compared_with_nothing() -> None:
    said = changes(january(figures(by_outcome=calls(7, abandoned=2), incidents=3, by_category={"flood": 3})), SAY)
    assert said[:3] == [
        "Ini bulan pertama yang tercatat; belum ada bulan pembanding.",
        "Panggilan tercatat 7.",
        "2 dari 7 panggilan (29 %) tidak sampai ke petugas: ditutup lebih dulu atau tidak terjawab.",
    ]
    assert not any("Desember" in line for line in said)


def test_something_after_nothing_is_no_per_cent() -> None:
    said = changes(january(figures(by_outcome=calls(7), incidents=2), figures(incidents=4)), SAY)
    assert "Panggilan tercatat 7; pada Desember 2025 tidak ada." in said
    assert "Kejadian berkurang dari 4 pada Desember 2025 menjadi 2." in said


def test_callers_whom_nobody_heard_are_never_left_out() -> None:
    said = changes(january(figures(by_outcome=calls(5982, abandoned=1200, unanswered=1038, called_back=50))), SAY)
    assert "2.238 dari 5.982 panggilan (37 %) tidak sampai ke petugas: ditutup lebih dulu atau tidak terjawab." in said
    assert "50 yang semula tidak terjawab sudah ditelepon kembali dan tersambung." in said
    assert "Semua panggilan dijawab." in changes(january(figures(by_outcome=calls(3))), SAY)


def test_tests_and_silence_stand_beside_what_was_real() -> None:
    counted = figures(reports=200, by_disposition={"genuine": 1, "test": 150, "silent": 40, "": 9})
    said = "Dari 200 laporan, 1 (< 1 %) nyata; 190 (95 %) uji coba, iseng, tanpa suara, terputus, atau salah sambung."
    assert said in changes(january(counted), SAY)


def test_what_grew_most_is_named_and_a_small_growth_is_not() -> None:
    now = figures(incidents=30, by_category={"fallen_tree": 20, "flood": 9, "": 1})
    said = changes(january(now, figures(incidents=24, by_category={"fallen_tree": 20, "flood": 4})), SAY)
    assert "Terbanyak: pohon tumbang (20) dan banjir (9)." in said
    assert "Yang paling bertambah: banjir, dari 4 menjadi 9." in said
    steady = changes(january(now, figures(incidents=30, by_category={"fallen_tree": 19, "flood": 8})), SAY)
    assert not any("bertambah" in line for line in steady)


def test_hand_over_is_quicker_slower_or_the_same() -> None:
    def said(now: int | None, before: int | None) -> str:
        of_now, of_before = ({"processing": Measure("processing", 3, p50=p50)} for p50 in (now, before))
        month = january(figures(reports=3), figures(reports=3), measures=of_now, measures_before=of_before)
        return " ".join(line for line in changes(month, SAY) if "diteruskan" in line)

    assert "lebih cepat daripada Desember 2025 (3 menit)" in said(60, 180)
    assert "lebih lambat daripada Desember 2025 (1 menit)" in said(180, 60)
    assert "seperti pada Desember 2025" in said(180, 181)
    assert said(60, None).endswith("1 menit (median).")
    assert said(None, 60) == ""


def test_an_agency_that_is_behind_is_named_with_what_it_has_left() -> None:
    asked = [agency("dlhk", 57, 8, at_work=7), agency("damkarmat", 25, 23), agency("pln", 4, 0), agency("bpbd", 10, 7)]
    said = stuck(january(figures(incidents=97, agencies=asked)), SAY)
    assert "DLHK menyelesaikan 8 dari 57 penugasan. Sisanya: 42 belum dijawab dan 7 masih dikerjakan." in said
    assert "Yang hampir semuanya selesai: Damkarmat 23 dari 25." in said
    assert not any("PLN" in line or "BPBD" in line for line in said)


def test_levels_that_were_missed_are_named_the_farthest_first() -> None:
    reached = Reached("answer_20s", 0.95, 20, 100, 96)
    answer = Measure("answer", 100, p50=12, levels=(Reached("answer_15s", 0.9, 15, 100, 58), reached))
    processing = Measure("processing", 40, levels=(Reached("processing_60s", 0.9, 60, 40, 10),))
    few = Measure("first_answer", 2, levels=(Reached("first_answer_3days", 1.0, 3, 2, 0),))
    month = january(figures(reports=100), measures={"answer": answer, "processing": processing, "first_answer": few})
    assert stuck(month, SAY) == [
        "Target yang belum tercapai: diteruskan ke instansi (P1, P2) dalam 1 menit (25 %, target 90 %) dan "
        "panggilan dijawab dalam 15 detik (58 %, target 90 %)."
    ]


def test_what_was_left_open_is_told_with_its_age_and_who_has_it() -> None:
    due = datetime(2026, 1, 31, tzinfo=UTC)
    left = (unfinished(7, 41, agencies=()), unfinished(8, 9, due_at=due), unfinished(9, 0))
    said = stuck(january(figures(incidents=97), NOTHING, *left), SAY)
    assert said[0] == "3 kejadian masih terbuka pada akhir bulan; yang terlama sudah 41 hari (banjir)."
    among = "Di antaranya 1 sudah terbuka sebelum bulan ini, 1 tidak dipegang instansi mana pun, dan 1 melewati batas waktu."
    assert said[1] == among


def test_one_is_told_as_one_and_none_as_none() -> None:
    month = january(figures(incidents=5), NOTHING, unfinished(days=0, agencies=()))
    assert stuck(month, SAY) == ["Satu kejadian masih terbuka pada akhir bulan: banjir, sudah kurang dari sehari."]
    assert stuck(january(figures(incidents=5)), SAY) == ["Tidak ada kejadian yang tertinggal pada akhir bulan."]


def test_a_month_that_lasts_is_compared_with_as_many_days() -> None:
    now = datetime(2026, 1, 10, 4, tzinfo=UTC)
    month = january(figures(by_outcome=calls(40)), figures(by_outcome=calls(20)), unfinished(days=25), counted_at=now)
    assert not month.is_over
    assert month.before_period.end == datetime(2025, 12, 11, tzinfo=WITA)
    assert "Panggilan naik 100 % menjadi 40 (10 hari pertama Desember 2025: 20)." in changes(month, SAY)
    assert stuck(month, SAY)[0].startswith("Satu kejadian sekarang terbuka")


def test_a_long_month_is_not_compared_beyond_the_end_of_a_short_one() -> None:
    now = datetime(2026, 3, 30, 12, tzinfo=UTC)
    march = reported_month("2026-03", now, WITA)
    assert month_before(march, now, WITA).end == march.start


def test_in_english_too() -> None:
    month = january(figures(by_outcome=calls(4336)), figures(by_outcome=calls(3871)))
    assert any("4,336" in line and "December 2025" in line for line in changes(month, Wording(kendari(), "en")))


@pytest.mark.parametrize(
    "said", ["", "2026", "2026-13", "2026-00", "2026-02", "2027-01", "1999-01", "2026-1", "../x", "２０２６-01"]
)
def test_what_is_no_month_is_refused(said: str) -> None:
    with pytest.raises(NoSuchMonth):
        reported_month(said, datetime(2026, 1, 31, 15, tzinfo=UTC), WITA)


def test_a_month_begins_at_the_citys_midnight() -> None:
    assert reported_month("2026-02", datetime(2026, 1, 31, 16, 30, tzinfo=UTC), WITA).start == datetime(2026, 2, 1, tzinfo=WITA)


COUNT = st.integers(0, 10**7)


@settings(max_examples=60)
@given(now=COUNT, before=COUNT, left=COUNT, test=COUNT, asked=st.integers(0, 500), done=st.integers(0, 500))
def test_no_figures_make_a_sentence_that_is_not_one(now: int, before: int, left: int, test: int, asked: int, done: int) -> None:
    of_now = figures(
        by_outcome={"answered": now, "abandoned": left}, by_disposition={"test": test}, incidents=now % 50,
        agencies=[agency("dlhk", max(asked, done), done)],
    )  # fmt: skip
    level = Reached("answer_15s", 0.9, 15, now, min(before, now))
    measures = {"processing": Measure("processing", left, p50=left), "answer": Measure("answer", now, levels=(level,))}
    month = january(of_now, figures(by_outcome=calls(before), incidents=before % 50), unfinished(), measures=measures)
    for line in (*changes(month, SAY), *stuck(month, SAY)):
        assert line.endswith(".")
        assert not any(odd in line for odd in ("{", "}", "  ", "None", "-", " 0 %", "..")), line
