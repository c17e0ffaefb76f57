"""What a call taker sees and finds, what it costs, and who sees none of it."""

import gzip
import re

from tanggap.people.audit import Audited
from tanggap.people.model import Role
from tanggap.platform.ids import new_id
from tanggap.web.house import House
from tests.caller_number import tells_number
from tests.integration.conftest import CITY
from tests.integration.web.console.conftest import Screen, received, screen_of

#: The most statements of one page, the session's own included, and the most bytes before the map, compressed.
MOST_STATEMENTS = 20  # of them two weigh the evidence: of all that waits, and of the open report; one counts what lies; one tells
# of the own shift
MOST_BYTES = 150_000


async def test_the_number_is_masked_until_it_is_asked_for_and_each_look_is_audited(siti: Screen) -> None:
    report = await siti.new_call()
    await siti.save(report, number="0813-4455-6642", name="Ibu Wa Ode")
    page = await siti.page(f"/konsol/{report}")
    assert "0813…42" in page
    assert not tells_number(page)
    answer = await siti.send("POST", f"/konsol/{report}/nomor", json={})
    assert answer.json() == {"number": "+6281344556642"}
    async with siti.house.db.reading(CITY) as conn:
        looks = await conn.fetchval("SELECT count(*) FROM audit WHERE act = $1", Audited.CALLER_NUMBER_SEEN.value)
    assert looks == 1


async def test_the_list_says_what_a_caller_told_before(siti: Screen, house: House) -> None:
    for _ in range(2):
        before = await received(house)
        await siti.act(f"/konsol/{before}/hasil", hasil="test")
    await received(house)
    lists = await siti.page("/konsol/daftar")
    assert "2 laporan, 2 uji" in lists


async def test_the_command_bar_finds_incidents_and_goes_to_the_best(siti: Screen) -> None:
    report = await siti.new_call()
    await siti.save(report, category="fallen_tree", address_words="pasar")
    await siti.act(f"/konsol/{report}/kirim")
    assert (await siti.client.get("/perintah?q=/KDI-0001")).headers["location"] == "/konsol/kejadian/1"
    assert (await siti.client.get("/konsol/kejadian/1")).headers["location"] == f"/konsol/{report}"
    part = (await siti.client.get("/perintah?q=bpbd", headers={"x-tanggap-part": "true"})).text
    assert "KDI-0001" in part
    assert "<html" not in part
    for odd in ("", "/", "99999999999999999999", "\u202e", "%00", "'; drop table report", "zzzz"):
        answer = await siti.client.get("/perintah", params={"q": odd})
        assert answer.status_code in (200, 303)


async def test_an_agency_finds_its_own_incidents_only(siti: Screen, house: House) -> None:
    report = await siti.new_call()
    await siti.save(report, category="fallen_tree", address_words="pasar")
    await siti.act(f"/konsol/{report}/kirim", instansi="bpbd")
    async with screen_of(house, "desk", Role.AGENCY, "bpbd") as bpbd, screen_of(house, "other", Role.AGENCY, "pln") as pln:
        assert "KDI-0001" in (await bpbd.client.get("/perintah?q=1", headers={"x-tanggap-part": "1"})).text
        assert "KDI-0001" not in (await pln.client.get("/perintah?q=1", headers={"x-tanggap-part": "1"})).text
        assert "KDI-0001" not in (await pln.client.get("/perintah?q=bpbd", headers={"x-tanggap-part": "1"})).text
        assert (await bpbd.client.get("/konsol")).status_code == 403


async def test_a_page_costs_few_statements_and_few_bytes(siti: Screen, house: House) -> None:
    report = await siti.new_call()
    await siti.save(report, category="fallen_tree", number="081344556642", lat=-3.994, lon=122.49, uncertainty_m=50.0)
    await siti.act(f"/konsol/{report}/kirim")
    for _ in range(20):
        await received(house, words="banjir di perumahan kami, air terus naik")
    await siti.page(f"/konsol/{report}")
    for path in (f"/konsol/{report}", "/konsol", "/konsol/daftar", f"/konsol/{report}/lembar"):
        await house.scene()  # which looks every two seconds whether it is still right
        with house.db.count_statements() as count:
            await siti.page(path)
        assert count.total <= MOST_STATEMENTS, (path, count.statements)
    for path in ("/konsol/lokasi?q=lippo", "/konsol/kategori?q=banjir"):
        await house.scene()
        with house.db.count_statements() as count:
            await siti.page(path, "empty")
        assert count.total <= 1, path
    loaded = await everything_loaded(siti, f"/konsol/{report}")
    total = sum(len(gzip.compress(body, 5)) for body in loaded.values())
    assert total <= MOST_BYTES, {path: len(gzip.compress(body, 5)) for path, body in loaded.items()}


async def everything_loaded(screen: Screen, path: str) -> dict[str, bytes]:
    """The page and what it loads before the map, by address: scripts with what they import, styles, drawings."""
    page = await screen.page(path)
    found = {path: page.encode()}
    queue = re.findall(r'(?:href|src)="(/static/[^"#]+)', page)
    while queue:
        address = queue.pop()
        if address in found:
            continue
        answer = await screen.client.get(address, headers={"accept": "*/*"})
        if answer.status_code != 200:
            continue
        found[address] = answer.content
        if address.endswith(".js") and "/vendor/" not in address:
            folder = address.rsplit("/", 1)[0]
            queue += [f"{folder}/{name}" for name in re.findall(r'from "\./([\w.-]+)"', answer.text)]
    return found


async def test_a_stranger_and_other_roles_stay_outside(siti: Screen, house: House) -> None:
    async with screen_of(house, "koor", Role.COORDINATOR) as coordinator, screen_of(house, "adm", Role.ADMINISTRATOR) as admin:
        for screen in (coordinator, admin):
            assert (await screen.client.get("/konsol")).status_code == 403
    unknown = await siti.client.get(f"/konsol/{new_id()}")
    assert unknown.status_code == 404
    assert (await siti.client.get("/konsol/kejadian/99999999999999999999")).status_code == 404
