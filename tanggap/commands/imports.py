"""`tanggap import`: what a city brings along, from files of its own."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from tanggap.city.service import ImportReport, NoCatalogueError, NotGeoJsonError, import_areas
from tanggap.commands.database import opened_database
from tanggap.commands.import_places import places
from tanggap.commands.roads import roads
from tanggap.platform.clock import utcnow
from tanggap.platform.settings import Settings, load_settings

#: A city's kelurahan fit in a few megabytes; what is larger is another file.
LARGEST_BYTES = 64 * 1024 * 1024


@click.group()
def command() -> None:
    """Bring in what the city has: areas, places, roads."""


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
def areas(file: Path, dry_run: bool) -> None:
    """Take the outlines of kelurahan from a GeoJSON FILE; each feature's property `kode` names the area."""
    document = _read(file)
    console = Console()
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("areas"), console=console, transient=True
    ) as bar:
        task = bar.add_task("Checking" if dry_run else "Importing", total=None)
        report = _import(document, dry_run, lambda done, total: bar.update(task, completed=done, total=total))
    _show(report, console)
    if report.refused:
        raise SystemExit(1)


def _read(file: Path) -> object:
    if file.stat().st_size > LARGEST_BYTES:
        raise click.ClickException(f"{file} is larger than {LARGEST_BYTES // 1024**2} MB; is it the right file?")
    try:
        return msgspec.json.decode(file.read_bytes())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise click.ClickException(f"{file} is not JSON: {error}.") from error


def _import(document: object, dry_run: bool, progress: Callable[[int, int], None]) -> ImportReport:
    try:
        return asyncio.run(_in_database(load_settings(), document, dry_run, progress))
    except (NotGeoJsonError, NoCatalogueError) as error:
        raise click.ClickException(str(error)) from error


async def _in_database(settings: Settings, document: object, dry_run: bool, progress: Callable[[int, int], None]) -> ImportReport:
    async with opened_database(settings) as db, db.transaction(settings.city) as tx:
        return await import_areas(tx, document, utcnow(), dry_run, progress)


def _show(report: ImportReport, console: Console) -> None:
    table = Table(box=None, pad_edge=False)
    for heading, alignment in (("code", "left"), ("name", "left"), ("km²", "right"), ("pack's km²", "right"), ("", "left")):
        table.add_column(heading, justify=alignment)  # type: ignore[arg-type]  # rich wants a literal
    for new in report.changed:
        said = "replaces an older outline" if new.area.geometry else "new"
        mended = ", crossed itself and was mended" if new.was_repaired else ""
        table.add_row(new.area.code, new.area.name, f"{new.area_km2:.2f}", f"{new.area.area_km2:.2f}", said + mended)
    if report.changed:
        console.print(table)
    for refused in report.refused:
        console.print(f"refused   feature {refused.number} {refused.code}: {refused.reason}", style="red", highlight=False)
    verb = "would change" if report.dry_run else "changed"
    console.print(
        f"{report.features} features: {len(report.changed)} {verb}, {len(report.unchanged)} as before,"
        f" {len(report.refused)} refused;"
        f" {len(report.without)} kelurahan {'would stay' if report.dry_run else 'are'} without an outline",
        highlight=False,
    )


command.add_command(places)
command.add_command(roads)
