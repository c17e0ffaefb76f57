"""`tanggap telephony`: the SIP edge and the process that decides."""

import asyncio
import os
import subprocess

import click
import uvloop

from tanggap.platform.logs import start_logging
from tanggap.platform.settings import load_settings
from tanggap.platform.supervisor import StartError
from tanggap.telephony.edge import render as edge
from tanggap.telephony.running import decide
from tanggap.telephony.settings import telephony_settings


@click.group()
def command() -> None:
    """Voice calls: write and check the edge's configuration, install what it needs."""


@command.command()
def render() -> None:
    """Write the configuration of Kamailio and rtpengine into the data folder."""
    settings = load_settings()
    click.echo(f"Written into {edge.render(settings, telephony_settings(settings)).folder}.")


@command.command()
def check() -> None:
    """Write the configuration, and have Kamailio read it."""
    settings = load_settings()
    telephony = telephony_settings(settings)
    if edge.missing():
        raise StartError(f"Not installed: {', '.join(edge.missing())}; run `tanggap telephony install` as root.")
    said = edge.check(edge.render(settings, telephony))
    if said:
        raise StartError(f"Kamailio does not take the configuration:\n{said}")
    trunks = ", ".join(trunk.name for trunk in edge.trunks_of(telephony)) or "none"
    click.echo(f"Kamailio takes the configuration; trunks: {trunks}; SIP on {telephony.host}:{telephony.sip_port}.")


@command.command()
def install() -> None:
    """Install Debian's packages of the edge (as root). Their own services are not started."""
    if os.geteuid() != 0:
        raise StartError(f"Installing needs root; or run: sudo apt-get install -y {' '.join(edge.PACKAGES)}")
    quiet = dict(os.environ) | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for step in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *edge.PACKAGES]):
        done = subprocess.run(["apt-get", *step], env=quiet, check=False)  # noqa: S603, S607 - fixed words
        if done.returncode:
            raise StartError(f"apt-get {step[0]} failed; the lines above say why.")


@command.command("decide")
def decide_() -> None:
    """Decide whose phone rings, in this process (started by `up`)."""
    settings = load_settings()
    start_logging(settings.log_level)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(decide(settings, telephony_settings(settings)))
