"""The timeline as it was written, entry by entry: the only SQL of the simulation."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tanggap.platform.database import Connection

#: Entries read at once.
PAGE = 5_000


class Entry(msgspec.Struct, frozen=True):
    """One line of the timeline."""

    position: int
    at: datetime
    kind: str
    report: UUID | None
    incident: UUID | None
    agency: str | None
    body: dict[str, Any]


async def entries(conn: Connection, city: str, until: datetime) -> AsyncIterator[Entry]:
    """Every entry of a city before a moment, in the order in which it was written."""
    sql = """SELECT position, at, kind, report, incident, agency, body FROM timeline
             WHERE city = $1 AND at < $2 AND position > $3 ORDER BY position LIMIT $4"""
    after = 0
    while page := await conn.fetch(sql, city, until, after, PAGE):
        for row in page:
            yield Entry(**dict(row))
        after = page[-1]["position"]


async def has_real_reports(conn: Connection, city: str) -> bool:
    """Whether somebody real has reported anything here."""
    return bool(await conn.fetchval("SELECT EXISTS (SELECT FROM report WHERE city = $1 AND NOT is_example)", city))
