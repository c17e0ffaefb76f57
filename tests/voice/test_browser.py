"""A call in a real browser: it rings, is answered by a key, both sides hear each other, and the recording holds both voices."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import async_playwright

from tanggap.telephony.model import CallState, Outcome

from .conftest import CITY, Opens
from .desk import Ear, Office, Speaking, heard_in

#: Root mean square below which nobody would say that they hear something (−46 dB of full scale).
AUDIBLE = 0.005


@pytest.fixture
async def office(opens: Opens) -> AsyncIterator[Office]:
    centre = await opens()
    async with async_playwright() as playwright:
        made = Office(centre, playwright)
        try:
            yield await made.open()
        finally:
            await made.close()


async def test_a_call_rings_in_the_browser_and_both_sides_hear(office: Office) -> None:
    centre = office.centre
    person, page = await office.desk("sari")
    caller = await centre.phone()
    ear = Ear(caller)
    call_id = caller.call("sip:112@112.local")
    await page.locator('[data-phone][data-state="ringing"]').wait_for()
    call = await centre.stored(call_id)
    await page.wait_for_url(f"**/konsol/{call.report}")
    await page.locator("#address").press_sequentially("depan lippo")
    await page.keyboard.press("F2")
    assert (await caller.answered(call_id)).code == 200
    speaking = Speaking(caller)
    await page.locator('[data-phone][data-state="talking"]').wait_for()
    call = await centre.stored(call_id, lambda c: c.state is CallState.TALKING)
    assert (call.operator, call.outcome) == (person, Outcome.ANSWERED)
    await asyncio.sleep(1.5)
    there, here = ear.loudness, await heard_in(page)
    assert there > AUDIBLE
    assert here > AUDIBLE
    assert await page.locator("#address").input_value() == "depan lippo"
    await page.locator('#sheet[data-state="active"]').wait_for()
    speaking.stop()
    caller.bye()
    await page.locator('[data-phone][data-state="ready"]').wait_for()
    await centre.stored(call_id, lambda c: c.is_over)


async def test_a_citizen_without_credit_calls_from_a_browser(office: Office) -> None:
    centre = office.centre
    _, page = await office.desk("sari")
    citizen = await office.window(390, 800)
    await citizen.context.grant_permissions(["geolocation", "microphone"], origin=office.url)
    await citizen.context.set_geolocation({"latitude": -3.994, "longitude": 122.49, "accuracy": 25})
    await citizen.goto(f"{office.url}/lapor/panggil")
    await citizen.get_by_role("button", name="Panggil 112 sekarang").click()
    await page.locator('[data-phone][data-state="ringing"]').wait_for()
    await citizen.get_by_text("Berdering di pusat 112").wait_for()
    await page.keyboard.press("F2")
    await citizen.get_by_text("Tersambung. Silakan bicara.").wait_for()
    await asyncio.sleep(1)
    assert await heard_in(page) > AUDIBLE
    assert await heard_in(citizen) > AUDIBLE
    assert await citizen.evaluate("document.documentElement.scrollWidth") <= 390
    assert await citizen.locator('a[href^="tel:112"]').is_visible()
    await citizen.get_by_role("button", name="Saya tidak bisa bicara").click()
    await page.get_by_text("tidak bisa bicara").first.wait_for()
    await page.locator("#point").get_by_text("±25 m").wait_for()
    await page.keyboard.press("F9")
    await citizen.get_by_text("Panggilan selesai.").wait_for()
    async with centre.db.reading(CITY) as conn:
        (call,) = await conn.fetch("SELECT direction, outcome FROM call WHERE direction = 'web'")
    assert tuple(call) == ("web", "answered")
