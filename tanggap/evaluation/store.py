"""Counting: the only SQL of this room. Every count walks one index over one period."""

from datetime import datetime
from typing import Any

from tanggap.evaluation.model import ANSWERED_WITHIN, AgencyFigures, ExportRow, Overdue, Period
from tanggap.incident.model import Incident
from tanggap.incident.store import INCIDENT_COLUMNS, to_struct
from tanggap.platform.database import Connection


async def report_counts(conn: Connection, city: str, period: Period, zone: str) -> list[tuple[str, str, int, int]]:
    """Reports by disposition, channel and hour of the city's day."""
    sql = """SELECT coalesce(disposition, '') AS disposition, channel,
                    extract(hour FROM received_at AT TIME ZONE $4)::int AS hour, count(*) AS n
             FROM report WHERE city = $1 AND received_at >= $2 AND received_at < $3 GROUP BY 1, 2, 3"""
    rows = await conn.fetch(sql, city, period.start, period.end, zone)
    return [(row["disposition"], row["channel"], row["hour"], row["n"]) for row in rows]


async def call_counts(conn: Connection, city: str, period: Period) -> list[tuple[str, int, int]]:
    """Calls that came in, by outcome ('' for those still going on), and how many of each were answered within the target."""
    sql = """SELECT coalesce(outcome, '') AS outcome, count(*) AS n,
                    count(*) FILTER (WHERE answered_at <= rang_at + $4) AS in_time
             FROM call WHERE city = $1 AND rang_at >= $2 AND rang_at < $3 AND direction <> 'out' GROUP BY 1"""
    rows = await conn.fetch(sql, city, period.start, period.end, ANSWERED_WITHIN)
    return [(row["outcome"], row["n"], row["in_time"]) for row in rows]


async def incident_counts(conn: Connection, city: str, period: Period) -> list[Any]:
    """Incidents by category, kelurahan, state and priority: how many, handed over, resolved, and how often reopened."""
    sql = """SELECT coalesce(category, '') AS category, coalesce(area, '') AS area, state, priority, count(*) AS n,
                    sum(reopened) AS reopened, count(assigned_at) AS handed_over, count(resolved_at) AS resolved
             FROM incident WHERE city = $1 AND opened_at >= $2 AND opened_at < $3 AND merged_into IS NULL GROUP BY 1, 2, 3, 4"""
    return list(await conn.fetch(sql, city, period.start, period.end))


async def progress(conn: Connection, city: str, period: Period) -> tuple[int, int]:
    """How many of a period's incidents an agency has acknowledged, and how many are closed with a citizen's yes.

    An agency that was asked first later than a month after the period's end does not count.
    """
    sql = """WITH asked AS MATERIALIZED (
                 SELECT DISTINCT incident FROM assignment
                 WHERE city = $1 AND sent_at >= $2 AND sent_at < $3::timestamptz + interval '31 days'
                   AND acknowledged_at IS NOT NULL),
             agreed AS MATERIALIZED (
                 SELECT DISTINCT incident FROM feedback
                 WHERE city = $1 AND at >= $2 AND at < $3::timestamptz + interval '31 days' AND verdict = 'confirmed')
             SELECT count(asked.incident), count(agreed.incident) FILTER (WHERE i.state = 'closed')
             FROM incident i LEFT JOIN asked ON asked.incident = i.id LEFT JOIN agreed ON agreed.incident = i.id
             WHERE i.city = $1 AND i.opened_at >= $2 AND i.opened_at < $3::timestamptz AND i.merged_into IS NULL"""
    row = await conn.fetchrow(sql, city, period.start, period.end)
    return row[0], row[1]


async def agency_figures(conn: Connection, city: str, period: Period) -> list[AgencyFigures]:
    """How each agency answered what was sent in a period."""
    sql = """SELECT agency, count(*) AS asked, count(acknowledged_at) AS acknowledged,
                    count(*) FILTER (WHERE state = 'sent') AS waiting,
                    count(*) FILTER (WHERE state IN ('acknowledged', 'en_route', 'on_scene')) AS at_work,
                    count(*) FILTER (WHERE state = 'done') AS done, count(*) FILTER (WHERE state = 'rejected') AS rejected,
                    count(*) FILTER (WHERE state = 'expired') AS expired,
                    count(*) FILTER (WHERE state = 'withdrawn') AS withdrawn,
                    count(*) FILTER (WHERE acknowledged_at <= answer_due_at) AS within_target,
                    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM acknowledged_at - sent_at))
                        AS acknowledge_median_s,
                    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM done_at - sent_at)) AS done_median_s
             FROM assignment WHERE city = $1 AND sent_at >= $2 AND sent_at < $3 GROUP BY agency ORDER BY asked DESC, agency"""
    return [to_struct(AgencyFigures, row) for row in await conn.fetch(sql, city, period.start, period.end)]


async def hand_over_median_s(conn: Connection, city: str, period: Period) -> float | None:
    """Median seconds from a report's arrival to the first agency asked; reports that waited more than a week are left out."""
    sql = """SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM i.assigned_at - r.first))
             FROM incident i JOIN (SELECT incident, min(received_at) AS first FROM report
                                   WHERE city = $1 AND incident IS NOT NULL
                                     AND received_at >= $2::timestamptz - interval '7 days' AND received_at < $3
                                   GROUP BY incident) r
                  ON r.incident = i.id
             WHERE i.city = $1 AND i.opened_at >= $2::timestamptz AND i.opened_at < $3 AND i.assigned_at IS NOT NULL
               AND i.merged_into IS NULL"""
    median: float | None = await conn.fetchval(sql, city, period.start, period.end)
    return median


async def newest(conn: Connection) -> str:
    """Below this transaction everything that was written is visible now."""
    return str(await conn.fetchval("SELECT pg_snapshot_xmin(pg_current_snapshot())::text"))


async def entries_since(conn: Connection, city: str, transaction: str, most: int) -> int:
    """How many timeline entries of that transaction and later ones are visible, counted up to `most`."""
    sql = "SELECT count(*) FROM (SELECT FROM timeline WHERE city = $1 AND xid >= $2::text::xid8 LIMIT $3) later"
    return int(await conn.fetchval(sql, city, transaction, most))


async def stars(conn: Connection, city: str, period: Period) -> dict[int, int]:
    """How often the citizens gave each number of stars."""
    sql = """SELECT stars, count(*) AS n FROM feedback WHERE city = $1 AND at >= $2 AND at < $3 AND stars IS NOT NULL
             GROUP BY stars"""
    return {row["stars"]: row["n"] for row in await conn.fetch(sql, city, period.start, period.end)}


_LIVE = "i.city = $1 AND i.state IN ('open', 'assigned', 'responding') AND i.merged_into IS NULL"


async def open_incidents(
    conn: Connection, city: str, *, overdue_at: datetime | None = None, attention: bool = False, limit: int = 100
) -> list[Overdue]:
    """Unfinished incidents, earliest due first, with the agencies that have them."""
    columns = ", ".join(f"i.{name}" for name in INCIDENT_COLUMNS.split(", "))
    sql = f"""SELECT {columns}, ARRAY(SELECT DISTINCT agency FROM assignment a WHERE a.city = i.city AND a.incident = i.id
                                         AND a.state IN ('sent', 'acknowledged', 'en_route', 'on_scene')) AS agencies
              FROM incident i WHERE {_LIVE} AND ($2::timestamptz IS NULL OR i.due_at < $2) AND (NOT $3 OR i.attention IS NOT NULL)
              ORDER BY i.due_at NULLS LAST LIMIT $4"""
    found = []
    for row in await conn.fetch(sql, city, overdue_at, attention, limit):
        fields = dict(row)
        agencies = tuple(sorted(fields.pop("agencies")))
        found.append(Overdue(to_struct(Incident, fields), agencies))
    return found


async def live_counts(conn: Connection, city: str, now: datetime) -> dict[str, int]:
    """Open incidents by priority, and under 'overdue' how many are past their due time, for the top bar."""
    sql = f"""SELECT priority, count(*) AS n, count(*) FILTER (WHERE due_at < $2) AS overdue
              FROM incident i WHERE {_LIVE} GROUP BY priority"""
    rows = await conn.fetch(sql, city, now)
    return {row["priority"]: row["n"] for row in rows} | {"overdue": sum(row["overdue"] for row in rows)}


async def export_page(
    conn: Connection, city: str, period: Period, after: tuple[datetime, int] | None, limit: int = 1000
) -> list[ExportRow]:
    """A period's incidents, oldest first, after one with (opened_at, number): a slow reader of a year holds no transaction."""
    sql = """SELECT i.number, i.id, i.opened_at, i.state, coalesce(i.category, '') AS category, i.priority,
                    coalesce(i.area, '') AS kelurahan, coalesce(nullif(i.place_label, ''), i.address_words) AS place,
                    i.lat, i.lon, i.report_count AS reports,
                    (SELECT coalesce(string_agg(DISTINCT agency, ' '), '') FROM assignment a
                     WHERE a.city = i.city AND a.incident = i.id AND a.state <> 'rejected') AS agencies,
                    i.assigned_at, i.resolved_at, i.closed_at, i.due_at, i.reopened
             FROM incident i WHERE i.city = $1 AND i.opened_at >= $2 AND i.opened_at < $3 AND i.merged_into IS NULL
               AND i.opened_at >= $4 AND (i.opened_at, i.number) > ($4, $5)
             ORDER BY i.opened_at, i.number LIMIT $6"""
    since, number = after or (period.start, -1)
    rows = await conn.fetch(sql, city, period.start, period.end, since, number, limit)
    return [to_struct(ExportRow, row) for row in rows]
