"""Devices and networks tell where a report is, in their own formats; one door takes them all."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tanggap.people.model import Role
from tests.caller_number import tells_number
from tests.integration.conftest import Bearer

AML = 'A"ML=1;lt=-3.99420;lg=+122.49000;rd=30;top=20261121144030;lc=95;pm=G;si=510101234567890;ei=356708041746734'
FORM = "v=2&location_latitude=-3.9942&location_longitude=122.49&location_accuracy=30&location_confidence=0.95&device_imei=35"
PIDF_LO = """<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10"
  xmlns:gml="http://www.opengis.net/gml" xmlns:gs="http://www.opengis.net/pidflo/1.0"><tuple><status><gp:geopriv>
  <gp:location-info><gs:Circle srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>-3.9942 122.49</gml:pos>
  <gs:radius uom="urn:ogc:def:uom:EPSG::9001">30</gs:radius></gs:Circle></gp:location-info></gp:geopriv></status></tuple>
  </presence>"""
JSON = '{"lat": -3.9942, "lon": 122.49, "uncertainty_m": 30}'


@pytest.fixture
async def desk(bearer: Bearer) -> dict[str, str]:
    return await bearer(Role.CALL_TAKER)


async def report_of(api: httpx.AsyncClient, desk: dict[str, str], **said: Any) -> str:
    answer = await api.post("/api/reports", json={"words": "banjir", **said}, headers=desk)
    return str(answer.json()["report"])


async def told(api: httpx.AsyncClient, desk: dict[str, str], report: str, body: str, kind: str) -> httpx.Response:
    return await api.post(f"/api/reports/{report}/location", content=body.encode(), headers=desk | {"content-type": kind})


@pytest.mark.parametrize(
    ("body", "kind", "source"),
    [
        (AML, "text/plain; charset=utf-8", "aml"),
        (FORM, "application/x-www-form-urlencoded", "aml"),
        (PIDF_LO, "application/pidf+xml", "pidf_lo"),
        (PIDF_LO, "application/xml", "pidf_lo"),
        (JSON, "application/json", "device"),
        (JSON.replace("}", ', "source": "network"}'), "application/json", "network"),
    ],
)
async def test_every_format_gives_the_report_its_point(
    api: httpx.AsyncClient, desk: dict[str, str], body: str, kind: str, source: str
) -> None:
    report = await report_of(api, desk)
    answer = await told(api, desk, report, body, kind)
    assert answer.status_code == 201, answer.text
    kept = answer.json()
    assert (kept["location"]["lat"], kept["location"]["lon"], kept["location"]["source"]) == (-3.9942, 122.49, source)
    assert kept["location"]["uncertainty_m"] == pytest.approx(30)
    assert "510101234567890" not in answer.text
    shown = (await api.get(f"/api/reports/{report}", headers=desk)).json()
    assert (shown["location"]["lat"], shown["location"]["source"]) == (-3.9942, "device")
    estimate = (await api.get(f"/api/reports/{report}/location", headers=desk)).json()["estimate"]
    assert estimate == kept["estimate"]
    assert source in estimate["used"]
    assert estimate["area"] == shown["location"]["area"]


async def test_an_address_without_a_point_is_told_to_the_call_taker(api: httpx.AsyncClient, desk: dict[str, str]) -> None:
    report = await report_of(api, desk, hand_over=True)
    start, end = PIDF_LO.index("<gs:Circle"), PIDF_LO.index("</gp:location-info>")
    space = "urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr"
    civic = f'<civicAddress xmlns="{space}"><country>ID</country><RD>Jalan Mangga</RD></civicAddress>'
    kept = (await told(api, desk, report, PIDF_LO[:start] + civic + PIDF_LO[end:], "application/pidf+xml")).json()
    assert (kept["location"], kept["civic"]["RD"]) == (None, "Jalan Mangga")
    incident = (await api.get(f"/api/reports/{report}", headers=desk)).json()["incident"]
    said = [entry["said"] for entry in (await api.get(f"/api/incidents/{incident}", headers=desk)).json()["timeline"]]
    assert "lokasi dari jaringan memberi alamat tanpa titik: Jalan Mangga" in said


async def test_a_device_elsewhere_is_a_warning_and_a_neighbours_number(api: httpx.AsyncClient, desk: dict[str, str]) -> None:
    report = await report_of(api, desk, lat=-3.9942, lon=122.49, uncertainty_m=20)
    await told(api, desk, report, '{"lat": -4.065, "lon": 122.42, "uncertainty_m": 10}', "application/json")
    moved = (await api.get(f"/api/reports/{report}/location", headers=desk)).json()["estimate"]
    assert moved["is_outside"]
    assert "Konawe Selatan" in moved["warnings"][-1]["said"]


@pytest.mark.parametrize(
    ("body", "kind", "flaw"),
    [
        ("halo", "text/plain", "not_aml"),
        ("", "text/plain", "not_aml"),
        ("a=1", "application/x-www-form-urlencoded", "not_aml"),
        ("<x", "application/xml", "not_xml"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "application/xml", "doctype"),
        ("{}", "application/json", "no_point"),
        ('{"lat": 0, "lon": 0, "uncertainty_m": 10}', "application/json", "no_fix"),
        ('{"lat": 999, "lon": "x"}', "application/json", "odd_point"),
        ('{"lat": -4, "lon": 122.5, "uncertainty_m": -1}', "application/json", "odd_radius"),
        ('{"lat": -4, "lon": 122.5, "confidence": 1000, "measured_at": "tadi"}', "application/json", "odd_time"),
    ],
)
async def test_what_is_odd_is_kept_and_flagged(
    api: httpx.AsyncClient, desk: dict[str, str], body: str, kind: str, flaw: str
) -> None:
    answer = await told(api, desk, await report_of(api, desk), body, kind)
    assert answer.status_code == 201, answer.text
    assert flaw in answer.json()["flaws"]


async def test_refusals_say_what_to_send(api: httpx.AsyncClient, desk: dict[str, str], bearer: Bearer) -> None:
    report = await report_of(api, desk)
    assert (await told(api, desk, report, JSON, "image/png")).status_code == 415
    assert (await told(api, desk, report, "[", "application/json")).status_code == 400
    assert (await told(api, desk, str(uuid4()), JSON, "application/json")).status_code == 404
    agency = await bearer(Role.AGENCY, "dlhk")
    assert (await told(api, agency, report, JSON, "application/json")).status_code == 403
    assert (await api.get(f"/api/reports/{report}/location", headers=agency)).status_code == 403


BY_NUMBER = [
    ("application/json", '{"number": "+62 813-4455-6642", "aml": "A\\"ML=1;lt=-3.99420;lg=+122.49000;rd=30;lc=95;pm=G"}'),
    ("application/x-www-form-urlencoded", FORM + "&device_number=%2B6281344556642"),
]


@pytest.mark.parametrize(("kind", "body"), BY_NUMBER)
async def test_a_message_with_only_the_number_finds_the_report(
    api: httpx.AsyncClient, desk: dict[str, str], kind: str, body: str
) -> None:
    report = await report_of(api, desk, number="081344556642")
    answer = await api.post("/api/locations", content=body.encode(), headers=desk | {"content-type": kind})
    assert answer.status_code == 201, answer.text
    assert (answer.json()["report"], answer.json()["location"]["lat"]) == (report, -3.9942)
    assert not tells_number(answer.text)
    assert (await api.get(f"/api/reports/{report}", headers=desk)).json()["location"]["source"] == "device"


async def test_a_message_of_an_unknown_number_waits_and_one_without_a_number_is_refused(
    api: httpx.AsyncClient, desk: dict[str, str]
) -> None:
    waits = await api.post("/api/locations", json={"number": "0811000222", "aml": AML}, headers=desk)
    assert (waits.status_code, waits.json()["report"]) == (201, None)
    for body in ({"aml": AML}, {"aml": AML, "number": "tanpa nomor"}):
        assert (await api.post("/api/locations", json=body, headers=desk)).status_code == 400
    form = desk | {"content-type": "application/x-www-form-urlencoded"}
    assert (await api.post("/api/locations", content=b"v=1&number=", headers=form)).status_code == 422
