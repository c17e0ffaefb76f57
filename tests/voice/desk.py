"""Desks with a real browser: the console's own telephone in Chromium, with a made-up microphone, in front of a real edge."""

import asyncio
import contextlib
import math
import os
import shutil
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from playwright.async_api import Browser, Page, Playwright

from tanggap.people import service as people
from tanggap.people.model import Role
from tanggap.telephony import store
from tanggap.telephony.recording.g711 import ALAW

from .conftest import CITY, HOUSE, Centre
from .phone import Phone

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
PASSWORD = "kata-sandi-untuk-uji-saja"
FLAGS = [
    "--no-sandbox", "--disable-background-networking", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection", "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
#: Remembers the page's connections, so that a test can measure what they carry.
SPY = """
window.connections = [];
const Plain = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Plain { constructor(...said) { super(...said); window.connections.push(this); } };
"""
#: The loudness of what came in over the newest connection, since the last look (RMS, 0–1), and its packets.
HEARD = """async () => {
  const open = window.connections.filter((one) => one.connectionState === "connected");
  const counted = [];
  for (const one of open) for (const stat of (await one.getStats()).values())
    if (stat.type === "inbound-rtp") counted.push([stat.packetsReceived, stat.totalAudioEnergy, stat.totalSamplesDuration]);
  return counted;
}"""


def alaw_tone(hertz: float, packets: int, start: int = 0, amplitude: int = 12_000) -> list[bytes]:
    """A tone as A-law packets of 20 ms."""
    nearest = {}

    def code(sample: int) -> int:
        if sample not in nearest:
            nearest[sample] = min(range(256), key=lambda one: abs(ALAW[one] - sample))
        return nearest[sample]

    return [
        bytes(code(round(amplitude * math.sin(2 * math.pi * hertz * (n * 160 + k) / 8000)) // 256 * 256) for k in range(160))
        for n in range(start, start + packets)
    ]


def rms(alaw: bytes) -> float:
    """How loud A-law is, root mean square, 0–1."""
    return math.sqrt(sum(ALAW[byte] ** 2 for byte in alaw) / max(1, len(alaw))) / 32768


class Ear:
    """What a telephone heard: packets and their loudness."""

    def __init__(self, phone: Phone) -> None:
        self.packets: list[bytes] = []
        plain = phone.rtp.datagram_received

        def listen(data: bytes, addr: Any) -> None:
            plain(data, addr)
            if len(data) > 12 and data[1] & 0x7F == 8:
                self.packets.append(data[12:])

        phone.rtp.datagram_received = listen  # type: ignore[method-assign]

    @property
    def loudness(self) -> float:
        """Root mean square of the last second, 0–1."""
        return rms(b"".join(self.packets[-50:]))


class Speaking:
    """A telephone that says a tone until it is stopped."""

    def __init__(self, phone: Phone, hertz: float = 440) -> None:
        self._phone, self._tone = phone, alaw_tone(hertz, 50)
        self._task = asyncio.create_task(self._speak())

    async def _speak(self) -> None:
        n, loop = 0, asyncio.get_running_loop()
        start = loop.time()
        while not self._phone.rtp.transport.is_closing():
            self._phone.rtp.say(payload=self._tone[n % 50])
            n += 1
            await asyncio.sleep(max(0.0, start + n * 0.02 - loop.time()))

    def stop(self) -> None:
        self._task.cancel()


class Office:
    """The web pages and the worker of a centre, and browsers before them."""

    def __init__(self, centre: Centre, playwright: Playwright) -> None:
        self.centre = centre
        self._playwright = playwright
        self.browser: Browser | None = None
        #: The telephone network: answers what the centre dials.
        self.line = Phone(centre.telephony.sip_port)
        self._people = 0
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    async def open(self) -> "Office":
        await self._connect()
        for name in ("web", "worker"):
            self.start(name)
        self.browser = await self._playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        await self.centre.eventually(self._answers, 60)
        return self

    async def _connect(self) -> None:
        self.line = await Phone(self.centre.telephony.sip_port).open(self.centre.telephony.trunks[0].port)
        self.centre.phones.append(self.line)

    async def begin(self) -> None:
        """A telephone network that has heard of nothing yet, and people whom nobody knows."""
        self._people += 1
        if self.line not in self.centre.phones:
            await self._connect()

    async def empty(self) -> None:
        """Everybody hangs up and goes home."""
        for phone in self.centre.phones:
            with contextlib.suppress(KeyError):  # one that never called
                if phone.talking.is_set() and not phone.over.is_set():
                    phone.bye()
        assert self.browser is not None
        for context in self.browser.contexts:
            await context.close()
        for phone in self.centre.phones:
            phone.close()
        self.centre.phones.clear()
        await self.centre.eventually(self._is_quiet, 60)

    async def _is_quiet(self) -> bool:
        async with self.centre.db.reading(CITY) as conn:
            there = [one for one in await store.operators(conn, CITY) if one.registered or one.state != "away"]
            return not there and not await store.live_calls(conn, CITY)

    def start(self, name: str) -> None:
        env = {one: value for one, value in os.environ.items() if not one.startswith("TANGGAP_")} | {
            "TANGGAP_HOME": str(self.centre.settings.home), "TANGGAP_DATABASE_URL": str(self.centre.settings.database_url),
            "TANGGAP_PORT": str(self.port), "TANGGAP_LOG_LEVEL": "info", "PYTHONPATH": str(HOUSE),
        }  # fmt: skip
        log = (self.centre.settings.home / f"{name}.log").open("ab")
        self.running[name] = subprocess.Popen(
            [sys.executable, "-m", "tanggap", name], env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip

    async def _answers(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True

    async def close(self) -> None:
        if self.browser:
            await self.browser.close()
        for process in self.running.values():
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)

    def login_of(self, name: str) -> str:
        """Under which name somebody signs in: people of the same name in several tests are several people."""
        return f"{name}{self._people}"

    async def person(self, name: str, *roles: Role) -> UUID:
        async with self.centre.db.transaction(CITY) as tx:
            made, _ = await people.add_person(
                tx,
                CITY,
                self.login_of(name),
                name.title(),
                list(roles or (Role.CALL_TAKER,)),
                None,
                None,
                datetime.now(UTC),
                password=PASSWORD,
            )
            await tx.execute("UPDATE person SET must_change_password = false WHERE city = $1 AND id = $2", CITY, made.id)
        return made.id

    async def window(self, width: int = 1440, height: int = 900) -> Page:
        assert self.browser is not None
        context = await self.browser.new_context(viewport={"width": width, "height": height}, locale="id-ID")
        context.set_default_timeout(90_000)
        await context.add_init_script(SPY)
        page = await context.new_page()
        page.on("pageerror", lambda error: print("page error:", error))  # noqa: T201 - seen only when a test fails
        page.on("console", lambda said: said.type in ("error", "warning") and print(said.text))  # noqa: T201
        return page

    async def sign_in(self, login: str) -> Page:
        page = await self.window()
        await page.goto(f"{self.url}/masuk")
        await page.get_by_label("Nama masuk").fill(self.login_of(login))
        await page.get_by_label("Kata sandi").fill(PASSWORD)
        await page.get_by_role("button", name="Masuk").click()
        await page.wait_for_url(lambda url: "/masuk" not in url)
        return page

    async def desk(self, name: str, *roles: Role) -> tuple[UUID, Page]:
        """A call taker whose telephone is on and who counts as ready."""
        person = await self.person(name, *roles)
        page = await self.sign_in(name)
        if "/konsol" not in page.url:
            await page.goto(f"{self.url}/konsol")
        await page.locator('[data-phone][data-state="off"][data-listens]').wait_for()
        await page.keyboard.press("Alt+s")
        await page.locator('[data-phone][data-state="ready"]').wait_for()
        await self.centre.presence(person, "ready")
        return person, page


async def heard_in(page: Page, over_s: float = 1.0) -> float:
    """How loud a page's calls were over a time, RMS 0–1: the loudest of them."""
    before = await page.evaluate(HEARD)
    await asyncio.sleep(over_s)
    after = await page.evaluate(HEARD)
    levels = [
        math.sqrt(max(0.0, late[1] - early[1]) / (late[2] - early[2]))
        for early, late in zip(before, after, strict=False)
        if late[2] > early[2]
    ]
    return max(levels, default=0.0)


async def picked_up(page: Page, caller: Phone) -> str:
    """Call 112, and answer at a desk when it rings there; the call's SIP name."""
    call_id = caller.call("sip:112@112.local")
    await page.locator('[data-phone][data-state="ringing"]').wait_for()
    await page.keyboard.press("F2")
    await caller.answered(call_id)
    return call_id
