"""`tanggap migrate`: bring the database to this version."""

import asyncio

import asyncpg
import click

from tanggap.platform.migrate import MigrationError, migrate
from tanggap.platform.settings import load_settings
from tanggap.platform.supervisor import StartError, database_dsn


@click.command()
def command() -> None:
    """Bring the database to this version (the embedded one must be running)."""
    settings = load_settings()
    try:
        done = asyncio.run(migrate(database_dsn(settings)))
    except (MigrationError, OSError, asyncpg.PostgresError) as error:
        raise StartError(f"The database was not migrated: {error}") from error
    click.echo("\n".join(f"applied {name}" for name in done) or "nothing to do: the database is at this version")
