"""`make screenshots`: PNGs of every page at 1440 and 390 px, in both themes, of a demonstration that is made for it."""

import asyncio
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
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from rich.progress import track

from benchmarks.installation import PATIENCE_S, free_port
from tanggap.incident.model import SYSTEM
from tanggap.intake.service import track_token
from tanggap.location.sources.service import link_token, make_link
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database
from tanggap.platform.secrets import Keyring
from tanggap.platform.settings import Settings
from tanggap.platform.supervisor import database_dsn

OUT = Path("screenshots")
SIZES = ((1440, 900), (390, 844))
SETTLE_MS = 1_500

#: Who sees what. A path that ends in «→ selector» opens the first such link of the page.
PAGES = {
    None: ("/", "/lapor", "/lapor/panggil", "/lacak", "/masuk", "/statistik"),
    "petugas1": ("/konsol", "/konsol → a[data-open]", "/regu", "/regu → main a[href^='/regu/tukar/']"),
    "bpbd": ("/instansi", "/instansi → main a[href^='/instansi/']", "/akun"),
    "damkarmat.regu": ("/lapangan", "/lapangan → main a[href^='/lapangan/']"),
    "koordinator": (
        "/koordinator",
        "/koordinator?periode=today",
        "/koordinator/angka/answer?menurut=hour",
        "/koordinator/angka/resolution?menurut=area",
        f"/koordinator/laporan/{utcnow():%Y-%m}",
        "/koordinator/tempat",
        "/koordinator/bukti",
        "/kontak",
        "/koordinator/bukti/kata",
        "/koordinator/aturan",
        "/koordinator/aturan?jenis=instansi",
        "/koordinator/aturan/kategori/flood",
        "/koordinator/aturan/waktu/P1",
        "/koordinator/aturan?jenis=eskalasi&prioritas=P3",
        "/koordinator/aturan?jenis=libur",
        "/koordinator/aturan?jenis=layanan",
        "/koordinator/aturan?jenis=luar-jam",
        "/koordinator/aturan/layanan/processing_60s",
        "/koordinator/aturan/luar-jam/dlhk",
        "/koordinator/aturan/rancangan",
        "/koordinator/aturan/uji",
        "/koordinator/aturan/versi",
        "/koordinator/aturan/versi/1",
    ),
    "pengawas": (
        "/pengawas",
        "/pengawas → main table a[href^='/pengawas/']",
        "/pengawas/berulang",
        "/pengawas/pesan",
        "/pengawas/tertinggal",
        "/dinding",
        "/pengawas/regu",
        "/pengawas/regu → main a.roster-cell",
        "/pengawas/regu/anggota",
    ),
    "admin": (
        "/admin",
        "/admin → main a[href^='/admin/orang/']",
        "/admin/sesi",
        "/admin/token",
        "/admin/katalog",
        "/admin/sistem",
        "/sandi",
        "/gaya",
    ),
    "auditor": ("/audit",),
}


class Demonstration(NamedTuple):
    """Where it is, and the passwords of its accounts."""

    url: str
    passwords: dict[str, str]
    home: Path


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
            yield Demonstration(url, dict(listed), home)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE_S)


async def citizens_pages(home: Path) -> dict[str, str]:
    """What the pages of example reports show, and their addresses: one for each state, and a link that asks for a point."""
    settings = Settings(home=home, secret_file=home / "secret.key")
    keyring = Keyring.load(settings.secret_file)
    sql = """SELECT DISTINCT ON (coalesce(i.state, r.state)) coalesce(i.state, r.state) AS state, r.id
             FROM report r LEFT JOIN incident i ON i.city = r.city AND i.id = r.incident
             WHERE r.city = $1 AND (i.id IS NOT NULL OR r.state = 'waiting') ORDER BY 1, r.received_at"""
    db = await Database.open(database_dsn(settings))
    async with db.transaction(settings.city) as tx:
        rows = await tx.fetch(sql, settings.city)
        link, _ = await make_link(tx, settings.city, keyring, rows[-1]["id"], SYSTEM, utcnow())
    await db.close()
    pages = {f"lacak {row['state']}": f"/lacak/{track_token(keyring, row['id'])}" for row in rows}
    return pages | {"titik": f"/titik/{link_token(keyring, link.id)}"}


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
    """Open a page, let it settle, and keep what a person sees first."""
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
        theirs = ThreadPoolExecutor().submit(asyncio.run, citizens_pages(site.home)).result()
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-background-networking"]
        )
        for login, size, theme in track(wanted, "photographing"):
            context = signed_in(browser, site, login, size, theme)
            page = context.new_page()
            for path in PAGES[login]:
                photograph(page, site, path, OUT / f"{name_of(path)}-{size[0]}-{theme}.png")
            for name, path in theirs.items() if login is None else ():
                photograph(page, site, path, OUT / f"{name_of(name)}-{size[0]}-{theme}.png")
            context.close()
        browser.close()
    print(f"{len(list(OUT.glob('*.png')))} pictures in {OUT}/")


if __name__ == "__main__":
    main()
