"""The supervisor: one light process that keeps the embedded PostgreSQL, the web processes and the worker running."""

import asyncio
import contextlib
import fcntl
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import asyncpg
import msgspec

from tanggap.platform.logs import Log
from tanggap.platform.migrate import MigrationError, migrate
from tanggap.platform.postgres import EmbeddedPostgres
from tanggap.platform.processes import before_others, tied
from tanggap.platform.settings import Settings
from tanggap.platform.unprivileged import PostgresError

log = Log("supervisor")

#: A child that dies is started again after this, doubled each time up to the longest; living for a while resets it.
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0
SOUND_AFTER_S = 20.0
#: Children get this long to end by themselves before they are killed; nothing they hold is lost by it.
CHILD_PATIENCE_S = 3.0
READY_LIMIT_S = 60.0
DATABASE_LIMIT_S = 60.0
PORT_LIMIT_S = 5.0


class StartError(Exception):
    """Tanggap cannot start here; the message is one sentence that says why and what to do."""


class Child(msgspec.Struct, frozen=True):
    """A process to keep running: `python -m tanggap <arguments>`, or another program with its children."""

    name: str
    arguments: tuple[str, ...]
    program: str | None = None  # none: this package
    is_first: bool = False  # a caller waits for it: pages and reports give way


def database_dsn(settings: Settings) -> str:
    """Where the database is: the configured one, or the embedded one of this installation."""
    return settings.database_url or EmbeddedPostgres(settings.postgres_dir).dsn


class Supervisor:
    """Starts everything in order, restarts what dies, and stops it all."""

    def __init__(
        self,
        settings: Settings,
        preparation: Child,
        serving: Sequence[Child],
        working: Sequence[Child],
        say: Callable[[str], None],
    ) -> None:
        """`serving` is kept running, `working` too once `preparation` has run to its end; `say` tells a person.

        A database that was just made or migrated is prepared before anything serves, any other one meanwhile.
        """
        self._settings = settings
        self._preparation = preparation
        self._serving = serving
        self._working = working
        self._prepared = asyncio.Event()
        self._failure: StartError | None = None
        self._say = say
        self._stop = asyncio.Event()
        self._postgres = None if settings.database_url else EmbeddedPostgres(settings.postgres_dir)

    async def run(self) -> None:
        """Start, watch, and stop on SIGINT, SIGTERM or SIGHUP.

        Raises:
            StartError: something needed is missing, taken or broken.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._stop.set)
        self._settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with only_one(self._settings.home):
            await self._port_is_free()
            try:
                if await self._start_database():
                    await self._prepare()
                await self._watch_all()
                if self._failure is not None:
                    raise self._failure
            except (PostgresError, MigrationError) as error:
                raise StartError(str(error)) from error
            finally:
                if self._postgres is not None:
                    await self._postgres.stop()

    async def _start_database(self) -> list[str]:
        """Start and migrate; gives the migrations applied now."""
        if self._postgres is not None:
            await self._postgres.start()
        limit = time.monotonic() + DATABASE_LIMIT_S
        while not self._stop.is_set():
            try:
                done = await migrate(database_dsn(self._settings))
            except (
                asyncpg.InvalidAuthorizationSpecificationError,
                asyncpg.InvalidCatalogNameError,
                asyncpg.SyntaxOrAccessError,
            ) as error:
                raise StartError(f"The database refuses: {error}.") from error
            except (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError) as error:
                if time.monotonic() > limit:
                    raise StartError(
                        f"The database cannot be reached ({type(error).__name__}); check TANGGAP_DATABASE_URL."
                    ) from error
                log.warning("waiting for the database", reason=type(error).__name__)
                await self._pause(1)
            else:
                log.info("database ready", migrated=len(done))
                return done
        return []

    async def _port_is_free(self) -> None:
        """Several web processes share the port, so a stranger on it would go unnoticed: look before they start."""
        limit = time.monotonic() + PORT_LIMIT_S
        while not self._stop.is_set():
            try:
                with socket.create_server((self._settings.host, self._settings.port)):
                    return
            except OSError as error:
                if time.monotonic() > limit:
                    place = f"{self._settings.host}:{self._settings.port}"
                    raise StartError(
                        f"Nothing can listen on {place} ({os.strerror(error.errno or 0)}); stop what does, or set TANGGAP_PORT."
                    ) from error
            await self._pause(0.1)

    async def _watch_all(self) -> None:
        async with asyncio.TaskGroup() as watching:
            for child in self._serving:
                watching.create_task(self._keep(child))
            watching.create_task(self._prepare())
            for child in self._working:
                watching.create_task(self._keep(child, after=self._prepared))
            if self._postgres is not None:
                watching.create_task(self._keep_postgres(self._postgres))
            watching.create_task(self._tell_when_ready())

    async def _prepare(self) -> None:
        while not self._stop.is_set() and not self._prepared.is_set() and (status := await self._run_once(self._preparation)):
            if status < 0:  # somebody killed it: that says nothing about the house
                log.error("preparing was killed", signal=-status)
                await self._pause(FIRST_PAUSE_S)
                continue
            command = " ".join(self._preparation.arguments)
            self._failure = StartError(f"Preparing failed in `tanggap {command}`; the lines above say why.")
            self._stop.set()
        self._prepared.set()

    async def _run_once(self, child: Child) -> int | None:
        """Run a child until it ends, and give its status; or until we stop, then end it and give nothing."""
        process = await _start(child)
        stopping = asyncio.create_task(self._stop.wait())
        ending = asyncio.create_task(process.wait())
        await asyncio.wait((stopping, ending), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        is_over = ending.done()
        if not is_over:
            await _end(process)
        status = await ending
        if child.program is not None:
            _end_family(process.pid)
        return status if is_over else None

    async def _keep(self, child: Child, after: asyncio.Event | None = None) -> None:
        if after is not None:
            await after.wait()
        pause = FIRST_PAUSE_S
        while not self._stop.is_set():
            began = time.monotonic()
            status = await self._run_once(child)
            if status is None:
                return
            if time.monotonic() - began > SOUND_AFTER_S:
                pause = FIRST_PAUSE_S
            log.error("process ended", name=child.name, status=status, again_in_s=pause)
            await self._pause(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    async def _keep_postgres(self, postgres: EmbeddedPostgres) -> None:
        pause = FIRST_PAUSE_S
        while not self._stop.is_set():
            if postgres.pid is not None:
                await self._pause(0.1)
                continue
            log.error("embedded PostgreSQL ended", again_in_s=pause)
            await self._pause(pause)
            if self._stop.is_set():
                return
            try:
                await postgres.start()
                pause = FIRST_PAUSE_S
            except PostgresError as error:
                pause = min(pause * 2, LONGEST_PAUSE_S)
                log.error("embedded PostgreSQL does not start", reason=str(error))

    async def _tell_when_ready(self) -> None:
        await self._prepared.wait()
        limit = time.monotonic() + READY_LIMIT_S
        while not self._stop.is_set():
            if await _healthy(self._settings.host, self._settings.port):
                self._say(f"Tanggap is ready on {self._settings.public_url} (Ctrl-C stops it)")
                return
            if time.monotonic() > limit:
                self._say("Tanggap does not answer yet; `tanggap doctor` says what is wrong.")
                limit += READY_LIMIT_S
            await self._pause(0.05)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)


@contextlib.contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold the lock of an installation. Raises StartError when another process runs it."""
    with (home / "supervisor.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StartError(
                f"Tanggap already runs from {home}; stop it first, or set TANGGAP_HOME to another folder."
            ) from error
        yield


async def _start(child: Child) -> asyncio.subprocess.Process:
    command = [sys.executable, "-m", "tanggap"] if child.program is None else [child.program]
    command += child.arguments
    if child.is_first:
        command = before_others(command)
    # What is not ours is asked to end, so that it ends its own children.
    command = tied(command, "KILL" if child.program is None else "TERM")
    return await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, start_new_session=True, env=_environment()
    )


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), CHILD_PATIENCE_S)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _end_family(leader: int) -> None:
    """End what a killed program left behind: its children hold its ports. They are all of its process group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def _environment() -> dict[str, str]:
    """The child's environment: ours, and the place of this package, so that it is found from any folder."""
    root = str(Path(__file__).parents[2])
    others = [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part and part != root]
    return dict(os.environ) | {"PYTHONPATH": os.pathsep.join([root, *others])}


async def _healthy(host: str, port: int) -> bool:
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - listening everywhere means here, too
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(2):
            reader, writer = await asyncio.open_connection(target, port)
            writer.write(f"GET /health HTTP/1.1\r\nHost: {target}:{port}\r\nConnection: close\r\n\r\n".encode())
            status = await reader.readline()
            writer.close()
            return status.split(b" ")[1:2] == [b"200"]
    return False
