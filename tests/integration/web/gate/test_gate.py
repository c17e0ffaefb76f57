"""Who gets through the gate, with which proof, and what everybody else is told."""

import httpx
import pytest
from litestar import Litestar, get, post
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler

from tanggap.people import machines, service, signing_in
from tanggap.people.model import Person, Role, hash_of
from tanggap.people.permissions import Act
from tanggap.web import security
from tanggap.web.security import UnguardedRouteError, secure, who

from .conftest import CITY, SECRET, TestHouse, browser_of, csrf, sign_in

pytestmark = pytest.mark.usefixtures("siti")


async def test_a_stranger_is_sent_to_the_door_and_back_again(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/konsol")
    assert (answer.status_code, answer.headers["location"]) == (303, "/masuk?lanjut=/konsol")
    page = await browser.get(answer.headers["location"])
    assert 'name="lanjut" value="/konsol"' in page.text
    signed_in = await sign_in(browser, "siti", lanjut="/konsol")
    assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/konsol")
    assert (await browser.get("/konsol")).text == "Siti"


async def test_the_cookie_is_hidden_from_scripts_and_new_at_each_sign_in(browser: httpx.AsyncClient) -> None:
    browser.cookies.set("tanggap_session", "fixed-by-somebody-else", domain="127.0.0.1")
    answer = await sign_in(browser, "siti")
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("tanggap_session="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "fixed-by-somebody-else" not in cookie
    assert "Secure" not in cookie


async def test_a_role_opens_its_own_screens_only(browser: httpx.AsyncClient) -> None:
    await sign_in(browser, "siti")
    assert (await browser.get("/konsol")).status_code == 200
    refused = await browser.get("/pengawas")
    assert refused.status_code == 403
    assert "Peran Anda tidak mengizinkan" in refused.text


async def test_a_wrong_password_keeps_the_login_and_says_nothing_more(browser: httpx.AsyncClient) -> None:
    wrong, unknown = await sign_in(browser, "siti", "salah"), await sign_in(browser, "budi", "salah")
    assert wrong.status_code == unknown.status_code == 403
    assert 'value="siti"' in wrong.text
    assert "Nama masuk atau kata sandi salah." in wrong.text
    assert 'autocomplete="current-password"' in wrong.text
    assert "tanggap_session" not in str(wrong.headers)


async def test_too_many_wrong_passwords_say_how_long_to_wait(browser: httpx.AsyncClient) -> None:
    for _ in range(5):
        await sign_in(browser, "siti", "salah")
    locked = await sign_in(browser, "siti")
    assert locked.status_code == 429
    assert int(locked.headers["retry-after"]) >= 1
    assert "Terlalu banyak kata sandi salah" in locked.text


async def test_signing_out_ends_the_session_for_good(browser: httpx.AsyncClient) -> None:
    await sign_in(browser, "siti")
    token = browser.cookies["tanggap_session"]
    await browser.post("/keluar", data={"_csrf_token": await csrf(browser)})
    browser.cookies.set("tanggap_session", token, domain="127.0.0.1")
    assert (await browser.get("/konsol")).status_code == 303


async def test_a_session_ends_when_its_time_is_over(browser: httpx.AsyncClient, house: TestHouse) -> None:
    await sign_in(browser, "siti")
    house.wait(hours=12, minutes=1)
    assert (await browser.get("/konsol")).status_code == 303


async def test_a_temporary_password_opens_nothing_but_its_own_change(browser: httpx.AsyncClient, house: TestHouse) -> None:
    async with house.db.transaction(CITY) as tx:
        _, first = await service.add_person(tx, CITY, "budi", "Budi", [Role.CALL_TAKER], None, None, house.now())
    assert (await sign_in(browser, "budi", first)).headers["location"] == "/sandi"
    assert (await browser.get("/konsol")).headers["location"] == "/sandi"
    assert "Kata sandi Anda sementara" in (await browser.get("/sandi")).text
    form = {"lama": first, "baru": "sore di tugu persatuan", "ulang": "sore di tugu persatuan"}
    assert (await browser.post("/sandi", data={**form, "ulang": "lain", "_csrf_token": await csrf(browser)})).status_code == 422
    assert (await browser.post("/sandi", data={**form, "lama": "x", "_csrf_token": await csrf(browser)})).status_code == 422
    changed = await browser.post("/sandi", data={**form, "_csrf_token": await csrf(browser)})
    assert changed.headers["location"] == "/konsol"
    assert (await browser.get("/konsol")).text == "Budi"


async def test_a_form_without_its_token_changes_nothing(browser: httpx.AsyncClient) -> None:
    await sign_in(browser, "siti")
    assert (await browser.post("/hapus")).status_code == 403
    assert (await browser.post("/hapus", data={"_csrf_token": "x" * 88})).status_code == 403
    token = await csrf(browser)
    assert (await browser.post("/hapus", data={"_csrf_token": token})).text == "terhapus"
    assert (await browser.post("/hapus", headers={"x-csrftoken": token})).text == "terhapus"
    assert (await browser.post("/hapus", files={"_csrf_token": ("x.txt", token)})).status_code == 403
    assert (await browser.post("/hapus", data={"_csrf_token": token}, files={"foto": ("a.jpg", b"x")})).text == "terhapus"


async def test_a_token_of_another_browser_or_of_before_the_sign_in_is_worth_nothing(
    app: Litestar, browser: httpx.AsyncClient
) -> None:
    before = await csrf(browser)
    await sign_in(browser, "siti")
    async with browser_of(app) as other:
        assert (await browser.post("/hapus", data={"_csrf_token": await csrf(other)})).status_code == 403
    assert (await browser.post("/hapus", data={"_csrf_token": before})).status_code == 403


ORIGINS = (
    ({"sec-fetch-site": "cross-site"}, 403),
    ({"sec-fetch-site": "same-site"}, 403),
    ({"sec-fetch-site": "same-origin"}, 201),
    ({"origin": "https://evil.id"}, 403),
    ({"origin": "null"}, 403),
    ({"origin": "http://[broken"}, 403),
    ({"origin": "http://127.0.0.1:8112"}, 201),
)


async def test_a_request_from_another_site_is_refused(browser: httpx.AsyncClient) -> None:
    await sign_in(browser, "siti")
    for says, status in ORIGINS:
        answer = await browser.post("/hapus", headers={**says, "x-csrftoken": await csrf(browser)})
        assert answer.status_code == status, says


async def test_the_token_looks_different_on_every_page(browser: httpx.AsyncClient) -> None:
    assert await csrf(browser) != await csrf(browser)


async def token(house: TestHouse, role: Role = Role.CALL_TAKER) -> tuple[str, machines.ApiToken]:
    async with house.db.transaction(CITY) as tx:
        made, secret = await machines.issue_token(tx, CITY, "uji", role, None, None, None, house.now())
    return secret, made


async def test_a_machine_with_a_token_needs_no_cookie_and_no_form_token(browser: httpx.AsyncClient, house: TestHouse) -> None:
    secret, _ = await token(house)
    bearer = {"authorization": f"Bearer {secret}"}
    answer = await browser.post("/api/kata", json={"words": "pohon tumbang"}, headers=bearer)
    assert answer.json() == {"words": "pohon tumbang", "n": 0}
    assert (await browser.get("/konsol", headers=bearer)).status_code == 303, "tokens count on machines' paths only"


async def test_a_wrong_token_is_a_clear_401(browser: httpx.AsyncClient) -> None:
    for proof in ("Bearer", "Bearer ", "Bearer nonsense", "Basic c2l0aTp4", "Bearer \xff\xfe", "x" * 5000):
        answer = await browser.post("/api/kata", json={"words": "x"}, headers=[(b"authorization", proof.encode("latin-1"))])
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == "/problems/not-signed-in"
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_token_of_another_role_is_refused(browser: httpx.AsyncClient, house: TestHouse) -> None:
    secret, _ = await token(house, Role.COORDINATOR)
    answer = await browser.post("/api/kata", json={"words": "x"}, headers={"authorization": f"Bearer {secret}"})
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-allowed")


async def test_a_good_token_costs_one_round_trip_in_two_seconds_and_a_revoked_one_works_no_longer(house: TestHouse) -> None:
    secret, made = await token(house)
    clock = [0.0]
    memory = security.TokenMemory(lambda: clock[0])
    with house.db.count_statements() as count:
        for _ in range(100):
            assert await memory.find(house, hash_of(secret)) == made
    assert count.total == 1
    async with house.db.transaction(CITY) as tx:
        await machines.revoke_token(tx, CITY, made.id, None, house.now())
    clock[0] += security.TOKEN_REMEMBERED_S
    assert await memory.find(house, hash_of(secret)) is None


async def test_a_screen_asks_whether_it_is_still_signed_in(browser: httpx.AsyncClient, siti: Person) -> None:
    assert (await browser.get("/sesi")).json()["signed_in"] is False
    await sign_in(browser, "siti")
    state = (await browser.get("/sesi")).json()
    assert (state["signed_in"], state["person"], state["name"]) == (True, str(siti.id), "Siti")


async def test_language_and_theme_are_kept_and_lead_back(browser: httpx.AsyncClient, house: TestHouse, siti: Person) -> None:
    await sign_in(browser, "siti")
    answer = await browser.post("/bahasa", data={"bahasa": "en", "kembali": "/konsol", "_csrf_token": await csrf(browser)})
    assert answer.headers["location"] == "/konsol"
    async with house.db.reading(CITY) as conn:
        assert (await service.people(conn, CITY))[0].locale == "en"
    back = await browser.post(
        "/tema",
        data={"tema": "night", "kembali": "//evil", "_csrf_token": await csrf(browser)},
        headers={"referer": "http://x/lapor?a"},
    )
    assert back.headers["location"] == "/lapor"
    assert browser.cookies["tanggap_tema"] == "night"


async def test_the_sign_in_page_lets_nobody_through_to_another_site(browser: httpx.AsyncClient) -> None:
    assert (await sign_in(browser, "siti", lanjut="//evil.id")).headers["location"] == "/konsol"


async def start(*handlers: HTTPRouteHandler) -> None:
    """Run what an app does at its start."""
    app = Litestar([*handlers], on_app_init=[secure], state=State({"house": None}), openapi_config=None)
    for hook in app.on_startup:
        await hook(app)  # type: ignore[call-arg, misc]


async def test_an_app_with_a_route_that_names_nobody_does_not_start() -> None:
    @get("/lupa")
    async def forgotten() -> str:
        return ""

    with pytest.raises(UnguardedRouteError, match="/lupa"):
        await start(forgotten)


async def test_an_app_with_an_unchecked_writing_route_does_not_start() -> None:
    @post("/tulis", **who("anyone", plain=True))
    async def write() -> str:
        return ""

    with pytest.raises(UnguardedRouteError, match="/tulis"):
        await start(write)


async def test_every_route_as_every_role(app: Litestar, house: TestHouse) -> None:
    """Through HTTP, each role reaches exactly the routes that name it."""
    for role in Role:
        agency = "bpbd" if role in (Role.AGENCY, Role.FIELD) else None
        login = role.value.replace("_", "")
        async with house.db.transaction(CITY) as tx:
            now = house.now()
            await service.add_person(tx, CITY, login, login, [role], agency, None, now, password=SECRET, is_demo=True)
        async with browser_of(app) as client:
            assert (await sign_in(client, login)).status_code == 303
            assert ((await client.get("/konsol")).status_code == 200) == (role in (Role.CALL_TAKER, Role.SUPERVISOR))
            assert ((await client.get("/pengawas")).status_code == 200) == (role is Role.SUPERVISOR)
            removed = await client.post("/hapus", headers={"x-csrftoken": await csrf(client)})
            assert (removed.status_code == 201) == (role in (Role.CALL_TAKER, Role.ADMINISTRATOR))


def test_nobody_is_let_in_by_a_rule_that_is_none() -> None:
    assert not security.is_allowed(None, None)
    assert not security.is_allowed("everybody", None)
    assert not security.is_allowed(frozenset(), None)
    assert who(Act.ADMINISTER)["opt"]["who"] == {Role.ADMINISTRATOR}


async def test_an_open_feed_notices_that_its_session_has_ended(
    browser: httpx.AsyncClient, house: TestHouse, siti: Person
) -> None:
    await sign_in(browser, "siti")
    assert (await browser.get("/masih")).text == "true"
    async with house.db.transaction(CITY) as tx:
        (session,) = await signing_in.sessions(tx, CITY, house.now())
    answer = await browser.get("/masih", params={"akhiri": str(session.id)})
    assert answer.text == "false"
