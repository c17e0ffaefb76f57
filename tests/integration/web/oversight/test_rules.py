"""The coordinator's pages of the rules: an entry is edited, its mistakes are told with their place, the draft is published."""

import json
from datetime import timedelta
from html.parser import HTMLParser

import asyncpg

from tanggap import rulebook
from tanggap.city.rules import service
from tanggap.doctor import Patient, check_rules
from tanggap.people.model import Role
from tanggap.web.house import House
from tests.integration.web.oversight.conftest import CITY, Browser, SignIn, Told

ROOT = "/koordinator/aturan"
FLOOD = f"{ROOT}/kategori/flood"


class FormReader(HTMLParser):
    """What a browser would send of an entry's form, nothing touched."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._inside = False
        self._select: str | None = None
        self._area: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._inside = said.get("id") == "rule-form"
        if not self._inside:
            return
        if tag == "input":
            self.fields.setdefault(said["name"], []).append(said.get("value", ""))
        elif tag == "select":
            self._select = said["name"]
            self.fields.setdefault(said["name"], []).append("")
        elif tag == "option" and "selected" in said and self._select:
            self.fields[self._select][-1] = said["value"]
        elif tag == "textarea":
            self._area = said["name"]
            self.fields.setdefault(said["name"], []).append("")

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.fields[self._area][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            # The line break after the tag is the template's, as a browser knows.
            self.fields[self._area][-1] = self.fields[self._area][-1].removeprefix("\n")
            self._area = None
        if tag == "form":
            self._inside = False


async def form_of(browser: Browser, path: str) -> dict[str, list[str]]:
    page = await browser.get(path)
    assert page.status_code == 200, path
    reader = FormReader()
    reader.feed(page.text)
    reader.fields.pop("_csrf_token")
    return reader.fields


async def test_a_form_that_is_sent_back_untouched_changes_nothing(signed_in: SignIn, house: House) -> None:
    coordinator = await signed_in(Role.COORDINATOR)
    async with house.db.reading(CITY) as conn:
        draft = await service.draft(conn, CITY)
    asking = {key[1]: one.body["questions"] for key, one in draft.entries.items() if key[0] == "category"}
    waits = next(code for code, questions in asking.items() if any(question["when"] for question in questions))
    counts = next(code for code, questions in asking.items() if any(q["kind"] == "number" and q["raises"] for q in questions))
    for path in (
        *(f"{ROOT}/kategori/{code}" for code in ("building_fire", waits, counts)),
        f"{ROOT}/instansi/damkarmat",
        f"{ROOT}/waktu/P1",
        f"{ROOT}/kalimat/received",
    ):
        assert (await coordinator.send(path, **await form_of(coordinator, path))).status_code == 303
    async with house.db.reading(CITY) as conn:
        draft = await service.draft(conn, CITY)
    assert draft.edits == {}


async def test_a_rule_is_edited_tried_published_and_undone(signed_in: SignIn, told: Told, house: House) -> None:
    coordinator, auditor = await signed_in(Role.COORDINATOR), await signed_in(Role.AUDITOR)
    await told.incident(["bpbd"])
    path = f"{ROOT}/kategori/fallen_tree"
    assert "Tidak ada perubahan." in (await coordinator.get(f"{ROOT}/rancangan")).text
    fields = await form_of(coordinator, path)
    broken = await coordinator.send(path, **fields | {"lead": ["", ""], "do": ["tambah"]})
    assert broken.status_code == 303
    page = (await coordinator.get(f"{ROOT}/rancangan")).text
    assert f'href="{path}#lead"' in page
    assert "Pilih instansi utama." in page
    assert "Terbitkan sekarang" not in page
    refused = await coordinator.send(f"{ROOT}/terbitkan", kapan="sekarang")
    assert refused.status_code == 422
    fields = await form_of(coordinator, path)
    last = max(int(name[1:].split(".")[0]) for name in fields if name.startswith("q") and name.endswith(".kind"))
    fields |= {"lead": ["dlhk"], "support": ["bpbd"], "next": ["damkarmat"], "do": [f"hapus:{last}"]}
    assert (await coordinator.send(path, **fields)).status_code == 303
    page = (await coordinator.get(f"{ROOT}/rancangan")).text
    assert "Instansi utama" in page
    assert "<del>BPBD</del>" in page
    lines = [json.loads(line) for line in (await coordinator.get(f"{ROOT}/uji/jalan")).text.splitlines()]
    assert lines[0] == {"done": 1, "of": 1}
    assert "1 dari 1 kejadian akan ke instansi lain" in lines[-1]["html"]
    assert "1 dari 1 kejadian akan ke instansi lain" in (await coordinator.get(f"{ROOT}/uji?langsung=1")).text
    unseen = await coordinator.send(f"{ROOT}/terbitkan", kapan="sekarang", dilihat="lain")
    assert unseen.status_code == 409
    assert "berubah sejak halaman ini dibuka" in unseen.text
    async with house.db.reading(CITY) as conn:
        seen = (await service.draft(conn, CITY)).mark
    assert f'name="dilihat" value="{seen}"' in unseen.text
    published = await coordinator.send(f"{ROOT}/terbitkan", kapan="sekarang", alasan="uji", dilihat=seen)
    assert published.headers["location"] == f"{ROOT}/versi?pesan=terbit"
    page = (await coordinator.get(published.headers["location"])).text
    assert "Urungkan: kembali ke versi 1" in page
    assert "<del>BPBD</del>" in (await coordinator.get(f"{ROOT}/versi/2")).text
    assert (await coordinator.send(f"{ROOT}/versi/1/kembalikan")).status_code == 303
    assert (await coordinator.send(f"{ROOT}/versi/1/kembalikan")).status_code == 409
    assert "perbedaan dengan versi 2" in (await coordinator.get(f"{ROOT}/versi/3?dengan=2")).text
    audit = (await auditor.get("/audit")).text
    assert "menerbitkan aturan versi 2" in audit
    assert "mengembalikan aturan lama sebagai versi 3" in audit


async def test_a_time_is_set_taken_away_and_kept_by_the_worker(signed_in: SignIn, house: House) -> None:
    coordinator = await signed_in(Role.COORDINATOR)
    path = f"{ROOT}/waktu/P1"
    fields = await form_of(coordinator, path)
    assert fields["acknowledge_s"] + fields["acknowledge_s.unit"] == ["1", "60"]
    await coordinator.send(path, **fields | {"acknowledge_s": ["dua"]})
    assert "Isi dengan angka." in (await coordinator.get(path)).text
    fields = await form_of(coordinator, path)
    assert fields["acknowledge_s"] == ["dua"]
    await coordinator.send(path, **fields | {"acknowledge_s": ["2"]})
    for when in ("", "besok", "2020-01-01T08:00", "9999-99-99T99:99"):
        assert (await coordinator.send(f"{ROOT}/terbitkan", kapan="nanti", waktu=when)).status_code == 422
    assert (await coordinator.send(f"{ROOT}/terbitkan", kapan="nanti", waktu="2100-01-01T08:00")).status_code == 303
    assert "1 Jan 2100 08.00 WITA" in (await coordinator.get(ROOT)).text
    locked = await coordinator.send(path, **await form_of(coordinator, path) | {"acknowledge_s": ["3"]})
    assert locked.status_code == 409
    assert 'value="3"' in locked.text
    assert (await coordinator.send(f"{ROOT}/jadwal/batal")).status_code == 303
    assert (await coordinator.send(f"{ROOT}/jadwal/batal")).status_code == 409
    assert (await coordinator.send(f"{ROOT}/terbitkan", kapan="nanti", waktu="2100-01-01T08:00")).status_code == 303
    async with house.db.transaction(CITY) as tx:
        assert await rulebook.publish_due(tx, CITY, house.now() + timedelta(days=40_000))
        assert (await service.draft(tx, CITY)).standing["target", "P1"].body["acknowledge_s"] == 120


async def test_what_is_typed_is_saved_by_the_script_and_a_colleague_is_not_overwritten(signed_in: SignIn) -> None:
    ani, budi = await signed_in(Role.COORDINATOR), await signed_in(Role.COORDINATOR, login="budi")
    fields = await form_of(budi, FLOOD)
    ani.client.headers["x-tanggap-autosave"] = "1"
    state = await ani.send(FLOOD, **fields | {"advice_id": ["Naik ke tempat tinggi."]})
    assert state.status_code == 200
    assert 'data-rev="1"' in state.text
    assert "<form" not in state.text
    stale = await budi.send(FLOOD, **fields | {"advice_id": ["Matikan listrik."]})
    assert stale.status_code == 409
    assert "Matikan listrik." in stale.text
    assert "Naik ke tempat tinggi." in stale.text
    assert (await budi.send(f"{FLOOD}/tindakan", tindakan="batal")).status_code == 303
    assert "Urungkan" in (await budi.get(f"{FLOOD}?pesan=batal")).text
    assert (await budi.send(f"{FLOOD}/tindakan", tindakan="lain")).status_code == 422
    assert (await budi.send(f"{ROOT}/rancangan/pulihkan")).status_code == 303
    assert "Naik ke tempat tinggi." in (await budi.get(f"{ROOT}/rancangan")).text


async def test_a_row_that_cannot_be_read_is_shown_and_mended(signed_in: SignIn, house: House, dsn: str) -> None:
    coordinator = await signed_in(Role.COORDINATOR)
    owner = await asyncpg.connect(dsn)
    await owner.execute("""update category set questions = '[{"kind": 7}]' where city = 'kendari' and code = 'flood'""")
    await owner.close()
    for path in (ROOT, FLOOD, f"{ROOT}/rancangan", f"{ROOT}/versi/1", f"{ROOT}/uji?langsung=1"):
        assert (await coordinator.get(path)).status_code == 200, path
    said = await check_rules(Patient(house.settings, house.db))
    assert not said[0]
    assert "category flood" in said[1]
    assert (await coordinator.send(f"{FLOOD}/tindakan", tindakan="paket")).status_code == 303
    assert (await coordinator.send(f"{ROOT}/terbitkan", kapan="sekarang")).status_code == 303
    assert (await check_rules(Patient(house.settings, house.db)))[0]


async def test_a_new_entry_is_filled_in_and_its_gaps_are_told(signed_in: SignIn) -> None:
    coordinator = await signed_in(Role.COORDINATOR)
    assert (await coordinator.send(f"{ROOT}/instansi", kode="BPBD")).status_code == 422
    assert (await coordinator.send(f"{ROOT}/waktu", kode="p5")).status_code == 422
    made = await coordinator.send(f"{ROOT}/instansi", kode="satgas_pohon")
    assert made.headers["location"] == f"{ROOT}/instansi/satgas_pohon"
    page = (await coordinator.get(made.headers["location"])).text
    assert page.count("Wajib diisi.") >= 2 * len(("name", "short", "handles_id", "handles_en", "source"))
    fields = await form_of(coordinator, made.headers["location"])
    fields |= {
        "name": ["Satgas Pohon"], "short": ["Satgas"], "phones": ["0401-1\r\n0401-2\r\n"], "handles_id": ["Pohon"],
        "source": ["SK"],
    }  # fmt: skip
    await coordinator.send(made.headers["location"], **fields)
    page = (await coordinator.get(f"{ROOT}/rancangan")).text
    assert "Satgas" in page
    assert "Terbitkan sekarang" in page
