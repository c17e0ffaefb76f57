"""The agency's desk and the crew's phone: their own assignments only, each answer once, nothing typed is lost."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tanggap import flow
from tanggap.incident import store as rows
from tanggap.incident.model import AssignmentState
from tanggap.incident.timeline import store as timelines
from tanggap.incident.timeline.model import Kind
from tanggap.people import audit
from tanggap.people.model import Role
from tanggap.platform.ids import new_id
from tanggap.scene import Scene
from tanggap.web.house import House
from tests.caller_number import tells_number

from .conftest import AT_DESK, CITY, Case, SignIn, handed_over, jpeg, post


async def state_of(house: House, case: Case, agency: str) -> AssignmentState:
    async with house.db.reading(CITY) as conn:
        return (await rows.assignment(conn, CITY, case.assignments[agency])).state


async def kinds_of(house: House, case: Case) -> list[Kind]:
    async with house.db.reading(CITY) as conn:
        return [entry.kind for entry in await timelines.of_incident(conn, CITY, case.incident.id)]


async def test_an_agency_sees_what_it_needs(signed_in: SignIn, fallen_tree: Case) -> None:
    bpbd = await signed_in("bpbd", Role.AGENCY, "bpbd")
    page = (await bpbd.get("/instansi")).text
    for words in ("Mendesak", "Pohon tumbang", "dkt pasar wua2", "pohon besar tumbang timpa kabel", "DLHK", "PLN", "0813…42"):
        assert words in page
    assert not tells_number(page)
    for hidden in ("Ibu Wati", "Hasil verifikasi"):
        assert hidden not in page


async def test_an_agency_walks_from_accepting_to_done(signed_in: SignIn, house: House, fallen_tree: Case) -> None:
    bpbd = await signed_in("bpbd", Role.AGENCY, "bpbd")
    path = f"/instansi/{fallen_tree.assignments['bpbd']}"
    for step, state in (("terima", "acknowledged"), ("berangkat", "en_route"), ("tiba", "on_scene")):
        answer = await post(bpbd, f"{path}/langkah", ke=step)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{path}?kabar={step}")
        assert (await bpbd.get(answer.headers["location"])).status_code == 200
        assert await state_of(house, fallen_tree, "bpbd") == state
    photos = [("foto", ("a.jpg", jpeg(), "image/jpeg")), ("foto", ("b.jpg", jpeg(colour="red"), "image/jpeg"))]
    answer = await post(bpbd, f"{path}/langkah", ke="selesai", catatan="pohon dipotong, jalan bersih", files=photos)
    assert answer.status_code == 303
    page = (await bpbd.get(answer.headers["location"])).text
    assert "pohon dipotong, jalan bersih" in page
    assert page.count("/kecil") == 2
    assert await state_of(house, fallen_tree, "bpbd") is AssignmentState.DONE


async def test_another_agency_finds_nothing_whatever_it_tries(signed_in: SignIn, house: House, fallen_tree: Case) -> None:
    pdam = await signed_in("pdam", Role.AGENCY, "pdam")
    crew = await signed_in("regu", Role.FIELD, "pdam")
    assignment = fallen_tree.assignments["bpbd"]
    assert "pohon besar" not in (await pdam.get("/instansi")).text
    for path in (f"/instansi/{assignment}", f"/instansi/{assignment}/isi", f"/instansi/{new_id()}"):
        assert (await pdam.get(path)).status_code == 404
    assert (await crew.get(f"/lapangan/{assignment}")).status_code == 404
    tried: list[tuple[httpx.AsyncClient, str, dict[str, Any]]] = [
        *((pdam, "instansi/{}/langkah", {"ke": step, "catatan": "x"}) for step in ("terima", "berangkat", "tiba", "selesai")),
        (pdam, "instansi/{}/tolak", {"alasan": "bukan kami"}),
        (pdam, "instansi/{}/catatan", {"catatan": "halo"}),
        (pdam, "instansi/{}/catatan", {"files": [("foto", ("a.jpg", jpeg(), "image/jpeg"))]}),
        (pdam, "instansi/{}/nomor", {"laporan": str(fallen_tree.report)}),
        (crew, "lapangan/{}/langkah", {"ke": "terima"}),
        (crew, "lapangan/{}/catatan", {"catatan": "halo"}),
    ]
    before = await kinds_of(house, fallen_tree)
    for client, path, fields in tried:
        assert (await post(client, "/" + path.format(assignment), **fields)).status_code == 404, path
    assert await kinds_of(house, fallen_tree) == before
    assert await state_of(house, fallen_tree, "bpbd") is AssignmentState.SENT


async def test_the_centre_does_not_answer_for_an_agency(signed_in: SignIn, fallen_tree: Case) -> None:
    taker = await signed_in("siti", Role.CALL_TAKER)
    assert (await taker.get("/instansi")).status_code == 403
    assert (await taker.get("/lapangan")).status_code == 403


async def test_not_ours_needs_a_reason_and_says_who_is_asked_instead(signed_in: SignIn, house: House, fallen_tree: Case) -> None:
    bpbd = await signed_in("bpbd", Role.AGENCY, "bpbd")
    path = f"/instansi/{fallen_tree.assignments['bpbd']}"
    assert "Tidak ada regu atau kendaraan yang tersedia" in (await bpbd.get(path)).text
    empty = await post(bpbd, f"{path}/tolak", alasan_lain="  ")
    assert (empty.status_code, "Pilih atau tulis alasannya" in empty.text) == (422, True)
    answer = await post(bpbd, f"{path}/tolak", alasan="Bukan kewenangan kami", alasan_lain="pohon milik kota", keadaan="sent")
    assert (answer.status_code, answer.headers["location"]) == (303, "/instansi?kabar=tolak-ke&ke=dlhk")
    assert "Sekarang ditanyakan ke DLHK" in (await bpbd.get(answer.headers["location"])).text
    async with house.db.reading(CITY) as conn:
        rejected = await rows.assignment(conn, CITY, fallen_tree.assignments["bpbd"])
    assert rejected.reason == "Bukan kewenangan kami. pohon milik kota"
    again = await post(bpbd, f"{path}/tolak", alasan="Bukan kewenangan kami", alasan_lain="pohon milik kota", keadaan="sent")
    assert again.status_code == 303


async def test_a_stale_page_does_not_give_back_what_a_colleague_took(signed_in: SignIn, house: House, fallen_tree: Case) -> None:
    one, two = await signed_in("satu", Role.AGENCY, "bpbd"), await signed_in("dua", Role.AGENCY, "bpbd")
    path = f"/instansi/{fallen_tree.assignments['bpbd']}"
    await post(one, f"{path}/langkah", ke="terima")
    late = await post(two, f"{path}/tolak", alasan_lain="regu kami habis", keadaan="sent")
    assert late.status_code == 409
    assert "keadaannya sudah berubah" in late.text
    assert "regu kami habis" in late.text
    assert "Satu" in late.text
    assert await state_of(house, fallen_tree, "bpbd") is AssignmentState.ACKNOWLEDGED
    same = await post(two, f"{path}/langkah", ke="terima")
    assert same.headers["location"] == f"{path}?kabar=sudah"
    assert (await kinds_of(house, fallen_tree)).count(Kind.ACKNOWLEDGED) == 1


async def test_two_who_finish_with_different_words_lose_none(signed_in: SignIn, house: House, fallen_tree: Case) -> None:
    one, two = await signed_in("satu", Role.AGENCY, "bpbd"), await signed_in("regu", Role.FIELD, "bpbd")
    assignment = fallen_tree.assignments["bpbd"]
    for step in ("terima", "berangkat", "tiba"):
        await post(two, f"/lapangan/{assignment}/langkah", ke=step)
    await post(one, f"/instansi/{assignment}/langkah", ke="selesai", catatan="sudah bersih")
    late = await post(two, f"/lapangan/{assignment}/langkah", ke="selesai", catatan="kabel menunggu PLN")
    assert late.status_code == 409
    assert "kabel menunggu PLN" in late.text
    kept = await post(two, f"/lapangan/{assignment}/catatan", catatan="kabel menunggu PLN")
    assert kept.status_code == 303
    assert "kabel menunggu PLN" in (await one.get(f"/instansi/{assignment}")).text


async def test_a_phone_that_repeats_itself_changes_nothing(signed_in: SignIn, house: House, fallen_tree: Case) -> None:
    crew = await signed_in("regu", Role.FIELD, "bpbd")
    path = f"/lapangan/{fallen_tree.assignments['bpbd']}"
    photo = [("foto", ("a.jpg", jpeg(), "image/jpeg"))]
    for _ in range(2):
        assert (await post(crew, f"{path}/langkah", ke="terima")).status_code == 303
        assert (await post(crew, f"{path}/catatan", catatan="akses tertutup", files=photo)).status_code == 303
    for _ in range(2):
        assert (await post(crew, f"{path}/langkah", ke="selesai", catatan="beres", files=photo)).status_code == 303
    kinds = await kinds_of(house, fallen_tree)
    assert [kinds.count(kind) for kind in (Kind.ACKNOWLEDGED, Kind.NOTE, Kind.PHOTO, Kind.DONE)] == [1, 1, 1, 1]


@pytest.mark.parametrize("room", ["instansi", "lapangan"])
async def test_a_file_that_is_no_photo_is_named_and_the_note_stays(
    signed_in: SignIn, house: House, fallen_tree: Case, room: str
) -> None:
    client = await signed_in("bpbd", Role.AGENCY if room == "instansi" else Role.FIELD, "bpbd")
    path = f"/{room}/{fallen_tree.assignments['bpbd']}"
    await post(client, f"{path}/langkah", ke="terima")
    html = [("foto", ("bukti.jpg", b"<html><script>alert(1)</script></html>", "image/jpeg"))]
    refused = await post(client, f"{path}/langkah", ke="selesai", catatan="jalan sudah bersih", files=html)
    assert refused.status_code == 422
    for words in ("Bukan foto yang dapat dibuka", "bukti.jpg", "jalan sudah bersih"):
        assert words in refused.text
    assert "<script>alert" not in refused.text
    huge = [("foto", ("besar.jpg", jpeg() + b"\0" * 11_000_000, "image/jpeg"))]
    refused = await post(client, f"{path}/catatan", catatan="lihat foto", files=huge)
    assert (refused.status_code, "besar.jpg" in refused.text, "lihat foto" in refused.text) == (422, True, True)
    assert await state_of(house, fallen_tree, "bpbd") is AssignmentState.ACKNOWLEDGED
    assert Kind.PHOTO not in await kinds_of(house, fallen_tree)


async def test_looking_at_a_number_is_audited_and_ends_with_the_work(signed_in: SignIn, house: House, fallen_tree: Case) -> None:
    bpbd = await signed_in("bpbd", Role.AGENCY, "bpbd")
    path = f"/instansi/{fallen_tree.assignments['bpbd']}"
    shown = await post(bpbd, f"{path}/nomor", laporan=str(fallen_tree.report))
    assert shown.status_code == 200
    assert 'href="tel:+6281344556642"' in shown.text
    assert "Ibu Wati" in shown.text
    assert shown.headers["cache-control"] == "no-store"
    async with house.db.reading(CITY) as conn:
        looks = await audit.trail(conn, CITY, subject=f"report:{fallen_tree.report}")
    assert [(look.act, look.person_name) for look in looks] == [("caller_number_seen", "Bpbd")]
    for words in ("bukan-id", str(new_id())):
        assert (await post(bpbd, f"{path}/nomor", laporan=words)).status_code == 404
    await post(bpbd, f"{path}/langkah", ke="terima")
    await post(bpbd, f"{path}/langkah", ke="selesai", catatan="beres")
    assert (await post(bpbd, f"{path}/nomor", laporan=str(fallen_tree.report))).status_code == 404
    assert "Lihat nomor" not in (await bpbd.get(path)).text


async def test_a_number_of_another_incident_stays_hidden(
    signed_in: SignIn, house: House, scene: Scene, fallen_tree: Case
) -> None:
    other = await handed_over(house, scene, category="waste_pile")
    bpbd = await signed_in("bpbd", Role.AGENCY, "bpbd")
    path = f"/instansi/{fallen_tree.assignments['bpbd']}/nomor"
    assert (await post(bpbd, path, laporan=str(other.report))).status_code == 404


async def test_notes_of_the_desk_stay_at_the_desk(signed_in: SignIn, house: House, scene: Scene, fallen_tree: Case) -> None:
    async with house.db.transaction(CITY) as tx:
        await flow.note(tx, scene, "pelapor terdengar mabuk", AT_DESK, house.now(), report=fallen_tree.report)
        await flow.note(tx, scene, "akses lewat belakang pasar", AT_DESK, house.now(), incident=fallen_tree.incident.id)
    bpbd = await signed_in("bpbd", Role.AGENCY, "bpbd")
    page = (await bpbd.get("/instansi")).text
    assert "akses lewat belakang pasar" in page
    assert "mabuk" not in page


async def test_what_was_not_answered_in_time_can_still_be_taken(
    signed_in: SignIn, house: House, scene: Scene, fallen_tree: Case
) -> None:
    async with house.db.transaction(CITY) as tx:
        await flow.fire_timers(tx, scene, house.now() + timedelta(hours=1))
    bpbd = await signed_in("bpbd", Role.AGENCY, "bpbd")
    path = f"/instansi/{fallen_tree.assignments['bpbd']}"
    assert "Tidak dijawab" in (await bpbd.get("/instansi")).text
    assert "Bukan kami" not in (await bpbd.get(path)).text
    await post(bpbd, f"{path}/langkah", ke="terima")
    assert await state_of(house, fallen_tree, "bpbd") is AssignmentState.ACKNOWLEDGED


async def test_the_list_alone_is_for_scripts(signed_in: SignIn, fallen_tree: Case) -> None:
    bpbd = await signed_in("bpbd", Role.AGENCY, "bpbd")
    part = (await bpbd.get("/instansi/daftar")).text
    assert "Pohon tumbang" in part
    assert "<html" not in part


async def test_an_empty_desk_says_what_will_appear(signed_in: SignIn, house: House) -> None:
    for role, path in ((Role.AGENCY, "/instansi"), (Role.FIELD, "/lapangan")):
        client = await signed_in(role.value, role, "pdam")
        page = await client.get(path)
        assert (page.status_code, "Tidak ada penugasan" in page.text) == (200, True)


async def test_an_unknown_step_is_not_found(signed_in: SignIn, fallen_tree: Case) -> None:
    bpbd = await signed_in("bpbd", Role.AGENCY, "bpbd")
    path = f"/instansi/{fallen_tree.assignments['bpbd']}"
    assert (await post(bpbd, f"{path}/langkah", ke="terbang")).status_code == 404
    assert (await post(bpbd, f"{path}/catatan", catatan=" ")).status_code == 422
