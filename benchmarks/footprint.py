"""Memory at idle, the time of a later start, and what a console loads before it takes a report."""

import asyncio
import gzip
import re
import time

from benchmarks.figure import Figure, against, tell
from benchmarks.http import Http
from benchmarks.installation import Installation, installed, pss_mb
from benchmarks.pages import Visitor

REST_S = 5


async def _weight(visitor: Visitor, page: str) -> tuple[int, int]:
    """Bytes of a page and of what it names, compressed and not, without the map that arrives behind it."""
    body = await visitor.open(page)
    packed, plain = len(gzip.compress(body)), len(body)
    found = set(re.findall(r'(?:src|href)="(/static/[^"]+\.(?:js|mjs|css|svg)[^"]*)"', body.decode()))
    waiting, seen = list(found), set(found)
    while waiting:
        path = waiting.pop()
        content = await visitor.open(path.split("#")[0])
        packed += len(gzip.compress(content))
        plain += len(content)
        base = path.rsplit("/", 1)[0]
        for name in re.findall(
            r'(?:from|^import|@import)\s*(?:url\()?["\'](\.{1,2}/[^"\']+|/static/[^"\']+)["\']', content.decode(), re.M
        ):
            target = name if name.startswith("/") else f"{base}/{name.removeprefix('./')}"
            if target not in seen and "maplibre" not in target:
                seen.add(target)
                waiting.append(target)
    return packed, plain


async def _restart_s(house: Installation) -> float:
    await house.stop()
    began = time.perf_counter()
    await house.start()
    return time.perf_counter() - began


async def measure() -> list[Figure]:
    """All of it on one installation."""
    async with installed() as (house, token):
        start = await _restart_s(house)
        async with Http(house.settings.port, token) as http:
            await http.get("/api/reports")
        await asyncio.sleep(REST_S)
        found = house.processes()
        web, postgres = pss_mb(found["web"]), pss_mb(found["postgres"])
        async with Visitor.signed_in(house) as visitor:
            packed, plain = await _weight(visitor, "/konsol")
    return [
        against("start_later", start, "s", "goal, s", 3.0, "< 3 s", start < 3),
        against("memory_web", web, "MB PSS", "goal, MB", 150, "≤ 150 MB", web <= 150),
        against("memory_postgres", postgres, "MB PSS", "goal, MB", 100, "≤ 100 MB", postgres <= 100),
        against("console_payload", packed / 1000, "kB gzip", "uncompressed, kB", plain / 1000, "≤ 150 kB", packed <= 150_000),
    ]


if __name__ == "__main__":
    tell(asyncio.run(measure()))
