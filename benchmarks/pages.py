"""Server time of every page with 1,000,000 reports and 100,000 incidents loaded."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self
from urllib.parse import urlencode

import asyncpg

from benchmarks.figure import Figure, against, percentile, tell
from benchmarks.http import Http
from benchmarks.installation import Installation, installed
from benchmarks.load import load
from tanggap.people import service as people
from tanggap.people.model import Role
from tanggap.platform.clock import utcnow
from tanggap.platform.supervisor import database_dsn

VISITS = 40
PASSWORD = "a long password for measuring only"

TEAM = (Role.CALL_TAKER, Role.SUPERVISOR, Role.COORDINATOR, Role.AUDITOR, Role.ADMINISTRATOR)
CREW = (Role.AGENCY, Role.FIELD)

#: Who opens what: the 112 team, and an agency.
PAGES: dict[tuple[Role, ...], tuple[str, ...]] = {
    TEAM: (
        "/konsol", "/konsol/{report}", "/pengawas", "/pengawas/{incident}", "/koordinator", "/koordinator?periode=today",
        "/dinding", "/admin", "/admin/sesi", "/admin/sistem", "/audit", "/lapor", "/api/reports", "/api/incidents",
        "/api/incidents.geojson", "/api/assignments",
    ),
    CREW: ("/instansi", "/instansi/{assignment}", "/lapangan", "/api/incidents", "/api/assignments"),
}  # fmt: skip
AGENCY = "bpbd"


class Visitor:
    """A person who is signed in, by the cookie of a real session."""

    def __init__(self, http: Http, cookie: str) -> None:
        self._http = http
        self._cookie = f"cookie: {cookie}\r\n"

    @classmethod
    @asynccontextmanager
    async def signed_in(cls, house: Installation, roles: tuple[Role, ...] = TEAM) -> AsyncIterator[Self]:
        """Make a person with these roles, and sign in through the page."""
        login = f"bench{time.time_ns()}"
        city = house.settings.city
        agency = AGENCY if Role.AGENCY in roles else None
        db = await house.database()
        async with db.transaction(city) as tx:
            person, _ = await people.add_person(tx, city, login, "Bench", roles, agency, None, utcnow(), password=PASSWORD)
            await tx.execute("UPDATE person SET must_change_password = false WHERE city = $1 AND id = $2", city, person.id)
        await db.close()
        async with Http(house.settings.port) as http:
            yield cls(http, await _sign_in(house.settings.port, login))

    async def open(self, path: str) -> bytes:
        """The body of a page that must answer 200."""
        status, body = await self._http.get(path, self._cookie)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}: {body[:200]!r}")
        return body

    async def server_ms(self, path: str) -> float:
        """Milliseconds from the request to the last byte, on loopback."""
        began = time.perf_counter()
        await self.open(path)
        return 1000 * (time.perf_counter() - began)


async def _sign_in(port: int, login: str) -> str:
    """The cookies that a sign-in through the form leaves."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    origin = f"http://127.0.0.1:{port}"
    writer.write(f"GET /masuk HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\r\n".encode())
    page = (await reader.read()).decode("latin-1")
    cookies = dict(re.findall(r"(?im)^set-cookie: ([^=]+)=([^;\r]*)", page))
    token = re.search(r'name="_csrf_token"[^>]*value="([^"]+)"', page)
    body = urlencode({"nama": login, "sandi": PASSWORD, "_csrf_token": token.group(1) if token else ""})
    jar = "; ".join(f"{name}={value}" for name, value in cookies.items())
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"POST /masuk HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\norigin: {origin}\r\ncookie: {jar}\r\nconnection: close\r\n"
        f"content-type: application/x-www-form-urlencoded\r\ncontent-length: {len(body)}\r\n\r\n{body}".encode()
    )
    answer = (await reader.read()).decode("latin-1")
    cookies |= dict(re.findall(r"(?im)^set-cookie: ([^=]+)=([^;\r]*)", answer))
    if "tanggap_session" not in cookies:
        raise RuntimeError(f"no session after signing in: {answer[:300]}")
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


async def measure() -> list[Figure]:
    """Load, then visit every page one after another; each page's p95 beside a trivial query's."""
    figures = []
    async with installed() as (house, _):
        dsn = database_dsn(house.settings)
        await load(dsn, house.settings.city)
        reference = await _trivial_ms(dsn)
        named = await _names(dsn, house.settings.city)
        for roles, pages in PAGES.items():
            async with Visitor.signed_in(house, roles) as visitor:
                for page in pages:
                    path = page.format(**named)
                    await visitor.open(path)
                    slow = percentile([await visitor.server_ms(path) for _ in range(VISITS)], 0.95)
                    name = f"page_p95 {page}{' (agency)' if roles is CREW else ''}"
                    figures.append(against(name, slow, "ms", "one SELECT of one row, p95 ms", reference, "< 80 ms", slow < 80))
    return figures


async def _names(dsn: str, city: str) -> dict[str, str]:
    """A report, an incident and an assignment to open."""
    conn = await asyncpg.connect(dsn)
    await conn.execute("SELECT set_config('tanggap.city', $1, false)", city)
    waiting = await conn.fetchval("SELECT id FROM report WHERE city = $1 AND state = 'waiting' LIMIT 1", city)
    incident = await conn.fetchval("SELECT id FROM incident WHERE city = $1 AND state = 'assigned' LIMIT 1", city)
    task = await conn.fetchval(
        "SELECT id FROM assignment WHERE city = $1 AND agency = $2 AND state = 'acknowledged' LIMIT 1", city, AGENCY
    )
    await conn.close()
    return {"report": str(waiting), "incident": str(incident), "assignment": str(task)}


async def _trivial_ms(dsn: str) -> float:
    conn = await asyncpg.connect(dsn)
    times = []
    for _ in range(VISITS):
        began = time.perf_counter()
        await conn.fetchval("SELECT city FROM city LIMIT 1")
        times.append(1000 * (time.perf_counter() - began))
    await conn.close()
    return percentile(times, 0.95)


if __name__ == "__main__":
    tell(asyncio.run(measure()))
