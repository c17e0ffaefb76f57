"""The coordinator's page of evidence and the supervisor's list of recurring callers."""

from tanggap import flow
from tanggap.incident.model import Disposition
from tanggap.intake.model import Channel, Contact
from tanggap.people.model import Role
from tanggap.reaching import Links, links
from tanggap.verification.nuisance.service import thanks_testers
from tanggap.web.house import House
from tests.caller_number import tells_number
from tests.integration.verification.test_learning import lived
from tests.integration.web.oversight.conftest import AT_DESK, CITY, SignIn, Told

PAGE = "/koordinator/bukti"


async def test_weights_are_compared_published_and_taken_back(signed_in: SignIn, house: House) -> None:
    coordinator = await signed_in(Role.COORDINATOR)
    page = (await coordinator.get(PAGE)).text
    assert "versi</h2>" not in page
    refused = await coordinator.send(f"{PAGE}/usulkan")
    assert refused.status_code == 422
    assert "belum cukup untuk belajar" in refused.text
    await lived(house.db, house.now())
    assert (await coordinator.send(f"{PAGE}/usulkan")).headers["location"] == f"{PAGE}?pesan=usulkan"
    page = (await coordinator.get(PAGE)).text
    assert 'id="side-by-side"' in page
    assert "laporan nyata akan menunggu lebih lama" in page
    assert "Dengan usulan" in page
    assert (await coordinator.send(f"{PAGE}/1/terbitkan")).status_code == 303
    assert "versi 1" in (await coordinator.get(PAGE)).text
    assert (await coordinator.send(f"{PAGE}/1/tolak")).status_code == 409
    assert (await coordinator.send(f"{PAGE}/1/urungkan")).status_code == 303
    assert "versi 0" in (await coordinator.get(PAGE)).text


async def test_only_the_coordinator_decides_on_weights(signed_in: SignIn) -> None:
    supervisor = await signed_in(Role.SUPERVISOR)
    assert (await supervisor.get(PAGE)).status_code == 403
    assert (await supervisor.send(f"{PAGE}/terima-kasih", aktif="ya")).status_code == 403


async def test_the_message_to_testers_is_switched_on_and_off(signed_in: SignIn, house: House) -> None:
    coordinator = await signed_in(Role.COORDINATOR)
    for said, is_on in (("ya", True), ("tidak", False)):
        await coordinator.send(f"{PAGE}/terima-kasih", aktif=said)
        async with house.db.reading(CITY) as conn:
            assert await thanks_testers(conn, CITY) is is_on


async def test_the_coordinator_decides_whether_callers_are_written_to(signed_in: SignIn, house: House) -> None:
    coordinator = await signed_in(Role.COORDINATOR)
    for chosen in Links:
        assert (await coordinator.send(f"{PAGE}/tautan", tautan=chosen.value)).status_code == 303
        async with house.db.reading(CITY) as conn:
            assert await links(conn, CITY) is chosen
    assert (await coordinator.send(f"{PAGE}/tautan", tautan="always")).status_code == 400


async def test_a_supervisor_records_what_was_done_about_a_recurring_caller(signed_in: SignIn, told: Told, house: House) -> None:
    supervisor = await signed_in(Role.SUPERVISOR)
    assert "Tidak ada penelepon berulang" in (await supervisor.get("/pengawas/berulang")).text
    for _ in range(3):
        report = await told.report(Contact(Channel.CALL, words="tes", number="0813-4455-6642"))
        async with house.db.transaction(CITY) as tx:
            ended = await flow.dispose(tx, told.scene, report.id, Disposition.TEST, AT_DESK, house.now())
    page = (await supervisor.get("/pengawas/berulang")).text
    assert "0813…42" in page
    assert not tells_number(page)
    path = f"/pengawas/berulang/{ended.caller}"
    assert (await supervisor.send(path, tindakan="family", catatan="ibunya", hari="0")).status_code == 422
    assert (await supervisor.send(path, tindakan="family", catatan="ibunya", hari="7")).status_code == 303
    page = (await supervisor.get("/pengawas/berulang?pesan=dicatat")).text
    assert "Tindakan dicatat." in page
    assert "keluarga dihubungi: ibunya" in page
