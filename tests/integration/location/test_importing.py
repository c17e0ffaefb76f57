"""`tanggap import places` takes a file whole or not at all, and says what it did."""

import asyncio
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from click.testing import CliRunner, Result

from benchmarks.made_up_osm import write_extract
from tanggap.city.pack import pack_folder, read_pack
from tanggap.city.service import load_pack
from tanggap.commands.imports import command
from tanggap.location.gazetteer import Gazetteer
from tanggap.platform.database import Database
from tanggap.platform.secrets import Keyring
from tanggap.platform.settings import Settings
from tanggap.scene import read_scene

CITY = "kendari"
HEADER = "id,nama,jenis,lat,lon,alias\n"
MARKET = "1,Pasar Gembira,pasar,-3.985,122.515,Pasar Ria\n"
CAFE = "2,Kafe Kita,kafe,-3.986,122.516,\n"
STREET = "3,Jl. Merak,jalan,-3.987,122.517,\n"


@pytest.fixture
def city(dsn: str) -> str:
    async def load() -> None:
        db = await Database.open(dsn, min_size=0, max_size=1)
        async with db.transaction(CITY) as tx:
            await load_pack(tx, read_pack(pack_folder(CITY)), datetime.now(UTC))
        await db.close()

    asyncio.run(load())
    return dsn


def query(dsn: str, sql: str) -> list[Any]:
    """As the owner of the tables, who sees every city."""

    async def ask() -> list[Any]:
        connection = await asyncpg.connect(dsn)
        rows = await connection.fetch(sql)
        await connection.close()
        return [tuple(row) for row in rows]

    return asyncio.run(ask())


#: The session that is writing places.
WRITING = "select from pg_stat_activity where query ilike '%into place%' and pid <> pg_backend_pid()"


async def until(connection: asyncpg.Connection, question: str) -> None:
    """Ask until the answer is yes."""
    async with asyncio.timeout(60):
        while not await connection.fetchval(question):  # noqa: ASYNC110 - the database is asked
            await asyncio.sleep(0.02)


def in_force(dsn: str) -> list[str]:
    rows = query(dsn, "select name from place where dataset <> '' and active order by code")
    return [name for (name,) in rows]


def version(dsn: str) -> int:
    return int(query(dsn, "select places_version from city")[0][0])


def gazetteer(dsn: str, settings: Settings) -> Gazetteer:
    async def read() -> Gazetteer:
        db = await Database.open(dsn, min_size=0, max_size=1)
        async with db.reading(CITY) as conn:
            scene = await read_scene(conn, Keyring.load(settings.secret_file))
        await db.close()
        return scene.gazetteer

    return asyncio.run(read())


def environment(dsn: str, folder: Path) -> dict[str, str]:
    return {"TANGGAP_DATABASE_URL": dsn, "TANGGAP_HOME": str(folder / "home"), "COLUMNS": "200"}


def run(dsn: str, folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(command, ["places", *arguments], env=environment(dsn, folder))


def places_file(folder: Path, *lines: str) -> str:
    path = folder / "kota.csv"
    path.write_text(HEADER + "".join(lines))
    return str(path)


def test_a_dry_run_changes_nothing_and_an_import_does_what_it_said(city: str, tmp_path: Path, settings: Settings) -> None:
    file = places_file(tmp_path, MARKET, CAFE)
    before = version(city)
    said = run(city, tmp_path, file, "--dry-run")
    assert said.exit_code == 0, said.output
    assert "2 lines (CSV, utf-8): 2 would be added" in said.output
    assert (in_force(city), version(city)) == ([], before)
    assert query(city, "select * from place_import") == []
    said = run(city, tmp_path, file, "--licence", "CC-BY 4.0", "--source", "Dinas Pasar")
    assert said.exit_code == 0, said.output
    assert "2 added" in said.output
    entry = gazetteer(city, settings).entry("kota:1")
    assert entry is not None
    assert (entry.name, entry.kind, entry.names, entry.licence, entry.source) == (
        "Pasar Gembira", "market", ("Pasar Ria",), "CC-BY 4.0", "Dinas Pasar",
    )  # fmt: skip
    assert entry.area is not None
    assert query(city, "select dataset, file_name, added, refused from place_import") == [("kota", "kota.csv", 2, 0)]


def test_the_same_file_again_writes_nothing_and_a_newer_one_changes_adds_and_retires(city: str, tmp_path: Path) -> None:
    run(city, tmp_path, places_file(tmp_path, MARKET, CAFE))
    before = version(city)
    said = run(city, tmp_path, places_file(tmp_path, MARKET, CAFE))
    assert "0 added, 0 changed, 2 as before, 0 retired" in said.output
    assert version(city) == before
    said = run(city, tmp_path, places_file(tmp_path, MARKET.replace("Ria", "Suka"), STREET))
    assert "1 added, 1 changed, 0 as before, 1 retired" in said.output
    assert in_force(city) == ["Pasar Gembira", "Jl. Merak"]
    assert query(city, "select count(*) from place where dataset = 'kota'") == [(3,)], "nothing is deleted"
    said = run(city, tmp_path, places_file(tmp_path, MARKET, CAFE))
    assert in_force(city) == ["Pasar Gembira", "Kafe Kita"]


def test_other_data_sets_are_left_alone(city: str, tmp_path: Path) -> None:
    run(city, tmp_path, places_file(tmp_path, MARKET), "--dataset", "pasar")
    run(city, tmp_path, places_file(tmp_path, CAFE), "--dataset", "kafe")
    assert in_force(city) == ["Kafe Kita", "Pasar Gembira"]


def test_bad_rows_are_refused_by_line_and_the_others_are_taken(city: str, tmp_path: Path) -> None:
    run(city, tmp_path, places_file(tmp_path, MARKET, CAFE))
    said = run(city, tmp_path, places_file(tmp_path, "1,,pasar,-3.985,122.515,\n", CAFE, "4,Jauh,toko,-6.2,106.8,\n", STREET))
    assert said.exit_code == 1
    assert "refused   line 2: it has no name" in said.output
    assert "refused   line 4 Jauh: it lies" in said.output
    assert in_force(city) == ["Pasar Gembira", "Kafe Kita", "Jl. Merak"], "a line that went bad does not retire its place"
    assert query(city, "select refused, refusals -> 0 ->> 2 from place_import order by at desc limit 1") == [
        (2, "it has no name")
    ]


def test_what_the_pack_has_gets_another_name_and_keeps_its_own(city: str, tmp_path: Path, settings: Settings) -> None:
    ((code, name, lat, lon, kind),) = query(
        city, "select code, name, lat, lon, kind from place where owner = 'pack' and kind = 'hospital' order by code limit 1"
    )
    file = places_file(tmp_path, f"9,{name},{kind},{lat + 0.0002},{lon},Sakit Sehat\n")
    said = run(city, tmp_path, file)
    assert "1 only add names to places that are there" in said.output
    found = gazetteer(city, settings)
    entry = found.entry(code)
    assert entry is not None
    assert "Sakit Sehat" in entry.names
    assert found.entry("kota:9") is None
    run(city, tmp_path, places_file(tmp_path, MARKET))
    entry = gazetteer(city, settings).entry(code)
    assert entry is not None
    assert "Sakit Sehat" not in entry.names


def test_a_file_that_lacks_most_of_its_data_set_is_asked_about(city: str, tmp_path: Path) -> None:
    many = [f"{n},Toko Nomor {n},toko,{-3.99 + n / 3000:.6f},122.5,\n" for n in range(1, 41)]
    assert run(city, tmp_path, places_file(tmp_path, *many)).exit_code == 0
    said = run(city, tmp_path, places_file(tmp_path, *many[:3]))
    assert said.exit_code == 1
    assert "lacks 37 of the 40 places of «kota»" in said.output
    assert len(in_force(city)) == 40
    assert run(city, tmp_path, places_file(tmp_path, *many[:3]), "--replace").exit_code == 0
    assert len(in_force(city)) == 3


@pytest.mark.parametrize("name", ["kota.zip", "kota.osm.pbf", "kota.geojson", "Ä Ä.csv"])
def test_what_cannot_be_read_is_one_sentence(city: str, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\x00nothing")
    said = run(city, tmp_path, str(tmp_path / name))
    assert (said.exit_code, said.output.count("\n")) == (1, 1), said.output


def test_an_openstreetmap_extract_is_taken_and_again_changes_nothing(city: str, tmp_path: Path, settings: Settings) -> None:
    file = tmp_path / "kota.osm.pbf"
    write_extract(file, 1_500)
    said = run(city, tmp_path, str(file))
    assert said.exit_code == 0, said.output
    kinds = dict(query(city, "select kind, count(*) from place where dataset = 'kota' group by kind"))
    assert {"cafe", "mosque", "school", "street", "housing", "river", "campus", "bus_route"} <= kinds.keys()
    assert query(city, "select distinct licence from place where dataset = 'kota'") == [("ODbL 1.0",)]
    assert query(city, "select count(*) from place where kind = 'street' and dataset = 'kota' and geometry is null") == [(0,)]
    again = run(city, tmp_path, str(file))
    assert "0 added, 0 changed" in again.output
    assert "0 retired" in again.output


def test_an_import_that_is_killed_leaves_nothing_and_a_repeat_completes(city: str, tmp_path: Path) -> None:
    file = tmp_path / "kota.osm.pbf"
    write_extract(file, 3_000)
    before = query(city, "select code, seq from place order by code"), version(city)

    async def killed_while_writing() -> None:
        holder = await asyncpg.connect(city)
        watcher = await asyncpg.connect(city)
        held = holder.transaction()
        await held.start()
        await holder.execute("update city set zoom = zoom")  # places cannot be written while this is not committed
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tanggap", "import", "places", str(file),
            env=os.environ | environment(city, tmp_path), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        await until(watcher, f"select exists ({WRITING} and wait_event_type = 'Lock')")
        assert process.returncode is None, "it waits in the middle of its transaction"
        process.kill()
        await process.wait()
        await held.rollback()
        await until(watcher, f"select not exists ({WRITING})")
        await holder.close()
        await watcher.close()

    asyncio.run(killed_while_writing())
    assert (query(city, "select code, seq from place order by code"), version(city)) == before
    assert query(city, "select * from place_import") == []
    said = run(city, tmp_path, str(file))
    assert said.exit_code == 0, said.output
    assert len(in_force(city)) > 2_000


def test_the_log_of_imports_and_places_cannot_be_deleted(city: str) -> None:
    async def try_it() -> None:
        db = await Database.open(city, min_size=0, max_size=1)
        async with db.reading(CITY) as conn:
            for statement in ("delete from place", "delete from place_import", "update place_import set added = 0"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await conn.execute(statement)
        await db.close()

    asyncio.run(try_it())


def test_json_that_a_city_brings_is_taken_too(city: str, tmp_path: Path) -> None:
    shape = {"type": "LineString", "coordinates": [[122.51, -3.985], [122.512, -3.985]]}
    features = [{"type": "Feature", "properties": {"NAMOBJ": "Jalan Kelinci", "jenis": "jalan"}, "geometry": shape}]
    file = tmp_path / "jalan.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    assert run(city, tmp_path, str(file)).exit_code == 0
    ((name, kind, geometry),) = query(city, "select name, kind, geometry ->> 'type' from place where dataset = 'jalan'")
    assert (name, kind, geometry) == ("Jalan Kelinci", "street", "LineString")
