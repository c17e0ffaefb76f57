"""`tanggap version`: which version this is."""

import click

from tanggap import __version__


@click.command()
def command() -> None:
    """Say which version this is."""
    click.echo(f"tanggap {__version__}")
