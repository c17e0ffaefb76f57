"""An OpenStreetMap extract of 100,000 named objects taken into the gazetteer: killed in the middle, repeated, and served."""

import asyncio
import os
import signal
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import osmium

from benchmarks.figure import Figure, against, tell
from benchmarks.made_up_osm import write_extract
from tanggap.city.pack import pack_folder, read_pack
from tanggap.city.service import catalogue, load_pack
from tanggap.location.keeping.keeper import GazetteerKeeper
from tanggap.platform.database import Database
from tanggap.platform.migrate import migrate
from tanggap.platform.postgres import EmbeddedPostgres

CITY = "kendari"
OBJECTS = 100_000
KILL_AFTER_S = 8.0
#: Goals: an import that a person waits for; a start that loads instead of building; a new name in every process.
IMPORT_S, LOAD_S, SEEN_S = 120.0, 1.5, 2.0


async def measure(objects: int = OBJECTS) -> list[Figure]:
    """All of it on a database of its own, with fsync."""
    with tempfile.TemporaryDirectory(prefix="tanggap-bench-") as folder:
        home = Path(folder)
        extract = home / "kota.osm.pbf"
        write_extract(extract, objects)
        server = EmbeddedPostgres(home / "postgres")
        await server.start()
        try:
            await migrate(server.dsn)
            return await _measured(server.dsn, home, extract, objects)
        finally:
            await server.stop()


async def _measured(dsn: str, home: Path, extract: Path, objects: int) -> list[Figure]:
    db = await Database.open(dsn, min_size=0, max_size=2)
    async with db.transaction(CITY) as tx:
        await load_pack(tx, read_pack(pack_folder(CITY)), datetime.now(UTC))
        known = await catalogue(tx)
    killed = await _import(dsn, home, extract, kill=True)
    left = await _imported(dsn)
    took = await _import(dsn, home, extract)
    places = await _imported(dsn)
    again = await _import(dsn, home, extract)
    reading = _read_by_osmium(extract)
    started = time.perf_counter()
    first = GazetteerKeeper(db, home / "cache")
    await first.get(known)
    built = time.perf_counter() - started
    started = time.perf_counter()
    second = GazetteerKeeper(db, home / "cache")
    await second.get(known)
    loaded = time.perf_counter() - started
    seen = await _seen_s(db, first, second)
    await db.close()
    name = f"import_{objects // 1000}k"
    return [
        against(f"{name}_killed_left", left, "places", "killed after, s", killed, "0", left == 0),
        against(name, took, "s", "osmium alone, s", reading, f"≤ {IMPORT_S:g} s", took <= IMPORT_S and places > objects / 2),
        against(f"{name}_again", again, "s", "the first time, s", took, f"≤ {IMPORT_S:g} s", again <= IMPORT_S),
        against("gazetteer_built", built, "s", "loaded, s", loaded, "< 20 s", built < 20),
        against("gazetteer_loaded", loaded, "s", "built, s", built, f"< {LOAD_S:g} s", loaded < LOAD_S),
        against("new_name_seen", seen, "s", "goal, s", SEEN_S, f"≤ {SEEN_S:g} s", seen <= SEEN_S),
    ]


async def _import(dsn: str, home: Path, extract: Path, *, kill: bool = False) -> float:
    """Seconds that the command took, or lived."""
    started = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tanggap", "import", "places", str(extract),
        env=os.environ | {"TANGGAP_DATABASE_URL": dsn, "TANGGAP_HOME": str(home)}, stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    if kill:
        await asyncio.sleep(KILL_AFTER_S)
        process.send_signal(signal.SIGKILL)
    code = await process.wait()
    if not kill and code != 0:
        raise RuntimeError(f"the import ended with {code}")
    return time.perf_counter() - started


async def _imported(dsn: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        found: int = await connection.fetchval("select count(*) from place where owner = 'import'")
        return found
    finally:
        await connection.close()


def _read_by_osmium(extract: Path) -> float:
    """Seconds to read the file's named objects and make nothing of them."""
    started = time.perf_counter()
    for _ in osmium.FileProcessor(str(extract)).with_locations().with_filter(osmium.filter.KeyFilter("name")):
        pass
    return time.perf_counter() - started


async def _seen_s(db: Database, *keepers: GazetteerKeeper) -> float:
    """Seconds from a commit until every keeper, asked all the time as calls would, has the new name."""
    async with db.transaction(CITY) as tx:
        known = await catalogue(tx)
        await tx.execute(
            "insert into place (city, code, kind, name, lat, lon, uncertainty_m, provenance, owner)"
            " values ($1, 'bench-new', 'market', 'Pasar Subuh Baru', -3.98, 122.51, 50, 'sourced', 'city')",
            CITY,
        )
    started = time.perf_counter()
    waiting = list(keepers)
    while waiting:
        waiting = [keeper for keeper in waiting if (await keeper.get(known)).entry("bench-new") is None]
        await asyncio.sleep(0.02)
    return time.perf_counter() - started


if __name__ == "__main__":
    tell(asyncio.run(measure(*map(int, sys.argv[1:]))))
