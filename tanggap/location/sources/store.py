"""Messages that say where a report is, those that wait for theirs, and links that ask for one: the only SQL of this room."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from tanggap.incident.model import Actor
from tanggap.platform.database import Connection, Transaction


class Told(msgspec.Struct, frozen=True):
    """One message of a device or a network, without its raw text."""

    id: UUID
    report: UUID
    at: datetime
    origin: str
    lat: float | None
    lon: float | None
    uncertainty_m: float | None
    stated_m: float | None
    confidence: float | None
    shape: dict[str, Any] | None
    measured_at: datetime | None
    flaws: tuple[str, ...]
    civic: dict[str, str]
    more: dict[str, str]


class Link(msgspec.Struct, frozen=True):
    """An address at which a caller sends the point of a device, for one report and for a while."""

    id: UUID
    report: UUID
    made_at: datetime
    expires_at: datetime


class WaitingRow(msgspec.Struct, frozen=True):
    """A location that waits, and the report that has come for it."""

    id: UUID
    report: UUID
    said_sealed: bytes
    actor: UUID | None
    actor_name: str
    actor_agency: str | None


TOLD_COLUMNS = ", ".join(Told.__struct_fields__)
LINK_COLUMNS = ", ".join(Link.__struct_fields__)
#: Messages of one report that are looked at, the newest ones.
MOST_TOLD = 50


async def insert(
    tx: Transaction, city: str, told: Told, raw_sealed: bytes, actor: UUID | None, actor_name: str, is_example: bool
) -> None:
    """Write a message down."""
    values = [getattr(told, name) for name in Told.__struct_fields__]
    values[Told.__struct_fields__.index("flaws")] = list(told.flaws)
    slots = ", ".join(f"${n}" for n in range(1, len(values) + 6))
    sql = f"INSERT INTO report_location ({TOLD_COLUMNS}, city, raw_sealed, actor, actor_name, is_example) VALUES ({slots})"
    await tx.execute(sql, *values, city, raw_sealed, actor, actor_name, is_example)


async def of_report(conn: Connection, city: str, report: UUID) -> list[Told]:
    """What was told of a report, the newest first."""
    sql = f"SELECT {TOLD_COLUMNS} FROM report_location WHERE city = $1 AND report = $2 ORDER BY at DESC LIMIT $3"
    return [msgspec.convert(dict(row), Told) for row in await conn.fetch(sql, city, report, MOST_TOLD)]


async def count_since(conn: Connection, city: str, report: UUID, since: datetime) -> int:
    """How many messages of a report have come since then."""
    sql = "SELECT count(*) FROM report_location WHERE city = $1 AND report = $2 AND at >= $3"
    return int(await conn.fetchval(sql, city, report, since))


async def caller_points(
    conn: Connection, city: str, caller: UUID, but: UUID, since: datetime, limit: int = 5
) -> Sequence[Mapping[str, Any]]:
    """Where this caller's other genuine reports were, the newest first: lat, lon, uncertainty_m, place_label, received_at."""
    sql = """SELECT lat, lon, uncertainty_m, place_label, received_at FROM report
             WHERE city = $1 AND caller = $2 AND id <> $3 AND received_at >= $4 AND lat IS NOT NULL
               AND (disposition IS NULL OR disposition IN ('genuine', 'duplicate'))
             ORDER BY received_at DESC LIMIT $5"""
    return list(await conn.fetch(sql, city, caller, but, since, limit))


async def open_incidents(
    conn: Connection, city: str, but: UUID | None, since: datetime, limit: int = 20
) -> Sequence[Mapping[str, Any]]:
    """Where incidents are open now, the newest first: lat, lon, uncertainty_m, place_label, opened_at."""
    sql = """SELECT lat, lon, uncertainty_m, place_label, opened_at FROM incident
             WHERE city = $1 AND state <> 'closed' AND opened_at >= $3 AND lat IS NOT NULL AND id IS DISTINCT FROM $2::uuid
             ORDER BY opened_at DESC LIMIT $4"""
    return list(await conn.fetch(sql, city, but, since, limit))


async def insert_link(tx: Transaction, city: str, link: Link, token_hash: bytes, made_by: UUID | None) -> None:
    """Write a link down, by its token's hash."""
    sql = f"INSERT INTO location_link ({LINK_COLUMNS}, city, token_hash, made_by) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    await tx.execute(sql, link.id, link.report, link.made_at, link.expires_at, city, token_hash, made_by)


async def link_of_token(conn: Connection, city: str, token_hash: bytes) -> Link | None:
    """The link that a token opens, also when its time is over."""
    row = await conn.fetchrow(f"SELECT {LINK_COLUMNS} FROM location_link WHERE city = $1 AND token_hash = $2", city, token_hash)
    return msgspec.convert(dict(row), Link) if row else None


async def live_link(conn: Connection, city: str, report: UUID, until: datetime) -> Link | None:
    """A report's link that is good beyond `until`; of several the one that lasts longest."""
    sql = f"""SELECT {LINK_COLUMNS} FROM location_link WHERE city = $1 AND report = $2 AND expires_at > $3
              ORDER BY expires_at DESC LIMIT 1"""
    row = await conn.fetchrow(sql, city, report, until)
    return msgspec.convert(dict(row), Link) if row else None


async def insert_waiting(
    tx: Transaction, city: str, new: UUID, number_hash: bytes, said_sealed: bytes, by: Actor, at: datetime, until: datetime
) -> None:
    """Let a sealed location wait."""
    sql = """INSERT INTO waiting_location (city, id, number_hash, at, until, said_sealed, actor, actor_name, actor_agency)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"""
    await tx.execute(sql, city, new, number_hash, at, until, said_sealed, by.id, by.name, by.agency)


async def report_of_number(conn: Connection, city: str, number_hash: bytes, since: datetime) -> UUID | None:
    """The newest report of a number since then; one that came to nothing only when there is no other."""
    sql = """SELECT r.id FROM caller c JOIN report r ON r.city = c.city AND r.caller = c.id
             WHERE c.city = $1 AND c.number_hash = $2 AND r.received_at >= $3
             ORDER BY r.state = 'closed' AND r.incident IS NULL, r.received_at DESC LIMIT 1"""
    found: UUID | None = await conn.fetchval(sql, city, number_hash, since)
    return found


async def waiting_with_report(tx: Transaction, city: str, now: datetime, belongs: timedelta, limit: int) -> list[WaitingRow]:
    """Locations for whose number a report has come, with its first since `belongs` before; those being joined are left out."""
    sql = """SELECT w.id, r.id AS report, w.said_sealed, w.actor, w.actor_name, w.actor_agency
             FROM waiting_location w
             JOIN caller c ON c.city = w.city AND c.number_hash = w.number_hash
             JOIN LATERAL (SELECT id FROM report WHERE city = c.city AND caller = c.id AND received_at >= w.at - $3::interval
                           ORDER BY received_at LIMIT 1) r ON true
             WHERE w.city = $1 AND w.until > $2 ORDER BY w.at LIMIT $4 FOR UPDATE OF w SKIP LOCKED"""
    return [msgspec.convert(dict(row), WaitingRow) for row in await tx.fetch(sql, city, now, belongs, limit)]


async def forget_waiting(tx: Transaction, city: str, joined: Sequence[UUID], now: datetime) -> None:
    """Remove those that were joined, and those whose time is over."""
    await tx.execute("DELETE FROM waiting_location WHERE city = $1 AND (id = ANY($2) OR until <= $3)", city, list(joined), now)
