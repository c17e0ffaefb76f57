"""The timeline as it is written and read; the database chains its entries, and refuses to change them: the only SQL of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from tanggap.incident.timeline.model import Entry, Recorded
from tanggap.platform.database import Connection, Transaction


async def append(tx: Transaction, city: str, entries: Iterable[Entry]) -> None:
    """Write entries to the timeline; the database chains them and refuses to change them ever after."""
    sql = """INSERT INTO timeline
                 (city, subject, at, kind, report, incident, agency, audience, actor, actor_name, body, is_example)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"""
    values = [
        (
            city, entry.subject, entry.at, entry.kind.value, entry.report, entry.incident, entry.agency,
            list(entry.audience), entry.actor.id, entry.actor.name, entry.body, entry.is_example,
        )
        for entry in entries
    ]  # fmt: skip
    if len(values) == 1:
        await tx.execute(sql, *values[0])
    elif values:
        await tx.executemany(sql, values)


_RECORDED = (
    "subject, seq, xid::text::bigint AS xid, position, at, kind, report, incident, agency, audience, actor, actor_name, body"
)


def _recorded(row: Mapping[str, Any]) -> Recorded:
    fields = dict(row)
    fields["cursor"] = (fields.pop("xid"), fields.pop("position"))
    return msgspec.convert(fields, Recorded)


async def of_incident(conn: Connection, city: str, incident_id: UUID, limit: int = 500) -> list[Recorded]:
    """What happened to an incident and, before it was one, to its reports; oldest first."""
    sql = f"SELECT {_RECORDED} FROM timeline WHERE city = $1 AND incident = $2 ORDER BY position DESC LIMIT $3"
    return [_recorded(row) for row in reversed(await conn.fetch(sql, city, incident_id, limit))]


async def of_report(conn: Connection, city: str, report_id: UUID, limit: int = 500) -> list[Recorded]:
    """What happened to a report; oldest first."""
    sql = f"SELECT {_RECORDED} FROM timeline WHERE city = $1 AND report = $2 ORDER BY position DESC LIMIT $3"
    return [_recorded(row) for row in reversed(await conn.fetch(sql, city, report_id, limit))]


async def feed_head(conn: Connection, city: str) -> tuple[int, int]:
    """The place in the feed below which everything is settled: a reader that starts here misses nothing after it."""
    sql = """SELECT xid::text::bigint AS xid, position FROM timeline
             WHERE city = $1 AND xid < pg_snapshot_xmin(pg_current_snapshot())
             ORDER BY timeline.xid DESC, position DESC LIMIT 1"""
    row = await conn.fetchrow(sql, city)
    return (row["xid"], row["position"]) if row else (0, 0)


async def feed_after(conn: Connection, city: str, cursor: tuple[int, int], limit: int) -> Sequence[Recorded]:
    """Entries after `cursor`, in the order of the feed, up to the oldest transaction that still runs.

    Rows commit out of order of their position; ordered by transaction and read only below the snapshot's xmin they cannot
    appear behind a reader.
    """
    sql = f"""SELECT {_RECORDED} FROM timeline
              WHERE city = $1 AND (timeline.xid, position) > ($2::text::xid8, $3)
                AND timeline.xid < pg_snapshot_xmin(pg_current_snapshot())
              ORDER BY timeline.xid, position LIMIT $4"""
    return [_recorded(row) for row in await conn.fetch(sql, city, str(cursor[0]), cursor[1], limit)]


async def broken_chains(conn: Connection, city: str, limit: int = 20, subjects: Sequence[UUID] | None = None) -> list[UUID]:
    """Subjects (all of them, or only `subjects`) whose timeline does not hash to what was written, or misses an entry."""
    sql = """WITH linked AS (
                 SELECT t.subject, t.seq, t.hash <> timeline_hash(t) AS altered,
                        t.prev <> lag(t.hash, 1, ''::bytea) OVER chain AS unlinked,
                        t.seq <> row_number() OVER chain AS gap
                 FROM timeline t WHERE t.city = $1 AND ($3::uuid[] IS NULL OR t.subject = ANY ($3))
                 WINDOW chain AS (PARTITION BY t.subject ORDER BY t.seq))
             SELECT DISTINCT subject FROM linked WHERE altered OR unlinked OR gap LIMIT $2"""
    return [row["subject"] for row in await conn.fetch(sql, city, limit, subjects)]
