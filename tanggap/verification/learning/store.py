"""The versions of the weights: the only SQL of learning."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tanggap.platform.database import Connection, Transaction
from tanggap.verification.learning.model import SideBySide, Version, WeightsState

MOST_SHOWN = 12
_COLUMNS = ", ".join(Version.__struct_fields__)


def _version(row: Mapping[str, Any]) -> Version:
    return msgspec.convert(dict(row), Version)


async def versions(conn: Connection, city: str) -> list[Version]:
    """The last versions, the newest first."""
    sql = f"SELECT {_COLUMNS} FROM evidence_weights WHERE city = $1 ORDER BY version DESC LIMIT {MOST_SHOWN}"
    return [_version(row) for row in await conn.fetch(sql, city)]


async def add(
    tx: Transaction, city: str, weights: Mapping[str, Mapping[str, float]], basis: SideBySide, by: UUID | None, now: datetime
) -> int:
    """Keep a proposal under the next number; two at once wait for each other."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('evidence_weights ' || $1, 0))", city)
    sql = """INSERT INTO evidence_weights (city, version, state, weights, basis, made_at, made_by)
             SELECT $1, coalesce(max(version), 0) + 1, 'proposed', $2, $3, $4, $5 FROM evidence_weights WHERE city = $1
             RETURNING version"""
    return int(await tx.fetchval(sql, city, dict(weights), msgspec.to_builtins(basis), now, by))


async def decide(
    tx: Transaction, city: str, version: int, was: WeightsState, to: WeightsState, by: UUID | None, now: datetime
) -> bool:
    """Move a version on; False when it is not (any more) what it was."""
    sql = """UPDATE evidence_weights SET state = $4, decided_at = $5, decided_by = $6
             WHERE city = $1 AND version = $2 AND state = $3 RETURNING version"""
    return await tx.fetchval(sql, city, version, was.value, to.value, now, by) is not None


async def state_of(conn: Connection, city: str, version: int) -> WeightsState | None:
    """How far a version is; None when there is none of that number."""
    found = await conn.fetchval("SELECT state FROM evidence_weights WHERE city = $1 AND version = $2", city, version)
    return WeightsState(found) if found else None
