"""How long the figures take: months and years of Jakarta's volume, and of ten years of Kendari's."""

import asyncio
import contextlib
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import asyncpg
import msgspec

from benchmarks.figure import Figure, against, percentile, say, show
from benchmarks.figures_load import Volume, load
from tanggap.city.pack import pack_folder, read_pack
from tanggap.city.service import catalogue as read_catalogue
from tanggap.city.service import load_pack
from tanggap.evaluation.facts import keeping
from tanggap.evaluation.figures import By
from tanggap.evaluation.model import Period
from tanggap.evaluation.service import groups, performance
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database
from tanggap.platform.migrate import migrate
from tanggap.platform.postgres import EmbeddedPostgres

JAKARTA = Volume("jakarta", 1, 640_000, 10)
KENDARI = Volume("kendari", 10, 520_000, 15)
VISITS = 12
#: One index, one period: what counting costs at the least.
REFERENCE = "SELECT count(*) FROM call WHERE city = $1 AND rang_at >= $2 AND rang_at < $3"
GOALS = {"month": 300.0, "year": 1000.0}


async def measure(share: float = 1.0, tell: Callable[[list[Figure]], object] = list) -> list[Figure]:
    """Fill, keep, and look at months and years; with a `share` of the calls, for a look that does not take long."""
    folder = Path(tempfile.mkdtemp(prefix="tanggap-figures-"))
    server = EmbeddedPostgres(folder / "postgres", extra={"fsync": "off"})
    await server.start()
    try:
        await migrate(server.dsn)
        db = await Database.open(server.dsn, max_size=4)
        found = []
        for volume in (JAKARTA, KENDARI):
            some = await _city(db, server.dsn, msgspec.structs.replace(volume, calls=round(volume.calls * share)))
            tell(some)
            found += some
        await db.close()
        return found
    finally:
        await server.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def _city(db: Database, dsn: str, volume: Volume) -> list[Figure]:
    pack = read_pack(pack_folder("kendari"))
    pack = msgspec.structs.replace(pack, city=msgspec.structs.replace(pack.city, code=volume.city))
    zone, now = ZoneInfo(pack.city.timezone), utcnow()
    since = now - timedelta(days=365 * volume.years)
    async with db.transaction(volume.city) as tx:
        await load_pack(tx, pack, now)
    await load(dsn, volume, since)
    await _vacuum(dsn)
    began, steps = time.perf_counter(), 1
    while True:
        async with db.transaction(volume.city) as tx:
            if not await keeping.keep_days(tx, volume.city, zone, now):
                break
        steps += 1
    keeping_s = time.perf_counter() - began
    await _vacuum(dsn)
    found = [await _looks(db, volume, zone, name, days, since, now) for name, days in (("month", 31), ("year", 365))]
    reference = await _looks(db, volume, zone, "a month from the views", 31, since, now, kept=False)
    return [*[one for some in found for one in some], *reference, _kept_in(volume, keeping_s, steps)]


def _kept_in(volume: Volume, seconds: float, steps: int) -> Figure:
    return against(
        f"{volume.city}: keeping a month of days",
        seconds / steps,
        "s",
        "the worker looks every",
        15.0,
        "< 15 s",
        seconds / steps < 15,
    )


async def _vacuum(dsn: str) -> None:
    conn = await asyncpg.connect(dsn, command_timeout=600)
    await conn.execute("VACUUM ANALYZE")
    await conn.close()


async def _looks(
    db: Database, volume: Volume, zone: ZoneInfo, name: str, days: int, since: datetime, now: datetime, *, kept: bool = True
) -> list[Figure]:
    latest = max(1, 365 * volume.years - days - 1)
    first = since.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    starts = [first + timedelta(days=1 + n * latest // VISITS) for n in range(VISITS)]
    periods = [Period("", start, start + timedelta(days=days)) for start in starts]  # whole days of the city, as on the pages
    found = []
    with contextlib.suppress(_Undo):
        async with db.transaction(volume.city) as tx:
            if not kept:
                await tx.execute("DELETE FROM kept_days WHERE city = $1", volume.city)
            catalogue = await read_catalogue(tx)

            async def count(period: Period) -> None:
                await tx.fetchval(REFERENCE, volume.city, period.start, period.end)

            async def view(period: Period) -> None:
                await performance(tx, catalogue, period, now=now)

            async def by_area(period: Period) -> None:
                await groups(tx, catalogue, period, By.AREA, now=now)

            reference = await _p95_ms(count, periods)
            goal = GOALS.get(name)
            for said, asked in ((name, view), (f"{name} by kelurahan", by_area)) if kept else ((name, view),):
                ms = await _p95_ms(asked, periods)
                words = f"p95 < {goal:g} ms" if goal else "for comparison"
                title, against_what = f"{volume.city}: {said}, p95", "count(*) of the same calls, p95 ms"
                found.append(against(title, ms, "ms", against_what, reference, words, not goal or ms < goal))
            raise _Undo
    return found


class _Undo(Exception):  # noqa: N818 - nothing is wrong: what was changed for measuring goes back
    """Roll the transaction back."""


async def _p95_ms(ask: Callable[[Period], Awaitable[None]], periods: list[Period]) -> float:
    await ask(periods[0])
    spent = []
    for period in periods:
        began = time.perf_counter()
        await ask(period)
        spent.append(1000 * (time.perf_counter() - began))
    return percentile(spent, 0.95)


if __name__ == "__main__":
    show(asyncio.run(measure(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0, say)))
