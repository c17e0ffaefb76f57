"""`tanggap worker`: timers and jobs."""

import asyncio

import click

from tanggap.platform.logs import start_logging
from tanggap.platform.settings import load_settings
from tanggap.worker import work


@click.command()
def command() -> None:
    """Run timers and jobs in this process (started by `up`)."""
    settings = load_settings()
    start_logging(settings.log_level)
    asyncio.run(work(settings))
