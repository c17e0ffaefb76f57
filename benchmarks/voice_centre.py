"""A centre on this machine, for measuring: people, a database with fsync on, the edge, the decider, and SIPp on the same cores.

Beside it stands a second Kamailio with the same configuration that relays each call to a phone without asking us: the reference.
"""

import asyncio
import csv
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec

from benchmarks.figure import percentile
from benchmarks.voice_packets import lost_in
from tanggap.city.pack import pack_folder, read_pack
from tanggap.city.service import load_pack
from tanggap.people import service as people
from tanggap.people.model import Role
from tanggap.platform.database import Database
from tanggap.platform.migrate import migrate
from tanggap.platform.postgres import EmbeddedPostgres
from tanggap.platform.processes import before_others
from tanggap.platform.settings import Settings, load_settings
from tanggap.telephony import service
from tanggap.telephony.credentials import credentials_for, load_secret
from tanggap.telephony.edge import render as edge
from tanggap.telephony.settings import Queue, TelephonySettings, Trunk, secret_path
from tests.voice.conftest import free_ports, toml_of
from tests.voice.phone import Phone

SCENARIOS = Path(__file__).parent / "sipp"
OPERATORS = 130
CITY = "kendari"
#: Phones sign in again after this, seconds: the edge lets a registration last 120.
REGISTERED_S = 45
#: Ports for audio, below the machine's own range and outside of that of the tests: rtpengine binds what another one has bound
#: already, and then each hears the other's callers.
AUDIO = range(10_000, 19_000)
OPERATORS_AUDIO, CALLERS_AUDIO = 19_000, 19_500
TICKS = os.sysconf("SC_CLK_TCK")


class Bench:
    """A centre on this machine."""

    def __init__(self, folder: Path) -> None:
        self._alone = (Path(tempfile.gettempdir()) / "tanggap-voice-bench.lock").open("w")
        try:
            fcntl.flock(self._alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SystemExit("voice is being measured on this machine already") from error
        ports = free_ports(11)
        self.home = folder
        self.caller_port, self.operator_port = ports[5], ports[6]
        self.telephony = msgspec.structs.replace(
            TelephonySettings(), sip_port=ports[0], ws_port=ports[1], decider_port=ports[2], media_port=ports[3],
            keys_port=ports[4], rtp_first=AUDIO[0], rtp_last=AUDIO[-1], queue=Queue(wrap_up_s=0),
            trunks=(Trunk("telkom", "127.0.0.1", ports[7]),),
        )  # fmt: skip
        self.relaying = msgspec.structs.replace(self.telephony, sip_port=ports[8], ws_port=ports[9], decider_port=ports[10])
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.people: list[UUID] = []
        self.reference: Settings | None = None
        self.registered_at = 0.0

    async def start(self) -> None:
        """Database, people, edge, decider, phones."""
        (self.home / "telephony.toml").write_text(toml_of(self.telephony))
        self.postgres = EmbeddedPostgres(self.home / "postgres")
        await self.postgres.start()
        await migrate(self.postgres.dsn)
        self.settings = load_settings({"TANGGAP_HOME": str(self.home), "TANGGAP_DATABASE_URL": self.postgres.dsn})
        self.db = await Database.open(self.postgres.dsn)
        async with self.db.transaction(CITY) as tx:
            await load_pack(tx, read_pack(pack_folder(CITY)), datetime.now(UTC))
        for n in range(OPERATORS + 1):
            async with self.db.transaction(CITY) as tx:
                person, _ = await people.add_person(
                    tx, CITY, f"op{n:03d}", f"Petugas {n}", {Role.CALL_TAKER}, None, None, datetime.now(UTC), password="x" * 12
                )
            self.people.append(person.id)
        self.browser = self.people.pop()  # has no phone but the one that a figure gives them
        self.rendered = edge.render(self.settings, self.telephony)
        self.run("rtpengine", before_others(self.rendered.rtpengine))
        await asyncio.sleep(1)
        self.run("kamailio", before_others(self.rendered.kamailio))
        self.run_decider()
        await asyncio.sleep(2.5)
        self.run("operators", self.sipp(self.operator_port, "operator.xml", "-aa", "-rtp_echo"))
        await self.register()
        await asyncio.sleep(1.5)

    async def register(self) -> None:
        """Every person's phone is the same SIPp, by the same contact: where all ring, it rings once."""
        await asyncio.gather(*(self._signs_in(person, self.settings, self.telephony) for person in self.people))
        if self.reference is not None:
            await self._signs_in(self.people[0], self.reference, self.relaying)
        self.registered_at = time.monotonic()

    async def refresh(self) -> None:
        """SIPp does not sign in again by itself, and who has not for two minutes is gone."""
        if time.monotonic() - self.registered_at > REGISTERED_S:
            await self.register()

    async def _signs_in(self, person: UUID, settings: Settings, telephony: TelephonySettings) -> None:
        made = credentials_for(load_secret(secret_path(settings)), person, telephony.realm, datetime.now(UTC))
        phone = await Phone(telephony.sip_port, made).open()
        phone.contact_user, phone.contact_port = "operators", self.operator_port
        told = await phone.register()
        phone.close()
        if told.code != 200:
            raise SystemExit(f"a phone cannot sign in: {told.first}")

    async def start_reference(self) -> None:
        """A second Kamailio: the same configuration, relaying to a phone without asking."""
        home = self.home / "relaying"
        home.mkdir()
        settings = load_settings({"TANGGAP_HOME": str(home), "TANGGAP_DATABASE_URL": self.postgres.dsn})
        rendered = edge.render(settings, self.relaying)
        path = home / "telephony" / "kamailio.cfg"
        text = path.read_text()
        asked = '    if (evapi_async_relay("$var(j)")) exit;\n    route(ALONE);'
        if text.count(asked) != 1:
            raise SystemExit("the configuration has changed: say anew where it asks")
        phone = f"sip:{self.people[0].hex}@{self.relaying.realm}"
        relayed = f'    $ru = "{phone}";\n    lookup("location");\n    route(OFFER);\n    t_relay();\n    exit;'
        text = text.replace(asked, relayed).replace("if ($shv(lead) < 0) { route(ALONE); exit; }\n    # A decider", "# A decider")
        path.write_text(text)
        self.run("relaying", before_others(rendered.kamailio))
        await asyncio.sleep(1)
        self.reference = settings
        await self.register()

    async def only(self, count: int) -> None:
        """Let this many people take calls, the others pause; the decider follows within a second."""
        now = datetime.now(UTC)
        async with self.db.transaction(CITY) as tx:
            for n, person in enumerate(self.people):
                if n < count:
                    await service.resume(tx, CITY, person, now)
                else:
                    await service.pause(tx, CITY, person, "", now)
        await asyncio.sleep(2.5)

    def run(self, name: str, command: Sequence[str]) -> None:
        """Start a process of its own group."""
        own = {key: value for key, value in os.environ.items() if not key.startswith("TANGGAP_")}
        env = own | {"TANGGAP_HOME": str(self.home), "TANGGAP_DATABASE_URL": self.postgres.dsn, "TANGGAP_LOG_LEVEL": "debug"}
        log = (self.home / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            command, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )

    def run_decider(self) -> None:
        """Start the process that decides."""
        self.run("decider", before_others((sys.executable, "-m", "tanggap", "telephony", "decide")))

    def kill(self, name: str) -> None:
        """End it and all that it started."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def sipp(self, port: int, scenario: str, *more: str, to: int = 0) -> tuple[str, ...]:
        """SIPp against our Kamailio, or the one at port `to`."""
        audio = OPERATORS_AUDIO if scenario == "operator.xml" else CALLERS_AUDIO
        return (
            shutil.which("sipp") or "sipp", "-sf", str(SCENARIOS / scenario), "-i", "127.0.0.1", "-p", str(port), "-nostdin",
            "-mp", str(audio), f"127.0.0.1:{to or self.telephony.sip_port}", *more,
        )  # fmt: skip

    async def call(self, rate: int, seconds: int, to: int = 0) -> tuple[list[float], int]:
        """Call at a rate; gives the set-up delays in ms (SIPp's own: INVITE to 200), and how many calls failed."""
        await self.refresh()
        folder = Path(tempfile.mkdtemp(dir=self.home))
        command = self.sipp(
            self.caller_port, "caller.xml", "-r", str(rate), "-m", str(rate * seconds), "-l", "2000", "-d", "20", "-trace_rtt",
            "-rtt_freq", "1", "-recv_timeout", "5000", "-trace_err", to=to,
        )  # fmt: skip
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        await asyncio.wait_for(process.wait(), seconds + 60)
        delays = _delays(folder)
        return delays, rate * seconds - len(delays)

    async def speaking(self, calls: int, rate: int, seconds: int) -> "Speaking":
        """Begin calls that speak and are recorded."""
        await self.refresh()
        folder = Path(tempfile.mkdtemp(dir=self.home))
        (folder / "tone.alaw").write_bytes(b"\x55\xd5\x34\xb4" * 4000)
        command = self.sipp(
            self.caller_port, "speaker.xml", "-r", str(rate), "-m", str(calls), "-d", str(seconds * 1000), "-trace_rtt",
            "-rtt_freq", "1", "-trace_stat", "-fd", "1", "-stf", str(folder / "stat.csv"), "-trace_err",
        )  # fmt: skip
        began = time.time()
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        return Speaking(process, folder, self.home / "recordings" / "pcaps", began)

    async def count(self, where: str) -> int:
        """How many calls are stored that are so."""
        async with self.db.reading(CITY) as conn:
            return int(await conn.fetchval(f"select count(*) from call where {where}"))

    async def until(self, where: str, wanted: int, limit_s: float = 30) -> int:
        """Wait until exactly so many are; how many are then."""
        limit = time.monotonic() + limit_s
        while True:
            found = await self.count(where)
            if found == wanted or time.monotonic() > limit:
                return found
            await asyncio.sleep(0.1)

    def cpu_s(self, *names: str) -> float:
        """How long these processes and their children have had a core, seconds; `postgres` is one of them."""
        roots = {self.processes[name].pid for name in names if name != "postgres"}
        if "postgres" in names:
            roots.add(int(next(self.home.rglob("postmaster.pid")).read_text().split()[0]))
        return _cpu_s(roots)

    def decided(self) -> list[float]:
        """How long the decider took for each call, from hearing of it to saying whose phone rings, ms: its own log."""
        lines = (self.home / "decider.log").read_bytes().splitlines()
        return [msgspec.json.decode(line)["after_ms"] for line in lines if b'"given out"' in line]

    async def stop(self) -> None:
        """End everything."""
        for name in list(self.processes):
            self.kill(name)
        await self.db.close()
        await self.postgres.stop()
        self._alone.close()


class Speaking:
    """Calls that speak, as SIPp holds them."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path, captures: Path, began: float) -> None:
        self._process, self._folder, self._captures, self._began = process, folder, captures, began

    async def over(self) -> tuple[int, int, float]:
        """Wait for their end: how many were answered, how many went on to it, and the share of packets lost on the way."""
        await asyncio.wait_for(self._process.wait(), 120)
        await asyncio.sleep(1)
        with (self._folder / "stat.csv").open() as lines:
            last = list(csv.DictReader(lines, delimiter=";"))[-1]
        return len(_delays(self._folder)), int(last["SuccessfulCall(C)"]), lost_in(self._captures, self._began)


def said(delays: Sequence[float]) -> str:
    """Delays in a few words."""
    if not delays:
        return "none answered"
    return f"p50 {percentile(delays, 0.5):.1f}, p99 {percentile(delays, 0.99):.1f}, most {max(delays):.1f} ms of {len(delays)}"


def _delays(folder: Path) -> list[float]:
    """Set-up delays as SIPp wrote them, ms."""
    delays = []
    for file in folder.glob("*_rtt.csv"):
        with file.open() as lines:
            delays += [float(row[1]) for row in csv.reader(lines, delimiter=";") if row[1:] and row[0][:1].isdigit()]
    return delays


def _cpu_s(roots: set[int]) -> float:
    """Of processes and everything below them."""
    parents: dict[int, int] = {}
    spent: dict[int, float] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        parents[int(entry.name)] = int(fields[1])
        spent[int(entry.name)] = (int(fields[11]) + int(fields[12])) / TICKS
    total = 0.0
    for pid, seconds in spent.items():
        above = pid
        while above and above not in roots:
            above = parents.get(above, 0)
        total += seconds if above else 0.0
    return total
