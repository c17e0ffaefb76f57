"""Notes that one shift leaves for the next: the only SQL of this room."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tanggap.people.roster.model import OwnTurn
from tanggap.people.roster.relief.model import MOST_SHOWN, Lies, Note
from tanggap.people.roster.store import TURN, TURNS, overlapping, to_own
from tanggap.people.roster.swaps.model import News
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


async def standing(
    conn: Connection, city: str, person: UUID, since: datetime, until: datetime, news_since: datetime, now: datetime
) -> tuple[list[OwnTurn], list[Note], News]:
    """One person's turns around now, the newest notes that wait for somebody, news of swaps: one statement, for the console."""
    sql = f"""
        SELECT (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.starts_at, x.id), '[]') FROM (
                    SELECT {TURN}, s.day, s.code, s.name_id, s.name_en FROM {TURNS}
                    WHERE t.city = $1 AND t.person = $2 AND {overlapping("$3", "$4")}) x) AS turns,
               (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.written_at DESC), '[]') FROM (
                    SELECT {_NOTE} FROM {_FROM} AND n.confirmed_at IS NULL
                    ORDER BY n.written_at DESC LIMIT {MOST_SHOWN}) x) AS notes,
               (SELECT jsonb_build_object(
                    'asked', count(*) FILTER (WHERE w.asked = $2 AND w.state = 'asked' AND s.starts_at > $6),
                    'decided', (array_agg(w.state ORDER BY w.decided_at DESC) FILTER (WHERE w.decided_at > $5))[1])
                FROM shift_swap w JOIN shift_turn t ON t.city = w.city AND t.id = w.turn
                     JOIN shift s ON s.city = t.city AND s.id = t.shift
                WHERE w.city = $1 AND (w.asked = $2 OR t.person = $2)) AS swaps"""
    row = await conn.fetchrow(sql, city, person, since, until, news_since, now)
    return (
        [to_own(one) for one in row["turns"]],
        msgspec.convert(row["notes"], list[Note]),
        msgspec.convert(row["swaps"], News),
    )


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


async def leaves_without_note(tx: Transaction, city: str, shift: UUID, turn: UUID) -> bool:
    """Whether nobody else is signed on to the shift and nothing was written about it. Locks the shift: two may go at once."""
    await tx.execute("SELECT FROM shift WHERE city = $1 AND id = $2 FOR UPDATE", city, shift)
    sql = f"""SELECT NOT EXISTS (SELECT FROM {TURNS} WHERE t.city = $1 AND t.shift = $2 AND t.id <> $3
                                 AND t.signed_on_at IS NOT NULL AND t.signed_off_at IS NULL)
              AND NOT EXISTS (SELECT FROM relief_note WHERE city = $1 AND shift = $2)"""
    found: bool = await tx.fetchval(sql, city, shift, turn)
    return found
