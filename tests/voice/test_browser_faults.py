"""The edge dies while somebody talks in a browser."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import async_playwright

from .conftest import Opens
from .desk import Ear, Office, picked_up


@pytest.fixture
async def office(opens: Opens) -> AsyncIterator[Office]:
    centre = await opens()
    async with async_playwright() as playwright:
        made = Office(centre, playwright)
        try:
            yield await made.open()
        finally:
            await made.close()


async def test_the_edge_dies_and_comes_back_while_they_talk(office: Office) -> None:
    centre = office.centre
    _, page = await office.desk("sari")
    caller = await centre.phone()
    ear = Ear(caller)
    await picked_up(page, caller)
    await page.locator('[data-phone][data-state="talking"]').wait_for()
    centre.kill("kamailio")
    await page.get_by_text("Telepon terputus, menyambung lagi").wait_for()
    heard = len(ear.packets)
    await centre.eventually(lambda: _is(len(ear.packets) - heard > 40))
    centre.start("kamailio")
    await page.locator('[data-phone-says="line"]', has_text="Siap menerima").wait_for()
    assert await page.locator('[data-phone][data-state="talking"]').is_visible()


async def _is(value: bool) -> bool:
    return value
