"""Those who look over everything, at their pages: the real routes on a real database, with Kendari's pack."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from litestar import Litestar
from litestar.datastructures import State

from tanggap import flow
from tanggap.city.pack import Pack
from tanggap.city.service import load_pack
from tanggap.incident import store as rows
from tanggap.incident.model import Actor, Assignment, Incident, Location, Report
from tanggap.intake.model import Changes, Channel, Contact
from tanggap.people import service
from tanggap.people.model import Role
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database
from tanggap.platform.ids import new_id
from tanggap.platform.secrets import Keyring
from tanggap.platform.settings import Settings
from tanggap.scene import Scene
from tanggap.web import sign_in as doors
from tanggap.web.account.routes import ROUTES as ACCOUNT
from tanggap.web.admin.routes import ROUTES as ADMIN
from tanggap.web.audit.routes import ROUTES as AUDIT
from tanggap.web.contacts.routes import ROUTES as CONTACTS
from tanggap.web.coordinator.routes import ROUTES as COORDINATOR
from tanggap.web.gateways.routes import ROUTES as GATEWAYS
from tanggap.web.house import House
from tanggap.web.roster.routes import ROUTES as ROSTER
from tanggap.web.security import secure
from tanggap.web.supervisor.routes import ROUTES as SUPERVISOR
from tanggap.web.wall.routes import ROUTES as WALL

CITY = "kendari"
SECRET = "jalan pagi ke teluk"
AT_DESK = Actor("Petugas 1", new_id())
TREE = Contact(
    Channel.CALL, words="pohon besar tumbang", address_words="dekat pasar baruga", number="0813-4455-6642",
    location=Location(-4.02, 122.50, 60.0, "map"),
)  # fmt: skip


@pytest.fixture
async def house(settings: Settings, db: Database, keyring: Keyring, pack: Pack) -> House:
    async with db.transaction(CITY) as tx:
        await load_pack(tx, pack, utcnow())
    return House(settings, db, keyring)


@pytest.fixture
async def scene(house: House) -> Scene:
    return await house.scene()


@pytest.fixture(scope="session")
def routes() -> Litestar:
    """These rooms without a house, made once."""
    return Litestar(
        [*SUPERVISOR, *COORDINATOR, *CONTACTS, *ACCOUNT, *GATEWAYS, *ADMIN, *AUDIT, *WALL, *ROSTER, doors.ROUTER],
        on_app_init=[secure],
        openapi_config=None,
        logging_config=None,
    )


@pytest.fixture
def app(routes: Litestar, house: House) -> Litestar:
    routes.state = State({"house": house})
    return routes


class Browser:
    """Somebody's browser: pages by `get`, forms by `send`."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(path)

    async def send(self, path: str, **fields: Any) -> httpx.Response:
        """Send a form as a page of ours would."""
        token = (await self.client.get("/sesi")).json()["csrf_token"]
        return await self.client.post(path, data={"_csrf_token": token, **fields})


SignIn = Callable[..., Awaitable[Browser]]


@pytest.fixture
async def signed_in(app: Litestar, house: House) -> AsyncIterator[SignIn]:
    """Make a person of a role and agency, and a browser in which they are signed in."""
    async with AsyncExitStack() as opened:

        async def enter(role: Role, agency: str | None = None, login: str = "") -> Browser:
            login = login or f"{role.value}.{agency or 'pusat'}"
            async with house.db.transaction(CITY) as tx:
                await service.add_person(
                    tx, CITY, login, login.title(), [role], agency, None, house.now(), password=SECRET, is_demo=True
                )
            client = httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]
                base_url="http://127.0.0.1:8112",
                headers={"accept": "text/html"},
            )
            browser = Browser(await opened.enter_async_context(client))
            assert (await browser.send("/masuk", nama=login, sandi=SECRET)).status_code == 303
            return browser

        yield enter


class Told:
    """Tells the story up to a point, without a browser."""

    def __init__(self, house: House, scene: Scene) -> None:
        self.house, self.scene = house, scene

    async def report(self, contact: Contact = TREE, *, ago: timedelta = timedelta(0)) -> Report:
        async with self.house.db.reading(CITY) as conn:
            told = await flow.receive(conn, self.scene, contact, utcnow() - ago)
            return await rows.report(conn, CITY, told.report)

    async def incident(
        self, agencies: list[str] | None = None, category: str = "fallen_tree", words: str = TREE.words
    ) -> tuple[Report, Incident]:
        report = await self.report(msgspec.structs.replace(TREE, words=words))
        async with self.house.db.transaction(CITY) as tx:
            await flow.claim(tx, self.scene, report.id, AT_DESK, utcnow())
            await flow.describe(tx, self.scene, report.id, Changes({"category": category}), AT_DESK, utcnow())
            incident = await flow.hand_over(tx, self.scene, report.id, agencies, AT_DESK, utcnow())
        return report, incident

    async def joined(self, incident: UUID) -> Report:
        report = await self.report(msgspec.structs.replace(TREE, words="ranting menutup lorong", number="0852-1111-2233"))
        async with self.house.db.transaction(CITY) as tx:
            await flow.join(tx, self.scene, report.id, incident, AT_DESK, utcnow())
        return report

    async def now(self, incident: UUID) -> tuple[Incident, list[Assignment]]:
        async with self.house.db.reading(CITY) as conn:
            return await rows.incident(conn, CITY, incident), await rows.assignments_of(conn, CITY, incident)


@pytest.fixture
def told(house: House, scene: Scene) -> Told:
    return Told(house, scene)
