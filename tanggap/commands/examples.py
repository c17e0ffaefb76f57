"""`tanggap examples`: take the example reports away again."""

import asyncio

import asyncpg
import click

from tanggap.incident.store import remove_examples
from tanggap.notification import store as notification
from tanggap.platform.settings import load_settings
from tanggap.platform.supervisor import StartError, database_dsn


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
    connection = await asyncpg.connect(database_dsn(settings))
    try:
        async with connection.transaction():
            await connection.execute("SELECT set_config('tanggap.city', $1, true)", settings.city)
            await notification.remove_examples(connection, settings.city)
            return await remove_examples(connection, settings.city)
    finally:
        await connection.close()
