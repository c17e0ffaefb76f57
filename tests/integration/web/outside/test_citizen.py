"""The citizen's pages: a report is stored whatever is in it, followed by its token, and answered by the one who wrote it."""

import asyncio
import re
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest

from tanggap import flow
from tanggap.incident import store as rows
from tanggap.incident.model import Actor, AssignmentState, Disposition, IncidentState, Report
from tanggap.incident.photos import store as photo_rows
from tanggap.intake import store as intake_rows
from tanggap.people.model import Role
from tanggap.platform.database import Database, DatabaseAway
from tanggap.platform.ids import new_id
from tanggap.scene import Scene
from tanggap.web.house import House

from .conftest import AT_DESK, CITY, Case, SignIn, hidden, jpeg, post

BPBD = Actor("BPBD jaga", new_id(), "bpbd")


async def waiting(house: House) -> list[Report]:
    async with house.db.reading(CITY) as conn:
        return await intake_rows.waiting(conn, CITY)


async def write(client: httpx.AsyncClient, *, files: object = None, **fields: str) -> httpx.Response:
    """Fill in the form and send it."""
    page = (await client.get("/lapor")).text
    return await post(client, "/lapor", files=files, **{"kunci": hidden(page, "kunci"), **fields})


async def done(house: House, scene: Scene, case: Case, note: str = "pohon dipotong") -> None:
    """All agencies that were asked finish."""
    async with house.db.transaction(CITY) as tx:
        await flow.acknowledge(tx, scene, case.assignments["bpbd"], BPBD, house.now())
        await flow.progress(tx, scene, case.assignments["bpbd"], AssignmentState.DONE, note, BPBD, house.now())


async def test_a_report_is_stored_and_leads_to_its_own_page(citizen: httpx.AsyncClient, house: House) -> None:
    answer = await write(
        citizen, kata="banjir di depan rumah", tempat="lorong mangga", nomor="0813 4455 6642", nama="Wati",
        lat="-3.994", lon="122.49", akurasi="12", sumber="device", jenis="disaster",
        files=[("foto", ("a.jpg", jpeg(), "image/jpeg"))],
    )  # fmt: skip
    assert answer.status_code == 303
    assert re.match(r"/lacak/[A-Za-z0-9_-]{43}\?baru=1$", answer.headers["location"])
    report = (await waiting(house))[0]
    assert (report.words, report.address_words, report.category) == ("banjir di depan rumah", "lorong mangga", "flood")
    assert report.location is not None
    assert (report.location.uncertainty_m, report.location.source) == (12.0, "device")
    assert report.flags == ("said_disaster",)
    page = await citizen.get(answer.headers["location"])
    for words in ("banjir di depan rumah", "Laporan Anda sudah kami terima", 'href="tel:112"', "/kecil"):
        assert words in page.text
    for name, value in (
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("x-robots-tag", "noindex, nofollow, noarchive"),
    ):
        assert page.headers[name] == value


@pytest.mark.parametrize(
    ("fields", "flag"),
    [
        ({"kata": "tolong"}, "no_place"),
        ({"tempat": "pasar baru"}, "no_category"),
        ({"kata": "api", "lat": "nan", "lon": "200"}, "odd_point"),
        ({"kata": "api", "lat": "48.1", "lon": "11.5"}, "outside_city"),
        ({"kata": "a\x00b \u202e <script>alert(1)</script> '; drop table report"}, "control_characters"),
        ({"kata": "tolong " * 2_000}, "overlong"),
        ({"kata": "x", "nomor": "12"}, "odd_number"),
        ({"kata": "x", "jenis": "no-such-group", "sumber": "?", "akurasi": "inf", "lat": "-4", "lon": "122.5"}, "no_number"),
    ],
)
async def test_odd_reports_are_stored_and_flagged(
    citizen: httpx.AsyncClient, house: House, fields: dict[str, str], flag: str
) -> None:
    answer = await write(citizen, **fields)
    assert answer.status_code == 303
    assert flag in (await waiting(house))[0].flags
    page = (await citizen.get(answer.headers["location"])).text
    assert "<script>alert" not in page


async def test_an_empty_form_asks_for_a_few_words(citizen: httpx.AsyncClient, house: House) -> None:
    answer = await write(citizen, kata="  ")
    assert (answer.status_code, "Laporan masih kosong" in answer.text) == (422, True)
    assert await waiting(house) == []


async def test_a_bad_photo_never_costs_the_report(citizen: httpx.AsyncClient, house: House) -> None:
    files = [
        ("foto", ("baik.jpg", jpeg(), "image/jpeg")),
        ("foto", ("halaman.jpg", b"<html>bukan foto</html>", "image/jpeg")),
        ("foto", ("besar.jpg", jpeg() + b"\0" * 11_000_000, "image/jpeg")),
    ]
    answer = await write(citizen, kata="pohon tumbang", files=files)
    assert answer.headers["location"].endswith("?baru=1&foto=ditolak")
    page = (await citizen.get(answer.headers["location"])).text
    assert "foto tidak dapat dibuka" in page
    assert "pohon tumbang" in page
    async with house.db.reading(CITY) as conn:
        assert len(await photo_rows.photos_of(conn, CITY, report=(await waiting(house))[0].id)) == 1


async def test_sending_twice_is_one_report(citizen: httpx.AsyncClient, house: House) -> None:
    page = (await citizen.get("/lapor")).text
    token = (await citizen.get("/sesi")).json()["csrf_token"]
    fields = {"_csrf_token": token, "kunci": hidden(page, "kunci"), "kata": "lampu jalan padam"}
    photo = {"foto": ("a.jpg", jpeg(), "image/jpeg")}
    one, two = await asyncio.gather(*(citizen.post("/lapor", data=fields, files=photo) for _ in range(2)))
    assert one.headers["location"] == two.headers["location"]
    assert len(await waiting(house)) == 1
    async with house.db.reading(CITY) as conn:
        assert len(await photo_rows.photos_of(conn, CITY, report=(await waiting(house))[0].id)) == 1
    changed = await citizen.post("/lapor", data=fields | {"kata": "lampu jalan padam, dan kabelnya putus"})
    assert changed.headers["location"] != one.headers["location"]
    assert len(await waiting(house)) == 2


async def test_too_many_reports_keep_what_was_typed(citizen: httpx.AsyncClient, house: House) -> None:
    answers = [await write(citizen, kata=f"laporan nomor {n}") for n in range(10)]
    refused = answers[-1]
    assert [answer.status_code for answer in answers[:5]] == [303] * 5
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    for words in ("laporan nomor 9", "Terlalu banyak laporan", 'href="tel:112"'):
        assert words in refused.text


async def test_without_database_the_words_stay(citizen: httpx.AsyncClient, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await citizen.get("/lapor")

    def away(*_: object) -> object:
        raise DatabaseAway("gone")

    page = (await citizen.get("/lapor")).text
    token = (await citizen.get("/sesi")).json()["csrf_token"]
    monkeypatch.setattr(Database, "reading", away)
    answer = await citizen.post(
        "/lapor", data={"_csrf_token": token, "kunci": hidden(page, "kunci"), "kata": "kebakaran di pasar"}
    )
    assert answer.status_code == 503
    for words in ("kebakaran di pasar", "belum terkirim", 'href="tel:112"'):
        assert words in answer.text


async def test_a_wrong_token_is_said_plainly(citizen: httpx.AsyncClient, house: House) -> None:
    for path in ("/lacak/tidak-ada", "/lacak/tidak-ada/keadaan", "/lacak/%F0%9F%98%80"):
        page = await citizen.get(path)
        assert page.status_code == 404
        assert 'href="tel:112"' in page.text
    assert (await post(citizen, "/lacak/tidak-ada/jawab", jawaban="belum")).status_code == 404
    assert (await citizen.get(f"/lacak/tidak-ada/foto/{new_id()}")).status_code == 404


async def test_the_story_is_told_in_plain_words(
    citizen: httpx.AsyncClient, house: House, scene: Scene, fallen_tree: Case
) -> None:
    path = f"/lacak/{fallen_tree.token}"
    page = (await citizen.get(path)).text
    for words in ("Laporan Anda sudah diteruskan", "BPBD, Dishub, DLHK, PLN", "Diteruskan ke instansi"):
        assert words in page
    assert "Sudah selesai" not in page
    await done(house, scene, fallen_tree)
    page = (await citizen.get(f"{path}/keadaan")).text
    assert "<html" not in page
    for words in ("Petugas menyatakan sudah selesai. Benarkah?", "pohon dipotong", "Sudah selesai", "Belum selesai"):
        assert words in page


async def test_not_done_reopens_once_and_done_closes_once(
    citizen: httpx.AsyncClient, house: House, scene: Scene, fallen_tree: Case
) -> None:
    path = f"/lacak/{fallen_tree.token}"
    await done(house, scene, fallen_tree)
    assert (await post(citizen, f"{path}/jawab", jawaban="belum", kata="dahan masih di jalan")).status_code == 303
    late = await post(citizen, f"{path}/jawab", jawaban="belum", kata="dan kabelnya juga")
    assert (late.status_code, "dan kabelnya juga" in late.text) == (409, True)
    async with house.db.reading(CITY) as conn:
        incident = await rows.incident(conn, CITY, fallen_tree.incident.id)
        again = [o for o in await rows.assignments_of(conn, CITY, incident.id) if o.is_live]
    assert (incident.state, incident.reopened, [o.agency for o in again]) == (IncidentState.ASSIGNED, 1, ["bpbd"])
    assert "belum selesai" in (await citizen.get(path)).text.lower()
    await done(house, scene, Case(fallen_tree.report, fallen_tree.token, incident, {"bpbd": again[0].id}), "bersih")
    for _ in range(2):
        answer = await post(citizen, f"{path}/jawab", jawaban="selesai", bintang="5", kata="terima kasih")
        assert answer.status_code == 303
    page = (await citizen.get(path)).text
    assert "Terima kasih" in page
    async with house.db.reading(CITY) as conn:
        assert (await rows.incident(conn, CITY, incident.id)).state is IncidentState.CLOSED
        verdicts = await conn.fetch("SELECT verdict, stars FROM feedback WHERE city = $1 ORDER BY at", CITY)
    assert [tuple(row) for row in verdicts] == [("not_done", None), ("confirmed", 5)]


async def test_silence_is_not_told_as_consent(citizen: httpx.AsyncClient, house: House, scene: Scene, fallen_tree: Case) -> None:
    await done(house, scene, fallen_tree)
    async with house.db.transaction(CITY) as tx:
        assert await flow.close_silent(tx, scene, house.now() + timedelta(days=4)) == 1
    page = (await citizen.get(f"/lacak/{fallen_tree.token}")).text
    assert "Ditutup tanpa tanggapan Anda" in page
    assert "Anda membenarkan" not in page
    assert "Kirim penilaian" in page


async def test_answers_before_anything_is_done_change_nothing(citizen: httpx.AsyncClient, fallen_tree: Case) -> None:
    path = f"/lacak/{fallen_tree.token}/jawab"
    for fields in ({"jawaban": "selesai"}, {"jawaban": "belum"}, {"jawaban": "entah"}, {}):
        assert (await post(citizen, path, **fields)).status_code == 409


async def test_a_report_that_ended_at_the_desk_says_why(citizen: httpx.AsyncClient, house: House, scene: Scene) -> None:
    answer = await write(citizen, kata="coba-coba saja")
    async with house.db.transaction(CITY) as tx:
        await flow.dispose(tx, scene, (await waiting(house))[0].id, Disposition.TEST, AT_DESK, house.now())
    page = (await citizen.get(answer.headers["location"])).text
    assert "uji coba" in page
    assert "Sudah selesai" not in page


async def test_the_way_back_to_a_report(citizen: httpx.AsyncClient, house: House) -> None:
    for said in ("abc-DEF_1", "http://127.0.0.1:8112/lacak/abc-DEF_1?baru=1", "/lacak/abc-DEF_1/"):
        answer = await citizen.get("/lacak", params={"kode": said})
        assert (answer.status_code, answer.headers["location"]) == (303, "/lacak/abc-DEF_1")
    for said in ("", "//evil.example", "javascript:alert(1)", "…"):
        answer = await citizen.get("/lacak", params={"kode": said})
        assert answer.status_code == 200 or urlsplit(answer.headers["location"]).path.startswith("/lacak/")


async def test_the_door_shows_two_ways_and_speaks_english(citizen: httpx.AsyncClient, house: House) -> None:
    page = (await citizen.get("/")).text
    for words in ('href="tel:112"', 'href="/lapor"', 'href="/lacak"', 'href="/masuk"'):
        assert words in page
    await post(citizen, "/bahasa", bahasa="en")
    assert 'lang="en"' in (await citizen.get("/")).text


async def test_a_signed_in_person_can_report_too(signed_in: SignIn, house: House) -> None:
    crew = await signed_in("regu", Role.FIELD, "bpbd")
    assert (await write(crew, kata="lampu padam")).status_code == 303
