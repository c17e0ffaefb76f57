"""A call taker at the console: the real routes on a real database, with Kendari's pack."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from litestar.datastructures import State

from tanggap import flow
from tanggap.city.pack import Pack
from tanggap.city.service import load_pack
from tanggap.incident import store as rows
from tanggap.incident.model import Report
from tanggap.intake.model import Channel, Contact
from tanggap.people import service
from tanggap.people.model import Role
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database
from tanggap.platform.secrets import Keyring
from tanggap.platform.settings import Settings
from tanggap.web import assets, sign_in
from tanggap.web.console.routes import ROUTES
from tanggap.web.house import House
from tanggap.web.security import secure
from tests.integration.conftest import CITY

SECRET = "jalan pagi ke teluk"


@dataclass
class Screen:
    """One browser, signed in."""

    client: httpx.AsyncClient
    house: House

    async def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        token = (await self.client.get("/sesi")).json()["csrf_token"]
        headers = {"x-csrftoken": token, "accept": "application/json"}
        return await self.client.request(method, path, headers=headers, **options)

    async def act(self, path: str, **fields: Any) -> dict[str, Any]:
        answer = await self.send("POST", path, data=fields)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def save(self, report: object, was: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
        answer = await self.send("PATCH", f"/konsol/{report}", json={"fields": fields, "was": was or {}})
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def new_call(self, key: str | None = None) -> UUID:
        answer = await self.send("POST", "/konsol", json={"key": key} if key else {})
        return UUID(answer.json()["report"])

    async def stored(self, report: object) -> Report:
        async with self.house.db.reading(CITY) as conn:
            return await rows.report(conn, CITY, UUID(str(report)))

    async def page(self, path: str, destination: str = "document") -> str:
        answer = await self.client.get(path, headers={"sec-fetch-dest": destination})
        assert answer.status_code == 200, answer.text
        return answer.text


@pytest.fixture
async def house(settings: Settings, db: Database, keyring: Keyring, pack: Pack) -> House:
    async with db.transaction(CITY) as tx:
        await load_pack(tx, pack, utcnow())
    return House(settings, db, keyring)


@asynccontextmanager
async def screen_of(house: House, login: str, role: Role, agency: str | None = None) -> AsyncIterator[Screen]:
    app = Litestar(
        [*ROUTES, *assets.ROUTES, sign_in.ROUTER],
        on_app_init=[secure],
        state=State({"house": house}),
        openapi_config=None,
        logging_config=None,
    )
    async with house.db.transaction(CITY) as tx:
        await service.add_person(tx, CITY, login, login.title(), [role], agency, None, utcnow(), password=SECRET, is_demo=True)
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers={"accept": "text/html"}) as client:
        token = (await client.get("/sesi")).json()["csrf_token"]
        answer = await client.post("/masuk", data={"nama": login, "sandi": SECRET, "_csrf_token": token})
        assert answer.status_code == 303
        yield Screen(client, house)


@pytest.fixture
async def siti(house: House) -> AsyncIterator[Screen]:
    async with screen_of(house, "siti", Role.CALL_TAKER) as screen:
        yield screen


@pytest.fixture
async def budi(house: House) -> AsyncIterator[Screen]:
    async with screen_of(house, "budi", Role.CALL_TAKER) as screen:
        yield screen


async def received(house: House, **told: Any) -> UUID:
    scene = await house.scene()
    async with house.db.reading(CITY) as conn:
        contact = Contact(**({"channel": Channel.CALL, "number": "0813-4455-6642"} | told))
        return (await flow.receive(conn, scene, contact, utcnow())).report
