"""The addresses of people's calendars: the only SQL of this room. Of an address only the hash is kept."""

from datetime import datetime
from uuid import UUID

from tanggap.platform.database import Connection, Transaction


async def insert(tx: Transaction, city: str, calendar_id: UUID, person: UUID, token_hash: bytes, now: datetime) -> None:
    """Keep a new address."""
    sql = "INSERT INTO roster_calendar (city, id, person, token_hash, made_at) VALUES ($1, $2, $3, $4, $5)"
    await tx.execute(sql, city, calendar_id, person, token_hash, now)


async def revoke(tx: Transaction, city: str, person: UUID, now: datetime) -> bool:
    """End a person's address; whether there was one."""
    sql = "UPDATE roster_calendar SET revoked_at = $3 WHERE city = $1 AND person = $2 AND revoked_at IS NULL RETURNING id"
    return await tx.fetchval(sql, city, person, now) is not None


async def made_at(conn: Connection, city: str, person: UUID) -> datetime | None:
    """When a person's present address was made; None when they have none."""
    sql = "SELECT made_at FROM roster_calendar WHERE city = $1 AND person = $2 AND revoked_at IS NULL"
    found: datetime | None = await conn.fetchval(sql, city, person)
    return found


async def person_of(conn: Connection, city: str, token_hash: bytes) -> UUID | None:
    """Whose calendar an address opens: none when it was revoked, or the account is closed."""
    sql = """SELECT c.person FROM roster_calendar c JOIN person p ON p.city = c.city AND p.id = c.person AND p.active
             WHERE c.city = $1 AND c.token_hash = $2 AND c.revoked_at IS NULL"""
    found: UUID | None = await conn.fetchval(sql, city, token_hash)
    return found
