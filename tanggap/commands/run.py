"""`tanggap run`: a demonstration on this machine, with accounts and examples."""

import os

import click

from tanggap.commands.up import keep_up
from tanggap.platform.settings import load_settings


@click.command()
def command() -> None:
    """Start a demonstration: as `up`, with demonstration accounts and example reports."""
    os.environ["TANGGAP_DEMO"] = "1"
    keep_up(load_settings())
