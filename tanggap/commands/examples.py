"""`tanggap examples`: take the example reports away again."""

import asyncio

import asyncpg
import click

from tanggap.platform.database import CityConnection
from tanggap.platform.settings import load_settings
from tanggap.platform.supervisor import StartError, database_dsn
from tanggap.simulation.store import remove_examples


@click.group()
def command() -> None:
    """Example reports of the demonstration."""


@command.command()
def remove() -> None:
    """Remove every example report, with its incident and timeline. What real people reported stays."""
    try:
        gone = asyncio.run(_remove())
    except (OSError, asyncpg.PostgresError) as error:
        raise StartError("The database does not answer; start Tanggap first.") from error
    if not any(gone.values()):
        click.echo("There are no example reports.")
        return
    click.echo(f"Removed {gone['report']} example reports and {gone['incident']} incidents with their timelines.")


async def _remove() -> dict[str, int]:
    settings = load_settings()
    connection = await asyncpg.connect(database_dsn(settings), connection_class=CityConnection)
    try:
        async with connection.transaction():
            await connection.use_city(settings.city)
            return await remove_examples(connection, settings.city)
    finally:
        await connection.close()
