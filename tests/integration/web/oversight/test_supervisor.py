"""The supervisor sees all that is live, and puts right what went wrong; a stale page loses nothing that was typed."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import msgspec
import pytest

from tanggap import casework, flow, oversight
from tanggap.incident import store as rows
from tanggap.incident.model import Incident, IncidentState, ReportState
from tanggap.incident.timeline import store as timelines
from tanggap.intake.model import Channel, Contact
from tanggap.people.model import Role
from tanggap.platform.clock import utcnow
from tanggap.verification.weather import service as weather
from tanggap.verification.weather.model import Peril, Warned
from tanggap.web.house import House
from tests.integration.web.oversight.conftest import AT_DESK, CITY, Browser, SignIn, Told


def target(location: str) -> tuple[UUID, str]:
    """The incident that a redirect leads to, and the word for what was done."""
    parts = urlsplit(location)
    return UUID(parts.path.rsplit("/", 1)[1]), parse_qs(parts.query)["pesan"][0]


@pytest.fixture
async def supervisor(signed_in: SignIn) -> Browser:
    return await signed_in(Role.SUPERVISOR)


async def test_the_board_shows_what_waits_what_is_open_and_who_is_there(supervisor: Browser, told: Told) -> None:
    await told.report(ago=timedelta(minutes=5))
    _, sent = await told.incident(["bpbd"])
    async with told.house.db.transaction(CITY) as tx:
        lost = await told.report(Contact(Channel.API, words="entah apa"))
        await flow.hand_over_unattended(tx, told.scene, lost.id, AT_DESK, utcnow())
    page = (await supervisor.get("/pengawas")).text
    assert "0813…42" in page
    assert "081344556642" not in page
    assert f"KDI-{sent.number:04d}" in page
    assert "menunggu jawaban" in page
    assert "Belum diteruskan ke instansi mana pun" in page
    assert "Supervisor.Pusat" in page
    part = await supervisor.get("/pengawas/langsung")
    assert part.status_code == 200
    assert "<html" not in part.text


async def test_the_board_says_when_only_keywords_suggest_categories(supervisor: Browser, told: Told, few_sentences: None) -> None:
    line = "Saran kategori memakai kata kunci saja"
    assert line in (await supervisor.get("/pengawas")).text
    await told.report()  # intake goes on
    scenes = told.house.scenes
    assert await scenes.readers.learn((await scenes.get()).catalogue)
    assert line not in (await supervisor.get("/pengawas")).text


async def test_the_board_shows_warnings_of_the_weather_and_says_when_they_cannot_be_read(supervisor: Browser, told: Told) -> None:
    house, line = told.house, "Peringatan cuaca BMKG tidak terbaca"
    page = (await supervisor.get("/pengawas")).text
    assert "BMKG" not in page
    now = house.now()
    rain = Warned("a", Peril.RAIN, "Hujan", now - timedelta(hours=1), now + timedelta(hours=1), ("74.71.01",))
    async with house.db.transaction(house.city) as tx:
        await weather.heard(tx, house.city, [rain, msgspec.structs.replace(rain, kind=Peril.WIND)], now)
    page = (await supervisor.get("/pengawas")).text
    assert "BMKG: angin kencang, hujan lebat" in page or "BMKG: hujan lebat, angin kencang" in page
    assert "Kec. Mandonga" in page
    assert line not in page
    async with house.db.transaction(house.city) as tx:
        await weather.switched_off(tx, house.city, "weather.toml cannot be used", now)
    assert line in (await supervisor.get("/pengawas")).text


async def test_an_empty_board_says_what_will_appear(supervisor: Browser) -> None:
    page = (await supervisor.get("/pengawas")).text
    assert "Tidak ada yang menunggu." in page
    assert "Tidak ada kejadian terbuka." in page


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.SUPERVISOR])
async def test_nobody_else_supervises(signed_in: SignIn, told: Told, role: Role) -> None:
    _, incident = await told.incident(["bpbd"])
    browser = await signed_in(role, "bpbd" if role in (Role.AGENCY, Role.FIELD) else None)
    for path in ("/pengawas", "/pengawas/langsung", "/pengawas/cari?nomor=1", f"/pengawas/{incident.id}"):
        assert (await browser.get(path)).status_code == 403
    for act in ("teruskan", "alihkan", "gabung", "pisah", "buka", "tutup", "perbaiki", "catat"):
        assert (await browser.send(f"/pengawas/{incident.id}/{act}", alasan="iseng")).status_code == 403
    assert (await told.now(incident.id))[0].rev == incident.rev


async def test_an_incident_is_opened_by_its_number(supervisor: Browser, told: Told) -> None:
    _, incident = await told.incident()
    for said in (str(incident.number), f"KDI-{incident.number:04d}", f" kdi {incident.number} "):
        found = await supervisor.client.get("/pengawas/cari", params={"nomor": said})
        assert found.headers["location"] == f"/pengawas/{incident.id}"
    for said in ("999", "", "'; drop table", "9" * 40):
        missing = await supervisor.client.get("/pengawas/cari", params={"nomor": said})
        assert missing.status_code == 404
        assert "Tidak ada kejadian dengan nomor itu" in missing.text


async def test_a_report_is_taken_over_with_a_reason(supervisor: Browser, told: Told) -> None:
    report = await told.report()
    async with told.house.db.transaction(CITY) as tx:
        await flow.claim(tx, told.scene, report.id, AT_DESK, utcnow())
    path = f"/pengawas/laporan/{report.id}"
    assert (await supervisor.get(path)).status_code == 200
    silent = await supervisor.send(f"{path}/ambil", alasan="  ")
    assert silent.status_code == 422
    assert "Tulis alasannya" in silent.text
    taken = await supervisor.send(f"{path}/ambil", alasan="Petugas 1 pulang")
    assert taken.headers["location"] == "/pengawas?pesan=taken"
    async with told.house.db.reading(CITY) as conn:
        mine = await rows.report(conn, CITY, report.id)
        entries = await timelines.of_report(conn, CITY, report.id)
    assert mine.state is ReportState.ACTIVE
    assert mine.claimed_by != AT_DESK.id
    assert entries[-1].body["reason"] == "Petugas 1 pulang"
    released = await supervisor.send(f"{path}/lepas", alasan="bukan giliran saya")
    assert released.headers["location"] == "/pengawas?pesan=released"


async def test_a_waiting_report_is_taken_without_a_reason(supervisor: Browser, told: Told) -> None:
    report = await told.report()
    assert (await supervisor.send(f"/pengawas/laporan/{report.id}/ambil")).status_code == 303


async def test_further_agencies_are_asked(supervisor: Browser, told: Told) -> None:
    _, incident = await told.incident(["bpbd"])
    path = f"/pengawas/{incident.id}/teruskan"
    for chosen in ([], ["tidak-ada"]):
        refused = await supervisor.send(path, instansi=chosen)
        assert refused.status_code == 422
        assert "Pilih sedikitnya satu instansi" in refused.text
    answer = await supervisor.send(path, instansi=["dlhk", "pln"])
    assert target(answer.headers["location"]) == (incident.id, "assigned")
    assert {o.agency: o.role for o in (await told.now(incident.id))[1]} == {"bpbd": "lead", "dlhk": "support", "pln": "support"}


async def test_an_assignment_moves_to_another_agency(supervisor: Browser, told: Told) -> None:
    _, incident = await told.incident(["bpbd"])
    (asked,) = (await told.now(incident.id))[1]
    path = f"/pengawas/{incident.id}/alihkan"
    silent = await supervisor.send(path, penugasan=str(asked.id), instansi="dlhk", alasan="")
    assert silent.status_code == 422
    assert 'value="dlhk" selected' in silent.text
    for wrong in ("", "bukan-id", str(incident.id)):
        assert (await supervisor.send(path, penugasan=wrong, instansi="dlhk", alasan="salah alamat")).status_code == 404
    done = await supervisor.send(path, penugasan=str(asked.id), instansi="dlhk", alasan="salah alamat")
    assert target(done.headers["location"]) == (incident.id, "reassigned")
    states = {o.agency: (o.state.value, o.reason) for o in (await told.now(incident.id))[1]}
    assert states == {"bpbd": ("withdrawn", "salah alamat"), "dlhk": ("sent", "")}
    again = await supervisor.send(path, penugasan=str(asked.id), instansi="pln", alasan="coba <b>lagi</b>")
    assert again.status_code == 409
    assert "keadaannya sudah berubah" in again.text
    assert "coba &lt;b&gt;lagi" in again.text or "coba <b>" not in again.text


async def test_two_incidents_become_one_and_a_report_is_split_off_again(supervisor: Browser, told: Told) -> None:
    first, source = await told.incident(["bpbd"])
    _, kept = await told.incident(["dlhk"])
    path = f"/pengawas/{source.id}/gabung"
    for said, status in (("", 422), ("pohon", 422), ("4711", 422), (str(source.number), 409)):
        assert (await supervisor.send(path, nomor=said)).status_code == status
    assert "Gabung ke</button>" not in (await supervisor.get(f"/pengawas/{source.id}")).text
    merged = await supervisor.send(path, nomor=f"KDI-{kept.number:04d}")
    assert target(merged.headers["location"]) == (kept.id, "merged")
    closed, _ = await told.now(source.id)
    assert (closed.state, closed.merged_into) == (IncidentState.CLOSED, kept.id)
    assert f"KDI-{kept.number:04d}" in (await supervisor.get(f"/pengawas/{source.id}")).text
    assert (await told.now(kept.id))[0].report_count == 2
    parted = await supervisor.send(f"/pengawas/{kept.id}/pisah", laporan=str(first.id))
    new, word = target(parted.headers["location"])
    assert word == "split"
    assert new not in (source.id, kept.id)
    assert (await told.now(new))[0].attention == "not_sent"
    late = await supervisor.send(f"/pengawas/{kept.id}/pisah", laporan=str(first.id))
    assert late.status_code == 409


async def test_an_incident_is_closed_and_reopened_with_reasons(supervisor: Browser, told: Told) -> None:
    _, incident = await told.incident(["bpbd"])
    path = f"/pengawas/{incident.id}"
    assert (await supervisor.send(f"{path}/tutup", alasan="")).status_code == 422
    early = await supervisor.send(f"{path}/buka", alasan="terlalu cepat")
    assert early.status_code == 409
    closed = await supervisor.send(f"{path}/tutup", alasan="tidak ditemukan di lokasi")
    assert target(closed.headers["location"]) == (incident.id, "closed")
    twice = await supervisor.send(f"{path}/tutup", alasan="sekali lagi")
    assert twice.status_code == 409
    assert "Buka kembali" in twice.text
    opened = await supervisor.send(f"{path}/buka", alasan="pelapor menelepon lagi")
    assert target(opened.headers["location"]) == (incident.id, "reopened")
    again, _ = await told.now(incident.id)
    assert (again.state, again.reopened, again.attention) == (IncidentState.OPEN, 1, "reopened")
    assert "pelapor menelepon lagi" in (await supervisor.get(path)).text


def as_shown(incident: Incident) -> dict[str, str]:
    """The hidden fields of the correction form: what stood there when the page was made."""
    return {
        "category": incident.category or "", "priority": incident.priority.value, "summary": incident.summary,
        "address_words": incident.address_words, "place_label": incident.place_label, "area": incident.area or "",
        "lat": f"{incident.lat:.5f}", "lon": f"{incident.lon:.5f}",
    }  # fmt: skip


async def test_category_priority_words_and_place_are_corrected(supervisor: Browser, told: Told) -> None:
    _, incident = await told.incident(["bpbd"])
    before = as_shown(incident)
    was = {f"was_{name}": value for name, value in before.items()}
    path = f"/pengawas/{incident.id}/perbaiki"
    assert (await supervisor.send(path, **before, **was)).status_code == 422
    for wrong in ({"category": "naga"}, {"priority": "P9"}, {"lat": "utara"}, {"lat": "91"}, {"area": "nowhere"}):
        assert (await supervisor.send(path, **(before | wrong), **was)).status_code == 422
    right = {"category": "flood", "priority": "P1", "summary": "air masuk rumah", "lat": "-3,98500", "lon": "122,51000"}
    done = await supervisor.send(path, **(before | right), **was)
    assert target(done.headers["location"]) == (incident.id, "amended")
    after, _ = await told.now(incident.id)
    assert (after.category, after.priority, after.summary, after.lat) == ("flood", "P1", "air masuk rumah", -3.985)
    assert after.address_words == incident.address_words
    stale = await supervisor.send(path, **(before | {"summary": "ketikan lain"}), **was)
    assert stale.status_code == 409
    assert "ketikan lain" in stale.text


async def test_a_note_stays_on_the_timeline(supervisor: Browser, told: Told) -> None:
    _, incident = await told.incident(["bpbd"])
    assert (await supervisor.send(f"/pengawas/{incident.id}/catat", catatan=" ")).status_code == 422
    await supervisor.send(f"/pengawas/{incident.id}/catat", catatan="<script>alert(1)</script>")
    page = (await supervisor.get(f"/pengawas/{incident.id}")).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


async def test_what_does_not_exist_is_not_found(supervisor: Browser, told: Told) -> None:
    nobody = AT_DESK.id
    for path in (f"/pengawas/{nobody}", f"/pengawas/laporan/{nobody}", "/pengawas/bukan-id", f"/pengawas/{nobody}/langsung"):
        assert (await supervisor.get(path)).status_code == 404
    assert (await supervisor.send(f"/pengawas/{nobody}/tutup", alasan="x")).status_code == 404


async def test_a_closed_incident_takes_no_more_agencies(supervisor: Browser, told: Told, house: House) -> None:
    _, incident = await told.incident(["bpbd"])
    async with house.db.transaction(CITY) as tx:
        await casework.close(tx, told.scene, incident.id, "selesai", AT_DESK, utcnow())
    refused = await supervisor.send(f"/pengawas/{incident.id}/teruskan", instansi=["pln"])
    assert refused.status_code == 409
    async with house.db.transaction(CITY) as tx:
        await oversight.reopen(tx, told.scene, incident.id, "lagi", AT_DESK, utcnow())
    assert (await supervisor.send(f"/pengawas/{incident.id}/teruskan", instansi=["pln"])).status_code == 303
