"""A call taker at the console: the real routes on a real database, with Kendari's pack."""

import gzip
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from litestar.datastructures import State

from tanggap import flow
from tanggap.city.pack import Pack
from tanggap.city.service import load_pack
from tanggap.incident import store as rows
from tanggap.incident.model import Actor, Report
from tanggap.incident.timeline import store as timelines
from tanggap.intake.model import Channel, Contact
from tanggap.location.estimate import Fix, Heard, Origin
from tanggap.people import service
from tanggap.people.audit import Audited
from tanggap.people.model import Role
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database
from tanggap.platform.i18n import translator
from tanggap.platform.ids import new_id
from tanggap.platform.secrets import Keyring
from tanggap.platform.settings import Settings
from tanggap.web import assets, sign_in
from tanggap.web.console.routes import ROUTES
from tanggap.web.house import House
from tanggap.web.security import secure
from tests.caller_number import tells_number
from tests.integration.conftest import CITY

SECRET = "jalan pagi ke teluk"
#: The most statements of one page, the session's own included, and the most bytes before the map, compressed.
MOST_STATEMENTS = 20  # of them two weigh the evidence: of all that waits, and of the open report; one counts what lies; one tells
# of the own shift
MOST_BYTES = 150_000


@dataclass
class Screen:
    """One browser, signed in."""

    client: httpx.AsyncClient
    house: House

    async def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        token = (await self.client.get("/sesi")).json()["csrf_token"]
        headers = {"x-csrftoken": token, "accept": "application/json"}
        return await self.client.request(method, path, headers=headers, **options)

    async def act(self, path: str, **fields: Any) -> dict[str, Any]:
        answer = await self.send("POST", path, data=fields)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def save(self, report: object, was: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
        answer = await self.send("PATCH", f"/konsol/{report}", json={"fields": fields, "was": was or {}})
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def new_call(self, key: str | None = None) -> UUID:
        answer = await self.send("POST", "/konsol", json={"key": key} if key else {})
        return UUID(answer.json()["report"])

    async def stored(self, report: object) -> Report:
        async with self.house.db.reading(CITY) as conn:
            return await rows.report(conn, CITY, UUID(str(report)))

    async def page(self, path: str, destination: str = "document") -> str:
        answer = await self.client.get(path, headers={"sec-fetch-dest": destination})
        assert answer.status_code == 200, answer.text
        return answer.text


@pytest.fixture
async def house(settings: Settings, db: Database, keyring: Keyring, pack: Pack) -> House:
    async with db.transaction(CITY) as tx:
        await load_pack(tx, pack, utcnow())
    return House(settings, db, keyring)


@asynccontextmanager
async def screen_of(house: House, login: str, role: Role, agency: str | None = None) -> AsyncIterator[Screen]:
    app = Litestar(
        [*ROUTES, *assets.ROUTES, sign_in.ROUTER],
        on_app_init=[secure],
        state=State({"house": house}),
        openapi_config=None,
        logging_config=None,
    )
    async with house.db.transaction(CITY) as tx:
        await service.add_person(tx, CITY, login, login.title(), [role], agency, None, utcnow(), password=SECRET, is_demo=True)
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers={"accept": "text/html"}) as client:
        token = (await client.get("/sesi")).json()["csrf_token"]
        answer = await client.post("/masuk", data={"nama": login, "sandi": SECRET, "_csrf_token": token})
        assert answer.status_code == 303
        yield Screen(client, house)


@pytest.fixture
async def siti(house: House) -> AsyncIterator[Screen]:
    async with screen_of(house, "siti", Role.CALL_TAKER) as screen:
        yield screen


@pytest.fixture
async def budi(house: House) -> AsyncIterator[Screen]:
    async with screen_of(house, "budi", Role.CALL_TAKER) as screen:
        yield screen


async def received(house: House, **told: Any) -> UUID:
    scene = await house.scene()
    async with house.db.reading(CITY) as conn:
        contact = Contact(**({"channel": Channel.CALL, "number": "0813-4455-6642"} | told))
        return (await flow.receive(conn, scene, contact, utcnow())).report


async def test_a_call_by_hand_is_stored_before_a_word_is_typed_and_once_however_often_sent(siti: Screen) -> None:
    report = await siti.new_call("a1b2c3d4e5f6")
    assert await siti.new_call("a1b2c3d4e5f6") == report
    stored = await siti.stored(report)
    assert (stored.state, stored.channel, stored.words) == ("active", "call", "")


async def test_a_page_of_the_report_can_be_shared_and_shows_what_was_typed(siti: Screen, budi: Screen) -> None:
    report = await siti.new_call()
    await siti.save(report, words="rumah <b>terbakar</b>", address_words='dpn "lippo"')
    page = await budi.page(f"/konsol/{report}")
    assert "rumah &lt;b&gt;terbakar" in page
    assert "<b>terbakar" not in page
    assert "Siti" in page
    assert "Ambil alih" in page


async def test_two_who_write_the_same_field_lose_nothing(siti: Screen, budi: Screen) -> None:
    report = await siti.new_call()
    await siti.save(report, {"words": ""}, words="pohon tumbang")
    told = await budi.save(report, {"words": ""}, words="kabel putus")
    assert told["conflicts"] == ["words"]
    assert told["current"] == {"words": "pohon tumbang"}
    assert told["who"] == "Siti"
    async with siti.house.db.reading(CITY) as conn:
        entries = await timelines.of_report(conn, CITY, report)
    assert any(entry.body.get("kept") == {"words": "kabel putus"} for entry in entries)
    assert (await budi.save(report, {"words": "pohon tumbang"}, words="pohon timpa kabel"))["conflicts"] == []


async def test_saving_again_what_was_saved_changes_nothing(siti: Screen) -> None:
    report = await siti.new_call()
    first = await siti.save(report, {"words": ""}, words="banjir")
    assert (await siti.save(report, {"words": ""}, words="banjir"))["rev"] == first["rev"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"fields": {"state": "closed"}}',
        b'{"fields": {"lat": 900}}',
        b'{"fields": {"category": "nothing_known"}}',
        b'{"fields": {"priority": "P9"}}',
        b'{"fields": {"answers": [1]}}',
        b'{"fields": {"words": 5}}',
        b'{"fields": {"words": "\\ud800"}}',
    ],
)
async def test_a_body_that_is_none_of_ours_is_refused_clearly(siti: Screen, body: bytes) -> None:
    report = await siti.new_call()
    answer = await siti.send("PATCH", f"/konsol/{report}", content=body)
    assert 400 <= answer.status_code < 500
    assert answer.json()["title"]


async def test_words_and_point_are_both_kept_and_the_point_brings_its_kelurahan(siti: Screen) -> None:
    report = await siti.new_call()
    found = (await siti.send("GET", "/konsol/lokasi?q=dpn lippo plaza ")).json()
    one = found["candidates"][0]
    assert one["name"].startswith("Lippo Plaza")
    assert (found["confident"], found["ask"]) == (True, None)
    assert any("lippo plaza" in reason for reason in one["why"])
    assert "kel." in one["where"]
    point = {"lat": one["lat"], "lon": one["lon"], "uncertainty_m": one["uncertainty_m"]}
    await siti.save(report, address_words="dpn lippo plaza", location_source="words", place_label=one["name"], **point)
    stored = await siti.stored(report)
    assert (stored.address_words, stored.place_label, stored.location_source) == ("dpn lippo plaza", one["name"], "words")
    assert stored.area
    await siti.save(report, lat=None, lon=None, uncertainty_m=None, location_source=None, place_label="")
    stored = await siti.stored(report)
    assert (stored.lat, stored.area, stored.address_words) == (None, None, "dpn lippo plaza")


@pytest.mark.parametrize("said", ["zzqx wvut", "dekat masjid"])
async def test_words_that_name_nothing_bring_a_question_to_read_out(siti: Screen, said: str) -> None:
    found = (await siti.send("GET", f"/konsol/lokasi?q={said} ")).json()
    assert found["confident"] is False
    assert found["ask"].endswith((".", "?"))


async def test_a_point_is_called_by_what_stands_around_it(siti: Screen) -> None:
    one = (await siti.send("GET", "/konsol/lokasi?q=lippo plaza ")).json()["candidates"][0]
    here = (await siti.send("GET", f"/konsol/apa-di-sini?lat={one['lat'] + 0.0009}&lon={one['lon']}")).json()
    assert any("utara" in near and "Lippo Plaza" in near for near in here["near"])
    assert here["within"].startswith("kel. ")
    assert here["outside"] is None
    report = await siti.new_call()
    await siti.save(report, lat=one["lat"] + 0.0009, lon=one["lon"], uncertainty_m=20, location_source="map", place_label="")
    assert (await siti.stored(report)).place_label == here["near"][0]


async def test_a_point_outside_the_city_says_whom_to_call(siti: Screen) -> None:
    here = (await siti.send("GET", "/konsol/apa-di-sini?lat=-3.75&lon=122.45")).json()
    assert "luar batas kota" in here["outside"]
    assert here["within"] == ""


@pytest.mark.parametrize("where", ["", "?lat=x&lon=1", "?lat=nan&lon=1", "?lat=91&lon=1", "?lat=1&lon=1&m=inf"])
async def test_a_point_that_is_none_is_refused(siti: Screen, where: str) -> None:
    assert (await siti.send("GET", f"/konsol/apa-di-sini{where}")).status_code == 400


@pytest.mark.parametrize(("north", "is_warned"), [(0.0003, False), (0.05, True)])
async def test_several_sources_are_said_together_and_when_they_disagree(siti: Screen, north: float, is_warned: bool) -> None:
    report = await siti.new_call()
    one = (await siti.send("GET", "/konsol/lokasi?q=lippo plaza ")).json()["candidates"][0]
    point = {"lat": one["lat"], "lon": one["lon"], "uncertainty_m": one["uncertainty_m"]}
    await siti.save(report, address_words="lippo plaza", location_source="words", place_label=one["name"], **point)
    assert "Menurut" not in await siti.page(f"/konsol/{report}"), "one source alone is no estimate"
    heard = Heard(Origin.DEVICE, "{}", Fix(one["lat"] + north, one["lon"], 20.0))
    async with siti.house.db.transaction(CITY) as tx:
        await flow.add_location(tx, await siti.house.scene(), report, heard, Actor("HP pelapor"), utcnow())
    page = await siti.page(f"/konsol/{report}")
    assert "Menurut kata-kata pelapor" in page
    assert ("lebih dari ketelitian keduanya" in page) is is_warned


async def test_an_agency_is_proposed_with_the_time_from_its_nearest_base(siti: Screen) -> None:
    report = await siti.new_call()
    await siti.save(report, category="building_fire")
    assert "menit dari" not in await siti.page(f"/konsol/{report}"), "without a point there is no time"
    await siti.save(report, lat=-4.0075, lon=122.5490, uncertainty_m=50, location_source="map")
    assert re.search(r"±\d+ menit dari (Pos Damkar|Kantor Damkarmat)", await siti.page(f"/konsol/{report}"))
    assert translator("en")("±{minutes} menit dari {base}") == "±{minutes} min from {base}"


async def test_the_words_suggest_a_category(siti: Screen) -> None:
    found = (await siti.send("GET", "/konsol/kategori?q=pohon besar tumbang timpa kabel")).json()["categories"]
    assert found[0]["code"] == "fallen_tree"
    assert found[0]["because"]


async def test_danger_to_life_is_told_whatever_the_category_once_the_model_is_learned(siti: Screen, few_sentences: None) -> None:
    asked = "/konsol/kategori?q=pohon tumbang timpa mobil, orangnya terjepit di dalam"
    assert (await siti.send("GET", asked)).json()["danger"] is None  # keywords alone serve
    scenes = siti.house.scenes
    assert await scenes.readers.learn((await scenes.get()).catalogue)
    answer = (await siti.send("GET", asked)).json()
    assert answer["danger"]
    assert len(answer["categories"]) == 3
    assert (await siti.send("GET", "/konsol/kategori?q=lampu jalan di lorong kami padam")).json()["danger"] is None


async def test_a_hand_over_needs_a_category_and_any_place_and_says_so(siti: Screen) -> None:
    report = await siti.new_call()
    answer = await siti.send("POST", f"/konsol/{report}/kirim", data={})
    assert answer.status_code == 422
    assert "kategori" in answer.json()["title"]
    await siti.save(report, category="fallen_tree", address_words="dekat pasar")
    answer = await siti.send("POST", f"/konsol/{report}/kirim", data={"pilihan": "1"})
    assert answer.status_code == 422
    assert (await siti.send("POST", f"/konsol/{report}/kirim", data={"instansi": "nobody"})).status_code == 400


async def test_a_p1_goes_out_at_once_and_is_verified_beside_it(siti: Screen) -> None:
    report = await siti.new_call()
    await siti.save(report, category="building_fire", address_words="jl. mt haryono")
    told = await siti.act(f"/konsol/{report}/kirim", instansi=["damkarmat", "pln"])
    assert "KDI-0001" in told["said"]
    assert (await siti.stored(report)).state == "active"
    page = await siti.page(f"/konsol/{report}")
    assert "belum diverifikasi" in page
    assert "belum dijawab" in page
    await siti.act(f"/konsol/{report}/hasil", hasil="genuine")
    stored = await siti.stored(report)
    assert (stored.state, stored.disposition) == ("closed", "genuine")


async def test_genuine_without_an_agency_would_be_left_lying(siti: Screen) -> None:
    report = await siti.new_call()
    answer = await siti.send("POST", f"/konsol/{report}/hasil", data={"hasil": "genuine"})
    assert answer.status_code == 422
    assert (await siti.stored(report)).state == "active"


async def test_one_key_ends_a_test_call_brings_the_next_and_can_be_undone(siti: Screen, house: House) -> None:
    report = await siti.new_call()
    following = await received(house)
    told = await siti.act(f"/konsol/{report}/hasil", hasil="test", lanjut="1")
    assert told["report"] == str(following)
    assert (await siti.stored(report)).disposition == "test"
    assert str(report) in await siti.page("/konsol/daftar")
    assert (await siti.act(told["undo"]))["report"] == str(report)
    assert (await siti.stored(report)).state == "active"


async def test_two_who_reach_for_the_next_get_different_ones(siti: Screen, budi: Screen, house: House) -> None:
    waiting = {str(await received(house)), str(await received(house))}
    first, second = await siti.act("/konsol/berikut"), await budi.act("/konsol/berikut")
    assert {first["report"], second["report"]} == waiting
    empty = await siti.act("/konsol/berikut")
    assert (empty["report"], empty["said"]) == (None, "Tidak ada yang menunggu.")


async def test_somebody_elses_report_is_taken_over_with_a_reason_once_they_have_had_it(siti: Screen, budi: Screen) -> None:
    report = await siti.new_call()
    assert (await budi.act(f"/konsol/{report}/ambil-alih"))["report"] == str(report)
    async with siti.house.db.transaction(CITY) as tx:
        await tx.execute("UPDATE report SET claimed_at = claimed_at - interval '1 minute' WHERE id = $1", report)
    refused = await siti.send("POST", f"/konsol/{report}/ambil-alih", data={})
    assert refused.status_code == 422
    await siti.act(f"/konsol/{report}/ambil-alih", alasan="Budi istirahat")
    assert (await siti.stored(report)).claimed_by is not None
    await siti.act(f"/konsol/{report}/lepas")
    assert (await siti.stored(report)).state == "waiting"


async def test_a_report_of_the_same_thing_joins_the_known_incident(siti: Screen, house: House) -> None:
    first = await siti.new_call()
    place = {"lat": -3.994, "lon": 122.49, "uncertainty_m": 50.0}
    await siti.save(first, category="fallen_tree", **place)
    await siti.act(f"/konsol/{first}/kirim")
    second = await siti.new_call()
    await siti.save(second, category="fallen_tree", **place)
    page = await siti.page(f"/konsol/{second}/lembar")
    found = re.search(r'name="kejadian" value="([^"]+)"', page)
    assert found, "no duplicate was shown"
    told = await siti.act(f"/konsol/{second}/gabung", kejadian=found[1])
    assert "KDI-0001" in told["said"]
    assert (await siti.stored(second)).disposition == "duplicate"


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
