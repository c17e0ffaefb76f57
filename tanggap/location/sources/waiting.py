"""Locations of a telephone number that no report is known of yet: kept sealed, given to the report that comes, then gone."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from tanggap.incident.model import Actor
from tanggap.location.estimate import Heard
from tanggap.location.sources import store
from tanggap.location.sources.store import WaitingRow
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


async def keep(tx: Transaction, city: str, keyring: Keyring, number_hash: bytes, heard: Heard, by: Actor, now: datetime) -> None:
    """Let a location wait for the report of its number."""
    sealed = keyring.encrypt(SEALED_FOR, msgspec.json.encode(heard).decode())
    await store.insert_waiting(tx, city, new_id(), number_hash, sealed, by, now, now + WAITS)


async def report_of(conn: Connection, city: str, number_hash: bytes, now: datetime) -> UUID | None:
    """The newest report of a number that may still be the one meant; one that came to nothing only when there is no other."""
    return await store.report_of_number(conn, city, number_hash, now - BELONGS)


async def come(tx: Transaction, city: str, now: datetime) -> Sequence[WaitingRow]:
    """Locations for whose number a report has come."""
    return await store.waiting_with_report(tx, city, now, BELONGS, MOST_JOINED)


def heard_of(row: WaitingRow, keyring: Keyring) -> Heard:
    """What was said.

    Raises:
        Unreadable: the key is gone.
    """
    return msgspec.json.decode(keyring.decrypt(SEALED_FOR, row.said_sealed), type=Heard)


def sender_of(row: WaitingRow) -> Actor:
    """Who brought it."""
    return Actor(row.actor_name, row.actor, row.actor_agency)


async def forget(tx: Transaction, city: str, joined: Sequence[UUID], now: datetime) -> None:
    """Remove those that were joined, and those whose time is over."""
    await store.forget_waiting(tx, city, joined, now)
