"""`make screenshots`: PNGs of every page at 1440 and 390 px, in both themes, of a demonstration that is made for it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from rich.progress import track

from benchmarks.installation import PATIENCE_S, free_port

OUT = Path("screenshots")
SIZES = ((1440, 900), (390, 844))
SETTLE_MS = 1_500

#: Who sees what. A path that ends in «→ selector» opens the first such link of the page.
PAGES = {
    None: ("/", "/lapor", "/lacak", "/masuk"),
    "petugas1": ("/konsol", "/konsol → a[data-open]"),
    "bpbd": ("/instansi", "/instansi → main a[href^='/instansi/']"),
    "bpbd.regu": ("/lapangan", "/lapangan → main a[href^='/lapangan/']"),
    "pengawas": ("/pengawas", "/pengawas → main table a[href^='/pengawas/']", "/dinding"),
    "koordinator": ("/koordinator", "/koordinator?periode=today", "/koordinator/tempat"),
    "admin": ("/admin", "/admin/sesi", "/admin/token", "/admin/katalog", "/admin/sistem", "/sandi", "/gaya"),
    "auditor": ("/audit",),
}


class Demonstration(NamedTuple):
    """Where it is, and the passwords of its accounts."""

    url: str
    passwords: dict[str, str]


@contextmanager
def demonstration() -> Iterator[Demonstration]:
    """`tanggap run` in a folder of its own."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="tanggap-screens-") as folder:
        home = Path(folder, "home")
        environ = os.environ | {"TANGGAP_HOME": str(home), "TANGGAP_PORT": str(port), "TANGGAP_LOG_LEVEL": "warning"}
        process = subprocess.Popen([sys.executable, "-m", "tanggap", "run"], env=environ, stdout=subprocess.DEVNULL)
        try:
            _wait(url, process)
            listed = re.findall(r"(?m)^\s*(\S+)\s+([a-z0-9]{4}(?:-[a-z0-9]{4}){3})\b", (home / "demo-accounts.txt").read_text())
            yield Demonstration(url, dict(listed))
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE_S)


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the demonstration did not start")


def signed_in(browser: Browser, site: Demonstration, login: str | None, size: tuple[int, int], theme: str) -> BrowserContext:
    """A window of a person, or of a citizen."""
    width, height = size
    scheme = "dark" if theme == "night" else "light"
    context = browser.new_context(viewport={"width": width, "height": height}, locale="id-ID", color_scheme=scheme)  # type: ignore[arg-type]
    context.add_cookies([{"name": "tanggap_tema", "value": theme, "url": site.url}])
    if login is not None:
        page = context.new_page()
        page.goto(f"{site.url}/masuk")
        page.get_by_label("Nama masuk").fill(login)
        page.get_by_label("Kata sandi").fill(site.passwords[login])
        page.get_by_role("button", name="Masuk").click()
        page.wait_for_url(lambda address: "/masuk" not in address)
        page.close()
    return context


def photograph(page: Page, site: Demonstration, path: str, file: Path) -> None:
    """Open a page, let it settle, and keep what a person sees first, and the whole of it."""
    address, _, selector = path.partition(" → ")
    answer = page.goto(site.url + address)
    if answer is None or answer.status >= 400:
        print(f"{path}: {answer.status if answer else 'no answer'}", file=sys.stderr)
        return
    if selector:
        link = page.locator(selector).first
        if link.count() == 0:
            print(f"{path}: nothing to open", file=sys.stderr)
            return
        page.goto(site.url + str(link.get_attribute("href")))
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=file)


def name_of(path: str) -> str:
    """A file name for a page."""
    return re.sub(r"[^a-z0-9]+", "-", path.split(" → ")[0].lower() + ("-detail" if "→" in path else "")).strip("-") or "home"


def main() -> None:
    """Photograph everything."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir()
    wanted = [(login, size, theme) for login in PAGES for size in SIZES for theme in ("light", "night")]
    with demonstration() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-background-networking"]
        )
        for login, size, theme in track(wanted, "photographing"):
            context = signed_in(browser, site, login, size, theme)
            page = context.new_page()
            for path in PAGES[login]:
                photograph(page, site, path, OUT / f"{name_of(path)}-{size[0]}-{theme}.png")
            context.close()
        browser.close()
    print(f"{len(list(OUT.glob('*.png')))} pictures in {OUT}/")


if __name__ == "__main__":
    main()
