"""Locations of a telephone number that no report is known of yet: kept sealed, given to the report that comes, then gone."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from tanggap.incident.model import Actor
from tanggap.location.estimate import Heard
from tanggap.platform.database import Connection, Transaction
from tanggap.platform.ids import new_id
from tanggap.platform.secrets import Keyring

#: How long a location waits for its report. A phone sends AML within 20 s of dialling (ETSI TS 103 625, timer T1), but a call
#: may ring, be lost, and be made again; proposed, to be set by what a city measures between the two.
WAITS = timedelta(minutes=15)
#: A report that came at most this long before is the one meant: the same call, or the one that is being answered. Proposed.
BELONGS = timedelta(minutes=30)
#: Locations joined in one transaction.
MOST_JOINED = 100

SEALED_FOR = "waiting location"


class Waiting(msgspec.Struct, frozen=True):
    """A location that waits, and the report that has come for it."""

    id: UUID
    report: UUID
    said_sealed: bytes
    actor: UUID | None
    actor_name: str
    actor_agency: str | None

    @property
    def by(self) -> Actor:
        """Who brought it."""
        return Actor(self.actor_name, self.actor, self.actor_agency)

    def heard(self, keyring: Keyring) -> Heard:
        """What was said.

        Raises:
            Unreadable: the key is gone.
        """
        return msgspec.json.decode(keyring.decrypt(SEALED_FOR, self.said_sealed), type=Heard)


async def keep(tx: Transaction, city: str, keyring: Keyring, number_hash: bytes, heard: Heard, by: Actor, now: datetime) -> UUID:
    """Let a location wait for the report of its number."""
    sealed = keyring.encrypt(SEALED_FOR, msgspec.json.encode(heard).decode())
    new = new_id()
    sql = """INSERT INTO waiting_location (city, id, number_hash, at, until, said_sealed, actor, actor_name, actor_agency)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"""
    await tx.execute(sql, city, new, number_hash, now, now + WAITS, sealed, by.id, by.name, by.agency)
    return new


async def report_of(conn: Connection, city: str, number_hash: bytes, now: datetime) -> UUID | None:
    """The newest report of a number that may still be the one meant; one that came to nothing only when there is no other."""
    sql = """SELECT r.id FROM caller c JOIN report r ON r.city = c.city AND r.caller = c.id
             WHERE c.city = $1 AND c.number_hash = $2 AND r.received_at >= $3
             ORDER BY r.state = 'closed' AND r.incident IS NULL, r.received_at DESC LIMIT 1"""
    found: UUID | None = await conn.fetchval(sql, city, number_hash, now - BELONGS)
    return found


async def come(tx: Transaction, city: str, now: datetime) -> Sequence[Waiting]:
    """Locations for whose number a report has come, each with the first that came; others that join are passed over."""
    sql = """SELECT w.id, r.id AS report, w.said_sealed, w.actor, w.actor_name, w.actor_agency
             FROM waiting_location w
             JOIN caller c ON c.city = w.city AND c.number_hash = w.number_hash
             JOIN LATERAL (SELECT id FROM report WHERE city = c.city AND caller = c.id AND received_at >= w.at - $3::interval
                           ORDER BY received_at LIMIT 1) r ON true
             WHERE w.city = $1 AND w.until > $2 ORDER BY w.at LIMIT $4 FOR UPDATE OF w SKIP LOCKED"""
    return [msgspec.convert(dict(row), Waiting) for row in await tx.fetch(sql, city, now, BELONGS, MOST_JOINED)]


async def forget(tx: Transaction, city: str, joined: Sequence[UUID], now: datetime) -> None:
    """Remove those that were joined, and those whose time is over."""
    await tx.execute("DELETE FROM waiting_location WHERE city = $1 AND (id = ANY($2) OR until <= $3)", city, list(joined), now)
