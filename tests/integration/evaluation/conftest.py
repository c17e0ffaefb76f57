"""A city of rows written by hand, so that each figure can be computed on paper."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tanggap.city.model import Catalogue
from tanggap.city.pack import Pack
from tanggap.city.service import catalogue as read_catalogue
from tanggap.city.service import load_pack
from tanggap.evaluation.model import Period
from tanggap.platform.database import Database, Transaction
from tanggap.platform.ids import new_id

CITY = "kendari"
#: Monday 2 March 2026, 08.00 in Kendari.
MONDAY = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
MARCH = Period("2026-03", datetime(2026, 2, 28, 16, tzinfo=UTC), datetime(2026, 3, 31, 16, tzinfo=UTC))


def at(seconds: float = 0, *, days: int = 0) -> datetime:
    """A moment after Monday 08.00."""
    return MONDAY + timedelta(days=days, seconds=seconds)


class Written:
    """Writes rows, each with what a test says of it and nothing surprising else."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx
        self.number = 0

    async def _insert(self, table: str, **values: Any) -> UUID:
        row: dict[str, Any] = {"id": new_id(), **values}
        names, slots = ", ".join(row), ", ".join(f"${n}" for n in range(2, len(row) + 2))
        await self.tx.execute(f"INSERT INTO {table} (city, {names}) VALUES ($1, {slots})", CITY, *row.values())
        return UUID(str(row["id"]))

    async def report(self, received_at: datetime, **values: Any) -> UUID:
        state = "closed" if "disposition" in values else "active"
        track = new_id().bytes
        return await self._insert(
            "report", **({"received_at": received_at, "channel": "call", "state": state, "track": track} | values)
        )  # fmt: skip

    async def call(self, rang_at: datetime, report: UUID | None = None, **values: Any) -> UUID:
        report = report or await self.report(rang_at)
        ended_at = values.pop("ended_at", None)
        row = {
            "sip_id": str(new_id()), "report": report, "direction": "in", "state": "ended" if ended_at else "talking",
            "rang_at": rang_at, "ended_at": ended_at,
        }  # fmt: skip
        return await self._insert("call", **(row | values))

    async def incident(self, opened_at: datetime, **values: Any) -> UUID:
        self.number += 1
        row = {"number": self.number, "state": "assigned", "priority": "P2", "opened_at": opened_at}
        return await self._insert("incident", **(row | values))

    async def assignment(self, incident: UUID, agency: str, sent_at: datetime, **values: Any) -> UUID:
        row = {
            "incident": incident, "agency": agency, "role": "lead", "state": "sent", "sent_at": sent_at,
            "answer_due_at": sent_at + timedelta(seconds=180),
        }  # fmt: skip
        return await self._insert("assignment", **(row | values))

    async def shift(self, code: str, starts_at: datetime, hours: int, **values: Any) -> UUID:
        row = {
            "day": (starts_at + timedelta(hours=8)).date(), "code": code, "name_id": code, "name_en": code,
            "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=hours), "needs": [],
        }  # fmt: skip
        return await self._insert("shift", **(row | values))

    async def happened(self, kind: str, when: datetime, subject: UUID, **values: Any) -> None:
        sql = "INSERT INTO timeline (city, subject, at, kind, report, incident, body) VALUES ($1, $2, $3, $4, $5, $6, $7)"
        body = values.get("body", {})
        await self.tx.execute(sql, CITY, subject, when, kind, values.get("report"), values.get("incident"), body)

    async def said(self, report: UUID, when: datetime, verdict: str = "rated", **values: Any) -> UUID:
        return await self._insert("feedback", report=report, at=when, verdict=verdict, **values)

    async def row(self, view: str, of: UUID) -> dict[str, Any]:
        """What a view says of one row."""
        found = await self.tx.fetchrow(f"SELECT * FROM figure_{view} WHERE city = $1 AND id = $2", CITY, of)
        assert found is not None
        return dict(found)


@pytest.fixture
async def catalogue(db: Database, pack: Pack) -> Catalogue:
    """Kendari's own, and so its levels of service."""
    async with db.transaction(CITY) as tx:
        await load_pack(tx, pack, MONDAY)
        return await read_catalogue(tx)


@pytest.fixture
async def written(db: Database, catalogue: Catalogue) -> AsyncIterator[Written]:
    """Rows in one open transaction."""
    async with db.transaction(CITY) as tx:
        yield Written(tx)
