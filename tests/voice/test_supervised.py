"""`tanggap up` with the edge: everything starts, what is killed comes back, nothing is left behind."""

import asyncio
import os
import signal
import socket
import sys
import time
from pathlib import Path

import msgspec

from tanggap.platform.processes import before_others
from tanggap.platform.settings import load_settings
from tanggap.telephony.edge.children import voice
from tanggap.telephony.settings import TelephonySettings

from .conftest import HOUSE, free_ports, toml_of


def on(ports: list[int]) -> TelephonySettings:
    """The defaults, on these ports."""
    names = ("sip_port", "ws_port", "decider_port", "media_port", "keys_port")
    return msgspec.structs.replace(TelephonySettings(), **dict(zip(names, ports, strict=False)))


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def pids_of(folder: Path) -> list[int]:
    """Every process whose command line names this installation's Kamailio."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
        except OSError:
            continue
        if command.split(b"\0")[0].endswith(b"/kamailio") and str(folder).encode() in command:
            found.append(int(entry.name))
    return sorted(found)


async def until(look: object, wanted: bool, limit_s: float) -> float:
    began = time.monotonic()
    while bool(look()) is not wanted:  # type: ignore[operator]
        assert time.monotonic() - began < limit_s
        await asyncio.sleep(0.02)
    return time.monotonic() - began


async def test_a_killed_kamailio_comes_back_whole_and_ends_with_the_supervisor(dsn: str, tmp_path: Path) -> None:
    ports = free_ports(6)
    telephony = on(ports)
    (tmp_path / "telephony.toml").write_text(toml_of(telephony))
    env = {name: value for name, value in os.environ.items() if not name.startswith("TANGGAP_")} | {
        "TANGGAP_HOME": str(tmp_path), "TANGGAP_DATABASE_URL": dsn, "TANGGAP_PORT": str(ports[5]), "PYTHONPATH": str(HOUSE),
    }  # fmt: skip
    with (tmp_path / "up.log").open("wb") as log:
        supervisor = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tanggap", "up", env=env, cwd=tmp_path, stdout=log, stderr=log
        )
    try:
        await until(lambda: "ready on" in (tmp_path / "up.log").read_text() and listens(ports[1]), True, 40)
        assert f"Calls to 112 come in on sip:127.0.0.1:{ports[0]}" in (tmp_path / "up.log").read_text()
        first = pids_of(tmp_path)
        said, _ = await (await asyncio.create_subprocess_exec(*before_others(["nice"]), stdout=-1)).communicate()
        assert {os.getpriority(os.PRIO_PROCESS, pid) for pid in first} == {int(said)}
        os.kill(first[0], signal.SIGKILL)
        await until(lambda: not set(first) & set(pids_of(tmp_path)) and listens(ports[1]), True, 30)
    finally:
        supervisor.terminate()
        await asyncio.wait_for(supervisor.wait(), 20)
    assert pids_of(tmp_path) == []
    assert not listens(ports[1])


async def test_without_a_free_port_everything_else_starts(dsn: str, tmp_path: Path) -> None:
    ports = free_ports(5)
    with socket.socket() as other:
        other.bind(("127.0.0.1", ports[1]))
        other.listen()
        telephony = on(ports)
        (tmp_path / "telephony.toml").write_text(toml_of(telephony))
        said: list[str] = []
        assert voice(load_settings({"TANGGAP_HOME": str(tmp_path)}), said.append) == ([], [])
        assert f"port {ports[1]}" in said[0]
