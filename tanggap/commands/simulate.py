"""`tanggap simulate --month`: a month of the city's 112 at speed, in this installation while it is stopped."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from tanggap import flow, worker
from tanggap.city.pack import pack_folder, read_pack
from tanggap.city.pack_reading import PackError
from tanggap.city.service import load_pack
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database
from tanggap.platform.jobs import next_run_at, run_next
from tanggap.platform.migrate import migrate
from tanggap.platform.postgres import EmbeddedPostgres
from tanggap.platform.secrets import Keyring
from tanggap.platform.settings import Settings, load_settings
from tanggap.platform.supervisor import StartError, database_dsn, only_one
from tanggap.platform.unprivileged import PostgresError
from tanggap.scene import Scene, read_scene
from tanggap.simulation.month.mix import MONTH, Mix, read_mix
from tanggap.simulation.month.service import RealReportsError, Simulated, simulate

#: On the simulated clock, what the house does again and again is done this often.
ROUND = timedelta(hours=1)
MOST_SHOWN = 20
#: Nobody is told anything of a simulation: no commit need wait for the disk.
NOBODY_WAITS = {"synchronous_commit": "off"}


class HouseClock:
    """The worker's jobs, timers and rounds on a clock that the simulation moves."""

    def __init__(self, db: Database, scene: Scene) -> None:
        async def same() -> Scene:
            return scene

        self._db, self._city, self._scene = db, scene.city, scene
        self._handlers = worker.handlers(same)
        self._rounds = worker.periodic_tasks(same)
        self._next_round: datetime | None = None

    async def run_until(self, moment: datetime) -> None:
        """Do all jobs and timers that are due until then, each at its own time, and the rounds that fall in between."""
        round_at = self._next_round or moment
        while round_at <= moment:
            await self._all_due(round_at)
            for task in self._rounds:
                await task.run(self._db, self._city, round_at)
            round_at += ROUND
        self._next_round = round_at
        await self._all_due(moment)

    async def _all_due(self, moment: datetime) -> None:
        while True:
            async with self._db.reading(self._city) as conn:
                job_at = await next_run_at(conn, self._city, self._handlers)
                timer_at = await flow.next_timer_at(conn, self._scene)
            due = min((at for at in (job_at, timer_at) if at is not None), default=None)
            if due is None or due > moment:
                return
            if due == timer_at:
                async with self._db.transaction(self._city) as tx:
                    done = bool(await flow.fire_timers(tx, self._scene, due))
            else:
                done = await run_next(self._db, self._city, self._handlers, due)
            if not done:
                return


@click.command()
@click.option(
    "--month", is_flag=False, flag_value="", default="", metavar="[YYYY-MM]", help="Which month; by default the pack's."
)
@click.option("--seed", default=112, show_default=True, help="The same seed gives the same calls.")
@click.option("--mix", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Another month.toml than the pack's.")
def command(month: str, seed: int, mix: Path | None) -> None:
    """Play a month of calls that never were through the house's own verbs, at speed, and recount it from the timeline.

    Everything is an example: `tanggap examples remove` takes it away. Tanggap must be stopped meanwhile, and nobody real may
    have reported in this installation.
    """
    settings = load_settings()
    try:
        result = asyncio.run(_run(settings, month, seed, mix))
    except (PackError, PostgresError, RealReportsError) as error:
        raise StartError(str(error)) from error
    _show(result)
    if result.differences:
        raise SystemExit(1)


async def _run(settings: Settings, month: str, seed: int, file: Path | None) -> Simulated:
    pack = read_pack(pack_folder(settings.city))
    mix = read_mix(pack, file)
    if month:
        mix = _of_month(mix, month)
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with only_one(settings.home):
        async with _database(settings) as db:
            keyring = Keyring.load(settings.secret_file)
            async with db.transaction(settings.city) as tx:
                await load_pack(tx, pack, utcnow())
                scene = await read_scene(tx, keyring)
            with _bar() as bar:
                task = bar.add_task(f"{mix.month}", total=mix.call_count)
                return await simulate(
                    db, scene, pack, mix, seed, HouseClock(db, scene), lambda rung: bar.update(task, completed=rung)
                )


def _of_month(mix: Mix, month: str) -> Mix:
    if not MONTH.fullmatch(month):
        raise click.BadParameter(f"{month!r} is not a month; write 2026-01.", param_hint="--month")
    return msgspec.structs.replace(mix, month=month)


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    """The installation's database, started for this when it is the embedded one."""
    own = None if settings.database_url else EmbeddedPostgres(settings.postgres_dir, NOBODY_WAITS)
    if own is not None:
        await own.start()
    try:
        await migrate(database_dsn(settings))
        db = await Database.open(database_dsn(settings), max_size=2)
        try:
            yield db
        finally:
            await db.close()
    finally:
        if own is not None:
            await own.stop()


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("calls"), TimeElapsedColumn(),
        TimeRemainingColumn(),
    )  # fmt: skip


def _show(result: Simulated) -> None:
    console, figures = Console(), result.figures
    table = Table("", figures.period.name, show_header=True)
    table.columns[1].justify = "right"
    rows = {
        "calls": figures.calls, "  answered within 15 s": figures.calls_in_time, "tickets": figures.incidents,
        "  handed over": figures.funnel.handed_over, "  acknowledged": figures.funnel.acknowledged,
        "  finished": figures.funnel.resolved, "  of them closed": figures.by_state.get("closed", 0),
    }  # fmt: skip
    for name, value in rows.items():
        table.add_row(name, str(value))
    for outcome, count in figures.by_outcome.items():
        table.add_row(f"  {outcome}", str(count))
    for disposition, count in figures.by_disposition.items():
        table.add_row(f"reports: {disposition or 'without disposition'}", str(count))
    console.print(table)
    console.print(f"{result.played.acts} acts played, until {result.played.until:%Y-%m-%d %H:%M}")
    console.print(f"{result.lying} things on the list of what is left lying")
    if not result.differences:
        console.print(
            "Every figure is what a recount of the timeline says; every ticket is closed, or on the list with an owner.",
            style="green",
        )
    for line in result.differences[:MOST_SHOWN]:
        console.print(line, style="red", markup=False)
