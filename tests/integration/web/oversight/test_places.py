"""The coordinator's list of names that call takers taught: seen, decided, undone, and found by every process."""

import re
from uuid import UUID

import httpx
import pytest

from tanggap.incident.model import Actor
from tanggap.location.learning import store
from tanggap.location.learning.model import Lesson, LessonKind
from tanggap.people.model import Role
from tanggap.platform.ids import new_id
from tanggap.scene import read_scene
from tanggap.web.house import House
from tests.integration.web.oversight.conftest import CITY, Browser, SignIn, Told

PAGE = "/koordinator/tempat"
SAID = "warung doyan bakso"
PIN = (-3.9950, 122.5100)
TAKER = Actor("Petugas 1", new_id())


@pytest.fixture
async def proposal(house: House, told: Told) -> UUID:
    report = await told.report()
    async with house.db.transaction(CITY) as tx:
        lesson = Lesson(SAID, LessonKind.PLACE, None, *PIN, 60.0)
        return await store.note(tx, CITY, lesson, report, TAKER.id or new_id(), house.now())


@pytest.fixture
async def coordinator(signed_in: SignIn) -> Browser:
    return await signed_in(Role.COORDINATOR)


async def found(house: House, said: str) -> str | None:
    """What a process that starts now finds for sure."""
    async with house.db.reading(CITY) as conn:
        scene = await read_scene(conn, house.keyring)
    answer = scene.gazetteer.find(said)
    return answer.candidates[0].name if answer.confident else None


async def decide(browser: Browser, proposal: UUID, word: str, **fields: str) -> httpx.Response:
    answer = await browser.send(f"{PAGE}/{proposal}/{word}", **fields)
    return await browser.get(answer.headers["location"]) if answer.status_code == 303 else answer


async def test_an_empty_list_teaches_what_will_come(coordinator: Browser) -> None:
    page = (await coordinator.get(PAGE)).text
    assert "Belum ada usulan" in page
    assert "tempat dikenal" in page


async def test_a_name_is_approved_found_and_undone(coordinator: Browser, house: House, proposal: UUID) -> None:
    page = (await coordinator.get(PAGE)).text
    assert SAID in page
    assert re.search(r"\d+ m (barat|timur|utara|selatan|tenggara)", page), "the nearest place that is known"
    assert await found(house, "dpn warung doyan bakso") is None
    done = await decide(coordinator, proposal, "setujui", nama="Warung Doyan Bakso", jenis="cafe")
    assert "kini dikenal" in done.text
    assert await found(house, "dpn warung doyan bakso") == "Warung Doyan Bakso"
    undone = await decide(coordinator, proposal, "urungkan")
    assert "diurungkan" in undone.text
    assert await found(house, "dpn warung doyan bakso") is None
    assert SAID in (await coordinator.get(PAGE)).text


async def test_words_are_merged_into_a_place(coordinator: Browser, house: House, proposal: UUID) -> None:
    async with house.db.reading(CITY) as conn:
        scene = await read_scene(conn, house.keyring)
    into = scene.gazetteer.find("lippo plaza").candidates[0]
    assert (await decide(coordinator, proposal, "gabung", tempat="tidak-ada")).status_code == 422
    await decide(coordinator, proposal, "gabung", tempat=into.place)
    assert await found(house, SAID) == into.name


async def test_a_decision_is_made_once(coordinator: Browser, proposal: UUID) -> None:
    assert (await decide(coordinator, proposal, "setujui", nama="  ")).status_code == 422
    assert "ditolak" in (await decide(coordinator, proposal, "tolak")).text
    again = await decide(coordinator, proposal, "setujui", nama="Warung Doyan Bakso")
    assert again.status_code == 409
    assert "sudah diputuskan" in again.text
    assert (await decide(coordinator, new_id(), "tolak")).status_code == 404


async def test_decisions_stand_in_the_audit_as_sentences(coordinator: Browser, signed_in: SignIn, proposal: UUID) -> None:
    await decide(coordinator, proposal, "setujui", nama="Warung Doyan Bakso")
    page = (await (await signed_in(Role.AUDITOR)).get("/audit")).text
    assert f"menyetujui «{SAID}» sebagai Warung Doyan Bakso" in page
