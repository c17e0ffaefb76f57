"""What was open at a moment of the past, and whether examples are among what was counted: SQL of the monthly report."""

from datetime import datetime

from tanggap.evaluation.model import Period
from tanggap.evaluation.monthly.model import Unfinished
from tanggap.incident.store import to_struct
from tanggap.platform.database import Connection

# An incident that was reopened has lost when it was finished before, so for those its timeline says how it stood.
_OPEN_AT = """i.city = $1 AND i.opened_at < $2 AND i.merged_into IS NULL
    AND coalesce(least(i.resolved_at, i.closed_at), 'infinity') >= $2
    AND (i.reopened = 0 OR coalesce(
        (SELECT t.kind FROM timeline t WHERE t.city = i.city AND t.incident = i.id AND t.at < $2
            AND t.kind IN ('resolved', 'closed', 'reopened') ORDER BY t.position DESC LIMIT 1), 'reopened') = 'reopened')"""


async def unfinished_at(conn: Connection, city: str, at: datetime, limit: int) -> list[Unfinished]:
    """Incidents that were open at a moment, the longest open first."""
    sql = f"""SELECT i.number, i.opened_at, coalesce(i.category, '') AS category, i.priority, coalesce(i.area, '') AS area,
                     CASE WHEN i.responding_at < $2 THEN 'responding' WHEN i.assigned_at < $2 THEN 'assigned' ELSE 'open' END
                         AS state,
                     ARRAY(SELECT DISTINCT a.agency FROM assignment a WHERE a.city = i.city AND a.incident = i.id
                           AND a.sent_at < $2 AND coalesce(a.ended_at, 'infinity') >= $2 ORDER BY 1) AS agencies,
                     i.due_at, least(i.resolved_at, i.closed_at) AS finished_at
              FROM incident i WHERE {_OPEN_AT} ORDER BY i.opened_at, i.number LIMIT $3"""
    return [to_struct(Unfinished, row) for row in await conn.fetch(sql, city, at, limit)]


async def unfinished_count(conn: Connection, city: str, at: datetime) -> int:
    """How many incidents were open at a moment."""
    return int(await conn.fetchval(f"SELECT count(*) FROM incident i WHERE {_OPEN_AT}", city, at))


async def has_examples(conn: Connection, city: str, period: Period) -> bool:
    """Whether a period holds example reports."""
    sql = """SELECT EXISTS (SELECT FROM report WHERE city = $1 AND received_at >= $2 AND received_at < $3 AND is_example)"""
    return bool(await conn.fetchval(sql, city, period.start, period.end))
