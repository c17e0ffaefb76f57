"""Words and points: what a place is called, who is near it, what several sources say."""

import re

import pytest

from tanggap import flow
from tanggap.incident.model import Actor
from tanggap.location.estimate import Fix, Heard, Origin
from tanggap.platform.clock import utcnow
from tanggap.platform.i18n import translator
from tests.integration.conftest import CITY
from tests.integration.web.console.conftest import Screen


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
