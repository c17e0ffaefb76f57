"""Is it real, in a real browser: a test call in one key, a doubtful call with its ledger, a burst made one incident."""

import re
import time

from playwright.async_api import expect

from tanggap.incident import store as rows
from tanggap.incident.model import Location
from tests.e2e.test_console import (
    CITY,
    Stage,
    desk,
    ground,  # noqa: F401 - a fixture
    of_page,
    played,
    received,
)

# A machine that does much else beside is slow, and still right.
expect.set_options(timeout=15_000)


@played
async def test_a_test_call_is_ended_with_one_key_in_under_three_seconds(stage: Stage) -> None:
    first = await received(stage.house, words="halo, cuma coba", number="0812-1111-0001")
    async with desk(stage) as page:
        await page.locator(f"#row-{first}").click()
        await page.wait_for_url(f"**/konsol/{first}")
        await expect(page.locator("#sheet")).to_have_attribute("data-state", "active")
        started = time.monotonic()
        await page.keyboard.press("Alt+1")
        await expect(page.locator("#toasts")).to_contain_text("uji coba")
        assert time.monotonic() - started < 3
        async with stage.house.db.reading(CITY) as conn:
            ended = await rows.report(conn, CITY, first)
        assert (ended.state, ended.disposition) == ("closed", "test")


@played
async def test_a_doubtful_call_shows_its_ledger_and_stays_on_the_desk(stage: Stage) -> None:
    report = await received(stage.house, words="halo, cuma coba", number="0812-1111-0002")
    async with desk(stage, viewport={"width": 390, "height": 844}) as page:
        await page.goto(f"{stage.server.address}/konsol/{report}")
        ledger = page.locator("#ledger")
        await expect(ledger.locator("summary")).to_contain_text(re.compile(r"kemungkinan nyata 0,0\d, karena"))
        await expect(ledger.locator("table")).to_be_hidden()
        await ledger.locator("summary").focus()
        await page.keyboard.press("Enter")
        await expect(ledger.locator("table")).to_contain_text("cuma coba")
        await expect(ledger.locator("caption")).to_contain_text("bukan keputusan")
        await page.get_by_role("button", name="Ambil laporan ini").click()
        await expect(page.locator("#sheet")).to_have_attribute("data-state", "active")
        before = await ledger.locator("summary b").inner_text()
        await page.get_by_role("button", name="dijawab", exact=True).click()
        await expect(ledger.locator("summary b")).not_to_have_text(before)
        stored = await of_page(stage.house, page)
        assert (stored.state, stored.disposition) == ("active", None)


@played
async def test_a_silent_call_has_its_protocol_on_the_sheet(stage: Stage) -> None:
    report = await received(stage.house, number="0812-1111-0003")
    async with desk(stage) as page:
        await page.goto(f"{stage.server.address}/konsol/{report}")
        await expect(page.locator(".silent-steps li")).to_have_count(4)
        await expect(page.locator(".silent-steps")).to_contain_text("tekan angka apa saja")


@played
async def test_a_burst_becomes_one_incident_and_a_stray_one_is_parted_again(stage: Stage) -> None:
    reports = [
        await received(
            stage.house, words=f"rumah terbakar di depan saya {n}", number=f"0812-7000-{n:04}", category="building_fire",
            location=Location(-3.994 + 0.0005 * (n % 3), 122.49 + 0.0005 * (n % 2), 100.0, "map"),
        )
        for n in range(6)
    ]  # fmt: skip
    async with desk(stage) as page:
        await expect(page.locator(f"#row-{reports[0]}")).to_contain_text("kelompok A: 6, satu kejadian?")
        await page.locator(f"#row-{reports[0]}").click()
        await page.wait_for_url(f"**/konsol/{reports[0]}")
        await expect(page.locator(".burst")).to_contain_text("5 laporan yang menunggu")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator(".asked")).to_contain_text("Damkarmat")
        await page.keyboard.press("Alt+j")
        await expect(page.locator("#toasts")).to_contain_text("5 laporan digabung")
        await expect(page.locator(".burst")).to_have_count(0)
        incident = (await of_page(stage.house, page)).incident
        async with stage.house.db.reading(CITY) as conn:
            found = await rows.incident(conn, CITY, incident)
        assert (found.report_count, found.alarm) == (6, 2)
        await page.goto(f"{stage.server.address}/konsol/{reports[5]}")
        await page.get_by_role("button", name="lepaskan dari kejadian ini").click()
        await expect(page.locator("#sheet")).to_have_attribute("data-state", "active")
        stray = await of_page(stage.house, page)
        assert (stray.incident, stray.words) == (None, "rumah terbakar di depan saya 5")
