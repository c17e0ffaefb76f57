"""The coordinator's pages of the rules: an entry is edited, its mistakes are told with their place, the draft is published."""

import json
from datetime import date, timedelta
from html.parser import HTMLParser

import asyncpg
import pytest

from tanggap import rulebook
from tanggap.city.kinds import Priority
from tanggap.city.ladder import Clock
from tanggap.city.model import Catalogue
from tanggap.city.rules import service
from tanggap.city.service import catalogue
from tanggap.doctor import Patient, check_rules
from tanggap.people.model import Role
from tanggap.web.house import House
from tests.integration.web.oversight.conftest import CITY, Browser, SignIn, Told

ROOT = "/koordinator/aturan"


@pytest.fixture(autouse=True)
async def manned(house: House) -> None:
    """Somebody answers at each agency: a draft that leaves one without anybody is refused."""
    sql = """INSERT INTO person (city, id, login, name, password_hash, must_change_password, roles, agency, created_at,
                                 password_changed_at)
             SELECT city, gen_random_uuid(), 'jaga_' || code, 'Jaga ' || short, '', false, '{agency}', code, $2, $2
             FROM agency WHERE city = $1"""
    async with house.db.transaction(CITY) as tx:
        await tx.execute(sql, CITY, house.now())


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
        if tag == "input" and (said.get("type") != "checkbox" or "checked" in said):
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


async def in_force(house: House) -> Catalogue:
    async with house.db.reading(CITY) as conn:
        return await catalogue(conn)


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


async def test_every_kind_of_rule_has_its_list_and_its_form_and_a_form_sent_back_changes_nothing(
    signed_in: SignIn, house: House
) -> None:
    coordinator = await signed_in(Role.COORDINATOR)
    for path in (
        f"{ROOT}/eskalasi/p1-answer-coordinator", f"{ROOT}/jam-kantor/monday", f"{ROOT}/luar-jam/dlhk",
        f"{ROOT}/libur/2026-12-25", f"{ROOT}/layanan/answer_15s", f"{ROOT}/layanan/first_answer_3days",
    ):  # fmt: skip
        slug = path.removeprefix(ROOT).split("/")[1]
        assert (await coordinator.get(f"{ROOT}?jenis={slug}")).status_code == 200
        assert (await coordinator.send(path, **await form_of(coordinator, path))).status_code == 303
    for priority in ("P1", "P4"):
        page = f"{ROOT}?jenis=eskalasi&prioritas={priority}"
        fields = await form_of(coordinator, page)
        assert (await coordinator.send(f"{ROOT}/tangga", **fields)).status_code == 303
    async with house.db.reading(CITY) as conn:
        assert (await service.draft(conn, CITY)).edits == {}


async def test_a_priority_climbs_by_other_times_and_a_category_by_its_own_and_both_are_undone(
    signed_in: SignIn, house: House
) -> None:
    coordinator = await signed_in(Role.COORDINATOR)
    page = f"{ROOT}?jenis=eskalasi&prioritas=P1"
    fields = await form_of(coordinator, page)
    typed = {"p1-answer-head.after": ["30"], "p1-start-second.after": ["4"], "p1-answer-coordinator.again_minutes": [""]}
    await coordinator.send(f"{ROOT}/tangga", **fields | typed)
    draft = (await coordinator.get(f"{ROOT}/rancangan")).text
    assert "Harus lebih lambat" in draft
    assert "P1 · Menjawab · pengawas" in draft
    assert "Harus lebih lambat" in (await coordinator.get(page)).text
    stale = await coordinator.send(f"{ROOT}/tangga", **fields | {"p1-answer-head.after": ["2"]})
    assert stale.status_code == 409
    assert "diubah orang lain" in stale.text
    fields = await form_of(coordinator, page)
    await coordinator.send(f"{ROOT}/tangga", **fields | {"p1-answer-head.after": ["2"]})
    made = await coordinator.send(f"{ROOT}/eskalasi", prioritas="P1", untuk="category:building_fire", waktu="answer")
    assert made.status_code == 303
    assert (await coordinator.send(f"{ROOT}/eskalasi", prioritas="P1", untuk="category:snow", waktu="answer")).status_code == 422
    assert (await coordinator.send(f"{ROOT}/terbitkan", kapan="sekarang")).status_code == 303
    known = await in_force(house)
    ladder = known.ladder(Priority.P1, Clock.START, None, "bpbd")
    assert [rung.after for rung in ladder] == [4, 5, 8, 15]
    own = known.ladder(Priority.P1, Clock.ANSWER, "building_fire", "damkarmat")
    assert {rung.category for rung in own} == {"building_fire"}
    await coordinator.send(f"{ROOT}/tangga", prioritas="P1", hapus="answer/building_fire/")
    async with house.db.reading(CITY) as conn:
        assert len([one for one in (await service.draft(conn, CITY)).changed if not one.active]) == 4
    first = (await coordinator.get(f"{ROOT}/versi")).text.split("/versi/")[2].split("/")[0]
    assert (await coordinator.send(f"{ROOT}/versi/{first}/kembalikan")).status_code == 303
    back = await in_force(house)
    assert [rung.after for rung in back.ladder(Priority.P1, Clock.START, "building_fire", "bpbd")] == [3, 5, 8, 15]


async def test_holidays_are_pasted_whole_or_not_at_all(signed_in: SignIn, house: House) -> None:
    coordinator = await signed_in(Role.COORDINATOR)
    lines = "tanggal;nama;jenis\n17 Agustus 2028; Hari Kemerdekaan\n2028-12-26; Cuti bersama Natal; cuti bersama\n"
    refused = await coordinator.send(f"{ROOT}/tempel-libur", tempel=f"{lines}31 Februari 2028; Salah\n", dasar="SKB")
    assert refused.status_code == 422
    assert "Baris 4 bukan hari libur: «31 Februari 2028; Salah»" in refused.text
    assert "Cuti bersama Natal" in refused.text  # what was typed is still there
    assert "Tidak ada perubahan." in (await coordinator.get(f"{ROOT}/rancangan")).text
    assert (await coordinator.send(f"{ROOT}/tempel-libur", tempel=lines, dasar="SKB 2028")).status_code == 303
    made = await coordinator.send(
        f"{ROOT}/libur", tanggal="2028-05-09", nama="HUT Kota Kendari", dasar="Perwali", **{"jenis-libur": "local"}
    )  # fmt: skip
    assert made.headers["location"] == f"{ROOT}/libur/2028-05-09"
    assert (await coordinator.send(f"{ROOT}/libur", tanggal="2028-05-09", nama="Lagi", dasar="Perwali")).status_code == 422
    assert (await coordinator.send(f"{ROOT}/libur/2026-12-25/tindakan", tindakan="pensiun")).status_code == 303
    assert "Rabu, 26 Des 2028" not in (await coordinator.get(f"{ROOT}?jenis=libur")).text
    assert "Selasa, 26 Des 2028 · cuti bersama" in (await coordinator.get(f"{ROOT}?jenis=libur")).text
    assert (await coordinator.send(f"{ROOT}/terbitkan", kapan="sekarang")).status_code == 303
    days_off = (await in_force(house)).calendar("dlhk").days_off
    assert {date(2028, 8, 17), date(2028, 12, 26), date(2028, 5, 9)} <= days_off
    assert date(2026, 12, 25) not in days_off


async def test_hours_and_levels_are_added(signed_in: SignIn, house: House) -> None:
    coordinator = await signed_in(Role.COORDINATOR)
    made = await coordinator.send(f"{ROOT}/jam-kantor", hari="saturday", instansi="pdam")
    assert made.headers["location"] == f"{ROOT}/jam-kantor/pdam-saturday"
    assert (await coordinator.send(f"{ROOT}/jam-kantor", hari="noday")).status_code == 422
    assert (await coordinator.send(f"{ROOT}/luar-jam", instansi="pdam")).status_code == 303
    assert (await coordinator.send(f"{ROOT}/luar-jam", instansi="dlhk")).status_code == 422
    level = await coordinator.send(f"{ROOT}/layanan", kode="answer_30s")
    fields = await form_of(coordinator, level.headers["location"])
    await coordinator.send(level.headers["location"], **fields | {"share": ["99,5"], "within": ["30"], "source": ["Perwali"]})
    page = (await coordinator.get(f"{ROOT}?jenis=layanan")).text
    assert "99,5 % ≤ 30 detik" in page
    assert (await coordinator.send(f"{ROOT}/terbitkan", kapan="sekarang")).status_code == 303
    known = await in_force(house)
    assert next(one.share for one in known.service_levels if one.code == "answer_30s") == 0.995
    assert known.calendar("pdam").week.keys() == {5}
    assert known.pauses("pdam", Priority.P4)


async def test_a_draft_that_leaves_an_agency_without_anybody_who_could_be_told_is_refused_with_its_place(
    signed_in: SignIn, house: House
) -> None:
    coordinator = await signed_in(Role.COORDINATOR)
    async with house.db.transaction(CITY) as tx:
        await tx.execute("UPDATE person SET active = false WHERE city = $1 AND agency = 'dlhk'", CITY)
    fields = await form_of(coordinator, FLOOD)
    await coordinator.send(FLOOD, **fields | {"advice_id": ["Naik ke tempat tinggi."]})
    page = (await coordinator.get(f"{ROOT}/rancangan")).text
    assert f'href="{ROOT}/instansi/dlhk#phones"' in page
    assert "akun petugas instansi" in page
    assert (await coordinator.send(f"{ROOT}/terbitkan", kapan="sekarang")).status_code == 422
    path = f"{ROOT}/instansi/dlhk"
    await coordinator.send(path, **await form_of(coordinator, path) | {"phones": ["0401-123456"]})
    assert (await coordinator.send(f"{ROOT}/terbitkan", kapan="sekarang")).status_code == 303
