"""`tanggap report`: a month for the mayor and the press, and for the ministry, as files."""

import asyncio
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import msgspec

from tanggap.city.model import Catalogue
from tanggap.city.service import NoCatalogueError, catalogue
from tanggap.commands.database import NOT_ANSWERING, opened_database
from tanggap.evaluation.monthly.model import Month, NoSuchMonth, reported_month
from tanggap.evaluation.monthly.sentences import changes
from tanggap.evaluation.monthly.service import gather
from tanggap.evaluation.monthly.stuck import stuck
from tanggap.evaluation.monthly.wording import Wording
from tanggap.interop.ministry import FORMATS, ministry_month
from tanggap.platform.clock import utcnow
from tanggap.platform.i18n import known_locale
from tanggap.platform.settings import load_settings
from tanggap.platform.supervisor import StartError
from tanggap.web.monthly.alone import html_of
from tanggap.web.monthly.document import document
from tanggap.web.monthly.exports import csv_of, json_of
from tanggap.web.monthly.typesetting import typeset

FILE = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command()
@click.option(
    "--month", "said", required=True, metavar="2026-01", help="The month; one that is not over is told as far as it is."
)
@click.option("--pdf", type=FILE, help="The report as PDF (A4).")
@click.option("--html", type=FILE, help="The report as one HTML file.")
@click.option("--csv", "csv_file", type=FILE, help="Its numbers, for a spreadsheet with Indonesian settings.")
@click.option("--json", "json_file", type=FILE, help="Its numbers, for a program.")
@click.option("--ministry", type=FILE, help="The counts for the ministry; the file's ending says the format: .csv or .json.")
@click.option("--language", type=click.Choice(["id", "en"]), default="id", show_default=True)
def command(
    said: str,
    pdf: Path | None,
    html: Path | None,
    csv_file: Path | None,
    json_file: Path | None,
    ministry: Path | None,
    language: str,
) -> None:
    """Make the report of a month. Without a file, say what changed and where it is stuck."""
    ministry_format = FORMATS.get(ministry.suffix.removeprefix(".")) if ministry else None
    if ministry and ministry_format is None:
        raise click.UsageError(f"--ministry: the file must end in {' or '.join(f'.{name}' for name in FORMATS)}")
    locale = known_locale(language)
    month, its = asyncio.run(_gathered(said))
    written: list[Path] = []

    def write(path: Path | None, made: bytes) -> None:
        if path is not None:
            path.write_bytes(made)
            written.append(path)

    try:
        if pdf or html:
            whole = document(month, its, locale)
            write(pdf, typeset(msgspec.json.encode(whole)) if pdf else b"")
            write(html, html_of(whole).encode() if html else b"")
        write(csv_file, csv_of(month, its, locale) if csv_file else b"")
        write(json_file, json_of(month, its, locale) if json_file else b"")
        if ministry_format is not None:
            write(ministry, ministry_format.write(ministry_month(month, its)))
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}") from error
    for path in written:
        click.echo(f"{path}: {path.stat().st_size:,} bytes")
    if not written:
        wording = Wording(its, locale)
        for line in (*changes(month, wording), *stuck(month, wording)):
            click.echo(f"- {line}")


async def _gathered(said: str) -> tuple[Month, Catalogue]:
    settings = load_settings()
    try:
        async with opened_database(settings) as db, db.reading(settings.city) as conn:
            its = await catalogue(conn)
            now = utcnow()
            period = reported_month(said, now, ZoneInfo(its.city.timezone))
            return await gather(conn, its, period, now), its
    except NoSuchMonth as error:
        raise click.UsageError(
            f"--month: {said!r} is no month like 2026-01 that has begun and lies less than ten years back"
        ) from error
    except NoCatalogueError as error:
        raise StartError(NOT_ANSWERING) from error
