"""Notes that one shift leaves for the next: the only SQL of this room."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tanggap.people.roster.relief.model import Lies, Note
from tanggap.people.roster.store import TURNS
from tanggap.platform.database import Connection, Transaction

_NOTE = """n.id, n.shift, s.name_id AS shift_id_name, s.name_en AS shift_en_name, s.starts_at, n.author, n.author_name, n.words,
           n.open_incidents, n.waiting, n.written_at, n.confirmed_by, n.confirmed_by_name, n.confirmed_at"""
_FROM = "relief_note n JOIN shift s ON s.city = n.city AND s.id = n.shift WHERE n.city = $1"


def _note(row: Mapping[str, Any]) -> Note:
    return msgspec.convert(dict(row), Note)


async def insert(
    tx: Transaction, city: str, note_id: UUID, shift: UUID, author: UUID, name: str, words: str, lies: Lies, now: datetime
) -> None:
    """Keep a note."""
    sql = """INSERT INTO relief_note (city, id, shift, author, author_name, words, open_incidents, waiting, written_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"""
    await tx.execute(sql, city, note_id, shift, author, name, words, lies.open_incidents, lies.waiting, now)


async def unconfirmed(conn: Connection, city: str, limit: int) -> list[Note]:
    """Notes that the next shift has not confirmed, the newest first."""
    sql = f"SELECT {_NOTE} FROM {_FROM} AND n.confirmed_at IS NULL ORDER BY n.written_at DESC LIMIT $2"
    return [_note(row) for row in await conn.fetch(sql, city, limit)]


async def lock(tx: Transaction, city: str, note_id: UUID) -> Note | None:
    """One note, locked until the transaction ends."""
    row = await tx.fetchrow(f"SELECT {_NOTE} FROM {_FROM} AND n.id = $2 FOR UPDATE OF n", city, note_id)
    return _note(row) if row else None


async def confirm(tx: Transaction, city: str, note_id: UUID, by: UUID, name: str, now: datetime) -> None:
    """Write who has read it."""
    sql = "UPDATE relief_note SET confirmed_by = $3, confirmed_by_name = $4, confirmed_at = $5 WHERE city = $1 AND id = $2"
    await tx.execute(sql, city, note_id, by, name, now)


async def of_shift(conn: Connection, city: str, shift: UUID) -> list[Note]:
    """The notes of one shift, in the order in which they were written."""
    sql = f"SELECT {_NOTE} FROM {_FROM} AND n.shift = $2 ORDER BY n.written_at"
    return [_note(row) for row in await conn.fetch(sql, city, shift)]


async def lately(conn: Connection, city: str, since: datetime, limit: int) -> list[Note]:
    """Notes since a moment, the newest first."""
    sql = f"SELECT {_NOTE} FROM {_FROM} AND n.written_at > $2 ORDER BY n.written_at DESC LIMIT $3"
    return [_note(row) for row in await conn.fetch(sql, city, since, limit)]


async def leaves_without_note(tx: Transaction, city: str, shift: UUID, turn: UUID) -> bool:
    """Whether nobody else is signed on to the shift and nothing was written about it. Locks the shift: two may go at once."""
    await tx.execute("SELECT FROM shift WHERE city = $1 AND id = $2 FOR UPDATE", city, shift)
    sql = f"""SELECT NOT EXISTS (SELECT FROM {TURNS} WHERE t.city = $1 AND t.shift = $2 AND t.id <> $3
                                 AND t.signed_on_at IS NOT NULL AND t.signed_off_at IS NULL)
              AND NOT EXISTS (SELECT FROM relief_note WHERE city = $1 AND shift = $2)"""
    found: bool = await tx.fetchval(sql, city, shift, turn)
    return found
