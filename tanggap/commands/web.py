"""`tanggap web`: serve HTTP, all in this one process."""

import asyncio
import gc
import os
import signal

import click
import uvloop

from tanggap.platform.logs import start_logging
from tanggap.platform.settings import load_settings
from tanggap.web.app import create_app
from tanggap.web.server import END_PATIENCE_S, Server

#: Requests leave few circles behind: looking for them after every 700 new objects, as Python does, took some per cent of it all.
SELDOM = (20_000, 20, 20)


@click.command()
def command() -> None:
    """Serve HTTP in this process (started by `up`)."""
    settings = load_settings()
    start_logging(settings.log_level)
    server = Server(create_app())
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(server, settings.host, settings.port))


async def _serve(server: Server, host: str, port: int) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    gc.freeze()
    gc.set_threshold(*SELDOM)
    serving = asyncio.create_task(server.listen(host, port))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        serving.result()
    server.stop()
    await asyncio.wait((serving,), timeout=END_PATIENCE_S + 1)
    os._exit(0)
