"""What the browser tests of agencies, crews and citizens share: a report handed over behind the browser's back, and axe-core."""

import io
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from PIL import Image
from playwright.sync_api import FilePayload, Page

from tanggap import flow
from tanggap.incident import store as rows
from tanggap.incident.model import Actor, AssignmentState, Location
from tanggap.intake.model import Changes, Channel, Contact
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database, Transaction
from tanggap.platform.ids import new_id
from tanggap.platform.secrets import Keyring
from tanggap.platform.settings import load_settings
from tanggap.scene import Scene, read_scene
from tests.e2e.conftest import CITY, Site, outside_the_browser

AXE = (Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Case:
    """An incident that was handed over: its report's token, and its assignments by agency."""

    report: UUID
    token: str
    assignments: dict[str, UUID]


def behind_the_browser(site: Site, act: Callable[[Transaction, Scene], Awaitable[Result]]) -> Result:
    """Do something in the installation's database, in one transaction."""

    async def work() -> Result:
        db = await Database.open(site.dsn, min_size=1, max_size=1)
        keyring = Keyring.load(load_settings({"TANGGAP_HOME": str(site.home)}).secret_file)
        try:
            async with db.transaction(CITY) as tx:
                return await act(tx, await read_scene(tx, keyring))
        finally:
            await db.close()

    return outside_the_browser(work())


def hand_over(site: Site, words: str, category: str = "fallen_tree", answers: dict[str, str] | None = None) -> Case:
    """A citizen's report, taken and sent to the agencies of its category."""

    async def act(tx: Transaction, scene: Scene) -> Case:
        now, taker = utcnow(), Actor("Petugas 1", new_id())
        place = Location(-3.994, 122.49, 60.0, "device")
        told = Contact(Channel.WEB, words=words, address_words="dkt pasar wua2", number="081344556642", location=place)
        received = await flow.receive(tx, scene, told, now)
        await flow.claim(tx, scene, received.report, taker, now)
        await flow.describe(tx, scene, received.report, Changes({"category": category, "answers": answers or {}}), taker, now)
        incident = await flow.hand_over(tx, scene, received.report, None, taker, now)
        asked = await rows.assignments_of(tx, CITY, incident.id)
        return Case(received.report, received.token, {o.agency: o.id for o in asked})

    return behind_the_browser(site, act)


def go_on(site: Site, case: Case, agency: str, *states: AssignmentState, note: str = "") -> None:
    """An agency goes through these states."""

    async def act(tx: Transaction, scene: Scene) -> None:
        by = Actor(f"{agency} jaga", new_id(), agency)
        for state in states:
            if state is AssignmentState.ACKNOWLEDGED:
                await flow.acknowledge(tx, scene, case.assignments[agency], by, utcnow())
            else:
                await flow.progress(tx, scene, case.assignments[agency], state, note, by, utcnow())

    behind_the_browser(site, act)


def state_of(site: Site, case: Case, agency: str) -> AssignmentState:
    """How far an agency is, as the database says."""

    async def act(tx: Transaction, _scene: Scene) -> AssignmentState:
        return (await rows.assignment(tx, CITY, case.assignments[agency])).state

    return behind_the_browser(site, act)


def photo(name: str = "hasil.jpg") -> FilePayload:
    """A picture."""
    out = io.BytesIO()
    Image.new("RGB", (800, 600), (40, 120, 60)).save(out, "JPEG")
    return FilePayload(name=name, mimeType="image/jpeg", buffer=out.getvalue())


def violations(page: Page) -> list[Any]:
    """What axe-core finds wrong on the page."""
    page.evaluate(AXE)
    found = page.evaluate(
        "axe.run(document).then((r) => r.violations.map((v) => [v.id, v.nodes.map((n) => n.html.slice(0, 200))]))"
    )
    return list(found)


def small_targets(page: Page) -> list[Any]:
    """Visible buttons and fields of the page below 48 px, with their height."""
    return list(
        page.evaluate(
            """[...document.querySelectorAll("main :is(.button, .input, .check, .group, .task-row), .phone-act .button")]
               .map((e) => [e.textContent.trim() || e.name, Math.round(e.getBoundingClientRect().height)])
               .filter(([, height]) => height > 0 && height < 48)"""
        )
    )
