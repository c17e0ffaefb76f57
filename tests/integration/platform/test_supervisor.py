"""One command starts and stops everything; after a kill -9 it starts again without a manual step."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

PATIENCE_S = 60


class Installation:
    """`tanggap up` in a folder and on a port of its own."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("TANGGAP_")}
        self.environ = inherited | {"TANGGAP_HOME": str(home), "TANGGAP_PORT": str(self.port), "TANGGAP_TELEPHONY": "off"}
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self.process = await self.run("up")
        async with asyncio.timeout(PATIENCE_S), httpx.AsyncClient() as client:
            while not await self.healthy(client):
                assert self.process.returncode is None
                await asyncio.sleep(0.05)

    async def healthy(self, client: httpx.AsyncClient) -> bool:
        try:
            return (await client.get(f"http://127.0.0.1:{self.port}/health")).status_code == 200
        except httpx.TransportError:
            return False

    async def run(self, *arguments: str, **changed: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tanggap", *arguments, env=self.environ | changed, stdout=-1, stderr=-2
        )

    async def said(self, *arguments: str, **changed: str) -> tuple[int | None, str]:
        process = await self.run(*arguments, **changed)
        out, _ = await process.communicate()
        return process.returncode, out.decode()

    async def end(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode


@pytest.fixture
async def installation(tmp_path: Path) -> AsyncIterator[Installation]:
    installation = Installation(tmp_path / "home")
    yield installation
    if installation.process is not None and installation.process.returncode is None:
        await installation.end(signal.SIGTERM)


async def test_it_starts_heals_after_a_kill_and_stops_cleanly(installation: Installation) -> None:
    await installation.start()
    status, said = await installation.said("doctor")
    assert status == 0, said
    assert "every chain is whole" in said

    status, said = await installation.said("up")
    assert status == 1
    assert "already runs" in said

    await installation.end(signal.SIGKILL)
    await installation.start()
    assert await installation.end(signal.SIGINT) == 0
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", installation.port)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("TANGGAP_PROT", "1", "is not a setting"), ("TANGGAP_PUBLIC_URL", "http://112.example.id", "unencrypted")],
)
async def test_an_unknown_or_unsafe_setting_stops_it_with_one_sentence(
    installation: Installation, name: str, value: str, said: str
) -> None:
    status, out = await installation.said("up", **{name: value})
    assert status == 2
    assert said in out
    assert out.count("\n") == 1


async def test_a_port_in_use_is_named(installation: Installation) -> None:
    with socket.create_server(("127.0.0.1", installation.port)):
        status, out = await installation.said("up")
    assert status == 1
    assert f"127.0.0.1:{installation.port}" in out
