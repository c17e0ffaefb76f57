"""Every page, wide and narrow, by day and by night: nothing in anybody's way, nothing beyond the edge of the screen."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page

from tanggap import flow
from tanggap.city.shift_plan import Need, NeedKind
from tanggap.incident.model import AssignmentState
from tanggap.intake.model import Channel, Contact
from tanggap.people.model import Role
from tanggap.people.roster import store as roster
from tanggap.people.roster.planning import PlannedShift
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Transaction
from tanggap.scene import Scene
from tests.e2e.conftest import CITY, Login, Site
from tests.e2e.outside import AXE, behind_the_browser, go_on, hand_over

pytestmark = pytest.mark.xdist_group("e2e")

SIZES = ((1440, 900), (390, 844))
NO_PAGE = "/tidak-ada"

#: Who sees what; the names in braces are filled with what the test has made.
PAGES: dict[Role | None, tuple[str, ...]] = {
    None: (
        "/", "/lapor", "/lapor/panggil", "/lacak", "/lacak/{token}", "/lacak/{done}", "/masuk", NO_PAGE, "/problems/not-found",
        "/api", "/statistik",
    ),
    Role.CALL_TAKER: ("/konsol", "/konsol/{report}", "/konsol/{waiting}", "/dinding", "/sandi", "/regu"),
    Role.AGENCY: ("/instansi", "/instansi/{assignment}", "/instansi/{answered}", "/akun"),
    Role.FIELD: ("/lapangan", "/lapangan/{assignment}", "/lapangan/{answered}"),
    Role.SUPERVISOR: (
        "/pengawas", "/pengawas/{incident}", "/pengawas/laporan/{waiting}", "/konsol/{report}", "/dinding",
        "/pengawas/berulang", "/pengawas/tertinggal", "/pengawas/regu", "/pengawas/regu/{shift}", "/pengawas/regu/anggota",
        "/pengawas/pesan",
    ),
    Role.COORDINATOR: (
        "/koordinator", "/koordinator?periode=today", "/koordinator?periode=2025-01", "/koordinator/angka/answer?menurut=hour",
        "/koordinator/angka/resolution?menurut=area", "/koordinator/laporan/{month}", "/koordinator/tempat", "/koordinator/bukti",
        "/koordinator/bukti/kata", "/kontak", "/akun",
        "/koordinator/aturan", "/koordinator/aturan?jenis=waktu", "/koordinator/aturan/kategori/flood",
        "/koordinator/aturan/waktu/P1", "/koordinator/aturan/rancangan", "/koordinator/aturan/uji", "/koordinator/aturan/versi",
        "/koordinator/aturan/versi/1", "/koordinator/aturan?jenis=eskalasi", "/koordinator/aturan?jenis=libur",
        "/koordinator/aturan/layanan/processing_60s",
    ),
    Role.ADMINISTRATOR: (
        "/admin", "/admin/orang/{person}", "/admin/sesi", "/admin/token", "/admin/katalog", "/admin/sistem", "/audit", "/gaya",
    ),
    Role.AUDITOR: ("/audit", "/audit/kejadian?nomor={number}"),
}  # fmt: skip

FIND = """(only) => axe.run(document, only).then((found) => found.violations.map((one) =>
  `${one.impact} ${one.id}: ` + one.nodes.map((node) => `${node.target} ${node.any[0]?.message ?? ""}`).join(" | ")))"""
#: By day everything is looked at, the size of what is pressed included (WCAG 2.2); the night changes colours only.
WHAT: dict[str, dict[str, Any]] = {
    "light": {"rules": {"target-size": {"enabled": True}}},
    "night": {"runOnly": ["color-contrast"]},
}


async def next_week(tx: Transaction) -> UUID:
    """A shift of next week with somebody's turn in it; nobody is on duty by it now."""
    begins = utcnow() + timedelta(days=7)
    needs = (Need(NeedKind.ROLE, "call_taker", 4), Need(NeedKind.LANGUAGE, "tolaki", 1))
    one = PlannedShift(begins.date(), "uji", "Uji", "Test", begins, begins + timedelta(hours=8), needs, ())
    ((_, shift, _),) = await roster.write_shifts(tx, CITY, [one])
    somebody: UUID = await tx.fetchval("SELECT id FROM person WHERE city = $1 AND 'call_taker' = ANY (roles) LIMIT 1", CITY)
    await roster.add_turns(tx, CITY, [(shift, somebody, Role.CALL_TAKER)])
    return shift


@pytest.fixture(scope="module")
def made(site: Site) -> dict[str, object]:
    """An incident that was handed over, one that was accepted, one that is done, a report that waits, a person."""
    site.add("orang", Role.CALL_TAKER)
    case, answered = hand_over(site, "pohon tumbang menutup gang", answers={"hit": "yes"}), hand_over(site, "pohon miring")
    done = hand_over(site, "dahan patah")
    go_on(site, answered, "bpbd", AssignmentState.ACKNOWLEDGED, AssignmentState.EN_ROUTE)
    go_on(site, done, "bpbd", AssignmentState.ACKNOWLEDGED, AssignmentState.DONE, note="sudah dipotong")

    async def act(tx: Transaction, scene: Scene) -> dict[str, object]:
        told = Contact(Channel.CALL, words="ada asap tebal", address_words="dekat pelabuhan", number="081344556643")
        waiting = await flow.receive(tx, scene, told, utcnow())
        incident = await tx.fetchrow(
            "SELECT i.id, i.number FROM incident i JOIN report r ON r.city = i.city AND r.incident = i.id WHERE r.id = $1",
            case.report,
        )
        person: UUID = await tx.fetchval("SELECT id FROM person WHERE city = $1 LIMIT 1", CITY)
        found = {"waiting": waiting.report, "incident": incident["id"], "number": incident["number"], "person": person}
        return found | {"shift": await next_week(tx)}

    return behind_the_browser(site, act) | {
        "token": case.token, "done": done.token, "report": case.report, "assignment": case.assignments["bpbd"],
        "answered": answered.assignments["bpbd"], "month": f"{utcnow():%Y-%m}",
    }  # fmt: skip


@pytest.mark.parametrize("role", PAGES, ids=lambda role: role.value if role else "anybody")
def test_everybody_can_use_every_page(
    site: Site, sign_in: Login, visit: Callable[..., Page], made: dict[str, Any], role: Role | None
) -> None:
    agency = "bpbd" if role in (Role.AGENCY, Role.FIELD) else None
    page = sign_in(site.add(role.value.replace("_", ""), role, agency=agency)) if role else visit()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    for theme, rules in WHAT.items():
        page.context.add_cookies([{"name": "tanggap_tema", "value": theme, "url": site.url}])
        for path in PAGES[role]:
            answer = page.goto(site.url + path.format(**made))
            assert answer is not None
            assert answer.status == (404 if path == NO_PAGE else 200), path
            page.evaluate(AXE)
            for width, height in SIZES:
                page.set_viewport_size({"width": width, "height": height})
                faults += [f"{path} {width} {theme}: {one}" for one in page.evaluate(FIND, rules)]
                beyond = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
                if beyond > 0:
                    faults.append(f"{path} {width} {theme}: {beyond} px beyond the edge")
    assert not faults, "\n".join(faults)
