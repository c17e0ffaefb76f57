"""Voice calls through a real edge: how long a decision takes, how many calls can be set up, what kills cost.

    python -m benchmarks.voice

SIPp calls 112 and answers as operators, on the same cores as Kamailio, rtpengine, the decider and PostgreSQL (fsync on). The
set-up delay is SIPp's own, from INVITE to 200: it holds the decision and everything around it. The reference is the same Kamailio
with the same configuration, relaying each call to a phone without asking us.
"""

import asyncio
import csv
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec

from benchmarks.figure import Figure, against, percentile, tell
from tanggap.city.pack import pack_folder, read_pack
from tanggap.city.service import load_pack
from tanggap.people import service as people
from tanggap.people.model import Role
from tanggap.platform.database import Database
from tanggap.platform.migrate import migrate
from tanggap.platform.postgres import EmbeddedPostgres
from tanggap.platform.settings import load_settings
from tanggap.telephony.credentials import credentials_for, load_secret
from tanggap.telephony.edge import render as edge
from tanggap.telephony.settings import Queue, TelephonySettings, Trunk, secret_path
from tests.voice.conftest import free_ports, toml_of
from tests.voice.phone import Phone

SCENARIOS = Path(__file__).parent / "sipp"
OPERATORS = 130
SPEAKERS, SPEAK_S = 100, 20
TALKING, TALK_S = 50, 10
_STORED = "select count(*) from call where outcome = 'answered' and state = 'ended'"
CITY = "kendari"


class Bench:
    """A centre on this machine."""

    def __init__(self, folder: Path) -> None:
        ports = free_ports(8)
        self.home = folder
        self.caller_port, self.operator_port = ports[5], ports[6]
        self.telephony = msgspec.structs.replace(
            TelephonySettings(), sip_port=ports[0], ws_port=ports[1], decider_port=ports[2], media_port=ports[3],
            keys_port=ports[4], rtp_first=20000, rtp_last=29999, queue=Queue(wrap_up_s=0),
            trunks=(Trunk("telkom", "127.0.0.1", ports[7]),),
        )  # fmt: skip
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.people: list[UUID] = []

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
        for n in range(OPERATORS):
            async with self.db.transaction(CITY) as tx:
                person, _ = await people.add_person(
                    tx, CITY, f"op{n:03d}", f"Petugas {n}", {Role.CALL_TAKER}, None, None, datetime.now(UTC), password="x" * 12
                )
            self.people.append(person.id)
        self.rendered = edge.render(self.settings, self.telephony)
        self.run("rtpengine", self.rendered.rtpengine)
        await asyncio.sleep(1)
        self.run("kamailio", self.rendered.kamailio)
        self.run("decider", (sys.executable, "-m", "tanggap", "telephony", "decide"))
        await asyncio.sleep(2.5)
        self.run("operators", self.sipp(self.operator_port, "operator.xml", "-aa", "-rtp_echo"))
        await self.register()

    async def register(self) -> None:
        """Every person's phone is the same SIPp."""
        secret = load_secret(secret_path(self.settings))
        for person in self.people:
            made = credentials_for(secret, person, self.telephony.realm, datetime.now(UTC))
            phone = await Phone(self.telephony.sip_port, made).open()
            phone.contact_port = self.operator_port
            told = await phone.register()
            phone.close()
            if told.code != 200:
                raise SystemExit(f"a phone cannot sign in: {told.first}")
        await asyncio.sleep(1.5)

    def relay_only(self) -> None:
        """The reference: the same configuration, relaying to a phone without asking."""
        path = self.home / "telephony" / "kamailio.cfg"
        text = path.read_text()
        asked = '    if (evapi_async_relay("$var(j)")) exit;\n    route(ALONE);'
        if text.count(asked) != 1:
            raise SystemExit("the configuration has changed: say anew where it asks")
        phone = f"sip:{self.people[0].hex}@{self.telephony.realm}"
        relayed = f'    $ru = "{phone}";\n    lookup("location");\n    route(OFFER);\n    t_relay();\n    exit;'
        text = text.replace(asked, relayed).replace("if ($shv(lead) < 0) { route(ALONE); exit; }\n    # A decider", "# A decider")
        path.write_text(text)
        self.kill("kamailio")
        self.run("kamailio", self.rendered.kamailio)

    def run(self, name: str, command: tuple[str, ...]) -> None:
        """Start a process of its own group."""
        own = {key: value for key, value in os.environ.items() if not key.startswith("TANGGAP_")}
        env = own | {"TANGGAP_HOME": str(self.home), "TANGGAP_DATABASE_URL": self.postgres.dsn, "TANGGAP_LOG_LEVEL": "debug"}
        log = (self.home / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            command, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )

    def kill(self, name: str) -> None:
        """End it and all that it started."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def sipp(self, port: int, scenario: str, *more: str) -> tuple[str, ...]:
        """SIPp against our Kamailio."""
        return (
            shutil.which("sipp") or "sipp", "-sf", str(SCENARIOS / scenario), "-i", "127.0.0.1", "-p", str(port), "-nostdin",
            "-mp", "40000" if scenario == "operator.xml" else "44000", f"127.0.0.1:{self.telephony.sip_port}", *more,
        )  # fmt: skip

    async def call(self, rate: int, seconds: int) -> tuple[list[float], int]:
        """Call at a rate; gives the set-up delays in ms, and how many calls failed."""
        folder = Path(tempfile.mkdtemp(dir=self.home))
        command = self.sipp(
            self.caller_port, "caller.xml", "-r", str(rate), "-m", str(rate * seconds), "-l", "2000", "-d", "20", "-trace_rtt",
            "-rtt_freq", "1", "-recv_timeout", "5000", "-trace_err",
        )  # fmt: skip
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        await asyncio.wait_for(process.wait(), seconds + 60)
        delays = _delays(folder)
        return delays, rate * seconds - len(delays)

    async def speak(self) -> tuple[int, float]:
        """Calls that speak and are recorded, all at once: how many were answered, and the share of packets lost on the way."""
        folder = Path(tempfile.mkdtemp(dir=self.home))
        (folder / "tone.alaw").write_bytes(b"\x55\xd5\x34\xb4" * 4000)
        command = self.sipp(
            self.caller_port, "speaker.xml", "-r", "20", "-m", str(SPEAKERS), "-d", str(SPEAK_S * 1000), "-trace_rtt",
            "-rtt_freq", "1",
        )  # fmt: skip
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        began = time.time()
        await asyncio.wait_for(process.wait(), SPEAK_S + 60)
        await asyncio.sleep(1)
        return len(_delays(folder)), lost_in(self.home / "recordings" / "pcaps", began)

    async def killed_while_they_talk(self) -> tuple[int, float, int]:
        """The decider is killed while calls talk: how many went on to their end, packets lost, how many stored."""
        folder = Path(tempfile.mkdtemp(dir=self.home))
        (folder / "tone.alaw").write_bytes(b"\x55\xd5\x34\xb4" * 4000)
        async with self.db.reading(CITY) as conn:
            before = await conn.fetchval(_STORED)
        command = self.sipp(
            self.caller_port, "speaker.xml", "-r", "25", "-m", str(TALKING), "-d", str(TALK_S * 1000), "-trace_stat", "-fd", "1",
            "-stf", str(folder / "stat.csv"), "-trace_err",
        )  # fmt: skip
        began = time.time()
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        await asyncio.sleep(TALK_S / 2)
        self.kill("decider")
        await asyncio.wait_for(process.wait(), TALK_S + 60)
        self.run("decider", (sys.executable, "-m", "tanggap", "telephony", "decide"))
        await asyncio.sleep(3)
        await self.all_over()
        async with self.db.reading(CITY) as conn:
            stored = await conn.fetchval(_STORED) - before
        with (folder / "stat.csv").open() as lines:
            last = list(csv.DictReader(lines, delimiter=";"))[-1]
        return int(last["SuccessfulCall(C)"]), lost_in(self.home / "recordings" / "pcaps", began), stored

    async def without_decider(self) -> float:
        """The longest set-up delay of calls that come when the decider has just been killed, ms."""
        self.kill("decider")
        delays, failed = await self.call(5, 1)
        if failed or not delays:
            raise SystemExit("calls failed while there was no decider")
        return max(delays)

    def decided(self) -> list[float]:
        """How long the decider took for each call, from hearing of it to saying whose phone rings, ms: its own log."""
        lines = (self.home / "decider.log").read_bytes().splitlines()
        return [msgspec.json.decode(line)["after_ms"] for line in lines if b'"given out"' in line]

    async def all_over(self) -> None:
        """Wait until nothing is left to be written down."""
        limit = time.monotonic() + 30
        while time.monotonic() < limit:
            async with self.db.reading(CITY) as conn:
                if not await conn.fetchval("select exists (select from call where state <> 'ended')"):
                    return
            await asyncio.sleep(0.5)

    async def stop(self) -> None:
        """End everything."""
        for name in list(self.processes):
            self.kill(name)
        await self.db.close()
        await self.postgres.stop()


async def measure() -> list[Figure]:
    """All figures of this file."""
    folder = Path(tempfile.mkdtemp(prefix="tanggap-voice-"))
    bench = Bench(folder)
    asking: dict[int, tuple[list[float], int]] = {}
    deciding: dict[int, list[float]] = {}
    relaying: dict[int, tuple[list[float], int]] = {}
    try:
        await bench.start()
        await bench.call(20, 3)  # warm
        for rate, seconds in ((20, 15), (200, 12), (300, 10)):
            before = bench.decided()
            asking[rate] = await bench.call(rate, seconds)
            await asyncio.sleep(2)
            deciding[rate] = bench.decided()[len(before) :]
            print(f"# asking {rate}/s: failed {asking[rate][1]}, " + _said(asking[rate][0]), file=sys.stderr, flush=True)
            print(f"#   deciding: {_said(deciding[rate])}", file=sys.stderr, flush=True)
        await bench.all_over()
        async with bench.db.reading(CITY) as conn:
            stored = await conn.fetchval(_STORED)
        called = sum(len(delays) for delays, _ in asking.values()) + 60
        answered, lost = await bench.speak()
        went_on, cut_lost, told = await bench.killed_while_they_talk()
        alone_ms = await bench.without_decider()
        bench.relay_only()
        await asyncio.sleep(1)
        await bench.register()
        for rate, seconds in ((20, 15), (200, 12), (300, 10)):
            relaying[rate] = await bench.call(rate, seconds)
            print(f"# relaying {rate}/s: failed {relaying[rate][1]}, " + _said(relaying[rate][0]), file=sys.stderr, flush=True)
    finally:
        await bench.stop()
        shutil.rmtree(folder, ignore_errors=True)
    figures = []
    for rate, goal_ms in ((20, 10), (200, 20)):
        ours, theirs = percentile(asking[rate][0], 0.99), percentile(relaying[rate][0], 0.99)
        decided = percentile(deciding[rate], 0.99)
        goal = f"< {goal_ms} ms"
        figures.append(against(f"decision, p99 at {rate}/s", decided, "ms", "goal", goal_ms, goal, decided < goal_ms))
        name = f"set-up delay with the real queue and store, p99 at {rate}/s"
        figures.append(against(name, ours, "ms", "relaying without asking", theirs, "see the ratio", True))
    delays, failed = asking[300]
    more_ms = percentile(delays, 0.99) - percentile(relaying[300][0], 0.99)
    figures.append(against("calls that failed at 300/s", failed, "calls", "of", len(delays) + failed, "0 failed", failed == 0))
    figures.append(
        against("more delay by asking at 300/s, p99", more_ms, "ms", "p99 of relaying", percentile(relaying[300][0], 0.99),
                "≤ 10 ms", more_ms <= 10)
    )  # fmt: skip
    figures.append(
        against("calls stored as answered and ended", stored, "calls", "answered by SIPp", called, "all", stored == called)
    )
    figures += [
        against("calls that speak and are recorded at once", answered, "calls", "called", SPEAKERS, "all", answered == SPEAKERS),
        against("their packets lost on the way to the recording", lost * 100, "%", "of all", 100, "0", lost == 0),
        against("talking calls that outlive a killed decider", went_on, "calls", "talking", TALKING, "all", went_on == TALKING),
        against("their packets lost on the way to the recording", cut_lost * 100, "%", "of all", 100, "0", cut_lost == 0),
        against("of these stored as answered by the next decider", told, "calls", "talking", TALKING, "all", told == TALKING),
        against("set-up delay without a decider, longest", alone_ms, "ms", "goal", 1000, "< 1 s", alone_ms < 1000),
    ]
    return figures


def lost_in(folder: Path, since: float) -> float:
    """The share of RTP packets that recordings miss, by their sequence numbers."""
    expected = got = 0
    for file in folder.glob("*.pcap"):
        if file.stat().st_mtime < since:
            continue
        for numbers in _streams(file.read_bytes()).values():
            got += len(set(numbers))
            expected += (numbers[-1] - numbers[0]) % 65536 + 1
    return 1 - got / expected if expected else 1.0


def _streams(blob: bytes) -> dict[bytes, list[int]]:
    """Sequence numbers by stream (SSRC and port) of a pcap file with raw or Ethernet frames."""
    link = int.from_bytes(blob[20:24], "little")
    streams: dict[bytes, list[int]] = {}
    at = 24
    while at + 16 <= len(blob):
        length = int.from_bytes(blob[at + 8 : at + 12], "little")
        packet = blob[at + 16 + (14 if link == 1 else 0) : at + 16 + length]
        at += 16 + length
        header = (packet[0] & 15) * 4 if packet else 0
        rtp = packet[header + 8 :]
        if len(rtp) >= 12 and rtp[0] >> 6 == 2 and rtp[1] & 0x7F == 8:
            streams.setdefault(rtp[8:12] + packet[header : header + 4], []).append(int.from_bytes(rtp[2:4], "big"))
    return streams


def _delays(folder: Path) -> list[float]:
    """Set-up delays as SIPp wrote them, ms."""
    delays = []
    for file in folder.glob("*_rtt.csv"):
        with file.open() as lines:
            delays += [float(row[1]) for row in csv.reader(lines, delimiter=";") if row[1:] and row[0][:1].isdigit()]
    return delays


def _said(delays: list[float]) -> str:
    if not delays:
        return "none answered"
    return f"p50 {percentile(delays, 0.5):.1f}, p99 {percentile(delays, 0.99):.1f}, most {max(delays):.1f} ms of {len(delays)}"


if __name__ == "__main__":
    began = time.monotonic()
    tell(asyncio.run(measure()))
    print(f"# {time.monotonic() - began:.0f} s", file=sys.stderr)
