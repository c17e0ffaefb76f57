"""`tanggap prepare`: what must stand before the first request."""

import asyncio

import click

from tanggap.city.pack import PackError
from tanggap.platform.database import Database, DatabaseAway
from tanggap.platform.logs import start_logging
from tanggap.platform.settings import Settings, load_settings
from tanggap.platform.supervisor import StartError, database_dsn
from tanggap.preparation import prepare


@click.command()
def command() -> None:
    """Load the city pack, and for a demonstration accounts and examples (started by `up` and `run`)."""
    settings = load_settings()
    start_logging(settings.log_level)
    try:
        asyncio.run(_prepare(settings))
    except (PackError, DatabaseAway) as error:
        raise StartError(str(error)) from error


async def _prepare(settings: Settings) -> None:
    db = await Database.open(database_dsn(settings), max_size=2)
    try:
        await prepare(settings, db, click.echo)
    finally:
        await db.close()
