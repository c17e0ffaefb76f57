"""What it is, whose it is, what came of it; and whose report it is among call takers."""

import re

from tanggap.web.house import House
from tests.integration.conftest import CITY
from tests.integration.web.console.conftest import Screen, received


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
