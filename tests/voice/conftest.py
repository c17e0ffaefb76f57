"""A centre with a real edge: Kamailio, rtpengine and a decider, each a process of its own, on ports of their own."""

import asyncio
import contextlib
import fcntl
import functools
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import msgspec
import pytest

from tanggap.city.pack import pack_folder, read_pack
from tanggap.city.service import load_pack
from tanggap.people import service as people
from tanggap.people.model import Role
from tanggap.people.roster.model import Member
from tanggap.people.roster.store import write_member
from tanggap.platform.database import Database
from tanggap.platform.postgres import EmbeddedPostgres
from tanggap.platform.secrets import Keyring
from tanggap.platform.settings import Settings, load_settings
from tanggap.scene import Scenes
from tanggap.telephony import service, store
from tanggap.telephony.credentials import SipCredentials, credentials_for, load_secret
from tanggap.telephony.edge import render as edge
from tanggap.telephony.edge.media import answers
from tanggap.telephony.model import Call, CallEvent, Operator, Ringing
from tanggap.telephony.settings import Queue, TelephonySettings, Trunk, secret_path, telephony_settings

from .phone import Phone

CITY = "kendari"
HOUSE = Path(__file__).parents[2]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without the edge's packages these tests are passed over, and say what is missing."""
    absent = edge.missing()
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.voice)
            if absent:
                item.add_marker(pytest.mark.skip(reason=f"not installed: {', '.join(absent)} (make test-voice installs them)"))


def free_ports(count: int) -> list[int]:
    """Ports that nobody uses, for TCP and UDP."""
    held, ports = [], []
    while len(ports) < count:
        tcp, udp = socket.socket(), socket.socket(type=socket.SOCK_DGRAM)
        held += [tcp, udp]
        tcp.bind(("127.0.0.1", 0))
        try:
            udp.bind(("127.0.0.1", tcp.getsockname()[1]))
        except OSError:
            continue
        ports.append(tcp.getsockname()[1])
    for one in held:
        one.close()
    return ports


@functools.cache
def audio_range() -> tuple[int, IO[str]]:
    """The first of 500 ports for audio that no other run of these tests has, and the lock that keeps them for this process.

    rtpengine binds ports that another one has bound already, and each then hears the other's callers.
    """
    for first in range(20_000, 32_500, 500):  # below the machine's own range
        lock = (Path(tempfile.gettempdir()) / f"tanggap-audio-{first}.lock").open("w")
        with contextlib.suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return first, lock
        lock.close()
    raise RuntimeError("too many runs at once")


def text_ports() -> dict[str, int]:
    """A part of the ports for audio, for the text within calls."""
    first, _ = audio_range()
    return {"rtp_last": first + 399, "text_first": first + 400, "text_last": first + 499}


class Centre:
    """A centre whose edge is running."""

    def __init__(self, settings: Settings, telephony: TelephonySettings, db: Database) -> None:
        self.settings = settings
        self.telephony = telephony
        self.db = db
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.phones: list[Phone] = []
        self.secret = load_secret(secret_path(settings))

    def start(self, name: str) -> None:
        """Start one of kamailio, rtpengine, decider."""
        rendered = edge.render(self.settings, self.telephony)
        commands: dict[str, tuple[str, ...]] = {
            "kamailio": rendered.kamailio,
            "rtpengine": rendered.rtpengine,
            "decider": (sys.executable, "-m", "tanggap", "telephony", "decide"),
        }
        env = {name: value for name, value in os.environ.items() if not name.startswith("TANGGAP_")} | {
            "TANGGAP_HOME": str(self.settings.home),
            "TANGGAP_DATABASE_URL": str(self.settings.database_url),
            "TANGGAP_LOG_LEVEL": "debug",
            "PYTHONPATH": str(HOUSE),
        }
        log = (self.settings.home / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            commands[name], env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """Kill one of them with everything that it started."""
        process = self.processes.pop(name, None)
        if process is not None:
            os.killpg(process.pid, number)
            process.wait(10)

    def log(self, name: str) -> str:
        """What a process has said."""
        return (self.settings.home / f"{name}.log").read_text(errors="replace")

    async def media_answers(self) -> None:
        """Wait for rtpengine: a Kamailio that asks too early keeps the refusal for its first word later."""
        assert await answers(self.telephony.media_port, 15)

    async def ready(self, *, decider: bool = True) -> None:
        """Wait until Kamailio answers and a decider leads."""
        await self.eventually(self._answers, 30)
        if decider:
            await self.eventually(lambda: _true("this decider leads" in self.log("decider")), 30)

    async def _answers(self) -> bool:
        """Whether Kamailio's processes work: its HTTP door says that there is nothing."""
        try:
            async with asyncio.timeout(0.2):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.telephony.ws_port)
                writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
                line = await reader.readline()
                writer.close()
        except (OSError, TimeoutError):
            return False
        return b" 404 " in line

    async def person(self, name: str, languages: frozenset[str] = frozenset()) -> UUID:
        """A call taker of the centre, who speaks these languages beside Indonesian."""
        async with self.db.transaction(CITY) as tx:
            made = await people.add_person(tx, CITY, name, name.title(), {Role.CALL_TAKER}, None, None, datetime.now(UTC))
            if languages:
                entry = Member(made[0].id, name, Role.CALL_TAKER, languages=languages)
                await write_member(tx, CITY, entry, datetime.now(UTC))
        person: UUID = made[0].id
        return person

    def credentials(self, person: UUID) -> SipCredentials:
        """With which a person's phone signs in now."""
        return credentials_for(self.secret, person, self.telephony.realm, datetime.now(UTC))

    async def phone(self, person: UUID | None = None, answers: float | None = 0.05) -> Phone:
        """A call taker's phone, signed in; or with nobody's, a line from a trunk."""
        phone = await Phone(self.telephony.sip_port, self.credentials(person) if person else None, answers).open()
        self.phones.append(phone)
        if person is not None:
            told = await phone.register()
            assert told.code == 200, (told.first, self.log("kamailio")[-2000:])
        return phone

    async def desk(self, name: str, answers: float | None = 0.05) -> tuple[UUID, Phone]:
        """A call taker whose phone is connected and who counts as ready."""
        person = await self.person(name)
        phone = await self.phone(person, answers)
        await self.presence(person, "ready")
        return person, phone

    async def presence(self, person: UUID, state: str, limit_s: float = 60) -> Operator:
        """Wait until a person counts as …"""

        async def found() -> Operator | None:
            async with self.db.reading(CITY) as conn:
                operator = await store.operator(conn, CITY, person)
            return operator if operator and operator.state == state else None

        return await self.eventually(found, limit_s)

    async def stored(self, call_id: str, wanted: Callable[[Call], bool] = lambda _: True, limit_s: float = 60) -> Call:
        """Wait until a call is stored as wanted."""

        async def found() -> Call | None:
            async with self.db.reading(CITY) as conn:
                call = await store.by_sip_id(conn, CITY, call_id)
            return call if call and wanted(call) else None

        return await self.eventually(found, limit_s)

    async def missed(self, person: UUID, number: str) -> Call:
        """A call of this number that rang at somebody and was abandoned."""
        now = datetime.now(UTC)
        scenes = Scenes(self.db, self.settings, Keyring.load(self.settings.secret_file))
        scene = await scenes.get()
        async with self.db.transaction(CITY) as tx:
            call = await service.call_rings(tx, scene, Ringing("missed@trunk", number), now)
            await service.call_offered(tx, scene, call.id, person, now)
            ended = await service.call_abandoned(tx, scene, call.id, now)
        await scenes.close()
        return ended

    async def events(self, call: UUID, kind: str) -> list[CallEvent]:
        """What happened to a call, of one kind."""
        async with self.db.reading(CITY) as conn:
            return [event for event in await store.events_of(conn, CITY, call) if event.kind == kind]

    async def eventually(self, look: Callable[[], Awaitable[Any]], limit_s: float = 60) -> Any:
        """What `look` gives as soon as it is true."""
        limit = time.monotonic() + limit_s
        while True:
            found = await look()
            if found:
                return found
            assert time.monotonic() < limit, (
                f"not in {limit_s} s\n{self.log('kamailio')[-1500:]}\n"
                f"{self.log('decider')[-3000:] if 'decider' in self.processes else ''}"
            )
            await asyncio.sleep(0.03)


async def _true(value: bool) -> bool:
    return value


#: What a test wants otherwise than the defaults: changes of the queue and of the telephony settings.
Opens = Callable[..., Awaitable[Centre]]


@contextlib.asynccontextmanager
async def database_of(postgres: EmbeddedPostgres, template: str) -> AsyncIterator[str]:
    """A migrated, empty database for tests that share it."""
    name = f"test_{secrets.token_hex(6)}"
    plain = await asyncpg.connect(postgres.dsn)
    await plain.execute(f"create database {name} template {template} strategy file_copy")
    try:
        yield urlsplit(postgres.dsn)._replace(path=f"/{name}").geturl()
    finally:
        await plain.execute(f"drop database {name} with (force)")
        await plain.close()


@contextlib.asynccontextmanager
async def opened(dsn: str, folder: Path) -> AsyncIterator[Opens]:
    """Opens centres on a database; all of them end with it."""
    db = await Database.open(dsn, min_size=1, max_size=8)
    centres: list[Centre] = []

    async def open_centre(queue: Queue | None = None, *, decider: bool = True, **changes: Any) -> Centre:
        home = folder / f"home{len(centres)}"
        home.mkdir()
        ports = free_ports(6)
        audio, _ = audio_range()
        plain = {
            "sip_port": ports[0], "ws_port": ports[1], "decider_port": ports[2], "media_port": ports[3], "keys_port": ports[4],
            "trunks": (Trunk("telkom", "127.0.0.1", ports[5]),), "rtp_first": audio, "rtp_last": audio + 499,
        }  # fmt: skip
        queue = queue or Queue(wrap_up_s=0)
        asked = msgspec.structs.replace(TelephonySettings(), **{**plain, "queue": queue, **changes})
        (home / "telephony.toml").write_text(toml_of(asked))
        settings = load_settings({"TANGGAP_HOME": str(home), "TANGGAP_DATABASE_URL": dsn})
        centre = Centre(settings, telephony_settings(settings), db)
        centres.append(centre)
        async with db.transaction(CITY) as tx:
            await load_pack(tx, read_pack(pack_folder(CITY)), datetime.now(UTC))
        for name in ("rtpengine", "kamailio", *(["decider"] if decider else [])):
            centre.start(name)
            if name == "rtpengine":
                await centre.media_answers()
        await centre.ready(decider=decider)
        return centre

    try:
        yield open_centre
    finally:
        for centre in centres:
            for phone in centre.phones:
                phone.close()
            for name in list(centre.processes):
                centre.kill(name)
        await db.close()


@pytest.fixture
async def opens(dsn: str, tmp_path: Path) -> AsyncIterator[Opens]:
    """Opens a centre; everything ends with the test."""
    async with opened(dsn, tmp_path) as open_centre:
        yield open_centre


def toml_of(asked: TelephonySettings) -> str:
    """The settings as a city would write them: JSON's scalars and lists are TOML's, too."""
    plain: dict[str, Any] = msgspec.to_builtins(asked)
    tables = [("[queue]", plain.pop("queue")), *(("[[trunks]]", trunk) for trunk in plain.pop("trunks"))]
    tables += [("[[wishes]]", wish) for wish in plain.pop("wishes")]
    lines = [f"{name} = {json.dumps(value)}" for name, value in plain.items()]
    for title, table in tables:
        lines += [title, *(f"{name} = {json.dumps(value)}" for name, value in table.items())]
    return "\n".join(lines) + "\n"
