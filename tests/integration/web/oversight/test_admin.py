"""The administrator's pages: every change is made once, audited, and refused with a sentence when it cannot be made."""

import re

import pytest

from tanggap.people import service
from tanggap.people.audit import trail
from tanggap.people.model import Person, Role
from tanggap.web.house import House
from tests.integration.web.oversight.conftest import CITY, Browser, SignIn

PATHS = ("/admin", "/admin/sesi", "/admin/token", "/admin/katalog", "/admin/sistem")


@pytest.fixture
async def admin(signed_in: SignIn) -> Browser:
    return await signed_in(Role.ADMINISTRATOR)


async def person_of(house: House, login: str) -> Person:
    async with house.db.reading(CITY) as conn:
        return next(one for one in await service.people(conn, CITY) if one.login == login)


async def acts(house: House) -> list[str]:
    async with house.db.reading(CITY) as conn:
        return [entry.act for entry in await trail(conn, CITY)]


def secret_on(page: str) -> str:
    found = re.search(r"<output>([^<]+)</output>", page)
    assert found
    return found[1]


async def test_every_page_opens(admin: Browser) -> None:
    for path in PATHS:
        assert (await admin.get(path)).status_code == 200
    catalogue = (await admin.get("/admin/katalog")).text
    assert "bersumber" in catalogue
    assert "Pohon tumbang" in catalogue
    system = (await admin.get("/admin/sistem")).text
    assert "Basis data" in system
    assert "Sesuai dengan versi program." in system


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.ADMINISTRATOR])
async def test_nobody_else_administers(signed_in: SignIn, house: House, role: Role) -> None:
    browser = await signed_in(role, "bpbd" if role in (Role.AGENCY, Role.FIELD) else None)
    for path in PATHS:
        assert (await browser.get(path)).status_code == 403
    assert (await browser.send("/admin/orang", nama="x", login="penyusup", peran="administrator")).status_code == 403
    async with house.db.reading(CITY) as conn:
        assert len(await service.people(conn, CITY)) == 1


async def test_an_account_is_made_and_its_password_shown_once(admin: Browser, house: House) -> None:
    form = {"nama": "Wa Ode", "login": "waode", "peran": ["agency"], "instansi": "bpbd"}
    made = await admin.send("/admin/orang", **form)
    assert made.status_code == 200
    assert made.headers["cache-control"] == "no-store"
    password = secret_on(made.text)
    person = await person_of(house, "waode")
    assert (person.agency, person.must_change_password) == ("bpbd", True)
    assert password not in (await admin.get(f"/admin/orang/{person.id}")).text
    taken = await admin.send("/admin/orang", **form)
    assert taken.status_code == 409
    assert 'value="Wa Ode"' in taken.text
    assert "person_added" in await acts(house)


@pytest.mark.parametrize(
    "wrong",
    [
        {"login": "A B"}, {"login": "x" * 99}, {"peran": []}, {"peran": ["raja"]}, {"peran": ["agency"], "instansi": ""},
        {"peran": ["supervisor"], "instansi": "bpbd"}, {"peran": ["agency"], "instansi": "tidak-ada"},
        {"peran": ["agency", "auditor"], "instansi": "bpbd"},
    ],
)  # fmt: skip
async def test_what_does_not_fit_is_refused_and_kept_in_the_form(admin: Browser, house: House, wrong: dict[str, object]) -> None:
    answer = await admin.send("/admin/orang", **({"nama": "Tidak Jadi", "login": "waode", "peran": ["auditor"]} | wrong))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "Tidak Jadi" in answer.text
    async with house.db.reading(CITY) as conn:
        assert len(await service.people(conn, CITY)) == 1


async def test_roles_change_at_once(admin: Browser, signed_in: SignIn, house: House) -> None:
    auditor = await signed_in(Role.AUDITOR)
    person = await person_of(house, "auditor.pusat")
    path = f"/admin/orang/{person.id}"
    assert (await auditor.get("/audit")).status_code == 200
    changed = await admin.send(f"{path}/ubah", nama="Hasan", peran=["coordinator", "supervisor"])
    assert changed.headers["location"] == f"{path}?pesan=changed"
    assert "langsung berlaku" in (await admin.get(f"{path}?pesan=changed")).text
    assert (await auditor.get("/audit")).status_code == 403
    assert (await auditor.get("/koordinator")).status_code == 200
    assert (await admin.send(f"{path}/ubah", nama="Hasan", peran=[])).status_code == 422


async def test_a_new_password_ends_the_old_one(admin: Browser, signed_in: SignIn, house: House) -> None:
    taker = await signed_in(Role.CALL_TAKER)
    person = await person_of(house, "call_taker.pusat")
    answer = await admin.send(f"/admin/orang/{person.id}/sandi")
    assert len(secret_on(answer.text)) >= 12
    assert (await taker.get("/dinding")).headers["location"].startswith("/masuk")
    assert "password_reset" in await acts(house)


async def test_an_own_new_password_is_shown_before_the_door(admin: Browser, house: House) -> None:
    me = await person_of(house, "administrator.pusat")
    answer = await admin.send(f"/admin/orang/{me.id}/sandi")
    assert "Sesi Anda berakhir" in answer.text
    assert secret_on(answer.text)


async def test_an_account_is_closed_and_opened_again(admin: Browser, signed_in: SignIn, house: House) -> None:
    taker = await signed_in(Role.CALL_TAKER)
    person = await person_of(house, "call_taker.pusat")
    path = f"/admin/orang/{person.id}"
    assert (await admin.send(f"{path}/tutup")).status_code == 303
    assert (await taker.get("/dinding")).status_code == 303
    assert person.name not in (await admin.get("/admin?akun=active")).text
    assert person.name in (await admin.get("/admin?akun=closed")).text
    assert (await admin.send(f"{path}/aktifkan")).status_code == 303
    assert {"person_deactivated", "person_reactivated"} <= set(await acts(house))


async def test_the_last_administrator_stays(admin: Browser, house: House) -> None:
    me = await person_of(house, "administrator.pusat")
    for act, fields in (("tutup", {}), ("ubah", {"nama": "Saya", "peran": ["auditor"]})):
        refused = await admin.send(f"/admin/orang/{me.id}/{act}", **fields)
        assert refused.status_code == 409
        assert "administrator aktif terakhir" in refused.text
    assert (await admin.get("/admin")).status_code == 200


async def test_sessions_are_seen_and_ended(admin: Browser, signed_in: SignIn, house: House) -> None:
    taker = await signed_in(Role.CALL_TAKER)
    person = await person_of(house, "call_taker.pusat")
    page = (await admin.get("/admin/sesi")).text
    assert person.name in page
    assert "sesi ini" in page
    ended = re.search(r'action="(/admin/sesi/[0-9a-f-]+/akhiri)"', page)
    assert ended
    assert (await admin.send(ended[1])).headers["location"] == "/admin/sesi?pesan=ended"
    assert (await taker.get("/dinding")).status_code == 303
    other = await signed_in(Role.COORDINATOR)
    second = await person_of(house, "coordinator.pusat")
    assert (await admin.send(f"/admin/orang/{second.id}/akhiri")).status_code == 303
    assert (await other.get("/koordinator")).status_code == 303
    assert (await acts(house)).count("session_ended") == 2


async def test_a_token_is_shown_once_and_revoked(admin: Browser, house: House) -> None:
    issued = await admin.send("/admin/token", nama="Loket kota", peran="call_taker", berlaku="90")
    secret = secret_on(issued.text)
    assert secret.startswith("tgp_")
    page = (await admin.get("/admin/token")).text
    assert secret not in page
    assert "Loket kota" in page
    for wrong in ({"peran": ""}, {"peran": "agency"}, {"peran": "auditor", "instansi": "bpbd"}):
        assert (await admin.send("/admin/token", **({"nama": "x", "berlaku": "90"} | wrong))).status_code == 422
    revoke = re.search(r'action="(/admin/token/[0-9a-f-]+/cabut)"', page)
    assert revoke
    assert (await admin.send(revoke[1])).headers["location"] == "/admin/token?pesan=revoked"
    assert (await admin.send(revoke[1])).status_code == 404
    assert {"token_issued", "token_revoked"} <= set(await acts(house))


async def test_people_are_found_by_name_role_and_agency(admin: Browser, signed_in: SignIn) -> None:
    await signed_in(Role.AGENCY, "bpbd")
    await signed_in(Role.AGENCY, "dlhk")
    for query in ("cari=bpbd", "instansi=bpbd", "peran=agency&cari=AGENCY.bp"):
        page = (await admin.get(f"/admin?{query}")).text
        assert "Agency.Bpbd" in page
        assert "Agency.Dlhk" not in page
    assert "Tidak ada yang cocok" in (await admin.get("/admin?cari=zzz")).text


async def test_nobody_is_not_found(admin: Browser) -> None:
    nobody = "00000000-0000-0000-0000-000000000001"
    assert (await admin.get(f"/admin/orang/{nobody}")).status_code == 404
    assert (await admin.send(f"/admin/orang/{nobody}/akhiri")).status_code == 404
    assert (await admin.send(f"/admin/orang/{nobody}/tutup")).status_code == 404
