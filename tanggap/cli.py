"""The command line: one line a command; a command's module is loaded when it is used, so that each starts fast."""

import sys
from importlib import import_module

import click

from tanggap import __version__
from tanggap.platform.settings import SettingsError
from tanggap.platform.supervisor import StartError

#: Command → module in tanggap.commands (its click command is called `command`), and what `tanggap --help` says of it.
COMMANDS: dict[str, tuple[str, str]] = {
    "up": ("up", "Start Tanggap for real: database, web and worker, without demonstration accounts."),
    "run": ("run", "Start a demonstration: as `up`, with demonstration accounts and example reports."),
    "web": ("web", "Serve HTTP in this process (started by `up`)."),
    "worker": ("worker", "Run timers and jobs in this process (started by `up`)."),
    "prepare": ("prepare", "Load the city pack, and for a demonstration accounts and examples (started by `up` and `run`)."),
    "telephony": ("telephony", "Voice calls: write and check the edge's configuration, install what it needs."),
    "people": ("people", "Accounts and tokens: above all, add the first administrator."),
    "import": ("imports", "Bring in what the city has: outlines of its areas, its places, its roads."),
    "map": ("maps", "The base map below incidents and places: make it, or bring one."),
    "locate": ("locate", "Say which places some words may mean, and why."),
    "triage": ("triage", "Say what some words report: category, danger to life, genuine or not, and why."),
    "notifications": ("notifications", "Providers of messages, and the addresses that they call."),
    "report": ("report", "Make the monthly report: PDF, HTML, CSV, JSON, and the ministry's counts."),
    "examples": ("examples", "Take the example reports away again."),
    "migrate": ("migrate", "Bring the database to this version."),
    "version": ("version", "Say which version this is."),
    "replay": ("replay", "Send another city's records through the HTTP door, and read each one back."),
    "simulate": ("simulate", "Play a month of calls that never were, and hold its figures against a recount."),
    "doctor": ("doctor", "Check database, clock, disk, jobs and settings."),
}


class LazyGroup(click.Group):
    """Commands that are imported only when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order in which one needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the module of the command that was asked for."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"tanggap.commands.{COMMANDS[cmd_name][0]}").command
        if not isinstance(command, click.Command):
            raise TypeError(f"tanggap.commands.{COMMANDS[cmd_name][0]} has no click command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, said) for name, (_, said) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tanggap")
def tanggap() -> None:
    """Tanggap: the open system behind a city's 112."""


def main() -> None:
    """Run a command; what stops it is said in one sentence (2: a setting, 1: anything else)."""
    try:
        tanggap(prog_name="tanggap")
    except SettingsError as error:
        click.echo(f"tanggap: {error}", err=True)
        sys.exit(2)
    except StartError as error:
        click.echo(f"tanggap: {error}", err=True)
        sys.exit(1)
