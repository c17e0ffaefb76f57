"""Text within calls: the only SQL of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tanggap.incident.store import to_struct
from tanggap.platform.database import Connection, Transaction
from tanggap.telephony.texting.letters import Side

#: A row of `call_text`, as `Text` has it.
COLUMNS = """t.call, c.sip_id, t.port, t.offer, t.heard_ssrc, t.heard_number, t.heard_letters, t.letters, t.closed_at, t.lines,
             t.sha256, t.expires_at, t.deleted_at, c.state = 'ended' AS is_over"""
JOINED = "call_text t JOIN call c ON c.city = t.city AND c.id = t.call"


class Text(msgspec.Struct, frozen=True):
    """The conversation of a call, without its letters."""

    call: UUID
    sip_id: str
    port: int
    offer: dict[str, Any]
    heard_ssrc: int | None
    heard_number: int | None
    heard_letters: int
    letters: int
    closed_at: datetime | None
    lines: int | None
    sha256: bytes | None
    expires_at: datetime | None
    deleted_at: datetime | None
    is_over: bool  # the call has ended

    @property
    def heard(self) -> tuple[int, int] | None:
        """The caller's stream, and the number that comes next."""
        if self.heard_ssrc is None or self.heard_number is None:
            return None
        return self.heard_ssrc, self.heard_number


class Sealed(msgspec.Struct, frozen=True):
    """A few letters, sealed."""

    call: UUID
    position: int
    at: datetime
    side: Side
    person: UUID | None
    name: str | None
    sealed: bytes


async def insert(tx: Transaction, city: str, call: UUID, port: int, offer: dict[str, Any], now: datetime) -> None:
    """A conversation begins; one that has begun stays as it is."""
    sql = """INSERT INTO call_text (city, call, port, offer, opened_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (city, call) DO NOTHING"""
    await tx.execute(sql, city, call, port, offer, now)


async def of_call(conn: Connection, city: str, call: UUID) -> Text | None:
    """The conversation of a call; None: it has no text."""
    row = await conn.fetchrow(f"SELECT {COLUMNS} FROM {JOINED} WHERE t.city = $1 AND t.call = $2", city, call)
    return to_struct(Text, row) if row else None


async def lock(tx: Transaction, city: str, call: UUID) -> Text | None:
    """The same, locked until the transaction ends: pieces get their positions one after the other."""
    row = await tx.fetchrow(f"SELECT {COLUMNS} FROM {JOINED} WHERE t.city = $1 AND t.call = $2 FOR UPDATE OF t", city, call)
    return to_struct(Text, row) if row else None


async def of_report(conn: Connection, city: str, report: UUID) -> list[Text]:
    """The conversations of a report's calls, the oldest first."""
    sql = f"SELECT {COLUMNS} FROM {JOINED} WHERE t.city = $1 AND c.report = $2 ORDER BY t.opened_at, t.call"
    return [to_struct(Text, row) for row in await conn.fetch(sql, city, report)]


async def still_open(conn: Connection, city: str) -> list[Text]:
    """Conversations that were not closed yet; those of calls that have ended, too."""
    sql = f"SELECT {COLUMNS} FROM {JOINED} WHERE t.city = $1 AND t.closed_at IS NULL ORDER BY t.opened_at"
    return [to_struct(Text, row) for row in await conn.fetch(sql, city)]


async def append(
    tx: Transaction, city: str, call: UUID, piece: UUID, at: datetime, side: Side, person: UUID | None, sealed: bytes,
    letters: int,
) -> bool:  # fmt: skip
    """A few letters more; the conversation is locked. False: they stand there already."""
    sql = """WITH new AS (
                 INSERT INTO call_text_piece (city, call, position, id, at, side, person, sealed)
                 SELECT $1, $2, 1 + coalesce((SELECT max(position) FROM call_text_piece WHERE city = $1 AND call = $2), 0),
                        $3, $4, $5, $6, $7
                 ON CONFLICT (city, call, id) DO NOTHING RETURNING side)
             UPDATE call_text SET letters = letters + $8,
                 heard_letters = heard_letters + CASE WHEN new.side = 'caller' THEN $8 ELSE 0 END
             FROM new WHERE city = $1 AND call = $2"""
    done = await tx.execute(sql, city, call, piece, at, side.value, person, sealed, letters)
    return bool(done.endswith(" 1"))


async def has_heard(tx: Transaction, city: str, call: UUID, ssrc: int, number: int) -> None:
    """How far the caller's stream was heard."""
    sql = "UPDATE call_text SET heard_ssrc = $3, heard_number = $4 WHERE city = $1 AND call = $2"
    await tx.execute(sql, city, call, ssrc, number)


async def pieces(conn: Connection, city: str, calls: Sequence[UUID]) -> list[Sealed]:
    """All that was written in these calls, in its order, with the names of who wrote at the desk."""
    sql = """SELECT p.call, p.position, p.at, p.side, p.person, o.name, p.sealed
             FROM call_text_piece p LEFT JOIN person o ON o.city = p.city AND o.id = p.person
             WHERE p.city = $1 AND p.call = ANY($2) ORDER BY p.call, p.position"""
    return [to_struct(Sealed, row) for row in await conn.fetch(sql, city, list(calls))]


async def last_position(conn: Connection, city: str, call: UUID) -> int:
    """The position of the newest piece; 0: there is none."""
    found: int | None = await conn.fetchval("SELECT max(position) FROM call_text_piece WHERE city = $1 AND call = $2", city, call)
    return found or 0


async def unsent(conn: Connection, city: str, calls: Sequence[UUID]) -> list[Sealed]:
    """What the desk has written and the caller was not told yet, in its order."""
    sql = """SELECT call, position, at, side, person, NULL AS name, sealed FROM call_text_piece
             WHERE city = $1 AND call = ANY($2) AND side = 'desk' AND sent_at IS NULL ORDER BY call, position"""
    return [to_struct(Sealed, row) for row in await conn.fetch(sql, city, list(calls))]


async def went_out(tx: Transaction, city: str, call: UUID, position: int, now: datetime) -> None:
    """The caller was told everything up to this position."""
    sql = """UPDATE call_text_piece SET sent_at = $4
             WHERE city = $1 AND call = $2 AND position <= $3 AND side = 'desk' AND sent_at IS NULL"""
    await tx.execute(sql, city, call, position, now)


async def close(
    tx: Transaction, city: str, call: UUID, lines: int, sha256: bytes | None, expires_at: datetime, now: datetime
) -> None:
    """Nobody writes any more."""
    sql = """UPDATE call_text SET closed_at = $3, lines = $4, sha256 = $5, expires_at = $6 WHERE city = $1 AND call = $2"""
    await tx.execute(sql, city, call, now, lines, sha256, expires_at)


async def expired(conn: Connection, city: str, now: datetime, limit: int = 100) -> list[UUID]:
    """Calls whose letters have been kept long enough, and of which no recording is held."""
    sql = """SELECT call FROM call_text t WHERE city = $1 AND closed_at IS NOT NULL AND deleted_at IS NULL AND expires_at < $2
               AND NOT EXISTS (SELECT FROM call_recording r WHERE r.city = $1 AND r.call = t.call AND r.legal_hold)
             ORDER BY expires_at LIMIT $3"""
    return [row["call"] for row in await conn.fetch(sql, city, now, limit)]


async def delete_pieces(tx: Transaction, city: str, call: UUID, now: datetime) -> None:
    """The letters go; the row stays, and says when."""
    await tx.execute("DELETE FROM call_text_piece WHERE city = $1 AND call = $2", city, call)
    await tx.execute("UPDATE call_text SET deleted_at = $3 WHERE city = $1 AND call = $2", city, call, now)
