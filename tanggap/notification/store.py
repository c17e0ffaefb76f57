"""Deliveries as they are put down, listed, taken and settled: the SQL of this room. Sending has its own (`sending/`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tanggap.notification.model import SHOWN_FOR, Channel, Delivery, DeliveryState, Occasion, ProviderState, Undelivered
from tanggap.platform.database import Connection, Transaction

_COLUMNS = ", ".join(Delivery.__struct_fields__)


class NewDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery as it is put down."""

    id: UUID
    notice: UUID
    occasion: Occasion
    channel: Channel
    recipient: str
    subject: str
    text: str
    link: str = ""
    locale: str = "id"
    agency: str | None = None
    person: UUID | None = None
    contact: UUID | None = None
    address_sealed: bytes | None = None
    address_masked: str = ""
    incident: UUID | None = None
    assignment: UUID | None = None
    caller: UUID | None = None  # to a caller, whose number is read when it is handed over
    report: UUID | None = None
    is_urgent: bool = False
    is_example: bool = False


class ToCaller(msgspec.Struct, frozen=True):
    """A message to a caller, as the place shows it from which it was sent."""

    id: UUID
    occasion: Occasion
    channel: Channel
    state: DeliveryState
    report: UUID
    queued_at: datetime
    error: str


_TO_CALLER = ", ".join(ToCaller.__struct_fields__)


def to_delivery(row: Any) -> Delivery:
    """A row of `_COLUMNS`."""
    return msgspec.convert(dict(row), Delivery)


async def insert(tx: Transaction, city: str, deliveries: Sequence[NewDelivery], now: datetime) -> None:
    """Put deliveries down. What goes on a screen is there at once; the others wait for their turn."""
    sql = """INSERT INTO delivery (city, id, notice, occasion, channel, recipient, subject, text, link, locale, agency, person,
                                   contact, address_sealed, address_masked, incident, assignment, is_urgent, is_example,
                                   state, queued_at, next_at, sent_at, caller, report)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $21, $22,
                     $23, $24)"""
    await tx.executemany(
        sql,
        [
            (
                city, one.id, one.notice, one.occasion.value, one.channel.value, one.recipient, one.subject, one.text, one.link,
                one.locale, one.agency, one.person, one.contact, one.address_sealed, one.address_masked, one.incident,
                one.assignment, one.is_urgent, one.is_example,
                (DeliveryState.SENT if one.channel is Channel.SCREEN else DeliveryState.QUEUED).value,
                now, now if one.channel is Channel.SCREEN else None, one.caller, one.report,
            )
            for one in deliveries
        ],
    )  # fmt: skip


async def one(conn: Connection, city: str, delivery: UUID) -> Delivery | None:
    """One delivery."""
    row = await conn.fetchrow(f"SELECT {_COLUMNS} FROM delivery WHERE city = $1 AND id = $2", city, delivery)
    return to_delivery(row) if row else None


async def page(conn: Connection, city: str, state: str, channel: str, agency: str, limit: int) -> list[Delivery]:
    """Deliveries for the supervisor's list; '' asks for all. Dead ones first, those of nobody before them, then the newest."""
    sql = f"""SELECT {_COLUMNS} FROM (
                  (SELECT * FROM delivery WHERE city = $1 AND state = 'dead' AND $2 IN ('', 'dead')
                     AND ($3 = '' OR channel = $3) AND ($4 = '' OR agency = $4) ORDER BY owner IS NOT NULL, dead_at LIMIT $5)
                  UNION ALL
                  (SELECT * FROM delivery WHERE city = $1 AND state <> 'dead' AND ($2 = '' OR state = $2)
                     AND ($3 = '' OR channel = $3) AND ($4 = '' OR agency = $4) ORDER BY queued_at DESC LIMIT $5)
              ) found
              ORDER BY state <> 'dead', (state = 'dead' AND owner IS NOT NULL), CASE WHEN state = 'dead' THEN dead_at END,
                       queued_at DESC LIMIT $5"""
    return [to_delivery(row) for row in await conn.fetch(sql, city, state, channel, agency, limit)]


async def undelivered(conn: Connection, city: str) -> Undelivered:
    """What is dead and nobody's. A trial is seen by who made it, a link to a caller where it was sent from."""
    sql = """SELECT count(*) AS many, min(dead_at) AS since, coalesce(bool_or(is_urgent), false) AS is_urgent
             FROM delivery
             WHERE city = $1 AND state = 'dead' AND owner IS NULL AND occasion <> 'trial' AND caller IS NULL"""
    return msgspec.convert(dict(await conn.fetchrow(sql, city)), Undelivered)


async def due_for_alarm(tx: Transaction, city: str, before: datetime, urgent_before: datetime) -> bool:
    """Whether a dead delivery of nobody's was last told of before these moments. Notices about such are not told of again."""
    sql = """SELECT true FROM delivery WHERE city = $1 AND state = 'dead' AND owner IS NULL
               AND occasion NOT IN ('undelivered', 'trial') AND caller IS NULL
               AND (alarmed_at IS NULL OR alarmed_at <= CASE WHEN is_urgent THEN $3::timestamptz ELSE $2::timestamptz END)
             LIMIT 1"""
    return bool(await tx.fetchval(sql, city, before, urgent_before))


async def mark_alarmed(tx: Transaction, city: str, now: datetime) -> None:
    """Note that somebody is told of all that is dead now."""
    await tx.execute("UPDATE delivery SET alarmed_at = $2 WHERE city = $1 AND state = 'dead' AND owner IS NULL", city, now)


async def take(tx: Transaction, city: str, delivery: UUID, person: UUID, now: datetime) -> Delivery | None:
    """Make a dead delivery somebody's; none when it is not dead, or somebody else's."""
    sql = f"""UPDATE delivery SET owner = $3, taken_at = coalesce(taken_at, $4)
              WHERE city = $1 AND id = $2 AND state = 'dead' AND coalesce(owner, $3) = $3 RETURNING {_COLUMNS}"""
    row = await tx.fetchrow(sql, city, delivery, person, now)
    return to_delivery(row) if row else None


async def give_up(tx: Transaction, city: str, delivery: UUID, person: UUID) -> Delivery | None:
    """Make a dead delivery nobody's again."""
    sql = f"""UPDATE delivery SET owner = NULL, taken_at = NULL WHERE city = $1 AND id = $2 AND state = 'dead' AND owner = $3
              RETURNING {_COLUMNS}"""
    row = await tx.fetchrow(sql, city, delivery, person)
    return to_delivery(row) if row else None


async def resend(tx: Transaction, city: str, delivery: UUID, person: UUID, now: datetime) -> Delivery | None:
    """Begin anew with a dead or settled delivery; it may arrive twice when it was ever handed over."""
    sql = f"""UPDATE delivery SET state = 'queued', attempts = 0, next_at = $4, error = '', dead_at = NULL, alarmed_at = NULL,
                     owner = $3, taken_at = coalesce(taken_at, $4), settled_at = NULL, settled_by = NULL,
                     maybe_twice = maybe_twice OR sent_at IS NOT NULL
              WHERE city = $1 AND id = $2 AND state IN ('dead', 'settled') AND channel <> 'screen' RETURNING {_COLUMNS}"""
    row = await tx.fetchrow(sql, city, delivery, person, now)
    return to_delivery(row) if row else None


async def settle(tx: Transaction, city: str, delivery: UUID, person: UUID, now: datetime) -> Delivery | None:
    """Say that a dead delivery needs no further attempt."""
    sql = f"""UPDATE delivery SET state = 'settled', settled_by = $3, settled_at = $4, owner = coalesce(owner, $3)
              WHERE city = $1 AND id = $2 AND state = 'dead' RETURNING {_COLUMNS}"""
    row = await tx.fetchrow(sql, city, delivery, person, now)
    return to_delivery(row) if row else None


async def unsettle(tx: Transaction, city: str, delivery: UUID) -> Delivery | None:
    """Take that back."""
    sql = f"""UPDATE delivery SET state = 'dead', settled_by = NULL, settled_at = NULL
              WHERE city = $1 AND id = $2 AND state = 'settled' RETURNING {_COLUMNS}"""
    row = await tx.fetchrow(sql, city, delivery)
    return to_delivery(row) if row else None


async def on_screen(conn: Connection, city: str, agency: str | None, now: datetime, limit: int = 20) -> list[Delivery]:
    """Unread notices on the screen of an agency, or of the centre; of those about one assignment the newest only.

    A new assignment stands in the agency's list itself, and what could not be delivered above the centre's.
    """
    sql = f"""SELECT * FROM (
                  SELECT DISTINCT ON (coalesce(assignment, id)) {_COLUMNS} FROM delivery
                  WHERE city = $1 AND channel = 'screen' AND state = 'sent' AND agency IS NOT DISTINCT FROM $2 AND queued_at > $3
                    AND caller IS NULL
                    AND occasion <> CASE WHEN agency IS NULL THEN 'undelivered' ELSE 'sent' END
                  ORDER BY coalesce(assignment, id), queued_at DESC) newest
              ORDER BY is_urgent DESC, queued_at DESC LIMIT $4"""
    return [to_delivery(row) for row in await conn.fetch(sql, city, agency, now - SHOWN_FOR, limit)]


async def read_on_screen(tx: Transaction, city: str, delivery: UUID, agency: str | None, now: datetime) -> bool:
    """Note that a notice was read, and those before it about the same assignment; whether there was one for that screen."""
    sql = """UPDATE delivery d SET state = 'delivered', delivered_at = coalesce(d.delivered_at, $4) FROM delivery this
             WHERE this.city = $1 AND this.id = $2 AND d.city = $1 AND d.channel = 'screen' AND d.state IN ('sent', 'delivered')
               AND d.agency IS NOT DISTINCT FROM $3 AND d.queued_at <= this.queued_at
               AND (d.id = this.id OR d.assignment = this.assignment) RETURNING true"""
    return bool(await tx.fetchval(sql, city, delivery, agency, now))


async def read_all_on_screen(tx: Transaction, city: str, now: datetime) -> None:
    """Note that whatever stands on the centre's screen was read."""
    sql = """UPDATE delivery SET state = 'delivered', delivered_at = coalesce(delivered_at, $2)
             WHERE city = $1 AND channel = 'screen' AND state = 'sent' AND agency IS NULL AND occasion <> 'undelivered'"""
    await tx.execute(sql, city, now)


async def provider_states(conn: Connection, city: str) -> list[ProviderState]:
    """How the providers stand."""
    columns = ", ".join(ProviderState.__struct_fields__)
    rows = await conn.fetch(f"SELECT {columns} FROM delivery_provider WHERE city = $1 ORDER BY name", city)
    return [msgspec.convert(dict(row), ProviderState) for row in rows]


async def oldest_due(conn: Connection, city: str, now: datetime) -> tuple[int, datetime | None]:
    """How many deliveries are due and not sent, and since when the longest waits."""
    sql = "SELECT count(*) AS many, min(next_at) AS since FROM delivery WHERE city = $1 AND state = 'queued' AND next_at <= $2"
    row = await conn.fetchrow(sql, city, now)
    return row["many"], row["since"]


async def names_of(conn: Connection, city: str, people: Sequence[UUID]) -> dict[UUID, str]:
    """Who has taken something, by id."""
    rows = await conn.fetch("SELECT id, name FROM person WHERE city = $1 AND id = ANY($2::uuid[])", city, list(people))
    return {row["id"]: row["name"] for row in rows}


async def latest_trials(conn: Connection, city: str, contacts: Sequence[UUID]) -> dict[UUID, Delivery]:
    """The last message that was sent to each of these contacts to try it."""
    named = ", ".join(f"d.{name}" for name in Delivery.__struct_fields__)
    sql = f"""SELECT DISTINCT ON (d.contact) d.contact AS of_contact, {named} FROM delivery d
              WHERE d.city = $1 AND d.contact = ANY($2::uuid[]) AND d.occasion = 'trial' ORDER BY d.contact, d.queued_at DESC"""
    found = await conn.fetch(sql, city, list(contacts))
    return {row["of_contact"]: to_delivery({name: row[name] for name in Delivery.__struct_fields__}) for row in found}


async def links_to(conn: Connection, city: str, caller: UUID, since: datetime) -> list[ToCaller]:
    """The messages to a caller since `since` that were not lost, the newest first."""
    sql = f"""SELECT {_TO_CALLER} FROM delivery WHERE city = $1 AND caller = $2 AND queued_at >= $3 AND state <> 'dead'
              ORDER BY queued_at DESC"""
    return [msgspec.convert(dict(row), ToCaller) for row in await conn.fetch(sql, city, caller, since)]


async def link_of_report(conn: Connection, city: str, report: UUID, occasion: Occasion) -> ToCaller | None:
    """The last message of a kind to a report's caller."""
    sql = f"""SELECT {_TO_CALLER} FROM delivery WHERE city = $1 AND report = $2 AND occasion = $3
              ORDER BY queued_at DESC LIMIT 1"""
    row = await conn.fetchrow(sql, city, report, occasion.value)
    return msgspec.convert(dict(row), ToCaller) if row else None


async def remove_examples(tx: Transaction, city: str) -> None:
    """Notices about example incidents go with them."""
    await tx.execute("DELETE FROM delivery WHERE city = $1 AND is_example", city)
