"""The worker: timers, held by one worker at a time, and jobs, shared by all of them."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec

from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database, DatabaseAway
from tanggap.platform.jobs import Handler, run_jobs
from tanggap.platform.leases import LeaseLost, lease
from tanggap.platform.logs import Log
from tanggap.platform.settings import Settings
from tanggap.platform.supervisor import database_dsn
from tanggap.platform.telemetry import PERIODIC_RUNS

log = Log("worker")


class Periodic(msgspec.Struct, frozen=True):
    """What is done again and again, by one worker at a time."""

    name: str
    every_s: float
    run: Callable[[Database, str, datetime], Awaitable[object]]


#: What the house does by the clock.
PERIODIC: tuple[Periodic, ...] = ()
#: Who does which job.
HANDLERS: dict[str, Handler] = {}


async def work(settings: Settings) -> None:
    """Run timers and jobs until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    db = await Database.open(database_dsn(settings), min_size=1, max_size=6)
    timers = asyncio.create_task(keep_time(db, settings.city, PERIODIC))
    jobs = asyncio.create_task(run_jobs(db, settings.city, HANDLERS, stop))
    log.info("worker ready", periodic=len(PERIODIC), jobs=len(HANDLERS))
    await stop.wait()
    timers.cancel()
    await asyncio.wait((timers, jobs), timeout=2)
    await db.close()


async def keep_time(db: Database, city: str, periodic: tuple[Periodic, ...]) -> None:
    """Hold the lease of the timers and run them; stand by while another worker holds it."""
    holder = f"{socket.gethostname()}:{os.getpid()}"
    while True:
        with contextlib.suppress(LeaseLost):
            async with lease(db, city, "timers", holder):
                log.info("timers held", holder=holder)
                await asyncio.gather(*(_repeat(db, city, task) for task in periodic), asyncio.Event().wait())
        log.warning("timers lost", holder=holder)


async def _repeat(db: Database, city: str, task: Periodic) -> None:
    while True:
        try:
            await task.run(db, city, utcnow())
            PERIODIC_RUNS.labels(task.name, "done").inc()
        except DatabaseAway:
            PERIODIC_RUNS.labels(task.name, "database away").inc()
        except Exception:
            PERIODIC_RUNS.labels(task.name, "failed").inc()
            log.error("timer failed", name=task.name, exc_info=True)
        await asyncio.sleep(task.every_s)
