"""Callers who call for nothing again and again, their measures, and what a city switched on: the only SQL of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tanggap.platform.database import Connection, Transaction
from tanggap.verification.model import AGAINST, REAL
from tanggap.verification.nuisance.model import LATELY, OFTEN, MeasureKind, Recurring

MOST_SHOWN = 50
#: Measures of one caller that are shown, the last ones.
MOST_MEASURES = 10


async def recurring(conn: Connection, city: str, now: datetime) -> list[Recurring]:
    """Callers who called for nothing often of late, the most frequent first, each with what was tried."""
    sql = f"""
        SELECT c.id AS caller, c.masked, n.unreal, n.real, n.last_at,
               coalesce((SELECT jsonb_agg(m ORDER BY m.at DESC) FROM (
                   SELECT id, kind, note, at, until, ended_at, actor_name FROM caller_measure
                   WHERE city = $1 AND caller = c.id ORDER BY at DESC LIMIT {MOST_MEASURES}) m), '[]') AS measures
        FROM (SELECT caller, count(*) FILTER (WHERE disposition = ANY($3)) AS unreal,
                     count(*) FILTER (WHERE disposition = ANY($4)) AS real, max(received_at) AS last_at
              FROM report WHERE city = $1 AND received_at > $2 AND caller IS NOT NULL AND NOT is_example GROUP BY caller) n
        JOIN caller c ON c.city = $1 AND c.id = n.caller
        WHERE n.unreal >= $5 ORDER BY n.unreal DESC, n.last_at DESC LIMIT {MOST_SHOWN}"""
    against, real = [one.value for one in AGAINST], [one.value for one in REAL]
    rows = await conn.fetch(sql, city, now - LATELY, against, real, OFTEN)
    return [_recurring(row) for row in rows]


def _recurring(row: Mapping[str, Any]) -> Recurring:
    return msgspec.convert(dict(row), Recurring)


async def add_measure(
    tx: Transaction, city: str, measure: UUID, caller: UUID, kind: MeasureKind, note: str, until: datetime, by: UUID | None,
    name: str, now: datetime,
) -> bool:  # fmt: skip
    """Keep a measure; False when there is no such caller."""
    sql = """INSERT INTO caller_measure (city, id, caller, kind, note, at, until, actor, actor_name)
             SELECT $1, $2, id, $4, $5, $6, $7, $8, $9 FROM caller WHERE city = $1 AND id = $3 RETURNING id"""
    return await tx.fetchval(sql, city, measure, caller, kind.value, note, now, until, by, name) is not None


async def end_measure(tx: Transaction, city: str, measure: UUID, now: datetime) -> bool:
    """End a measure before its time; False when there is none that stands."""
    sql = """UPDATE caller_measure SET ended_at = $3 WHERE city = $1 AND id = $2 AND ended_at IS NULL AND until > $3
             RETURNING id"""
    return await tx.fetchval(sql, city, measure, now) is not None
