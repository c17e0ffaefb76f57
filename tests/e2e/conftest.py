"""A whole installation (supervisor, PostgreSQL, web, worker) and browsers in front of it."""

import asyncio
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tanggap.people import service as people
from tanggap.people.model import Role
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database
from tanggap.platform.settings import load_settings
from tanggap.platform.supervisor import database_dsn

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
PASSWORD = "kata-sandi-untuk-uji-saja"
CITY = "kendari"
#: A start on a machine that is busy with other tests.
PATIENCE_S = 60

Login = Callable[..., Page]
Result = TypeVar("Result")


class Site(NamedTuple):
    """A running installation."""

    url: str
    home: Path
    dsn: str

    def add(self, name: str, *roles: Role, agency: str | None = None) -> str:
        """A person with these roles; returns the login."""
        login = f"{name}{secrets.token_hex(3)}"

        async def make() -> None:
            db = await Database.open(self.dsn, min_size=1, max_size=1)
            async with db.transaction(CITY) as tx:
                person, _ = await people.add_person(
                    tx, CITY, login, name.title(), list(roles), agency, None, utcnow(), password=PASSWORD
                )
                await tx.execute("UPDATE person SET must_change_password = false WHERE city = $1 AND id = $2", CITY, person.id)
            await db.close()

        outside_the_browser(make())
        return login


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests first, because they take longest; of them the story, because it counts everything that is in the house."""
    items.sort(key=lambda item: (HERE not in item.path.parents, item.path.name != "test_story.py"))


def outside_the_browser(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine in a thread of its own: Playwright's loop occupies this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The production start in a folder of its own, on a free port."""
    folder = Path(tempfile.mkdtemp(prefix="tanggap-e2e-"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {name: value for name, value in os.environ.items() if not name.startswith("TANGGAP_")}
    own |= {"TANGGAP_TELEPHONY": "off"}  # the edge has tests of its own
    environ = own | {"TANGGAP_HOME": str(folder / "home"), "TANGGAP_PORT": str(port), "TANGGAP_LOG_LEVEL": "warning"}
    log = (folder / "up.log").open("wb")
    process = subprocess.Popen([sys.executable, "-m", "tanggap", "up"], env=environ, cwd=ROOT, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(process, url, folder / "up.log")
        yield Site(url, folder / "home", database_dsn(load_settings(environ)))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=2) as answer:  # noqa: S310 - loopback
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(log.read_text()[-2000:])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a screen. While it is open no other event loop can run in this process, so each file ends it."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"])
        yield started
        started.close()


@pytest.fixture
def contexts(browser: Browser) -> Iterator[list[BrowserContext]]:
    """Every browser window of a test, closed at its end."""
    opened: list[BrowserContext] = []
    yield opened
    for context in opened:
        context.close()


@pytest.fixture
def visit(browser: Browser, contexts: list[BrowserContext]) -> Callable[..., Page]:
    """Open a window of its own: `visit(width=390, js=False)`."""

    def open_window(width: int = 1440, height: int = 900, *, js: bool = True) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="id-ID", java_script_enabled=js)
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context.new_page()

    return open_window


@pytest.fixture
def sign_in(site: Site, visit: Callable[..., Page]) -> Login:
    """Sign a person in, in a window of its own."""

    def signed_in(login: str, **window: int) -> Page:
        page = visit(**window)
        page.goto(f"{site.url}/masuk")
        page.get_by_label("Nama masuk").fill(login)
        page.get_by_label("Kata sandi").fill(PASSWORD)
        page.get_by_role("button", name="Masuk").click()
        page.wait_for_url(lambda url: "/masuk" not in url)
        return page

    return signed_in
