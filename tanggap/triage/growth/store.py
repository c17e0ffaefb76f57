"""Confirmed reports, and the versions of what they teach: the only SQL of growth."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tanggap.city.said import Said
from tanggap.platform.database import Connection, Transaction
from tanggap.triage.growth.model import Confirmed, Growth, GrowthState, SideBySide

MOST_SHOWN = 12
_COLUMNS = ", ".join(Growth.__struct_fields__)


def _growth(row: Mapping[str, Any]) -> Growth:
    return msgspec.convert(dict(row), Growth)


async def confirmed(conn: Connection, city: str, since: datetime, kinds: Sequence[str], most: int) -> list[Confirmed]:
    """Reports since `since` whose incident is over, or which people called one of `kinds`; the newest first. No examples."""
    sql = """SELECT r.id, r.caller, r.words, CASE WHEN r.disposition = 'genuine' THEN 'genuine' ELSE r.disposition END AS kind,
                    i.category, i.priority
             FROM report r LEFT JOIN incident i ON i.city = r.city AND i.id = r.incident AND r.disposition = 'genuine'
             WHERE r.city = $1 AND r.state = 'closed' AND r.disposed_at >= $2 AND r.words <> '' AND NOT r.is_example
               AND (r.disposition = ANY($3)
                    OR (r.disposition = 'genuine' AND i.state IN ('resolved', 'closed') AND i.category IS NOT NULL))
             ORDER BY r.disposed_at DESC LIMIT $4"""
    return [msgspec.convert(dict(row), Confirmed) for row in await conn.fetch(sql, city, since, list(kinds), most)]


async def versions(conn: Connection, city: str) -> list[Growth]:
    """The last versions, the newest first."""
    sql = f"SELECT {_COLUMNS} FROM triage_growth WHERE city = $1 ORDER BY version DESC LIMIT {MOST_SHOWN}"
    return [_growth(row) for row in await conn.fetch(sql, city)]


async def in_force(conn: Connection, city: str) -> tuple[Said, ...]:
    """The sentences of the newest published version; none where there is none."""
    sql = "SELECT sentences FROM triage_growth WHERE city = $1 AND state = 'published' ORDER BY version DESC LIMIT 1"
    return msgspec.convert(await conn.fetchval(sql, city) or [], tuple[Said, ...])


async def ask(tx: Transaction, city: str, by: UUID | None, now: datetime) -> int:
    """Ask for the next version; the number of one that is asked for already."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('triage_growth ' || $1, 0))", city)
    waiting = await oldest_asked(tx, city)
    if waiting is not None:
        return waiting
    sql = """INSERT INTO triage_growth (city, version, state, made_at, made_by)
             SELECT $1, coalesce(max(version), 0) + 1, 'asked', $2, $3 FROM triage_growth WHERE city = $1 RETURNING version"""
    return int(await tx.fetchval(sql, city, now, by))


async def oldest_asked(conn: Connection, city: str) -> int | None:
    """The version that waits to be learned."""
    sql = "SELECT min(version) FROM triage_growth WHERE city = $1 AND state = 'asked'"
    found: int | None = await conn.fetchval(sql, city)
    return found


async def answer(
    tx: Transaction, city: str, version: int, state: GrowthState, sentences: Sequence[Said], basis: SideBySide | None
) -> None:
    """Write down what was learned for a version that was asked for."""
    sql = """UPDATE triage_growth SET state = $3, sentences = $4, basis = $5
             WHERE city = $1 AND version = $2 AND state = 'asked'"""
    await tx.execute(sql, city, version, state.value, msgspec.to_builtins(list(sentences)), msgspec.to_builtins(basis))


async def decide(
    tx: Transaction, city: str, version: int, was: GrowthState, to: GrowthState, by: UUID | None, now: datetime
) -> bool:
    """Move a version on; False when it is not (any more) what it was."""
    sql = """UPDATE triage_growth SET state = $4, decided_at = $5, decided_by = $6
             WHERE city = $1 AND version = $2 AND state = $3 RETURNING version"""
    return await tx.fetchval(sql, city, version, was.value, to.value, now, by) is not None


async def state_of(conn: Connection, city: str, version: int) -> GrowthState | None:
    """How far a version is; None when there is none of that number."""
    found = await conn.fetchval("SELECT state FROM triage_growth WHERE city = $1 AND version = $2", city, version)
    return GrowthState(found) if found else None
