"""Whatever is sent, the answer is clear: never a 500, never a secret, always with the headers that protect."""

import httpx
import pytest
from litestar import Litestar

from tanggap.people import machines
from tanggap.people.model import Role
from tanggap.web.headers import headers_of

from .conftest import CITY, TestHouse, browser_of, csrf


@pytest.fixture
async def bearer(house: TestHouse) -> dict[str, str]:
    async with house.db.transaction(CITY) as tx:
        _, secret = await machines.issue_token(tx, CITY, "uji", Role.CALL_TAKER, None, None, None, house.now())
    return {"authorization": f"Bearer {secret}"}


BODIES = (
    ("application/json", b""),
    ("application/json", b"{"),
    ("application/json", b"[]"),
    ("application/json", b'{"words": 5}'),
    ("application/json", b'{"words": "\xff"}'),
    ("application/json", b'{"words": "\\ud800"}'),
    ("application/json", b'{"words": "a\\u0000b"}'),
    ("application/json", b'{"words": "a", "count": 99999999999999999999999}'),
    ("application/json", b'{"words": "a", "count": 9999999999}'),
    ("application/json", b"[" * 100_000),
    ("application/json", b'{"words": ' * 5_000),
    ("text/plain", b"halo"),
    ("application/xml", b"<a/>"),
    ("", b"\x00\x01"),
    ("application/x-msgpack", b"\xc1"),
    ("multipart/form-data", b"x"),
    ("multipart/form-data; boundary=", b"x"),
    ("application/x-www-form-urlencoded", b"%ff=%00"),
)


async def test_a_malformed_body_is_a_clear_4xx(browser: httpx.AsyncClient, bearer: dict[str, str]) -> None:
    for kind, body in BODIES:
        answer = await browser.post("/api/kata", content=body, headers={**bearer, "content-type": kind})
        assert 400 <= answer.status_code < 500, (kind, body[:50], answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"].startswith("/problems/")
        assert answer.json()["title"]


FORMS = (
    b'--x\r\nContent-Disposition: form-data; name="kata"\r\n\r\n\xff\xfe\r\n--x--\r\n',
    b'--x\r\nContent-Disposition: form-data; name="kata"\r\nContent-Type: text/plain; charset=klingon\r\n\r\nhalo\r\n--x--\r\n',
    b'--x\r\nContent-Disposition: form-data; name="kata"\r\n\r\nhalo',
    b"--x\r\nContent-Disposition: nonsense\r\n\r\nhalo\r\n--x--\r\n",
    b"\x00" * 100,
    b"",
)


async def test_a_malformed_form_is_a_page_that_says_so(browser: httpx.AsyncClient) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    token = await csrf(browser)
    for body in FORMS:
        for extra in ({}, {"x-csrftoken": token}):
            answer = await browser.post("/terbuka", content=body, headers={**headers, **extra})
            assert answer.status_code in (201, 400, 403), (body, answer.text)
            assert answer.status_code != 400 or "tidak dapat dibaca" in answer.text


async def test_a_form_is_read_as_it_was_said(browser: httpx.AsyncClient) -> None:
    token = await csrf(browser)
    answer = await browser.post("/terbuka", data={"_csrf_token": token, "kata": ["pohon 🌳", "a&b=c", "<b>\x00"]})
    assert answer.json()["kata"] == ["pohon 🌳", "a&b=c", "<b>\x00"]
    many = await browser.post("/terbuka", content="a=1&" * 5_000, headers={"content-type": "application/x-www-form-urlencoded"})
    assert many.status_code == 400
    files = [("foto", ("a.jpg", b"x")), ("foto", ("b.jpg", b"y"))]
    answer = await browser.post("/terbuka", data={"kata": "satu"}, files=files, headers={"x-csrftoken": token})
    assert answer.json() == {"kata": ["satu"], "berkas": ["a.jpg", "b.jpg"]}


ADDRESSES = (
    "/tidak-ada",
    "/api/tidak-ada",
    "/api/nomor/x",
    "/api/nomor/99999999999999999999999999",
    "/api/nomor/" + "9" * 6000,
    "/api/nomor/1?q=%00",
    "/api/nomor/%00",
    "/api/nomor/%ff",
    "/problems/nothing",
    "/%2e%2e/%2e%2e/etc/passwd",
)


async def test_a_strange_address_is_a_clear_4xx(browser: httpx.AsyncClient) -> None:
    for path in ADDRESSES:
        answer = await browser.get(path)
        assert 400 <= answer.status_code < 500, path
        assert answer.headers["content-type"].startswith("application/problem+json" if path.startswith("/api") else "text/html")


async def test_strange_queries_are_harmless(browser: httpx.AsyncClient) -> None:
    for q in ("%ff", "%F0%9F%8C%B3", "a&q=b", "&&&=", "\u202eabc"):
        assert (await browser.get(f"/api/nomor/1?q={q}")).status_code < 500


HEADERS = (
    ("cookie", b"tanggap_session=\xff\xfe; =; ;;a"),
    ("cookie", b'tanggap_session="\\303\\050"; tanggap_csrf=%ff'),
    ("cookie", b"tanggap_session=" + b"a" * 7000),
    ("accept", b"\xff/\xff;q=x"),
    ("accept-language", b"\xff"),
    ("content-length", b"-1"),
    ("host", b"a b"),
    ("referer", b"http://[x"),
)


async def test_strange_headers_are_harmless(browser: httpx.AsyncClient) -> None:
    for name, value in HEADERS:
        for path in ("/terbuka", "/api/nomor/1"):
            answer = await browser.get(path, headers=[(name.encode(), value)])
            assert answer.status_code < 500, (path, name, value, answer.text)
        assert (await browser.post("/bahasa", headers=[(name.encode(), value)])).status_code < 500


async def test_headers_sent_twice_are_harmless(browser: httpx.AsyncClient, bearer: dict[str, str]) -> None:
    twice = [("authorization", bearer["authorization"]), ("authorization", "Bearer x"), ("content-type", "text/plain")]
    assert (await browser.post("/api/kata", json={"words": "x"}, headers=twice)).status_code in (201, 400, 401, 415)


async def test_a_wrong_method_says_which_are_right(browser: httpx.AsyncClient) -> None:
    answer = await browser.put("/terbuka")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert (await browser.options("/konsol")).status_code == 204


async def test_a_fault_of_ours_tells_nothing(browser: httpx.AsyncClient) -> None:
    answer = await browser.delete("/api/rusak", headers={"x-csrftoken": await csrf(browser)})
    assert answer.status_code == 500
    assert answer.json() == {"type": "/problems/internal", "title": answer.json()["title"], "status": 500}
    assert "secret" not in answer.text


async def test_a_database_that_is_away_asks_to_come_back(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/api/pergi")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/database-away")
    assert int(answer.headers["retry-after"]) > 0


async def test_a_problem_type_leads_to_its_explanation(browser: httpx.AsyncClient) -> None:
    assert "Tidak ditemukan, atau bukan untuk Anda" in (await browser.get("/problems/not-found")).text
    assert "Terlalu banyak kata sandi salah" in (await browser.get("/problems/locked-out")).text


async def test_a_visitor_over_the_limit_is_told_when_to_come_back(browser: httpx.AsyncClient) -> None:
    token = await csrf(browser)
    answers = [await browser.post("/terbatas", headers={"x-csrftoken": token}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 61
    assert "Darurat? Telepon 112" in answers[-1].text


async def test_every_answer_carries_the_headers_that_protect(browser: httpx.AsyncClient) -> None:
    for path in ("/masuk", "/tidak-ada", "/kesehatan", "/api/nomor/1", "/api/rusak", "/konsol"):
        headers = (await browser.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'; script-src 'self'; style-src 'self';" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert "geolocation=(self)" in headers["permissions-policy"]
        assert "strict-transport-security" not in headers


async def test_a_plain_route_sets_no_cookie(browser: httpx.AsyncClient) -> None:
    assert "set-cookie" not in (await browser.get("/kesehatan")).headers


async def test_over_https_cookies_are_secure_and_the_browser_keeps_to_https(app: Litestar, house: TestHouse) -> None:
    house.settings = type(house.settings)(
        home=house.settings.home, secret_file=house.settings.secret_file, public_url="https://112.kendari.example"
    )
    house.headers = headers_of(house.settings, "wss://112.kendari.example/telepon/ws")
    async with browser_of(app, "https://112.kendari.example") as client:
        answer = await client.get("/masuk")
        assert answer.headers["strict-transport-security"].startswith("max-age=")
        assert "Secure" in answer.headers["set-cookie"]
        assert "connect-src 'self' wss://112.kendari.example/telepon/ws;" in answer.headers["content-security-policy"]


async def test_pages_escape_what_people_typed(browser: httpx.AsyncClient) -> None:
    answer = await browser.post(
        "/masuk", data={"nama": '"><script>alert(1)</script>', "sandi": "x", "_csrf_token": await csrf(browser)}
    )
    assert "<script>" not in answer.text
