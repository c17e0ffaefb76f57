"""People choose their language on the page; machines name theirs in the request."""

import httpx


async def test_a_machine_is_answered_in_the_language_it_names(browser: httpx.AsyncClient) -> None:
    address = f"/api/nomor/{2**70}"
    plain = await browser.get(address)
    english = await browser.get(address, headers={"accept-language": "en-GB,en;q=0.9"})
    assert (plain.status_code, english.status_code) == (400, 400)
    assert plain.json()["title"] == "Permintaan ini tidak dapat dibaca. Periksa isinya, lalu kirim lagi."
    assert english.json()["title"] == "This request cannot be read. Check what is in it, then send it again."
    assert english.json()["type"] == plain.json()["type"]
    assert "Accept-Language" in english.headers["vary"]


async def test_a_script_of_our_pages_is_answered_in_the_language_of_its_page(browser: httpx.AsyncClient) -> None:
    """Browsers name their own language; what people chose here counts."""
    page = await browser.get("/masuk", headers={"accept-language": "en"})
    assert "Kata sandi" in page.text
    answer = await browser.get(f"/api/nomor/{2**70}", headers={"accept-language": "en", "cookie": "tanggap_bahasa=id"})
    assert answer.json()["title"].startswith("Permintaan ini")
    chosen = await browser.get(f"/api/nomor/{2**70}", headers={"accept-language": "id", "cookie": "tanggap_bahasa=en"})
    assert chosen.json()["title"].startswith("This request")


async def test_the_switch_turns_a_page_into_english(browser: httpx.AsyncClient) -> None:
    assert "Nama masuk" in (await browser.get("/masuk")).text
    browser.cookies.set("tanggap_bahasa", "en")
    said = (await browser.get("/masuk")).text
    assert "Login name" in said
    assert "Nama masuk" not in said
