"""The coordinator's page of what confirmed reports teach."""

from tanggap.people.model import Role
from tanggap.triage.growth import store
from tanggap.triage.growth.model import GrowthState
from tanggap.web.house import House
from tests.integration.triage.test_growth import PROPOSED, SAID
from tests.integration.web.oversight.conftest import CITY, SignIn

PAGE = "/koordinator/bukti/kata"


async def test_sentences_are_asked_for_compared_published_and_taken_back(signed_in: SignIn, house: House) -> None:
    coordinator = await signed_in(Role.COORDINATOR)
    assert "hanya kalimat bawaan kota" in (await coordinator.get(PAGE)).text
    assert (await coordinator.send(f"{PAGE}/usulkan")).headers["location"] == f"{PAGE}?pesan=usulkan"
    assert "sedang dipelajari" in (await coordinator.get(PAGE)).text
    async with house.db.transaction(CITY) as tx:
        await store.answer(tx, CITY, 1, GrowthState.PROPOSED, [SAID], PROPOSED)
    page = (await coordinator.get(PAGE)).text
    assert "Usulan ini melewatkan darurat" in page
    assert f"«{SAID.words}»" in page
    assert (await coordinator.send(f"{PAGE}/1/terbitkan")).status_code == 303
    assert "versi 1, 1 kalimat" in (await coordinator.get(PAGE)).text
    assert (await coordinator.send(f"{PAGE}/1/tolak")).status_code == 409
    assert (await coordinator.send(f"{PAGE}/1/urungkan")).status_code == 303
    assert "hanya kalimat bawaan kota" in (await coordinator.get(PAGE)).text
    assert (await coordinator.send(f"{PAGE}/9/terbitkan")).status_code == 404


async def test_only_the_coordinator_sees_and_decides(signed_in: SignIn) -> None:
    supervisor = await signed_in(Role.SUPERVISOR)
    assert (await supervisor.get(PAGE)).status_code == 403
    assert (await supervisor.send(f"{PAGE}/usulkan")).status_code == 403
