"""The call taker's console in a real browser: hands on the keyboard, a server that goes away, two desks on one report."""

import asyncio
import re
import secrets
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tanggap import flow
from tanggap.city.pack import pack_folder, read_pack
from tanggap.city.service import load_pack
from tanggap.incident import store as rows
from tanggap.intake.model import Channel, Contact
from tanggap.people import service
from tanggap.people.model import Role
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database
from tanggap.platform.migrate import migrate
from tanggap.platform.postgres import EmbeddedPostgres
from tanggap.platform.secrets import Keyring
from tanggap.platform.settings import Settings, load_settings
from tanggap.web.house import House
from tests.conftest import FAST, named

# A machine that does much else beside is slow, and still right.
expect.set_options(timeout=15_000)

CITY = "kendari"
SECRET = "jalan pagi ke teluk"
TEMPLATE = "console_template"
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


class Server:
    """The web process, which a test may kill and start again on the same port."""

    def __init__(self, settings: Settings, dsn: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._environ = {
            "TANGGAP_HOME": str(settings.home), "TANGGAP_DATABASE_URL": dsn, "TANGGAP_PORT": str(self.port),
            "PATH": "/usr/bin:/bin", "TANGGAP_LOG_LEVEL": "warning",
        }  # fmt: skip
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tanggap", "web", env=self._environ)
        async with asyncio.timeout(20):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                except OSError:
                    await asyncio.sleep(0.05)
                else:
                    writer.close()
                    return

    async def kill(self) -> None:
        if self._process and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
            await self._process.wait()


class Ground(NamedTuple):
    """A PostgreSQL of this file's own, and the thread that its stories are played in."""

    dsn: str
    run: Callable[[Coroutine[Any, Any, None]], None]


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    """Playwright's other tests occupy the loop of pytest's thread, and PostgreSQL ends with the thread that started it."""
    folder = Path(tempfile.mkdtemp(prefix="tanggap-console-"))
    postgres = EmbeddedPostgres(folder / "postgres", extra=FAST)

    async def prepare() -> None:
        await postgres.start()
        await administer(postgres.dsn, f"create database {TEMPLATE}")
        await migrate(named(postgres.dsn, TEMPLATE))

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, prepare()).result()
        yield Ground(postgres.dsn, lambda work: thread.submit(asyncio.run, work).result())
        thread.submit(asyncio.run, postgres.stop()).result()
    shutil.rmtree(folder)


async def administer(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


class Stage(NamedTuple):
    """What a story is played on."""

    browser: Browser
    server: Server
    house: House


Story = Callable[[Stage], Coroutine[Any, Any, None]]


async def play(story: Story, ground: Ground, home: Path) -> None:
    """Play a story on a database of its own, with a web process and a browser."""
    name = f"console_{secrets.token_hex(6)}"
    await administer(ground.dsn, f"create database {name} template {TEMPLATE} strategy file_copy")
    dsn = named(ground.dsn, name)
    settings = load_settings({"TANGGAP_HOME": str(home)})
    db = await Database.open(dsn)
    async with db.transaction(CITY) as tx:
        await load_pack(tx, read_pack(pack_folder(CITY)), utcnow())
        for login in ("siti", "budi"):
            roles = [Role.CALL_TAKER]
            await service.add_person(tx, CITY, login, login.title(), roles, None, None, utcnow(), password=SECRET, is_demo=True)
    server = Server(settings, dsn)
    try:
        await server.start()
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            await story(Stage(browser, server, House(settings, db, Keyring.load(settings.secret_file))))
            await browser.close()
    finally:
        await server.kill()
        await db.close()


def played(story: Story) -> Callable[[Ground, Path], None]:
    """A story as a test."""

    def test(ground: Ground, tmp_path: Path) -> None:
        ground.run(play(story, ground, tmp_path))

    test.__doc__ = story.__doc__
    return test


@asynccontextmanager
async def desk(stage: Stage, login: str = "siti", **options: Any) -> AsyncIterator[Page]:
    """A browser window with the console open; a script that fails fails the test."""
    context: BrowserContext = await stage.browser.new_context(**({"viewport": {"width": 1440, "height": 900}} | options))
    page = await context.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    await page.goto(f"{stage.server.address}/masuk?lanjut=/konsol")
    await page.fill("#nama", login)
    await page.fill("#sandi", SECRET)
    await page.press("#sandi", "Enter")
    await page.wait_for_url("**/konsol")
    await page.wait_for_load_state("load")
    yield page
    assert failures == []
    await context.close()


async def received(house: House, **told: Any) -> UUID:
    scene = await house.scene()
    async with house.db.reading(CITY) as conn:
        contact = Contact(**({"channel": Channel.CALL, "number": "0813-4455-6642"} | told))
        return (await flow.receive(conn, scene, contact, utcnow())).report


async def of_page(house: House, page: Page) -> Any:
    """The stored report of the open page."""
    found = re.search(r"/konsol/([0-9a-f-]{36})$", page.url)
    assert found, page.url
    async with house.db.reading(CITY) as conn:
        return await rows.report(conn, CITY, UUID(found[1]))


async def saved(page: Page) -> None:
    await expect(page.locator("#saved[data-saving=saved]")).to_contain_text("tersimpan", timeout=5_000)


@played
async def test_a_fire_goes_out_by_keyboard_alone(stage: Stage) -> None:
    async with desk(stage) as page:
        await page.keyboard.press("Alt+n")
        await expect(page.locator("#address")).to_be_focused()
        await page.wait_for_url(re.compile(r"/konsol/[0-9a-f-]{36}$"))
        await page.keyboard.type("dpn lippo plaza")
        await expect(page.locator("#candidates [role=option]").first).to_contain_text("Lippo Plaza")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(page.locator("#point")).to_contain_text("Lippo Plaza")
        assert await page.input_value("#address") == "dpn lippo plaza"
        await page.focus("#what")
        await page.keyboard.type("rumah terbakar, api besar")
        await expect(page.locator("[data-suggest]").first).to_contain_text("Kebakaran bangunan")
        await page.keyboard.press("Control+1")
        await expect(page.locator("[data-question]").first).to_be_visible()
        await page.locator("[data-question] .answer").first.focus()
        await page.keyboard.press("y")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator(".asked")).to_contain_text("Damkarmat")
        await expect(page.locator(".sheet-head")).to_contain_text("belum diverifikasi")
        report = await of_page(stage.house, page)
        assert (report.state, report.words, report.answers["trapped"]) == ("active", "rumah terbakar, api besar", "yes")
        await page.keyboard.press("Alt+8")
        await expect(page.locator("#sheet")).to_have_attribute("data-state", "none")


@played
async def test_what_is_missing_is_said_in_place_and_nothing_is_lost(stage: Stage) -> None:
    async with desk(stage) as page:
        await page.keyboard.press("Alt+n")
        await page.wait_for_url("**/konsol/*-*")
        await page.focus("#what")
        await page.keyboard.type("pohon tumbang")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator("#missing")).to_contain_text("pilih kategori")
        await expect(page.locator("#address")).to_be_focused()
        assert await page.input_value("#what") == "pohon tumbang"


@played
async def test_a_waiting_call_appears_one_key_takes_it_one_ends_it_one_brings_it_back(stage: Stage) -> None:
    async with desk(stage) as page:
        first = await received(stage.house)
        await expect(page.locator(f"#row-{first}")).to_be_visible(timeout=3_000)
        second = await received(stage.house, words="lampu jalan mati")
        await expect(page.locator(f"#row-{second}")).to_be_visible(timeout=3_000)
        await page.keyboard.press("Alt+a")
        await page.wait_for_url(f"**/konsol/{first}")
        await page.keyboard.press("Alt+1")
        await page.wait_for_url(f"**/konsol/{second}")
        await expect(page.locator("#toasts")).to_contain_text("uji coba")
        await page.keyboard.press("Alt+z")
        await page.wait_for_url(f"**/konsol/{first}")
        await expect(page.locator("#sheet")).to_have_attribute("data-state", "active")


@played
async def test_typing_goes_on_without_a_server_and_arrives_once(stage: Stage) -> None:
    async with desk(stage) as page:
        await page.keyboard.press("Alt+n")
        await page.wait_for_url(re.compile(r"/konsol/[0-9a-f-]{36}$"))
        await page.keyboard.type("lorong belakang pasar")
        await saved(page)
        await stage.server.kill()
        await page.focus("#what")
        await page.keyboard.type("banjir setinggi lutut")
        await expect(page.locator("#lost")).to_be_visible(timeout=15_000)
        await expect(page.locator("#saved")).to_have_attribute("data-saving", "waiting")
        address = page.url
        await page.keyboard.press("Alt+n")
        await expect(page.locator("#address")).to_be_focused()
        await page.keyboard.type("panggilan kedua di Wua-Wua")
        await stage.server.start()
        await page.wait_for_url(lambda url: url != address and bool(re.search(r"/konsol/[0-9a-f-]{36}$", url)), timeout=15_000)
        await saved(page)
        await expect(page.locator("#lost")).to_be_hidden(timeout=15_000)
        await page.wait_for_timeout(2_500)
        async with stage.house.db.reading(CITY) as conn:
            told = {(row["address_words"], row["words"]) for row in await conn.fetch("SELECT * FROM report")}
            count = await conn.fetchval("SELECT count(*) FROM report")
        assert told == {("lorong belakang pasar", "banjir setinggi lutut"), ("panggilan kedua di Wua-Wua", "")}
        assert count == 2


@played
async def test_a_closed_browser_loses_nothing(stage: Stage) -> None:
    async with desk(stage) as page:
        await page.keyboard.press("Alt+n")
        await page.wait_for_url(re.compile(r"/konsol/[0-9a-f-]{36}$"))
        address = page.url
        await stage.server.kill()
        await page.keyboard.type("jembatan triping")
        await page.wait_for_timeout(300)
        again = await page.context.new_page()
        await page.close()
        await stage.server.start()
        await again.goto(address)
        await expect(again.locator("#address")).to_have_value("jembatan triping")
        await saved(again)
        assert (await of_page(stage.house, again)).address_words == "jembatan triping"


@played
async def test_two_desks_on_one_report_the_second_is_told_and_keeps_its_words(stage: Stage) -> None:
    async with desk(stage) as siti, desk(stage, "budi") as budi:
        await siti.keyboard.press("Alt+n")
        await siti.wait_for_url(re.compile(r"/konsol/[0-9a-f-]{36}$"))
        await budi.goto(siti.url)
        await expect(budi.locator(".notice")).to_contain_text("Siti")
        await budi.focus("#what")
        await siti.focus("#what")
        await siti.keyboard.type("pohon tumbang")
        await saved(siti)
        await budi.keyboard.type("kabel putus")
        await expect(budi.locator("#clash-what, #clash-words").first).to_contain_text("Siti")
        assert await budi.input_value("#what") == "kabel putus"
        await budi.locator("#clash-words button").first.click()
        await saved(budi)
        assert (await of_page(stage.house, budi)).words == "kabel putus"


@played
async def test_a_click_on_the_map_sets_the_point_and_the_words_stay(stage: Stage) -> None:
    async with desk(stage) as page:
        await page.keyboard.press("Alt+n")
        await page.keyboard.type("dekat kali")
        await expect(page.locator("#map canvas")).to_be_visible(timeout=20_000)
        await page.locator("#map .map-hint").wait_for(timeout=20_000)
        await page.locator("#map canvas").click(position={"x": 180, "y": 180})
        await expect(page.locator("#point")).to_contain_text("dari peta")
        await saved(page)
        report = await of_page(stage.house, page)
        assert (report.location_source, report.address_words) == ("map", "dekat kali")
        assert report.lat is not None


async def everybody_can_use_it(stage: Stage, theme: str, width: int) -> None:
    await received(stage.house, words="banjir")
    await received(stage.house)
    viewport = {"width": width, "height": 900 if width > 400 else 844}
    async with desk(stage, viewport=viewport) as page:
        await page.context.add_cookies([{"name": "tanggap_tema", "value": theme, "url": stage.server.address}])
        await page.reload()
        assert await violations(page) == []
        await page.keyboard.press("Alt+a")
        await page.wait_for_url(re.compile(r"/konsol/[0-9a-f-]{36}$"))
        await page.focus("#what")
        await page.keyboard.type("kebakaran rumah")
        await page.locator("[data-suggest]").first.click()
        await expect(page.locator("[data-question]").first).to_be_visible()
        assert await violations(page) == []
        await page.click("#category")
        await expect(page.locator("#categories")).to_be_visible()
        assert await violations(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("theme", ["night", "light"])
@pytest.mark.parametrize("width", [1440, 390])
def test_everybody_can_use_it(ground: Ground, tmp_path: Path, theme: str, width: int) -> None:
    ground.run(play(lambda stage: everybody_can_use_it(stage, theme, width), ground, tmp_path))


async def violations(page: Page) -> list[str]:
    """What axe-core finds wrong, contrast at 7:1 included."""
    await page.evaluate(await asyncio.to_thread(AXE.read_text))
    found = await page.evaluate(
        """() => axe.run(document, {rules: {"color-contrast-enhanced": {enabled: true}}}).then((r) => r.violations.map(
               (v) => v.id + ": " + v.nodes.map((n) => n.target + " " + (n.any[0]?.message ?? "")).join(" | ")))"""
    )
    return [str(one) for one in found]
