"""A replay over a bad line: every record arrives, none twice, and what is lost is said."""

import random
from typing import Any, cast

import pytest
from litestar import Litestar

from tanggap.people.model import Role
from tanggap.simulation.records import Record
from tanggap.simulation.replay import Outcome, RefusedError, agency_names, replay
from tanggap.web.house import House
from tests.integration.conftest import CITY, Bearer, served

RECORDS = [
    Record(str(n), {"words": f"{what} {n}\x00", "address": "Lenteng", "lat": "-7.0", "lon": "113.8", "hand_over": True})
    for n, what in enumerate(["pohon tumbang", "kebakaran rumah", "qwerty"] * 8)
]


class BadLine:
    """In front of the application: some requests do not arrive, some answers are lost after the work was done."""

    def __init__(self, app: Litestar) -> None:
        self.app, self.chance, self.broken = app, random.Random(112), 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        luck = self.chance.random()
        if scope["type"] != "http" or luck > 0.4:
            await cast(Any, self.app)(scope, receive, send)
            return
        self.broken += 1
        if luck > 0.2:
            await cast(Any, self.app)(scope, receive, _nowhere)
        await send({"type": "http.response.start", "status": 503, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def _nowhere(_message: object) -> None:
    return None


async def test_every_record_arrives_once(app: Litestar, house: House, bearer: Bearer) -> None:
    token = (await bearer(Role.CALL_TAKER))["authorization"].removeprefix("Bearer ")
    told: list[Outcome] = []
    line = BadLine(app)
    async with served(cast(Litestar, line)) as address:
        first = await replay(RECORDS, address, token, told.append)
        again = await replay(RECORDS, address, token, told.append)
    assert line.broken > 10
    assert (first.lost, again.lost) == ([], [])
    assert again.repeats == len(RECORDS)
    assert first.by_agency.total() == 16
    assert first.by_place == {"supervisor": 8}
    assert first.outside == len(RECORDS)
    assert len(told) == 2 * len(RECORDS)
    async with house.db.reading(CITY) as conn:
        assert await conn.fetchval("SELECT count(*) FROM report") == len(RECORDS)
        assert await conn.fetchval("SELECT count(*) FROM incident") == len(RECORDS)


async def test_what_does_not_arrive_is_said_to_be_lost(address: str, bearer: Bearer) -> None:
    token = (await bearer(Role.CALL_TAKER))["authorization"].removeprefix("Bearer ")
    too_large = [Record("1", {"words": "x" * 1_100_000})]
    summary = await replay(too_large, address, token, lambda _: None)
    assert "413" in str(summary.lost[0].lost)
    nowhere = await replay(RECORDS[:1], "http://127.0.0.1:9", token, lambda _: None, patience_s=0.5)
    assert nowhere.lost
    with pytest.raises(RefusedError):
        await agency_names(address, "wrong")
    assert "dlhk" in await agency_names(address, token)
