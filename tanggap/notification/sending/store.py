"""Taking what is due, and writing what became of it: the SQL of sending."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from tanggap.notification.channels.model import Outgoing, Receipt
from tanggap.notification.model import CUT_OFF, Channel, Occasion, next_attempt
from tanggap.notification.sending.circuit import Circuit
from tanggap.platform.database import Connection, Transaction


class Claimed(msgspec.Struct, frozen=True):
    """A delivery that is being sent: committed as such before anything leaves the house."""

    message: Outgoing
    address_sealed: bytes | None
    contact: UUID | None
    is_example: bool
    number_sealed: bytes | None = None  # of a caller, in place of an address


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one attempt."""

    id: UUID
    state: str  # sent | queued | dead
    provider: str | None
    parts: tuple[str, ...] = ()  # the provider's own names of what it took
    error: str = ""
    next_at: datetime
    counts: bool = True  # whether it was an attempt: nobody could be asked otherwise
    maybe_twice: bool = False

    @property
    def provider_id(self) -> str:
        """The name of the first part, which stands for the whole."""
        return self.parts[0] if self.parts else ""


#: Materialised: a plan that looked for due rows once for each row of the outer side would take more of them than asked for.
_CLAIM = """
WITH due AS MATERIALIZED (
    SELECT found.id FROM unnest($2::text[], $3::int[]) AS wanted (channel, room)
    CROSS JOIN LATERAL (SELECT id FROM delivery
                        WHERE city = $1 AND channel = wanted.channel AND is_urgent = $4 AND state = 'queued' AND next_at <= $5
                        ORDER BY next_at LIMIT wanted.room FOR UPDATE SKIP LOCKED) found)
UPDATE delivery d SET state = 'sending', attempts = attempts + 1 FROM due WHERE d.city = $1 AND d.id = due.id
RETURNING d.id, d.channel, d.subject, d.text, d.link, d.locale, d.occasion, d.recipient, d.is_urgent, d.attempts, d.queued_at,
          d.incident, d.assignment, d.address_sealed, d.contact, d.is_example,
          (SELECT number_sealed FROM caller c WHERE c.city = d.city AND c.id = d.caller) AS number_sealed
"""


async def claim(tx: Transaction, city: str, room: Mapping[Channel, int], now: datetime, *, is_urgent: bool) -> list[Claimed]:
    """Take what is due, as much of each channel as there is room for, the longest due first."""
    wanted = {channel.value: many for channel, many in room.items() if many > 0}
    if not wanted:
        return []
    rows = await tx.fetch(_CLAIM, city, list(wanted), list(wanted.values()), is_urgent, now)
    return [_claimed(row) for row in rows]


def _claimed(row: Any) -> Claimed:
    message = Outgoing(
        id=row["id"], channel=Channel(row["channel"]), to="", subject=row["subject"], text=row["text"], link=row["link"],
        locale=row["locale"], occasion=Occasion(row["occasion"]), recipient=row["recipient"], is_urgent=row["is_urgent"],
        attempts=row["attempts"], queued_at=row["queued_at"], incident=row["incident"], assignment=row["assignment"],
    )  # fmt: skip
    return Claimed(message, row["address_sealed"], row["contact"], row["is_example"], row["number_sealed"])


async def take_back_unfinished(tx: Transaction, city: str, now: datetime) -> int:
    """What a process that died was sending goes out once more, marked so; how many. Only who holds the lease may call this.

    What had been taken back so before is not sent a third time: it is dead, and somebody must look.
    """
    sql = """UPDATE delivery SET maybe_twice = true, next_at = $2, error = $3,
                    state = CASE WHEN maybe_twice THEN 'dead' ELSE 'queued' END,
                    dead_at = CASE WHEN maybe_twice THEN $2 ELSE dead_at END
             WHERE city = $1 AND state = 'sending' RETURNING id"""
    return len(await tx.fetch(sql, city, now, CUT_OFF))


_RECORD = """
UPDATE delivery d SET
    state = o.state, provider = coalesce(o.provider, d.provider), provider_id = nullif(o.provider_id, ''), error = o.error,
    next_at = o.next_at, attempts = d.attempts - CASE WHEN o.counts THEN 0 ELSE 1 END,
    maybe_twice = d.maybe_twice OR o.maybe_twice,
    sent_at = CASE WHEN o.state = 'sent' THEN coalesce(d.sent_at, $2) ELSE d.sent_at END,
    dead_at = CASE WHEN o.state = 'dead' THEN $2 ELSE d.dead_at END
FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::bool[], $10::bool[])
     AS o (id, state, provider, provider_id, error, next_at, counts, maybe_twice)
WHERE d.city = $1 AND d.id = o.id AND d.state = 'sending'
"""
_HANDED = """
INSERT INTO delivery_handed (city, provider, provider_id, delivery, whole, handed_at)
SELECT $1, provider, provider_id, id, whole, $6
FROM unnest($2::text[], $3::text[], $4::uuid[], $5::text[]) AS handed (provider, provider_id, id, whole)
ON CONFLICT (city, provider, provider_id) DO UPDATE
    SET (delivery, whole, handed_at) = (excluded.delivery, excluded.whole, excluded.handed_at)
"""


async def record(tx: Transaction, city: str, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Write what became of several attempts, and what receipts that came before them say."""
    columns = zip(
        *((o.id, o.state, o.provider, o.provider_id, o.error[:200], o.next_at, o.counts, o.maybe_twice) for o in outcomes),
        strict=True,
    )
    await tx.execute(_RECORD, city, now, *map(list, columns))
    taken = (o for o in outcomes if o.provider_id and o.provider)
    handed = [(o.provider, part, o.id, o.provider_id) for o in taken for part in dict.fromkeys(o.parts) if part]
    if handed:
        await tx.execute(_HANDED, city, *map(list, zip(*handed, strict=True)), now)
        await apply_receipts(tx, city, [str(name) for _, name, *_ in handed], now)


async def keep_receipts(tx: Transaction, city: str, provider: str, receipts: Sequence[Receipt], now: datetime) -> None:
    """Keep what a provider says, once; then apply it, as far as the messages are known."""
    sql = """INSERT INTO delivery_receipt (city, provider, provider_id, outcome, detail, received_at)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING"""
    rows = [
        (city, provider, one.provider_id, "delivered" if one.delivered else "failed", one.detail[:120], now) for one in receipts
    ]
    await tx.executemany(sql, rows)
    await apply_receipts(tx, city, [one.provider_id for one in receipts], now)


#: Arrived is what all its parts have; it stays so, whatever is said later. What is lost, or a part of it, counts as a failed
#: attempt of the latest hand-over alone.
_ARRIVED = """
WITH told AS (
    UPDATE delivery_receipt r SET applied = true FROM delivery_handed h
    WHERE r.city = $1 AND r.provider_id = ANY($2::text[]) AND NOT r.applied AND r.outcome = 'delivered'
      AND h.city = r.city AND h.provider = r.provider AND h.provider_id = r.provider_id
    RETURNING h.delivery, h.provider, h.whole),
whole AS (
    SELECT delivery FROM told WHERE NOT EXISTS (
        SELECT FROM delivery_handed p WHERE p.city = $1 AND p.provider = told.provider AND p.whole = told.whole
        AND NOT EXISTS (SELECT FROM delivery_receipt r WHERE r.city = $1 AND r.provider = p.provider
                        AND r.provider_id = p.provider_id AND r.outcome = 'delivered')))
UPDATE delivery d SET state = 'delivered', delivered_at = coalesce(d.delivered_at, $3), error = '' FROM whole
WHERE d.city = $1 AND d.id = whole.delivery AND d.state <> 'settled'
"""
_LOST = """
WITH told AS (
    UPDATE delivery_receipt r SET applied = true FROM delivery_handed h
    WHERE r.city = $1 AND r.provider_id = ANY($2::text[]) AND NOT r.applied AND r.outcome = 'failed'
      AND h.city = r.city AND h.provider = r.provider AND h.provider_id = r.provider_id
    RETURNING h.delivery, h.provider, h.whole, r.detail)
SELECT d.id, d.attempts, d.is_urgent, told.detail,
       (SELECT count(*) FROM delivery_handed p WHERE p.city = $1 AND p.provider = told.provider AND p.whole = told.whole) AS parts
FROM delivery d JOIN told ON d.id = told.delivery
WHERE d.city = $1 AND d.state = 'sent' AND d.provider_id = told.whole FOR UPDATE OF d
"""
_AGAIN = """
UPDATE delivery SET state = $3, next_at = $4, dead_at = $5, error = $6, maybe_twice = maybe_twice OR $7
WHERE city = $1 AND id = $2
"""


async def apply_receipts(tx: Transaction, city: str, names: Sequence[str], now: datetime) -> None:
    """Let the receipts of these messages count, in whatever order they came.

    Of a message in parts of which one is lost all goes out again, marked: the others may have arrived.
    """
    await tx.execute(_ARRIVED, city, list(names), now)
    seen: set[UUID] = set()
    for row in await tx.fetch(_LOST, city, list(names)):
        if row["id"] in seen:
            continue  # two parts of one message
        seen.add(row["id"])
        in_parts = row["parts"] > 1
        wait = next_attempt(row["attempts"], is_urgent=row["is_urgent"])
        error = f"lost: {row['detail']}"[:200]
        if wait is None:
            await tx.execute(_AGAIN, city, row["id"], "dead", now, now, error, in_parts)
        else:
            await tx.execute(_AGAIN, city, row["id"], "queued", now + wait, None, error, in_parts)


async def write_provider(conn: Connection, city: str, name: str, circuit: Circuit, now: datetime) -> None:
    """Write how a provider stands, for the supervisor's page."""
    sql = """INSERT INTO delivery_provider (city, name, failures, open_since, retry_at, last_error, changed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (city, name) DO UPDATE SET failures = excluded.failures, open_since = excluded.open_since,
                 retry_at = excluded.retry_at, last_error = excluded.last_error, changed_at = excluded.changed_at"""
    await conn.execute(sql, city, name, circuit.failures, circuit.open_since, circuit.retry_at, circuit.last_error, now)


async def forget_old(tx: Transaction, city: str, now: datetime, kept: timedelta) -> None:
    """Receipts that belong to nothing, names and finished deliveries go when they have served their time."""
    before = now - kept
    await tx.execute("DELETE FROM delivery_receipt WHERE city = $1 AND received_at < $2", city, before)
    await tx.execute(
        "DELETE FROM delivery WHERE city = $1 AND queued_at < $2 AND state IN ('sent', 'delivered', 'settled')", city, before
    )
    await tx.execute("DELETE FROM inbound_message WHERE city = $1 AND received_at < $2 AND state <> 'new'", city, before)
