"""A small app behind the real gate, with routes for each kind of visitor."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import jinja2
import msgspec
import pytest
from litestar import Litestar, Request, Response, Router, delete, get, post
from litestar.datastructures import State
from litestar.openapi import OpenAPIConfig
from litestar.params import FromPath, FromQuery, JSONBody

from tanggap.incident.timeline.feed import Feed
from tanggap.people import service, signing_in
from tanggap.people.model import Person, Role
from tanggap.people.permissions import Act
from tanggap.platform.database import Database, DatabaseAway
from tanggap.platform.secrets import Keyring
from tanggap.platform.settings import Settings
from tanggap.web.forms import read_form
from tanggap.web.headers import headers_of
from tanggap.web.rate_limit import Limit, RateLimit
from tanggap.web.security import TokenMemory, is_still_allowed, refuse_unguarded_routes, secure, who
from tanggap.web.sign_in import ROUTER
from tanggap.web.templating import environment, render

CITY = "kendari"
SECRET = "jalan pagi ke teluk"


class TestHouse:
    """What the gate needs of the house, with a clock that the test owns."""

    __test__ = False

    def __init__(self, settings: Settings, db: Database, keyring: Keyring) -> None:
        self.settings, self.city, self.db, self.keyring = settings, CITY, db, keyring
        self.feed = Feed(db, CITY)
        self.tokens = TokenMemory()
        self.headers = headers_of(settings, "ws://127.0.0.1:8113/telepon/ws")
        self.time = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def wait(self, **length: float) -> None:
        self.time += timedelta(**length)

    async def scene(self) -> Any:
        raise DatabaseAway("this test has no city")


class Words(msgspec.Struct):
    words: str
    count: int = 0


LIMIT = RateLimit(Limit(2, 1), Limit(1_000, 1_000))


@get("/terbuka", **who("anyone"))
async def open_page(request: Request[Any, Any, Any]) -> Response[Any]:
    return render(request, "people/problem.html", problem={"title": "Halo", "status": 200})


@post("/terbuka", **who("anyone"))
async def open_form(request: Request[Any, Any, Any]) -> dict[str, Any]:
    form = await read_form(request)
    return {"kata": form.all_texts("kata"), "berkas": [file.filename for file in form.all_files("foto")]}


@post("/terbatas", **who("anyone"))
async def limited(request: Request[Any, Any, Any]) -> str:
    LIMIT.check(request)
    return "ok"


@get("/konsol", **who(Act.TAKE_CALLS))
async def console(request: Request[Any, Any, Any]) -> str:
    return str(request.user.name)


@get("/pengawas", **who(Act.SUPERVISE))
async def supervisor() -> str:
    return "pengawas"


@post("/hapus", **who(Role.CALL_TAKER, Role.ADMINISTRATOR))
async def remove() -> str:
    return "terhapus"


@post("/api/kata", **who(Act.TAKE_CALLS))
async def api_words(request: Request[Any, Any, Any], data: JSONBody[Words]) -> dict[str, Any]:
    house = request.app.state.house
    async with house.db.reading(house.city) as conn:
        return {
            "words": await conn.fetchval("SELECT $1::text", data.words),
            "n": await conn.fetchval("SELECT $1::int", data.count),
        }


@get("/api/nomor/{number:int}", **who("anyone"))
async def api_number(request: Request[Any, Any, Any], number: FromPath[int], q: FromQuery[str] = "") -> dict[str, Any]:
    house = request.app.state.house
    async with house.db.reading(house.city) as conn:
        return {"n": await conn.fetchval("SELECT $1::bigint", number), "q": await conn.fetchval("SELECT $1::text", q)}


@delete("/api/rusak", **who("anyone"))
async def broken() -> None:
    raise RuntimeError("a secret that nobody outside may read")


@get("/api/pergi", **who("anyone"))
async def away() -> None:
    raise DatabaseAway("gone")


@get("/masih", **who("signed_in"))
async def still(request: Request[Any, Any, Any], akhiri: FromQuery[UUID | None] = None) -> str:
    """As a live feed: opened by a session that may end while it is open."""
    if akhiri:
        async with request.app.state.house.db.transaction(CITY) as tx:
            await signing_in.end_session(tx, CITY, akhiri, None, request.app.state.house.now())
    return str(await is_still_allowed(request)).lower()


@get("/kesehatan", **who("anyone", plain=True))
async def health() -> str:
    return "ok"


PAGES = [open_page, open_form, limited, console, supervisor, remove, api_words, api_number, broken, away, health, still]


@pytest.fixture(autouse=True)
def _base_template(monkeypatch: pytest.MonkeyPatch) -> None:
    """A frame for the pages, so that these tests do not depend on how the real one looks."""
    frame = "<!doctype html><title>{% block title %}{% endblock %}</title><main>{% block main %}{% endblock %}</main>"
    own = jinja2.DictLoader({"layout/base.html": frame})
    monkeypatch.setattr(environment(), "loader", jinja2.ChoiceLoader([own, environment().loader]))  # type: ignore[list-item]
    environment().cache.clear()  # type: ignore[union-attr]


@pytest.fixture
def house(settings: Settings, db: Database, keyring: Keyring) -> TestHouse:
    return TestHouse(settings, db, keyring)


@pytest.fixture
async def app(house: TestHouse) -> Litestar:
    docs = OpenAPIConfig("test", "1", openapi_router=Router("/api/skema", route_handlers=[], **who("anyone", plain=True)))
    made = Litestar(
        [*PAGES, ROUTER], on_app_init=[secure], state=State({"house": house}), openapi_config=docs, logging_config=None
    )
    await refuse_unguarded_routes(made)
    return made


@asynccontextmanager
async def browser_of(app: Litestar, base_url: str = "http://127.0.0.1:8112") -> AsyncIterator[httpx.AsyncClient]:
    """A browser with its own cookies, which says like a real one that it wants pages."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=base_url, headers={"accept": "text/html"}) as client:
        yield client


@pytest.fixture
async def browser(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    async with browser_of(app) as client:
        yield client


async def csrf(client: httpx.AsyncClient) -> str:
    return str((await client.get("/sesi")).json()["csrf_token"])


async def sign_in(client: httpx.AsyncClient, login: str, password: str = SECRET, **more: str) -> httpx.Response:
    form = {"nama": login, "sandi": password, "_csrf_token": await csrf(client), **more}
    return await client.post("/masuk", data=form)


@pytest.fixture
async def siti(house: TestHouse) -> Person:
    """A call taker whose password is her own."""
    async with house.db.transaction(CITY) as tx:
        person, _ = await service.add_person(
            tx, CITY, "siti", "Siti", [Role.CALL_TAKER], None, None, house.now(), password=SECRET, is_demo=True
        )
    return person
