"""A citizen's report by its token, and what citizens said: the only SQL of this room."""

from datetime import datetime
from uuid import UUID

from tanggap.feedback.model import Verdict
from tanggap.incident.model import Report
from tanggap.incident.refusals import NotFound
from tanggap.incident.store import REPORT_COLUMNS, to_struct
from tanggap.platform.database import Connection, Transaction


async def by_track(conn: Connection, city: str, track: bytes) -> Report:
    """The report of a token's hash. Raises NotFound."""
    row = await conn.fetchrow(f"SELECT {REPORT_COLUMNS} FROM report WHERE city = $1 AND track = $2", city, track)
    if row is None:
        raise NotFound(kind="report")
    return to_struct(Report, row)


async def add(
    tx: Transaction,
    city: str,
    feedback_id: UUID,
    report: Report,
    verdict: Verdict,
    stars: int | None,
    words: str,
    now: datetime,
) -> None:
    """Write what a citizen said."""
    sql = """INSERT INTO feedback (city, id, report, incident, at, verdict, stars, words, is_example)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"""
    await tx.execute(sql, city, feedback_id, report.id, report.incident, now, verdict.value, stars, words, report.is_example)


async def last_stars(conn: Connection, city: str, report_id: UUID) -> int | None:
    """The stars a citizen gave last."""
    sql = "SELECT stars FROM feedback WHERE city = $1 AND report = $2 AND stars IS NOT NULL ORDER BY at DESC LIMIT 1"
    stars: int | None = await conn.fetchval(sql, city, report_id)
    return stars


async def resolved_before(tx: Transaction, city: str, before: datetime, limit: int = 100) -> list[UUID]:
    """Incidents that have been resolved since before `before` and not closed."""
    sql = """SELECT id FROM incident WHERE city = $1 AND state = 'resolved' AND resolved_at < $2
             ORDER BY resolved_at LIMIT $3 FOR UPDATE SKIP LOCKED"""
    return [row["id"] for row in await tx.fetch(sql, city, before, limit)]
