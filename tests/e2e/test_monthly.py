"""A coordinator hands the month to the mayor, in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from pypdfium2 import PdfDocument

from tanggap.people.model import Role
from tanggap.platform.clock import utcnow
from tanggap.platform.i18n import format_month
from tests.e2e.conftest import Login, Site
from tests.e2e.outside import hand_over

pytestmark = pytest.mark.xdist_group("e2e")


def test_a_month_is_chosen_read_and_downloaded_as_pdf(site: Site, sign_in: Login, tmp_path: Path) -> None:
    hand_over(site, "pohon tumbang menutup gang")
    now = utcnow()
    page = sign_in(site.add("diskominfo", Role.COORDINATOR))
    page.get_by_role("link", name="Laporan", exact=True).click()
    page.get_by_role("combobox", name="Bulan").select_option(f"{now:%Y-%m}")
    page.get_by_role("button", name="Lihat").click()
    title = f"Laporan bulanan 112, {format_month(now.year, now.month)}"
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    with page.expect_download() as waited:
        page.get_by_role("link", name="Unduh PDF").click()
    file = tmp_path / waited.value.suggested_filename
    waited.value.save_as(file)
    assert file.name == f"kendari-laporan-{now:%Y-%m}.pdf"
    assert title in PdfDocument(file)[0].get_textpage().get_text_bounded()
    expect(page.get_by_role("status").filter(has_text="PDF sudah diunduh.")).to_be_visible()
