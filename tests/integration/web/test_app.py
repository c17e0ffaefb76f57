"""What every request passes through: packing, files, health, figures, and a log that knows nobody."""

import asyncio
import gzip
import logging
from pathlib import Path

import httpx
import pytest

from tanggap.people.model import Role
from tanggap.platform.database import DatabaseAway
from tanggap.platform.logs import FIELDS
from tanggap.web import assets
from tanggap.web.house import House
from tanggap.web.templating import static, static_version
from tests.caller_number import tells_number
from tests.integration.conftest import Bearer


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A static folder of the test's own."""
    found = tmp_path / "static"
    found.mkdir()
    (found / "map.mjs").write_text("export const x = 1;\n" * 100)
    (found / "kendari.pmtiles").write_bytes(bytes(range(256)) * 4)
    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.setattr(assets, "STATIC", found)
    return found


async def test_a_file_may_be_kept_for_ever_under_its_version(api: httpx.AsyncClient, folder: Path) -> None:
    answer = await api.get(static("map.mjs"))
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text.startswith("export")
    assert "set-cookie" not in answer.headers
    plain = await api.get("/static/map.mjs", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.headers["cache-control"] == "no-cache"
    old = await api.get("/static/0123456789ab/map.mjs", headers={"if-none-match": plain.headers["etag"]})
    assert (old.status_code, old.headers["cache-control"]) == (304, "no-cache")
    (folder / "map.mjs").write_text("export const x = 2;\n")
    assert "2" in (await api.get(f"/static/{static_version()}/map.mjs")).text


@pytest.mark.parametrize(
    ("said", "status", "start", "length"),
    [
        ("bytes=0-9", 206, 0, 10), ("bytes=1000-", 206, 1000, 24), ("bytes=-4", 206, 1020, 4), ("bytes=5-99999", 206, 5, 1019),
        ("bytes=2000-3000", 416, 0, 0), ("bytes=9-5", 200, 0, 1024), ("lines=1-2", 200, 0, 1024), ("bytes=-", 200, 0, 1024),
    ],
)  # fmt: skip
async def test_a_map_is_read_in_parts(
    api: httpx.AsyncClient, folder: Path, said: str, status: int, start: int, length: int
) -> None:
    answer = await api.get("/static/kendari.pmtiles", headers={"range": said})
    assert answer.status_code == status
    assert answer.content == (bytes(range(256)) * 4)[start : start + length]
    if status == 206:
        assert answer.headers["content-range"] == f"bytes {start}-{start + length - 1}/1024"


@pytest.mark.parametrize("path", ["../secret.txt", "%2e%2e/secret.txt", "x", "", "..%00", "%2e%2e%2fsecret.txt", "a" * 5000])
async def test_nothing_outside_the_folder_is_served(api: httpx.AsyncClient, folder: Path, path: str) -> None:
    assert (await api.get(f"/static/{path}")).status_code == 404


async def test_pages_are_packed_and_live_streams_are_not(api: httpx.AsyncClient) -> None:
    page = await api.get("/masuk")
    assert page.status_code == 200
    assert page.headers["content-encoding"] == "gzip"
    async with api.stream("GET", "/api/areas.geojson") as raw:
        body = b"".join([part async for part in raw.aiter_raw()])
    assert raw.headers["content-encoding"] == "gzip"
    assert gzip.decompress(body).startswith(b"{")


async def test_health_says_what_is_away(api: httpx.AsyncClient, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    well = await api.get("/health")
    assert (well.status_code, well.json()["status"], well.json()["feed"]) == (200, "ok", "ok")

    def away(_city: str) -> None:
        raise DatabaseAway("gone")

    monkeypatch.setattr(house.db, "reading", away)
    await asyncio.sleep(0.6)
    unwell = await api.get("/health")
    assert (unwell.status_code, unwell.json()["database"]) == (503, "away")
    page = await api.get("/masuk", headers={"accept": "text/html"})
    assert page.status_code in (200, 503)


async def test_figures_are_for_this_machine_and_for_those_who_keep_it(api: httpx.AsyncClient, bearer: Bearer) -> None:
    here = await api.get("/metrics")
    assert "tanggap_request_seconds_bucket" in here.text
    far = {"x-forwarded-for": "203.0.113.5"}
    assert (await api.get("/metrics", headers=far)).status_code == 401
    assert (await api.get("/metrics", headers=far | await bearer(Role.CALL_TAKER))).status_code == 403
    for role in (Role.ADMINISTRATOR, Role.AUDITOR):
        assert (await api.get("/metrics", headers=far | await bearer(role))).status_code == 200


async def test_the_log_knows_the_route_and_not_the_person(
    api: httpx.AsyncClient, bearer: Bearer, caplog: pytest.LogCaptureFixture
) -> None:
    headers = await bearer(Role.CALL_TAKER)
    with caplog.at_level(logging.DEBUG):
        await api.post("/api/reports", json={"words": "rahasia", "number": "081344556642"}, headers=headers)
        await api.get("/api/places?q=rahasia", headers=headers)
        await api.get("/api/incidents/rahasia", headers=headers)
    ours = [record for record in caplog.records if record.name.startswith("tanggap")]
    lines = [getattr(record, FIELDS) for record in ours if record.name == "tanggap.web"]
    said = "".join(f"{record.getMessage()} {record.__dict__}" for record in ours)
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("POST", "/api/reports", 201),
        ("GET", "/api/places", 200),
        ("GET", "/api/incidents/{incident_id}", 404),
    ]
    assert "rahasia" not in said
    assert not tells_number(said)
