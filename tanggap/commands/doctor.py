"""`tanggap doctor`: is everything sound?"""

import asyncio
import sys

import click

from tanggap.commands.database import opened_database
from tanggap.doctor import Finding, Patient, examine
from tanggap.platform.settings import Settings, load_settings


@click.command()
def command() -> None:
    """Check database, clock, disk, jobs and settings; ends with 1 when something is not sound."""
    findings = asyncio.run(_examine(load_settings()))
    for finding in findings:
        mark = click.style("ok  ", fg="green") if finding.sound else click.style("FAIL", fg="red", bold=True)
        click.echo(f"{mark} {finding.check:<11} {finding.said}")
    sys.exit(0 if all(finding.sound for finding in findings) else 1)


async def _examine(settings: Settings) -> list[Finding]:
    async with opened_database(settings, connections=2) as db:
        return await examine(Patient(settings, db))
