"""Agencies, crews and citizens at their pages: the real routes on a real database, with Kendari's pack."""

import io
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from litestar.datastructures import State
from PIL import Image

from tanggap import flow
from tanggap.city.pack import Pack
from tanggap.city.service import load_pack
from tanggap.incident import store as rows
from tanggap.incident.model import Actor, Incident, Location
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
from tanggap.web.agency.routes import ROUTES as AGENCY
from tanggap.web.citizen.routes import ROUTES as CITIZEN
from tanggap.web.field.routes import ROUTES as FIELD
from tanggap.web.house import House
from tanggap.web.photos.routes import ROUTES as PHOTOS
from tanggap.web.security import secure

CITY = "kendari"
SECRET = "jalan pagi ke teluk"
AT_DESK = Actor("Petugas 1", new_id())


class SlowHouse(House):
    """A house whose clock the test may turn."""

    ahead = timedelta(0)

    def now(self) -> datetime:  # type: ignore[override]
        return utcnow() + self.ahead


@pytest.fixture
async def house(settings: Settings, db: Database, keyring: Keyring, pack: Pack) -> House:
    async with db.transaction(CITY) as tx:
        await load_pack(tx, pack, utcnow())
    return SlowHouse(settings, db, keyring)


@pytest.fixture
async def scene(house: House) -> Scene:
    return await house.scene()


@pytest.fixture(scope="session")
def routes() -> Litestar:
    """These rooms without a house, made once."""
    return Litestar(
        [*AGENCY, *FIELD, *CITIZEN, *PHOTOS, doors.ROUTER],
        on_app_init=[secure],
        openapi_config=None,
        logging_config=None,
    )


@pytest.fixture
def app(routes: Litestar, house: House) -> Litestar:
    routes.state = State({"house": house})
    return routes


@asynccontextmanager
async def browser_of(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """A browser with its own cookies, which says like a real one that it wants pages."""
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8112", headers={"accept": "text/html"}
    ) as client:
        yield client


@pytest.fixture
async def citizen(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    async with browser_of(app) as client:
        yield client


SignIn = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def signed_in(app: Litestar, house: House) -> AsyncIterator[SignIn]:
    """Make a person of a role and agency, and a browser in which they are signed in."""
    opened = []

    async def enter(login: str, role: Role, agency: str | None = None) -> httpx.AsyncClient:
        async with house.db.transaction(CITY) as tx:
            await service.add_person(
                tx, CITY, login, login.title(), [role], agency, None, house.now(), password=SECRET, is_demo=True
            )
        context = browser_of(app)
        client = await context.__aenter__()
        opened.append(context)
        answer = await post(client, "/masuk", nama=login, sandi=SECRET)
        assert answer.status_code == 303
        return client

    yield enter
    for context in opened:
        await context.__aexit__(None, None, None)


async def post(client: httpx.AsyncClient, path: str, *, files: object = None, **fields: str) -> httpx.Response:
    """Send a form as a page of ours would."""
    token = (await client.get("/sesi")).json()["csrf_token"]
    return await client.post(path, data={"_csrf_token": token, **fields}, files=files)  # type: ignore[arg-type]


def hidden(page: str, name: str) -> str:
    """The value of a hidden field on a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def jpeg(width: int = 64, height: int = 48, colour: str = "green", *, with_position: bool = True) -> bytes:
    """A photo as a telephone takes it, with the place where it was taken in its EXIF."""
    image = Image.new("RGB", (width, height), colour)
    exif = Image.Exif()
    exif[0x010F] = "Kamera Rahasia"
    if with_position:
        exif.get_ifd(0x8825).update({1: "S", 2: (3.0, 59.0, 24.0), 3: "E", 4: (122.0, 30.0, 0.0)})
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


@dataclass(frozen=True)
class Case:
    """An incident that was handed over, the report it came from, and its assignments by agency."""

    report: UUID
    token: str
    incident: Incident
    assignments: dict[str, UUID]


TREE = Contact(
    Channel.WEB, words="pohon besar tumbang timpa kabel, ada percikan", address_words="dkt pasar wua2", number="0813-4455-6642",
    name="Ibu Wati", location=Location(-3.994, 122.49, 30.0, "device"),
)  # fmt: skip


@pytest.fixture
async def fallen_tree(house: House, scene: Scene) -> Case:
    """A fallen tree: BPBD leads, DLHK and PLN are asked beside it."""
    return await handed_over(house, scene)


async def handed_over(house: House, scene: Scene, contact: Contact = TREE, category: str = "fallen_tree") -> Case:
    now = house.now()
    async with house.db.transaction(CITY) as tx:
        received = await flow.receive(tx, scene, contact, now)
        await flow.claim(tx, scene, received.report, AT_DESK, now)
        changes = Changes({"category": category, "answers": {"hit": "no"}})
        await flow.describe(tx, scene, received.report, changes, AT_DESK, now)
        incident = await flow.hand_over(tx, scene, received.report, None, AT_DESK, now)
        asked = await rows.assignments_of(tx, CITY, incident.id)
    return Case(received.report, received.token, incident, {o.agency: o.id for o in asked})
