"""The live feed over real connections: nothing skipped, nothing doubled, nothing that is not one's own."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from tanggap import flow
from tanggap.incident import service as incidents
from tanggap.incident import store as rows
from tanggap.incident.model import SYSTEM, Actor
from tanggap.incident.timeline.feed import cursor_text
from tanggap.incident.timeline.model import Kind
from tanggap.intake.model import Channel, Contact
from tanggap.people import service, signing_in
from tanggap.people.model import Role
from tanggap.web.house import House
from tanggap.web.live import routes as live
from tests.integration.conftest import CITY, Bearer

CLIENTS = 20
WRITERS = 6
NOTES_EACH = 25


class Listener:
    """One screen: what it has heard, in order, over all its connections."""

    def __init__(self, address: str, headers: dict[str, str]) -> None:
        self.address, self.headers = address, headers
        self.ids: list[str] = []
        self.told: list[dict[str, Any]] = []
        self.connections = 0

    @asynccontextmanager
    async def connected(self, client: httpx.AsyncClient) -> AsyncIterator[AsyncIterator[str]]:
        last = {"last-event-id": self.ids[-1]} if self.ids else {}
        async with client.stream("GET", f"{self.address}/api/live", headers=self.headers | last) as stream:
            assert stream.status_code == 200
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert stream.headers["x-accel-buffering"] == "no"
            assert "content-encoding" not in stream.headers
            self.connections += 1
            yield self._events(stream)

    async def _events(self, stream: httpx.Response) -> AsyncIterator[str]:
        event: dict[str, str] = {}
        async for line in stream.aiter_lines():
            name, _, value = line.partition(": ")
            if line:
                event[name] = value
                continue
            if event.get("event") == "tanggap":
                self.ids.append(event["id"])
                self.told.append(msgspec.json.decode(event["data"]))
            if "event" in event:
                yield event["event"]
            event = {}

    async def listen(self, client: httpx.AsyncClient, until: int, patience: random.Random) -> None:
        """Hear `until` events, hanging up now and then."""
        while len(self.ids) < until:
            async with self.connected(client) as events:
                wanted = len(self.ids) + patience.randint(1, 40)
                async for _ in events:
                    if len(self.ids) >= min(wanted, until):
                        break


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx.AsyncClient(limits=limits, timeout=20) as made:
        yield made


async def a_report(house: House) -> UUID:
    async with house.db.reading(CITY) as conn:
        return (await flow.receive(conn, await house.scene(), Contact(Channel.API, words="x"), house.now())).report


async def write_notes(house: House, report_id: UUID, who: int, chance: random.Random) -> None:
    """Notes in transactions of very different lengths, so that they commit out of the order in which they began."""
    async with house.db.reading(CITY) as conn:
        report = await rows.report(conn, CITY, report_id)
    for number in range(NOTES_EACH):
        async with house.db.transaction(CITY) as tx:
            await incidents.record(
                tx, CITY, Kind.NOTE, SYSTEM, datetime.now(UTC), report=report, body={"number": who * 1000 + number}
            )  # fmt: skip
            await asyncio.sleep(chance.choice((0, 0, 0.005, 0.05)))


async def listening(house: House, count: int) -> None:
    async with asyncio.timeout(10):
        while house.feed.listeners != count:  # noqa: ASYNC110 - the feed has no reason to announce its listeners
            await asyncio.sleep(0.01)


async def test_nothing_is_skipped_and_nothing_doubled(
    address: str, house: House, client: httpx.AsyncClient, bearer: Bearer
) -> None:
    reports = [await a_report(house) for _ in range(WRITERS)]
    await asyncio.sleep(0.1)
    headers = await bearer(Role.CALL_TAKER)
    total = WRITERS * NOTES_EACH
    screens = [Listener(address, headers) for _ in range(CLIENTS)]
    hearing = [asyncio.create_task(screen.listen(client, total, random.Random(number))) for number, screen in enumerate(screens)]
    await listening(house, CLIENTS)
    async with asyncio.timeout(40):
        await asyncio.gather(*(write_notes(house, report, n, random.Random(n)) for n, report in enumerate(reports)))
        await asyncio.gather(*hearing)
    expected = {who * 1000 + number for who in range(WRITERS) for number in range(NOTES_EACH)}
    for screen in screens:
        assert {told["number"] for told in screen.told} == expected
        assert len(screen.ids) == len(set(screen.ids)) == total
    assert sum(screen.connections for screen in screens) > CLIENTS
    await listening(house, 0)


async def test_an_agency_hears_of_its_own_incidents_only(
    address: str, house: House, client: httpx.AsyncClient, bearer: Bearer
) -> None:
    theirs = Listener(address, await bearer(Role.AGENCY, "dlhk"))
    others = Listener(address, await bearer(Role.AGENCY, "pln"))
    ours = Listener(address, await bearer(Role.COORDINATOR))
    async with theirs.connected(client) as a, others.connected(client) as b, ours.connected(client) as c:
        await listening(house, 3)
        report = await a_report(house)
        scene = await house.scene()
        async with house.db.transaction(CITY) as tx:
            await rows.change_report(tx, CITY, report, category="waste_pile", address_words="Wua Wua")
            incident = await flow.hand_over(tx, scene, report, ["dlhk"], Actor("Petugas"), house.now())
        async with asyncio.timeout(10):
            async for _ in a:
                break
            async for _ in c:
                if ours.told[-1]["kind"] == "sent":
                    break
        assert theirs.told[0]["kind"] == "sent"
        assert theirs.told[0]["incident"] == str(incident.id)
        assert [told["kind"] for told in ours.told[:3]] == ["received", "opened", "sent"]
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(b), 0.3)
    assert others.told == []


async def test_a_strange_id_means_load_anew(address: str, house: House, client: httpx.AsyncClient, bearer: Bearer) -> None:
    screen = Listener(address, await bearer(Role.SUPERVISOR))
    screen.ids.append(f"{2**62}-1")
    async with screen.connected(client) as events, asyncio.timeout(10):
        assert await anext(events) == "reset"
        await a_report(house)
        assert await anext(events) == "tanggap"


async def test_a_stream_ends_when_its_session_has_ended(
    address: str, house: House, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "CHECK_EVERY_S", 0.0)
    monkeypatch.setattr(live, "BEAT_S", 0.05)
    now = house.now()
    async with house.db.transaction(CITY) as tx:
        await service.add_person(
            tx, CITY, "siti", "Siti", [Role.CALL_TAKER], None, None, now, password="jalan ke teluk", is_demo=True
        )
    signed_in = await signing_in.log_in(house.db, CITY, house.keyring, "siti", "jalan ke teluk", None, "", now)
    screen = Listener(address, {"cookie": f"tanggap_session={signed_in.session_token}"})
    async with screen.connected(client) as events, asyncio.timeout(10):
        await a_report(house)
        assert await anext(events) == "tanggap"
        async with house.db.transaction(CITY) as tx:
            for session in await signing_in.sessions(tx, CITY, now):
                await signing_in.end_session(tx, CITY, session.id, None, now)
        assert await anext(events) == "ended"
        with pytest.raises(StopAsyncIteration):
            await anext(events)


async def test_nobody_listens_without_a_name(address: str, client: httpx.AsyncClient, bearer: Bearer) -> None:
    assert (await client.get(f"{address}/api/live")).status_code == 401
    assert (await client.get(f"{address}/api/live", headers={"authorization": "Bearer x"})).status_code == 401
    auditor = await bearer(Role.AUDITOR)
    assert (await client.get(f"{address}/api/live", headers=auditor)).status_code == 403


async def test_a_page_carries_the_place_from_which_nothing_is_missed(
    address: str, house: House, client: httpx.AsyncClient, bearer: Bearer
) -> None:
    await a_report(house)
    before = await house.feed.place()
    second = await a_report(house)
    screen = Listener(address, await bearer(Role.CALL_TAKER))
    screen.ids = [cursor_text(before)]
    async with screen.connected(client) as events:
        await anext(events)
        assert screen.told[0]["report"] == str(second)
        place = await house.feed.place()
    assert cursor_text(place) == screen.ids[-1]
