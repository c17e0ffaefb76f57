"""`tanggap prepare`: what must stand before the first request."""

import asyncio
import time

import asyncpg
import click

from tanggap.city.pack_reading import PackError
from tanggap.platform.database import Database, DatabaseAway
from tanggap.platform.logs import Log, start_logging
from tanggap.platform.settings import Settings, load_settings
from tanggap.platform.supervisor import StartError, database_dsn
from tanggap.preparation import prepare

log = Log("prepare")

#: A database that is away while the house is prepared is waited for this long, asked this often, seconds.
PATIENCE_S = 60.0
PAUSE_S = 0.5


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
    """Prepare; all of it again while the database comes and goes. Raises DatabaseAway when it does not come back."""
    limit = time.monotonic() + PATIENCE_S
    while True:
        try:
            db = await Database.open(database_dsn(settings), max_size=2)
            try:
                return await prepare(settings, db, click.echo)
            finally:
                await db.close()
        except (DatabaseAway, OSError, asyncpg.PostgresConnectionError) as error:
            if time.monotonic() > limit:
                raise DatabaseAway(str(error)) from error
            log.warning("waiting for the database", reason=type(error).__name__)
        await asyncio.sleep(PAUSE_S)
