"""Holidays as people paste them: read as they are meant, or refused with the first line that is none."""

from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanggap.city.ladder import HolidayKind
from tanggap.city.rules.holiday_lines import read_holidays
from tanggap.city.rules.model import HolidaysUnclear


@pytest.mark.parametrize(
    ("line", "day", "name", "kind"),
    [
        ("2027-08-17; Hari Kemerdekaan", date(2027, 8, 17), "Hari Kemerdekaan", HolidayKind.NATIONAL),
        ("17 Agustus 2027 Hari Kemerdekaan RI", date(2027, 8, 17), "Hari Kemerdekaan RI", HolidayKind.NATIONAL),
        ("17/8/2027\tHari Kemerdekaan\tlibur nasional", date(2027, 8, 17), "Hari Kemerdekaan", HolidayKind.NATIONAL),
        ("11-03-2027, Cuti bersama Idulfitri", date(2027, 3, 11), "Cuti bersama Idulfitri", HolidayKind.JOINT_LEAVE),
        ('"2027-05-09","HUT Kota Kendari",libur kota', date(2027, 5, 9), "HUT Kota Kendari", HolidayKind.LOCAL),
        ("1 Jan 2027 – Tahun Baru 2027, Masehi", date(2027, 1, 1), "Tahun Baru 2027, Masehi", HolidayKind.NATIONAL),
        ("25 Desember 2027; Natal; cuti bersama", date(2027, 12, 25), "Natal", HolidayKind.JOINT_LEAVE),
    ],
)
def test_a_day_is_read_as_people_write_it(line: str, day: date, name: str, kind: HolidayKind) -> None:
    (found,) = read_holidays(f"tanggal;nama;jenis\n\n# tahun depan\n{line}\n", "SKB")
    assert (found.date, found.id, found.kind, found.source) == (day, name, kind, "SKB")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1), ("halo", 1), ("2027-08-17; Hari Kemerdekaan\n2027-02-30; Salah", 2), ("2027-08-17", 1),
        ("2027-08-17; Hari; libur bersama-sama", 1), ("2027-08-17; A\n2027-08-17; B", 2), ("1027-08-17; A", 1),
        ("[[holiday]]\ndate = besok", 2), ('[[holiday]]\ndate = 2027-08-17\nid = "A"', 1), ("17 Augustus 2027 Apa", 1),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(HolidaysUnclear) as refused:
        read_holidays(text, "SKB")
    assert refused.value.detail["line"] == line
    assert "Tidak ada yang diubah" in HolidaysUnclear.sentence.format(**refused.value.detail)


def test_a_packs_file_is_read_with_its_sources() -> None:
    text = (files("tanggap") / "cities" / "kendari" / "holidays.toml").read_text("utf-8")
    found = read_holidays(text, "")
    assert len(found) > 25
    assert found[0].source.startswith("SKB tiga menteri")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200) | st.text("2017-/. ;AgustusJan\n[]holiday\"='", max_size=80).map("2027-01-01; A\n{}".format))
def test_any_text_gives_days_or_a_refusal(text: str) -> None:
    try:
        found = read_holidays(text, "SKB")
    except HolidaysUnclear as refused:
        refused.sentence.format(**refused.detail)
        return
    assert all(one.id for one in found)
