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
from tanggap.incident.store import broken_chains

WRITERS = 6
VICTIMS = ("web", "web", "worker", "postgres", "postgres", "supervisor")
#: Seconds between a kill and the next, so that work is under way again: drawn from this range.
PAUSE_S = (0.3, 1.5)


class Promises(msgspec.Struct):
    """What the house said yes to."""

    reports: dict[str, str] = {}  # the sender's key → the report that was promised for it
    acknowledged: set[str] = set()  # assignments whose acknowledgement was answered with success
    refused: Counter[str] = Counter()  # what was answered otherwise, or not at all


async def write(house: Installation, token: str, promises: Promises, stop: asyncio.Event) -> None:
    """Send reports, hand them over, acknowledge for the agency; send again whatever was not answered."""
    unsure: list[tuple[str, dict[str, object]]] = []
    while not stop.is_set():
        with contextlib.suppress(OSError, EOFError):
            async with Http(house.settings.port, token) as http:
                while not stop.is_set():
                    key, body = unsure[-1] if unsure else (uuid4().hex, _report())
                    if not unsure:
                        unsure.append((key, body))
                    status, answer = await http.post("/api/reports", body, f"idempotency-key: {key}\r\n")
                    if status in (200, 201):
                        report = msgspec.json.decode(answer)["report"]
                        if promises.reports.setdefault(key, report) != report:
                            promises.refused["one key, two reports"] += 1
                        unsure.pop()
                        await _answer(http, report, promises)
                    else:
                        promises.refused[str(status)] += 1
                        await asyncio.sleep(0.05)
        await asyncio.sleep(0.05)


def _report() -> dict[str, object]:
    return {"channel": "api", "words": "pohon tumbang", "address": "wua wua", "category": "fallen_tree", "hand_over": True}


async def _answer(http: Http, report: str, promises: Promises) -> None:
    status, answer = await http.get(f"/api/reports/{report}")
    incident = msgspec.json.decode(answer).get("incident") if status == 200 else None
    if not incident:
        return
    status, answer = await http.get(f"/api/incidents/{incident}")
    for assignment in msgspec.json.decode(answer).get("assignments", ()) if status == 200 else ():
        status, _ = await http.post(f"/api/assignments/{assignment['id']}/acknowledge", {})
        if status in (200, 201):
            promises.acknowledged.add(assignment["id"])
        else:
            promises.refused[f"acknowledge {status}"] += 1


async def kill_one(house: Installation, chance: random.Random) -> str:
    """Kill one process with -9; start the house again when it was the supervisor."""
    victim = chance.choice(VICTIMS)
    if victim == "supervisor":
        house.process.kill()
        await house.process.wait()
        await house.start()
        return victim
    pid = house.processes().get(victim)
    if pid is None:
        return "nobody"
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return victim


async def verify(house: Installation, promises: Promises) -> list[str]:
    """What was promised and is not there, in sentences; empty when all is well."""
    city = house.settings.city
    db = await house.database()
    async with db.reading(city) as conn:
        rows = await conn.fetch("SELECT external_id, id FROM report WHERE city = $1 AND external_id IS NOT NULL", city)
        there = {row["external_id"]: str(row["id"]) for row in rows}
        entries = await conn.fetchval(
            """SELECT count(*) FROM report r WHERE city = $1 AND external_id IS NOT NULL AND 1 <>
               (SELECT count(*) FROM timeline t WHERE t.city = r.city AND t.report = r.id AND t.kind = 'received')""", city,
        )  # fmt: skip
        answered = await conn.fetch(
            "SELECT id FROM assignment WHERE city = $1 AND acknowledged_at IS NOT NULL AND id = ANY($2)",
            city, [UUID(one) for one in promises.acknowledged],
        )  # fmt: skip
        broken = await broken_chains(conn, city)
    await db.close()
    lost = [key for key, report in promises.reports.items() if there.get(key) != report]
    faults = []
    if lost:
        faults.append(f"{len(lost)} acknowledged reports are not there")
    if len(rows) != len(there):
        faults.append(f"{len(rows) - len(there)} reports are there twice")
    if entries:
        faults.append(f"{entries} reports without exactly one first entry")
    if len(answered) != len(promises.acknowledged):
        faults.append(f"{len(promises.acknowledged) - len(answered)} acknowledged assignments do not say so")
    if broken:
        faults.append(f"{len(broken)} timelines do not hash to what was written")
    if promises.refused["one key, two reports"]:
        faults.append("one sender's key was answered with two reports")
    return faults


async def run(kills: int, seed: int) -> int:
    """Kill `kills` times, then verify. Returns the number of faults."""
    chance = random.Random(seed)
    promises = Promises()
    died: Counter[str] = Counter()
    began = time.monotonic()
    async with installed() as (house, token):
        stop = asyncio.Event()
        writers = [asyncio.create_task(write(house, token, promises, stop)) for _ in range(WRITERS)]
        with Progress(disable=not sys.stdout.isatty()) as progress:
            task = progress.add_task("killing", total=kills)
            for _ in range(kills):
                await asyncio.sleep(chance.uniform(*PAUSE_S))
                died[await kill_one(house, chance)] += 1
                progress.update(task, advance=1, description=f"{len(promises.reports)} reports acknowledged")
        await house.ready()
        await asyncio.sleep(1)
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
