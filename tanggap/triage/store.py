"""Open incidents and waiting reports near a point or in a kelurahan: the only SQL of this room."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tanggap.platform.database import Connection

#: Degrees of latitude in a metre, for a bounding box (WGS 84 mean).
_DEGREES_PER_M = 1 / 111_195

#: How long an incident that is resolved may still be what a new caller means.
RECENT = timedelta(hours=6)


async def incidents_near(
    conn: Connection, city: str, lat: float | None, lon: float | None, area: str | None, within_m: float, now: datetime
) -> list[Mapping[str, Any]]:
    """Live incidents in the box of `within_m` metres around a point, or in the same kelurahan where there is no point."""
    reach = within_m * _DEGREES_PER_M
    sql = """SELECT id, number, state, category, priority, summary, address_words, place_label, lat, lon, uncertainty_m, area,
                    opened_at, (SELECT max(received_at) FROM report r WHERE r.city = $1 AND r.incident = i.id) AS last_at
             FROM incident i
             WHERE city = $1 AND state <> 'closed' AND merged_into IS NULL
               AND (state <> 'resolved' OR resolved_at > $7)
               AND ((lat BETWEEN $2::float8 - $4 AND $2 + $4 AND lon BETWEEN $3::float8 - $4 AND $3 + $4)
                    OR ((lat IS NULL OR $2::float8 IS NULL) AND area = $5 AND opened_at > $6))
             ORDER BY opened_at DESC LIMIT 30"""
    return list(await conn.fetch(sql, city, lat, lon, reach, area, now - timedelta(days=1), now - RECENT))


async def reports_near(
    conn: Connection, city: str, report_id: UUID, lat: float | None, lon: float | None, area: str | None, within_m: float
) -> list[Mapping[str, Any]]:
    """Other reports that are not yet an incident, near a point or in the same kelurahan."""
    reach = within_m * _DEGREES_PER_M
    sql = """SELECT id, state, category, priority, words, address_words, place_label, lat, lon, uncertainty_m, area, received_at
             FROM report
             WHERE city = $1 AND state <> 'closed' AND id <> $2 AND incident IS NULL
               AND ((lat BETWEEN $3::float8 - $5 AND $3 + $5 AND lon BETWEEN $4::float8 - $5 AND $4 + $5)
                    OR ((lat IS NULL OR $3::float8 IS NULL) AND area = $6))
             ORDER BY received_at DESC LIMIT 60"""
    return list(await conn.fetch(sql, city, report_id, lat, lon, reach, area))
