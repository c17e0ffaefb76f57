"""Reports as they come in, and the lists of a call taker's screen: the only SQL of this room."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from tanggap.incident.model import Report, ReportState
from tanggap.incident.store import REPORT_COLUMNS, to_struct
from tanggap.intake.model import Claim
from tanggap.platform.database import Connection, Transaction

#: One statement, one round trip, one commit: the caller, the report and its first timeline entry, or none of them.
#: A report whose sender's key is known already writes nothing and returns no row.
RECEIVE = """
WITH known AS (
    INSERT INTO caller (city, id, number_hash, number_sealed, masked, first_seen_at, last_seen_at)
    SELECT $1, $2, $3, $4, $5, $6, $6 WHERE $3::bytea IS NOT NULL
    ON CONFLICT (city, number_hash) DO UPDATE SET last_seen_at = greatest(caller.last_seen_at, excluded.last_seen_at)
    RETURNING id),
new AS (
    INSERT INTO report (city, id, received_at, channel, state, words, address_words, caller, caller_name, lat, lon, uncertainty_m,
                        location_source, place_label, area, category, priority, flags, track, external_id, is_example)
    VALUES ($1, $7, $6, $8, 'waiting', $9, $10, (SELECT id FROM known), $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
            $22, $23)
    ON CONFLICT (city, external_id) WHERE external_id IS NOT NULL DO NOTHING
    RETURNING id)
INSERT INTO timeline (city, subject, at, kind, report, actor_name, body, is_example)
SELECT $1, new.id, $6, 'received', new.id, $24, $25, $23 FROM new
RETURNING report
"""


class NewReport(NamedTuple):
    """A report about to be stored: the values of RECEIVE, in its order."""

    city: str
    caller_id: UUID  # of the caller, if the number is new
    number_hash: bytes | None
    number_sealed: bytes | None
    masked: str | None
    at: datetime
    id: UUID
    channel: str
    words: str
    address_words: str
    caller_name: bytes | None
    lat: float | None
    lon: float | None
    uncertainty_m: float | None
    location_source: str | None
    place_label: str
    area: str | None
    category: str | None
    priority: str | None
    flags: Sequence[str]
    track: bytes
    external_id: str | None
    is_example: bool
    actor_name: str
    body: dict[str, Any]


async def receive(conn: Connection, new: NewReport) -> UUID:
    """Store a report. Returns its id, or that of the report which came first under the same sender's key."""
    stored: UUID | None = await conn.fetchval(RECEIVE, *new)
    if stored is not None or new.external_id is None:
        return new.id
    return (await by_external_id(conn, new.city, [new.external_id]))[new.external_id]


async def receive_many(conn: Connection, news: Sequence[NewReport]) -> set[UUID]:
    """Store reports together, all or none: RECEIVE for one after another, in one round trip and one commit.

    Returns the ids of those whose sender's key was not seen before.
    """
    return {row[0] for row in await conn.fetchmany(RECEIVE, news)}


async def claim(tx: Transaction, city: str, claims: Sequence[Claim]) -> list[Report]:
    """Give reports that still wait to their call takers; returns those that did."""
    columns = ", ".join(f"report.{name}" for name in Report.__struct_fields__)
    sql = f"""UPDATE report SET state = 'active', claimed_by = new.person, claimed_at = new.at, rev = rev + 1
              FROM unnest($2::uuid[], $3::uuid[], $4::timestamptz[]) AS new (id, person, at)
              WHERE report.city = $1 AND report.id = new.id AND report.state = 'waiting' RETURNING {columns}"""
    values = [one.report for one in claims], [one.by.id for one in claims], [one.at for one in claims]
    return [to_struct(Report, row) for row in await tx.fetch(sql, city, *values)]


async def by_external_id(conn: Connection, city: str, external_ids: Iterable[str]) -> dict[str, UUID]:
    """The reports that senders' keys stand for."""
    sql = "SELECT external_id, id FROM report WHERE city = $1 AND external_id = ANY($2)"
    return dict(await conn.fetch(sql, city, list(external_ids)))


async def upsert_caller(
    tx: Transaction, city: str, caller_id: UUID, number_hash: bytes, sealed: bytes, masked: str, now: datetime
) -> UUID:
    """The caller of a number, made when unknown."""
    sql = """INSERT INTO caller (city, id, number_hash, number_sealed, masked, first_seen_at, last_seen_at)
             VALUES ($1, $2, $3, $4, $5, $6, $6)
             ON CONFLICT (city, number_hash) DO UPDATE SET last_seen_at = greatest(caller.last_seen_at, excluded.last_seen_at)
             RETURNING id"""
    found: UUID = await tx.fetchval(sql, city, caller_id, number_hash, sealed, masked, now)
    return found


async def waiting(conn: Connection, city: str, limit: int = 100) -> list[Report]:
    """Reports that nobody has taken, the most urgent first, of them the longest waiting; what nobody has judged counts as P2."""
    columns = ", ".join(f"r.{name}" for name in Report.__struct_fields__)
    sql = f"""SELECT {columns} FROM report r LEFT JOIN category k ON k.city = $1 AND k.code = r.category
              WHERE r.city = $1 AND r.state = 'waiting'
              ORDER BY coalesce(r.priority, k.priority, 'P2'), r.received_at LIMIT $2"""
    return [to_struct(Report, row) for row in await conn.fetch(sql, city, limit)]


async def waiting_count(conn: Connection, city: str) -> tuple[int, datetime | None]:
    """How many wait, and since when the first."""
    sql = "SELECT count(*), min(received_at) FROM report WHERE city = $1 AND state = 'waiting'"
    row = await conn.fetchrow(sql, city)
    return row[0], row[1]


async def active(conn: Connection, city: str, person: UUID | None = None, limit: int = 100) -> list[Report]:
    """Reports being handled, one person's or everybody's, oldest first."""
    sql = f"""SELECT {REPORT_COLUMNS} FROM report WHERE city = $1 AND state = 'active' AND ($2::uuid IS NULL OR claimed_by = $2)
              ORDER BY received_at LIMIT $3"""
    return [to_struct(Report, row) for row in await conn.fetch(sql, city, person, limit)]


async def recently_closed(
    conn: Connection, city: str, since: datetime, person: UUID | None = None, limit: int = 20
) -> list[Report]:
    """Reports received since `since` that have a disposition, newest first: the list where a wrong one is taken back."""
    sql = f"""SELECT {REPORT_COLUMNS} FROM report WHERE city = $1 AND received_at >= $2 AND state = 'closed'
                AND ($3::uuid IS NULL OR disposed_by = $3)
              ORDER BY received_at DESC LIMIT $4"""
    return [to_struct(Report, row) for row in await conn.fetch(sql, city, since, person, limit)]


async def caller_history(conn: Connection, city: str, caller_id: UUID, limit: int = 20) -> Sequence[Report]:
    """What this caller told us before, newest first."""
    sql = f"SELECT {REPORT_COLUMNS} FROM report WHERE city = $1 AND caller = $2 ORDER BY received_at DESC LIMIT $3"
    return [to_struct(Report, row) for row in await conn.fetch(sql, city, caller_id, limit)]


async def caller_dispositions(conn: Connection, city: str, caller_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """For each caller, how many reports by disposition ('' for none yet)."""
    sql = """SELECT caller, coalesce(disposition, '') AS disposition, count(*) AS n FROM report
             WHERE city = $1 AND caller = ANY($2) GROUP BY 1, 2"""
    counts: dict[UUID, dict[str, int]] = {}
    for row in await conn.fetch(sql, city, list(caller_ids)):
        counts.setdefault(row["caller"], {})[row["disposition"]] = row["n"]
    return counts


async def page(
    conn: Connection, city: str, state: ReportState | None, before: tuple[datetime, UUID] | None, limit: int
) -> list[Report]:
    """Reports, newest first, older than `before`. The state stands in the text, so that the index of open reports serves it."""
    values: list[Any] = [city, limit, *(before or ())]
    only = f"AND state = '{state.value}'" if state else ""
    older = "AND (received_at, id) < ($3, $4)" if before else ""
    sql = f"""SELECT {REPORT_COLUMNS} FROM report WHERE city = $1 {only} {older}
              ORDER BY received_at DESC, id DESC LIMIT $2"""
    return [to_struct(Report, row) for row in await conn.fetch(sql, *values)]
