"""The whole application on a database of its own, with Kendari's pack: for tests that come in through HTTP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, cast

import argon2
import httpx
import msgspec
import pytest
from litestar import Litestar
from litestar.datastructures import State

from tanggap.city.pack import Pack, pack_folder, read_pack
from tanggap.city.service import load_pack
from tanggap.people import machines, passwords
from tanggap.people.model import Role
from tanggap.platform.database import Database
from tanggap.platform.secrets import Keyring
from tanggap.platform.settings import Settings, load_settings
from tanggap.scene import Scene, read_scene
from tanggap.triage import keeper
from tanggap.triage.building import said_of
from tanggap.web.app import create_app, keep_house
from tanggap.web.house import House
from tanggap.web.server import Server, bound

CITY = "kendari"
#: When the pack's rules came into force: before any moment of a test.
IN_FORCE = datetime(2026, 1, 1, tzinfo=UTC)
#: A role (and an agency) → the headers of a machine that has a token for it.
Bearer = Callable[..., Awaitable[dict[str, str]]]


@pytest.fixture(scope="module", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    """Hashing is dear on purpose; here accounts are made by the hundred, and nobody guesses. Not in the tests after."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASHER", argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def pack() -> Pack:
    """Kendari's pack."""
    return read_pack(pack_folder(CITY))


@pytest.fixture
async def scene(db: Database, keyring: Keyring, pack: Pack) -> Scene:
    """Kendari as its pack makes it, in a database of its own."""
    async with db.transaction(CITY) as tx:
        await load_pack(tx, pack, IN_FORCE)
        return await read_scene(tx, keyring)


@pytest.fixture(scope="session")
def routes() -> Litestar:
    """The application without a house: its hundreds of routes are made once, because that takes longer than most tests."""
    return create_app(load_settings({"TANGGAP_HOME": "/nowhere"}))


@pytest.fixture
async def app(routes: Litestar, db: Database, dsn: str, settings: Settings, pack: Pack) -> AsyncIterator[Litestar]:
    """The application, with a house of its own open and its routes checked."""
    async with db.transaction(CITY) as tx:
        await load_pack(tx, pack, datetime.now(UTC))
    routes.state = State({"settings": msgspec.structs.replace(settings, database_url=dsn)})
    async with keep_house(routes):
        for check in routes.on_startup:
            await cast(Any, check)(routes)
        yield routes


@pytest.fixture
def house(app: Litestar) -> House:
    """What the application's pages share."""
    return cast(House, app.state.house)


@pytest.fixture
async def api(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """A client that calls the application without a network."""
    transport = httpx.ASGITransport(cast(Any, app), raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://tanggap.test") as client:
        yield client


@pytest.fixture
def few_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fifth of the pack's sentences, so that a model is learned in no time."""
    monkeypatch.setattr(keeper, "said_of", lambda catalogue: said_of(catalogue)[::5])


@pytest.fixture
def bearer(db: Database) -> Bearer:
    """Issues tokens."""

    async def issue(role: Role, agency: str | None = None, name: str = "") -> dict[str, str]:
        async with db.transaction(CITY) as tx:
            _, secret = await machines.issue_token(
                tx, CITY, name or f"{role.value} {agency}", role, agency, None, None, datetime.now(UTC)
            )  # fmt: skip
        return {"authorization": f"Bearer {secret}"}

    return issue


@asynccontextmanager
async def served(app: Litestar) -> AsyncIterator[str]:
    """The application on a port of its own, for what needs a real connection; its address."""
    listening = bound("127.0.0.1", 0)
    port = listening.getsockname()[1]
    server = Server(app, has_lifespan=False)
    serving = asyncio.create_task(server.serve([listening]))
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stop()
        await asyncio.wait((serving,), timeout=3)
        serving.cancel()


@pytest.fixture
async def address(app: Litestar) -> AsyncIterator[str]:
    """Where the application answers over a real connection."""
    async with served(app) as found:
        yield found
