"""`make chaos`: kill server, worker, PostgreSQL or the supervisor at random moments under load, and count what was promised.

Every report that was acknowledged must be there afterwards, once; every assignment that was acknowledged must say so; every
timeline must still hash to what was written.
"""

import asyncio
import contextlib
import os
import random
import signal
import sys
import time
from collections import Counter
from uuid import UUID, uuid4

import msgspec
from rich.progress import Progress

from benchmarks.http import Http
from benchmarks.installation import Installation, installed
from tanggap.city.service import catalogue
from tanggap.incident.timeline.store import broken_chains
from tanggap.people import machines
from tanggap.people.model import Role
from tanggap.platform.clock import utcnow

WRITERS = 6
VICTIMS = ("web", "web", "worker", "postgres", "postgres", "supervisor")
#: Most kills wait until work is under way again; the others come in the middle of a recovery.
WAITING = 0.75
#: Then seconds until the kill, drawn from this range.
PAUSE_S = (0.0, 1.0)
#: Nothing may take longer than this to come back, on a busy machine too.
COMES_BACK_S = 60
#: A sender waits this long before it sends again, seconds.
PATIENCE_S = 0.05
TWO_REPORTS = "one key, two reports"


class Promises(msgspec.Struct):
    """What the house said yes to."""

    reports: dict[str, str] = {}  # the sender's key → the report that was promised for it
    incidents: dict[str, str] = {}  # a report → the incident that it was handed over as
    acknowledged: set[str] = set()  # assignments whose acknowledgement was answered with success
    refused: Counter[str] = msgspec.field(default_factory=Counter)  # what was answered otherwise
    news: asyncio.Event = msgspec.field(default_factory=asyncio.Event)  # a report was just promised

    def remember(self, key: str, stored: dict[str, str]) -> None:
        """Keep what was answered to a report; an answer that contradicts an earlier one is counted."""
        if self.reports.setdefault(key, stored["report"]) != stored["report"]:
            self.refused[TWO_REPORTS] += 1
        if stored["incident"]:
            self.incidents[stored["report"]] = stored["incident"]
        self.news.set()


async def agency_tokens(house: Installation) -> dict[str, str]:
    """For each agency of the city, by its code, the token with which it answers."""
    city, now = house.settings.city, utcnow()
    db = await house.database()
    async with db.transaction(city) as tx:
        issued = {
            agency.code: await machines.issue_token(tx, city, f"chaos {agency.code}", Role.AGENCY, agency.code, None, None, now)
            for agency in (await catalogue(tx)).agencies
        }
    await db.close()
    return {code: secret for code, (_, secret) in issued.items()}


async def write(port: int, token: str, agencies: dict[str, str], promises: Promises, stop: asyncio.Event) -> None:
    """Send reports with their hand-over, acknowledge for the agencies; send again whatever was not answered."""
    key, body = "", _report()
    while not stop.is_set():
        with contextlib.suppress(OSError, EOFError):
            async with Http(port) as http:
                while not stop.is_set():
                    key = key or uuid4().hex
                    status, answer = await http.post("/api/reports", body, f"{_bearer(token)}idempotency-key: {key}\r\n")
                    if status in (200, 201):
                        stored = msgspec.json.decode(answer)
                        promises.remember(key, stored)
                        key = ""
                        await _acknowledge(http, stored["incident"], token, agencies, promises)
                    else:
                        promises.refused[str(status)] += 1
                        await asyncio.sleep(PATIENCE_S)
        await asyncio.sleep(PATIENCE_S)


def _report() -> dict[str, object]:
    return {"channel": "api", "words": "pohon tumbang", "address": "wua wua", "category": "fallen_tree", "hand_over": True}


def _bearer(token: str) -> str:
    return f"authorization: Bearer {token}\r\n"


async def _acknowledge(http: Http, incident: str | None, token: str, agencies: dict[str, str], promises: Promises) -> None:
    """Say «ours» for every agency that was asked."""
    if incident is None:
        promises.refused["stored, not handed over"] += 1
        return
    status, answer = await http.get(f"/api/incidents/{incident}", _bearer(token))
    for assignment in msgspec.json.decode(answer)["assignments"] if status == 200 else ():
        path = f"/api/assignments/{assignment['id']}/acknowledge"
        status, _ = await http.post(path, {}, _bearer(agencies[assignment["agency"]]))
        if status == 200:
            promises.acknowledged.add(assignment["id"])
        else:
            promises.refused[f"acknowledge {status}"] += 1


async def under_way(promises: Promises) -> None:
    """Wait until something is promised anew. Raises TimeoutError when the house does not come back."""
    promises.news.clear()
    async with asyncio.timeout(COMES_BACK_S):
        await promises.news.wait()


async def kill_one(house: Installation, chance: random.Random) -> str:
    """Kill one process with -9; start the house again when it was the supervisor."""
    alive = house.processes()
    victim = chance.choice([name for name in VICTIMS if name == "supervisor" or name in alive])
    if victim == "supervisor":
        if house.process.returncode is not None:
            raise RuntimeError(f"the supervisor ended by itself with {house.process.returncode}:\n{house.last_said()}")
        house.process.kill()
        await house.process.wait()
        await house.start()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.kill(alive[victim], signal.SIGKILL)
    return victim


async def verify(house: Installation, promises: Promises) -> list[str]:
    """What was promised and is not there, in sentences; empty when all is well."""
    city = house.settings.city
    db = await house.database()
    async with db.reading(city) as conn:
        rows = await conn.fetch("SELECT external_id, id, incident FROM report WHERE city = $1 AND external_id IS NOT NULL", city)
        beginnings = await conn.fetchval(
            """SELECT count(*) FROM report r WHERE city = $1 AND external_id IS NOT NULL AND 1 <>
               (SELECT count(*) FROM timeline t WHERE t.city = r.city AND t.report = r.id AND t.kind = 'received')""", city,
        )  # fmt: skip
        twice = await conn.fetchval(
            "SELECT count(*) FROM (SELECT FROM assignment WHERE city = $1 GROUP BY incident, agency HAVING count(*) > 1) o", city
        )
        answered = await conn.fetchval(
            "SELECT count(*) FROM assignment WHERE city = $1 AND acknowledged_at IS NOT NULL AND id = ANY($2)",
            city, [UUID(one) for one in promises.acknowledged],
        )  # fmt: skip
        broken = await broken_chains(conn, city)
    await db.close()
    there = {row["external_id"].rpartition(":")[2]: str(row["id"]) for row in rows}
    handed_over = {str(row["id"]): str(row["incident"]) for row in rows}
    counted = {
        "acknowledged reports are not there": sum(there.get(key) != report for key, report in promises.reports.items()),
        "reports are there twice": len(rows) - len(there),
        "reports without exactly one first entry": beginnings,
        "reports are not handed over, though that was answered": sum(
            handed_over.get(report) != incident for report, incident in promises.incidents.items()
        ),
        "agencies were asked twice for one incident": twice,
        "acknowledged assignments do not say so": len(promises.acknowledged) - answered,
        "timelines do not hash to what was written": len(broken),
        "times a sender's key was answered with two reports": promises.refused[TWO_REPORTS],
    }
    return [f"{number} {sentence}" for sentence, number in counted.items() if number]


async def run(kills: int, seed: int) -> int:
    """Kill `kills` times, then verify. Returns the number of faults."""
    chance = random.Random(seed)
    promises = Promises()
    died: Counter[str] = Counter()
    began = time.monotonic()
    async with installed() as (house, token):
        stop, agencies = asyncio.Event(), await agency_tokens(house)
        writers = [asyncio.create_task(write(house.settings.port, token, agencies, promises, stop)) for _ in range(WRITERS)]
        with Progress(disable=not sys.stdout.isatty()) as progress:
            task = progress.add_task("killing", total=kills)
            for _ in range(kills):
                if chance.random() < WAITING:
                    await under_way(promises)
                await asyncio.sleep(chance.uniform(*PAUSE_S))
                died[await kill_one(house, chance)] += 1
                progress.update(task, advance=1, description=f"{len(promises.reports)} reports acknowledged")
        await house.ready()
        await under_way(promises)
        stop.set()
        await asyncio.gather(*writers)
        faults = await verify(house, promises)
    print(
        f"{sum(died.values())} kills {dict(died)} in {time.monotonic() - began:.0f} s: {len(promises.reports)} reports and "
        f"{len(promises.acknowledged)} assignments acknowledged; answered otherwise: {dict(promises.refused)}"
    )
    for fault in faults:
        print(f"FAULT: {fault}")
    if not faults:
        print("nothing that was acknowledged is missing or doubled")
    return len(faults)


def main() -> None:
    """`python -m benchmarks.chaos [kills] [seed]`."""
    kills, seed = (list(map(int, sys.argv[1:])) + [200, 112][len(sys.argv) - 1 :])[:2]
    sys.exit(asyncio.run(run(kills, seed)) > 0)


if __name__ == "__main__":
    main()
