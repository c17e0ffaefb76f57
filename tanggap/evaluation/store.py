"""Counting: the only SQL of this room. Every count walks one index over one period."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import msgspec

from tanggap.evaluation.model import AgencyFigures, ExportRow, Overdue, Period
from tanggap.incident.model import Incident
from tanggap.incident.store import INCIDENT_COLUMNS, to_struct
from tanggap.platform.database import Connection, Transaction


async def report_counts(conn: Connection, city: str, period: Period, zone: str) -> list[tuple[str, str, int, int]]:
    """Reports by disposition, channel and hour of the city's day."""
    sql = """SELECT coalesce(disposition, '') AS disposition, channel,
                    extract(hour FROM received_at AT TIME ZONE $4)::int AS hour, count(*) AS n
             FROM report WHERE city = $1 AND received_at >= $2 AND received_at < $3 GROUP BY 1, 2, 3"""
    rows = await conn.fetch(sql, city, period.start, period.end, zone)
    return [(row["disposition"], row["channel"], row["hour"], row["n"]) for row in rows]


async def incident_counts(conn: Connection, city: str, period: Period) -> list[Any]:
    """Incidents by category, kelurahan, state and priority, with how often they were reopened."""
    sql = """SELECT coalesce(category, '') AS category, coalesce(area, '') AS area, state, priority, count(*) AS n,
                    sum(reopened) AS reopened
             FROM incident WHERE city = $1 AND opened_at >= $2 AND opened_at < $3 AND merged_into IS NULL GROUP BY 1, 2, 3, 4"""
    return list(await conn.fetch(sql, city, period.start, period.end))


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
    """Median seconds from a report's arrival to the first agency asked."""
    sql = """SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM i.assigned_at - r.first))
             FROM incident i JOIN LATERAL (SELECT min(received_at) AS first FROM report
                                           WHERE city = i.city AND incident = i.id) r ON true
             WHERE i.city = $1 AND i.opened_at >= $2 AND i.opened_at < $3 AND i.assigned_at IS NOT NULL"""
    median: float | None = await conn.fetchval(sql, city, period.start, period.end)
    return median


async def stars(conn: Connection, city: str, period: Period) -> tuple[float | None, int]:
    """Mean of the citizens' stars, and how many gave some."""
    sql = "SELECT avg(stars)::float8, count(stars) FROM feedback WHERE city = $1 AND at >= $2 AND at < $3"
    row = await conn.fetchrow(sql, city, period.start, period.end)
    return row[0], row[1]


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


async def export(tx: Transaction, city: str, period: Period) -> AsyncIterator[ExportRow]:
    """A period's incidents one by one, oldest first, read by a cursor: a year's export fits in a small process."""
    sql = """SELECT i.number, i.id, i.opened_at, i.state, coalesce(i.category, '') AS category, i.priority,
                    coalesce(i.area, '') AS kelurahan, coalesce(nullif(i.place_label, ''), i.address_words) AS place,
                    i.lat, i.lon, i.report_count AS reports,
                    (SELECT coalesce(string_agg(DISTINCT agency, ' '), '') FROM assignment a
                     WHERE a.city = i.city AND a.incident = i.id AND a.state <> 'rejected') AS agencies,
                    i.assigned_at, i.resolved_at, i.closed_at, i.due_at, i.reopened
             FROM incident i WHERE i.city = $1 AND i.opened_at >= $2 AND i.opened_at < $3 AND i.merged_into IS NULL
             ORDER BY i.opened_at"""
    async for row in tx.cursor(sql, city, period.start, period.end, prefetch=500):
        yield msgspec.convert(dict(row), ExportRow)
