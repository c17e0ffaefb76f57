"""`tanggap up`: the production start."""

import asyncio

import click

from tanggap.platform.logs import start_logging
from tanggap.platform.settings import Settings, load_settings
from tanggap.platform.supervisor import Child, Supervisor
from tanggap.telephony.edge.children import voice


def keep_up(settings: Settings) -> None:
    """Run everything an installation needs until it is told to stop."""
    start_logging(settings.log_level)
    edge, deciding = voice(settings, click.echo)
    serving = [*edge, *deciding]
    serving += [Child(f"web-{number}", ("web",)) for number in range(1, settings.web_processes + 1)]
    asyncio.run(Supervisor(settings, Child("prepare", ("prepare",)), serving, [Child("worker", ("worker",))], click.echo).run())


@click.command()
def command() -> None:
    """Start Tanggap for real: database, web and worker, without demonstration accounts."""
    keep_up(load_settings())
