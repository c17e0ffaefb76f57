"""Messages to us: the SQL of the inbox."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from tanggap.notification.channels.model import Inbound
from tanggap.notification.inbox.model import InboundState, Message
from tanggap.platform.database import Connection, Transaction

_COLUMNS = ", ".join(Message.__struct_fields__)
#: A line that broke brings again what we had not acknowledged, under another name: the same words within this time are that.
SAME_WORDS = timedelta(minutes=2)


def _message(row: Any) -> Message:
    return msgspec.convert(dict(row), Message)


async def insert(
    tx: Transaction, city: str, message: UUID, provider: str, said: Inbound, words: str, hashed: bytes, sealed: bytes,
    masked: str, now: datetime,
) -> bool:  # fmt: skip
    """Keep a message as it came; whether it is a new one."""
    sql = """INSERT INTO inbound_message (city, id, channel, provider, external_id, reply_to, address_hash, address_sealed,
                                          address_masked, words, received_at, state)
             SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'new'
             WHERE NOT EXISTS (SELECT FROM inbound_message WHERE city = $1 AND provider = $4 AND address_hash = $7 AND words = $10
                                 AND received_at > $12 AND strpos($5, ':') > 0 AND strpos(external_id, ':') > 0
                                 AND split_part(external_id, ':', 1) <> split_part($5, ':', 1))
             ON CONFLICT (city, provider, external_id) DO NOTHING RETURNING true"""
    return bool(
        await tx.fetchval(
            sql, city, message, said.channel.value, provider, said.external_id, said.reply_to, hashed, sealed, masked, words, now,
            now - SAME_WORDS,
        )
    )  # fmt: skip


async def lock(tx: Transaction, city: str, message: UUID) -> tuple[Message, bytes, bytes] | None:
    """A message, its sender's hash and sealed number, locked until the transaction ends."""
    sql = f"SELECT {_COLUMNS}, address_hash, address_sealed FROM inbound_message WHERE city = $1 AND id = $2 FOR UPDATE"
    row = await tx.fetchrow(sql, city, message)
    if row is None:
        return None
    return _message({name: row[name] for name in Message.__struct_fields__}), row["address_hash"], row["address_sealed"]


async def handled(
    tx: Transaction, city: str, message: UUID, state: InboundState, contact: UUID | None, agency: str | None,
    assignment: UUID | None, now: datetime,
) -> None:  # fmt: skip
    """Write what became of a message."""
    sql = """UPDATE inbound_message SET state = $3, contact = $4, agency = $5, assignment = $6, handled_at = $7
             WHERE city = $1 AND id = $2"""
    await tx.execute(sql, city, message, state.value, contact, agency, assignment, now)


async def latest(conn: Connection, city: str, limit: int) -> list[Message]:
    """What came lately, the newest first."""
    sql = f"SELECT {_COLUMNS} FROM inbound_message WHERE city = $1 ORDER BY received_at DESC LIMIT $2"
    return [_message(row) for row in await conn.fetch(sql, city, limit)]


async def assignment_of(conn: Connection, city: str, provider: str, name: str) -> UUID | None:
    """The assignment that a message of ours was about, by the provider's name of it."""
    sql = """SELECT d.assignment FROM delivery_handed h JOIN delivery d ON d.city = h.city AND d.id = h.delivery
             WHERE h.city = $1 AND h.provider = $2 AND h.provider_id = $3"""
    found: UUID | None = await conn.fetchval(sql, city, provider, name)
    return found


async def many_unclear(conn: Connection, city: str, hashed: bytes, since: datetime) -> int:
    """How many messages of one sender were not clear since then."""
    sql = """SELECT count(*) FROM inbound_message
             WHERE city = $1 AND address_hash = $2 AND received_at > $3 AND state = 'unclear'"""
    found: int = await conn.fetchval(sql, city, hashed, since)
    return found
