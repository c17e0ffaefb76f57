"""`tanggap import places`: a city's places from OpenStreetMap, GeoJSON, CSV or a shapefile."""

import asyncio
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from tanggap.city.service import NoCatalogueError
from tanggap.commands.database import opened_database
from tanggap.location.imports.kinds import kind_of
from tanggap.location.imports.model import ImportReport, Projection, Tell, UnreadableFileError, Wanted
from tanggap.location.imports.projections import UnknownGridError, zone_named
from tanggap.location.imports.service import TooMuchGoneError, dataset_named, import_places
from tanggap.platform.clock import utcnow
from tanggap.platform.settings import Settings, load_settings

#: Refused rows that are printed; the others are counted, and stand in the table `place_import`.
MOST_PRINTED = 50
NOTHING_CHANGED = "The database does not answer; nothing was changed. Start Tanggap, then import again."


class Zone(click.ParamType[Projection | None]):
    """A UTM zone as people write it."""

    name = "zone"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Projection | None:
        """«51S» or «EPSG:32751»."""
        try:
            return zone_named(str(value))
        except UnknownGridError as error:
            self.fail(str(error), param, ctx)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dataset", default="", help="Name of this data set, by default the file's; a newer file replaces it.")
@click.option("--source", default="", help="Whom the places are from, where the file does not say.")
@click.option("--licence", default="", help="Under which licence, where the file does not say.")
@click.option("--kind", default="", help="The kind of places whose kind the file does not say, such as street or mosque.")
@click.option("--zone", type=Zone(), help="The UTM zone of coordinates in metres, such as 51S, where the file does not say.")
@click.option("--replace", is_flag=True, help="Retire places that the file lacks, even if those are most of the data set.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
def places(
    file: Path, dataset: str, source: str, licence: str, kind: str, zone: Projection | None, replace: bool, dry_run: bool
) -> None:
    """Take the places of FILE (.osm.pbf, .geojson, .csv or .shp) into the gazetteer: all that is sound of it, or nothing."""
    console = Console()
    try:
        wanted = Wanted(dataset_named(dataset, file), licence, source, kind_of(kind, ""), zone)
        with Progress(
            TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), TimeRemainingColumn(),
            console=Console(stderr=True), transient=not sys.stderr.isatty(), disable=not sys.stderr.isatty(),
        ) as bar:  # fmt: skip
            task = bar.add_task(f"Reading {escape(file.name)}", total=None)

            def tell(done: int, total: int) -> None:
                words = "Comparing and writing" if done >= total else f"Reading {escape(file.name)}"
                bar.update(task, description=words, completed=done, total=total)

            report = _import(file, wanted, dry_run, replace, tell)
    except (UnreadableFileError, TooMuchGoneError, NoCatalogueError) as error:
        raise click.ClickException(str(error)) from error
    show(report, console)
    if report.checked.refused.count:
        raise SystemExit(1)


def _import(file: Path, wanted: Wanted, dry_run: bool, replace: bool, tell: Tell) -> ImportReport:
    return asyncio.run(_in_database(load_settings(), file, wanted, dry_run, replace, tell))


async def _in_database(settings: Settings, file: Path, wanted: Wanted, dry_run: bool, replace: bool, tell: Tell) -> ImportReport:
    async with opened_database(settings, NOTHING_CHANGED) as db:
        return await import_places(db, settings.city, file, wanted, utcnow(), dry_run=dry_run, replace=replace, tell=tell)


def show(report: ImportReport, console: Console) -> None:
    """The plan as a table, what was mended and refused, and a line of numbers at the end."""
    table = Table(box=None, pad_edge=False)
    for heading in ("", "name", "kind", "id"):
        table.add_column(heading, overflow="fold")
    for change in ("added", "changed", "retired"):
        shown = report.changes.shown.get(change, [])
        for code, name, kind in shown:
            table.add_row(change, escape(name), kind, escape(code))
        more = report.changes.counts[change] - len(shown)
        if more > 0:
            table.add_row(change, f"… and {more:,} more", "", "")
    if table.row_count:
        console.print(table)
    for sentence, count in sorted(report.checked.mended.items()):
        console.print(f"mended    {count:,} {report.row}s: {sentence}", style="yellow", highlight=False)
    refused = report.checked.refused
    for one in refused.told[:MOST_PRINTED]:
        name = f" {escape(one.name)}" if one.name else ""
        console.print(f"refused   {report.row} {one.number}{name}: {escape(one.reason)}", style="red", highlight=False)
    if refused.count > MOST_PRINTED:
        console.print(f"refused   … and {refused.count - MOST_PRINTED:,} more", style="red", highlight=False)
    counts, verb = report.changes.counts, "would be " if report.dry_run else ""
    console.print(
        f"{report.checked.rows:,} {report.row}s ({report.format}): {counts['added']:,} {verb}added,"
        f" {counts['changed']:,} {verb}changed, {counts['unchanged']:,} as before, {counts['retired']:,} {verb}retired;"
        f" {report.checked.merged:,} joined with others of the file, {report.same:,} only add names to places that are there;"
        f" {refused.count:,} refused",
        highlight=False,
    )
