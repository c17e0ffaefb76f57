"""`tanggap replay FILE.csv`: another city's records through the HTTP door, to see that none is lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from tanggap.people import machines
from tanggap.people.model import Role
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database, DatabaseAway
from tanggap.platform.secrets import SecretsError
from tanggap.platform.settings import Settings, load_settings
from tanggap.platform.supervisor import StartError, database_dsn
from tanggap.simulation.records import NotARecordFileError, Records, read_records
from tanggap.simulation.replay import Outcome, RefusedError, Summary, agency_names, replay

#: The name of the token made here. Keys are remembered by it, so that a second replay of a file sends none twice.
TOKEN_NAME = "putar ulang"  # noqa: S105 - a name
TOKEN_LIVES = timedelta(hours=2)
MOST_SHOWN = 20

PLACES = {"supervisor": "on the supervisor's screen", "desk": "on the call takers' list", "closed": "closed meanwhile"}


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", help="Where Tanggap answers; by default the one of this installation.")
@click.option("--token", help="A call taker's API token; by default a temporary one is made in this installation's database.")
def command(file: Path, url: str | None, token: str | None) -> None:
    """Send the records of another city's 112 in FILE (CSV) through the HTTP door, and read each one back."""
    settings = load_settings()
    console = Console()
    try:
        found = read_records(file)
        summary, names = asyncio.run(_run(settings, found, url, token, console))
    except (NotARecordFileError, RefusedError) as error:
        raise StartError(f"Nothing was replayed: {error}") from error
    _show(summary, names, console)
    if summary.lost:
        raise SystemExit(1)


async def _run(
    settings: Settings, found: Records, url: str | None, token: str | None, console: Console
) -> tuple[Summary, dict[str, str]]:
    address = url or f"http://{_host(settings)}:{settings.port}"
    read_as = ", ".join(f"{column} → {what}" for what, column in found.columns.items())
    console.print(f"{len(found.records)} records; {read_as}", markup=False)
    if found.ignored:
        console.print(f"not looked at: {', '.join(found.ignored)}", markup=False)
    async with _token(settings, token) as good:
        names = await agency_names(address, good)
        with _bar(console) as bar:
            task = bar.add_task("Replaying", total=len(found.records), agency=0, other=0, lost=0)
            summary = await replay(found.records, address, good, lambda outcome: _tell(bar, outcome))
            bar.update(task, description="Replayed")
    return summary, names


def _host(settings: Settings) -> str:
    return "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104 - compared, not bound


@asynccontextmanager
async def _token(settings: Settings, given: str | None) -> AsyncIterator[str]:
    """The token that was given, or one made for now and taken back at the end."""
    if given:
        yield given
        return
    now = utcnow()
    try:
        db = await Database.open(database_dsn(settings), max_size=1)
        async with db.transaction(settings.city) as tx:
            token, secret = await machines.issue_token(
                tx, settings.city, TOKEN_NAME, Role.CALL_TAKER, None, now + TOKEN_LIVES, None, now
            )  # fmt: skip
    except (DatabaseAway, SecretsError, OSError) as error:
        raise StartError(
            "No token could be made, because this installation's database is not there; start Tanggap, or give --url and --token."
        ) from error
    try:
        yield secret
    finally:
        async with db.transaction(settings.city) as tx:
            await machines.revoke_token(tx, settings.city, token.id, None, utcnow())
        await db.close()


class _Pace(ProgressColumn):
    """Records a second."""

    def render(self, task: Task) -> Text:
        """The pace of the whole run so far."""
        return Text(f"{task.completed / task.elapsed:.0f}/s" if task.elapsed else "-/s")


def _bar(console: Console) -> Progress:
    counts = TextColumn("agency {task.fields[agency]} · supervisor {task.fields[other]} · lost {task.fields[lost]}")
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Pace(), counts, TimeElapsedColumn(), console=console
    )


def _tell(bar: Progress, outcome: Outcome) -> None:
    task = bar.tasks[0]
    field = "lost" if outcome.lost else "agency" if outcome.agency else "other"
    bar.update(task.id, advance=1, **{field: task.fields[field] + 1})


def _show(summary: Summary, names: dict[str, str], console: Console) -> None:
    table = Table("", "records", show_header=False)
    table.columns[1].justify = "right"
    stored = len(summary.outcomes) - len(summary.lost)
    table.add_row("sent", str(len(summary.outcomes)))
    table.add_row("  known already (the same reports)", str(summary.repeats))
    table.add_row("stored, and read back", str(stored), style="bold")
    table.add_row("with an agency", str(summary.by_agency.total()))
    for agency, count in summary.by_agency.most_common():
        table.add_row(f"  {names.get(agency, agency + ' (not in the catalogue)')}", str(count))
    for place, words in PLACES.items():
        if summary.by_place[place] or place == "supervisor":
            table.add_row(words, str(summary.by_place[place]))
    table.add_row("outside of this city, kept and flagged", str(summary.outside))
    table.add_row("lost", str(len(summary.lost)), style="bold red" if summary.lost else "bold green")
    console.print(table)
    for outcome in summary.lost[:MOST_SHOWN]:
        console.print(f"lost: {outcome.key}: {outcome.lost}", style="red", markup=False)
