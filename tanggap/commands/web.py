"""`tanggap web`: serve HTTP, all in this one process."""

import asyncio
import gc
import os
import signal
from typing import Any, cast

import click
import uvloop
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from tanggap.platform.logs import start_logging
from tanggap.platform.settings import load_settings
from tanggap.web.app import create_app

#: Live screens keep their connection open for ever, so they are cut after this.
PATIENCE_S = 2
#: Requests leave few circles behind: looking for them after every 700 new objects, as Python does, took some per cent of it all.
SELDOM = (20_000, 20, 20)


@click.command()
def command() -> None:
    """Serve HTTP in this process (started by `up`)."""
    settings = load_settings()
    start_logging(settings.log_level)
    server = Server(
        cast(Any, create_app()),
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        websockets=False,
        backlog=1024,
        http1_settings=HTTP1Settings(header_read_timeout=15_000),
        log_enabled=False,
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(server))


async def _serve(server: Server) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    gc.freeze()
    gc.set_threshold(*SELDOM)
    serving = asyncio.create_task(server.serve())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        serving.result()
    server.stop()  # type: ignore[no-untyped-call]
    await asyncio.wait((serving,), timeout=PATIENCE_S)
    os._exit(0)
