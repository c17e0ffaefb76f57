"""The tiles of the base map are served in parts, under a tag of their content, and a new map needs no restart."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from tanggap.location.basemap.build import map_file
from tanggap.web.house import House
from tests.integration.location.tiny_map import tiny_map

TILES = "/peta/kota.pmtiles"
MANY = """
    insert into place (city, code, kind, name, lat, lon, uncertainty_m, owner, provenance, source)
    select $1, 'x-' || n, 'school', 'SD Uji ' || n, -3.98, 122.52, 10, 'city', 'proposed', '' from generate_series(1, 500) n
    union all select $1, 'said', 'hospital', 'rumah sakit dekat rumah Bu Siti', -3.98, 122.52, 10, 'learned', 'proposed', ''
"""


def content(file: Path) -> bytes:
    return file.read_bytes()


@pytest.fixture
def file(house: House) -> Path:
    """A map in force."""
    path = map_file(house.settings.home, house.city)
    path.parent.mkdir(parents=True)
    path.write_bytes(tiny_map(tiles=bytes(range(256)) * 4))
    return path


async def test_a_browser_reads_the_parts_it_needs(api: httpx.AsyncClient, file: Path) -> None:
    whole = content(file)
    size = len(whole)
    for said, first, last in [
        ("0-126", 0, 126),
        ("100-", 100, size - 1),
        ("-16", size - 16, size - 1),
        ("5-999999", 5, size - 1),
    ]:
        answer = await api.get(TILES, headers={"range": f"bytes={said}"})
        assert (answer.status_code, answer.content) == (206, whole[first : last + 1]), said
        assert answer.headers["content-range"] == f"bytes {first}-{last}/{size}"
        assert answer.headers["content-length"] == str(last - first + 1)
        assert "content-encoding" not in answer.headers
    for said in ("bytes=9-5", "bytes=0-1,5-6", "lines=1-2", "bytes=-"):
        answer = await api.get(TILES, headers={"range": said})
        assert (answer.status_code, answer.content) == (200, whole), said
    for said in ("bytes=999999-", "bytes=-0"):
        answer = await api.get(TILES, headers={"range": said})
        assert (answer.status_code, answer.content, answer.headers["content-range"]) == (416, b"", f"bytes */{size}"), said


async def test_parts_of_two_versions_are_never_mixed(api: httpx.AsyncClient, file: Path) -> None:
    tag = (await api.head(TILES)).headers["etag"]
    part = {"range": "bytes=0-9"}
    assert (await api.get(TILES, headers=part | {"if-range": tag})).status_code == 206
    assert (await api.get(TILES, headers=part | {"if-range": '"another"'})).status_code == 200
    assert (await api.get(TILES, headers=part | {"if-none-match": tag})).status_code == 304
    new = file.with_name("new")
    new.write_bytes(tiny_map(tiles=b"another city by night"))
    new.replace(file)
    answer = await api.get(TILES, headers=part | {"if-range": tag})
    assert (answer.status_code, answer.content) == (200, content(file))
    assert answer.headers["etag"] != tag


async def test_head_says_what_get_would_send(api: httpx.AsyncClient, file: Path) -> None:
    answer = await api.head(TILES)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(content(file)))
    assert (answer.headers["accept-ranges"], answer.headers["content-type"]) == ("bytes", "application/vnd.pmtiles")


async def test_the_page_is_told_what_there_is(api: httpx.AsyncClient, house: House) -> None:
    assert (await api.get("/peta/gaya.json")).json()["tiles"] is None
    assert (await api.get(TILES)).status_code == 404
    path = map_file(house.settings.home, house.city)
    path.parent.mkdir(parents=True)
    path.write_bytes(tiny_map(layers=("roads", "water"), attribution='<a href="https://x.example">© Kota</a> &amp; warga'))
    told = (await api.get("/peta/gaya.json")).json()
    assert (told["layers"], told["credit"]) == (["roads", "water"], "© Kota & warga")
    kept = await api.get(told["tiles"])
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (await api.get(f"{TILES}?v=0")).headers["cache-control"] == "no-cache"
    path.write_bytes(b"no map any more")
    assert (await api.get("/peta/gaya.json")).json()["tiles"] is None
    assert (await api.get(TILES)).status_code == 404


async def test_whoever_reads_an_old_map_reads_it_to_its_end(address: str, house: House) -> None:
    path = map_file(house.settings.home, house.city)
    path.parent.mkdir(parents=True)
    old = tiny_map(tiles=b"old" * 3_000_000)
    path.write_bytes(old)
    async with _reading(address) as parts:
        first = await anext(parts)
        new = path.with_name("new")
        new.write_bytes(tiny_map(tiles=b"new"))
        await asyncio.to_thread(new.replace, path)
        assert first + b"".join([part async for part in parts]) == old


@asynccontextmanager
async def _reading(address: str) -> AsyncIterator[AsyncIterator[bytes]]:
    async with httpx.AsyncClient() as client, client.stream("GET", f"{address}{TILES}") as answer:
        yield answer.aiter_raw()


async def test_important_places_are_few_and_name_no_callers_words(api: httpx.AsyncClient, house: House) -> None:
    async with house.db.transaction(house.city) as tx:
        await tx.execute(MANY, house.city)
    answer = await api.get("/api/places.geojson")
    names = [one["properties"]["name"] for one in answer.json()["features"]]
    assert len(names) == 400
    assert "rumah sakit dekat rumah Bu Siti" not in names
    assert any("RSU" in name for name in names)
