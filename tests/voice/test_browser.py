"""A call in a real browser: it rings, is answered by a key, both sides hear each other, and the recording holds both voices."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import async_playwright

from tanggap.telephony.model import CallState, Outcome

from .conftest import Opens
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
    print("heard there", there, "here", here)
    assert there > AUDIBLE
    assert here > AUDIBLE
    assert await page.locator("#address").input_value() == "depan lippo"
    await page.locator('#sheet[data-state="active"]').wait_for()
    speaking.stop()
    caller.bye()
    await page.locator('[data-phone][data-state="ready"]').wait_for()
    await centre.stored(call_id, lambda c: c.is_over)
