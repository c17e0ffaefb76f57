"""The monthly report on paper and as files: what was gathered can be read in each of them."""

import csv
import io
import re
import sys

import msgspec
import pypdfium2
import pytest
from pypdfium2 import PdfDocument

from tanggap.evaluation.figures import Measure, Reached
from tanggap.evaluation.monthly.model import Month
from tanggap.evaluation.monthly.wording import Wording
from tanggap.web.monthly.alone import html_of
from tanggap.web.monthly.document import document
from tanggap.web.monthly.exports import csv_of, json_of
from tanggap.web.monthly.map_picture import map_of
from tanggap.web.monthly.model import Document
from tanggap.web.monthly.printing import NotPrinted, printed
from tanggap.web.monthly.typesetting import typeset
from tests.unit.evaluation.months import NOTHING, agency, figures, january, kendari, unfinished

CALLS = {"answered": 3200, "abandoned": 700, "unanswered": 436}
BUSY = figures(
    by_outcome=CALLS, by_disposition={"genuine": 289, "test": 2900, "silent": 800}, incidents=289, reports=3989,
    by_category={"fallen_tree": 61, "flood": 228}, by_area={"74.71.01.1001": 12, "": 3, "lama": 1},
    agencies=[agency("dlhk", 57, 8)], by_hour=list(range(24)),
)  # fmt: skip


def pdf_of(made: Document) -> bytes:
    return typeset(msgspec.json.encode(made))


def text_of(pdf: bytes) -> list[str]:
    """What a reader finds on each page."""
    found = PdfDocument(pdf)
    return [" ".join(page.get_textpage().get_text_bounded().split()) for page in found]


@pytest.fixture(scope="module")
def month() -> Month:
    left = [unfinished(number, 3, area="74.71.01.1001") for number in range(70)]
    answer = Measure("answer", 4336, p50=9, p90=40, levels=(Reached("answer_15s", 0.9, 15, 4336, 2515),))
    return january(BUSY, figures(by_outcome={"answered": 3871}), *left, unfinished_before=22, measures={"answer": answer})


def test_the_pdf_can_be_read_and_says_where_one_is(month: Month) -> None:
    pdf = pdf_of(document(month, kendari(), "id"))
    assert pdf.startswith(b"%PDF-")
    pages = text_of(pdf)
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert "Layanan 112 Kota Kendari · Januari 2026" in page
        assert f"halaman {number} dari {len(pages)}" in page
        assert "dihitung 3 Feb 2026 09.00 WITA" in page
    whole = " ".join(pages)
    for words in (
        "Panggilan naik 12 % menjadi 4.336 (Desember 2025: 3.871).",
        "70 kejadian masih terbuka pada akhir bulan",
        "DLHK menyelesaikan 8 dari 57 penugasan.",
        "KDI-0059",
        "90 % dalam 15 detik: 58 %, belum tercapai",
        "Dan 10 lagi",
        "tanpa suara",
    ):
        assert words in whole, words
    assert pypdfium2.raw.FPDFCatalog_IsTagged(PdfDocument(pdf).raw)


async def test_a_page_prints_in_a_child_and_says_when_that_failed(month: Month, monkeypatch: pytest.MonkeyPatch) -> None:
    made = document(month, kendari(), "id")
    assert text_of(await printed(made)) == text_of(pdf_of(made))
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(NotPrinted):
        await printed(made)


def test_page_and_pdf_say_the_same(month: Month) -> None:
    made = document(month, kendari(), "id")
    html = re.sub(r"<[^>]+>", " ", html_of(made).partition("<body>")[2])
    pdf = " ".join(text_of(pdf_of(made)))
    for block in (block for section in made.sections for block in section.blocks):
        for line in getattr(block, "lines", []):
            assert line in " ".join(html.split())
            assert line.split(". ")[0].split(" (")[0] in pdf


def test_the_file_alone_asks_for_nothing_else(month: Month) -> None:
    html = html_of(document(month, kendari(), "id"))
    assert not re.findall(r"(?:src|href)=|@import|url\(", html)
    assert '<html lang="id">' in html


def test_a_month_of_nothing_makes_a_report_too() -> None:
    for now in (NOTHING, figures(by_outcome={"": 1})):
        made = document(january(now), kendari(), "id")
        assert text_of(pdf_of(made))
        assert "Tidak ada kejadian yang dibuka pada bulan ini." in html_of(made)


def test_words_of_the_catalogue_are_words_and_not_markup() -> None:
    odd = msgspec.structs.replace(kendari().agencies[0], code="odd", short='#text[x] $1 <b>"\\')
    catalogue = msgspec.structs.replace(kendari(), agencies=(odd,))
    made = document(january(figures(incidents=9, agencies=[agency("odd", 9, 1)])), catalogue, "id")
    assert '#text[x] $1 <b>"\\ menyelesaikan 1 dari 9' in " ".join(text_of(pdf_of(made)))
    assert "<b>" not in html_of(made)


def test_the_map_shades_and_numbers_the_greatest() -> None:
    code = kendari().kelurahan[0].code
    picture = map_of({code: 9, "": 4, "lama": 2}, Wording(kendari(), "id"))
    assert picture.svg.count("<circle") == len(kendari().kelurahan) + 1
    assert f"{kendari().kelurahan[0].name} (9)" in picture.alt
    square = {"type": "Polygon", "coordinates": [[[122.5, -4], [122.6, -4], [122.6, -3.9], [122.5, -3.9], [122.5, -4]]]}
    outlined = tuple(msgspec.structs.replace(area, geometry=square) if area.code == code else area for area in kendari().areas)
    assert "<path" in map_of({code: 9}, Wording(msgspec.structs.replace(kendari(), areas=outlined), "id")).svg


def test_what_could_point_at_a_person_is_told_by_kecamatan_alone() -> None:
    kelurahan = next(area for area in kendari().kelurahan if area.name == "Sambuli")
    left = [unfinished(1, area=kelurahan.code), unfinished(2, area=kelurahan.code, category="domestic_violence")]
    html = html_of(document(january(figures(incidents=2), NOTHING, *left), kendari(), "id"))
    assert html.count("Sambuli</td>") == 1
    assert '<td class="">Kec. Nambo</td>' in html


def test_the_csv_has_both_months_and_what_was_left(month: Month) -> None:
    text = csv_of(month, kendari(), "id").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[0] == ["Ukuran", "Rincian", "Nilai", "Bulan sebelumnya"]
    assert ["Panggilan menurut hasil", "dijawab", "3200", "3871"] in rows
    assert ["Panggilan menurut hasil", "penelepon menutup lebih dulu", "700", "0"] in rows
    assert ["Panggilan dijawab", "target 90 % 15 detik (answer_15s)", "0,580028", ""] in rows
    assert ["Masih terbuka pada akhir bulan (hari)", "KDI-0069 Banjir", "3", ""] in rows
    assert {len(row) for row in rows} == {4}


def test_the_json_has_the_figures_and_the_text(month: Month) -> None:
    told = msgspec.json.decode(json_of(month, kendari(), "id"))
    assert (told["month"], told["is_over"], told["figures"]["by_outcome"]) == ("2026-01", True, CALLS)
    assert len(told["unfinished"]) == 70
    assert "Panggilan naik 12 % menjadi 4.336 (Desember 2025: 3.871)." in told["text"]
