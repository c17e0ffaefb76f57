"""What a wall shows: the only SQL of this room."""

from uuid import UUID

import msgspec

from tanggap.city.model import Priority
from tanggap.incident.store import to_struct
from tanggap.platform.database import Connection

#: Points on the map; a city with more open incidents than this looks at the list.
MOST_POINTS = 400


class AgencyLoad(msgspec.Struct, frozen=True):
    """What one agency has before it."""

    agency: str
    waiting: int  # not answered yet
    at_work: int


class Point(msgspec.Struct, frozen=True):
    """An open incident on the map: where, how urgent, which kind, and nothing else."""

    id: UUID
    number: int
    priority: Priority
    category: str | None
    lat: float
    lon: float


async def agency_loads(conn: Connection, city: str) -> list[AgencyLoad]:
    """Agencies with unfinished assignments, the busiest first."""
    sql = """SELECT agency, count(*) FILTER (WHERE state = 'sent') AS waiting, count(*) FILTER (WHERE state <> 'sent') AS at_work
             FROM assignment WHERE city = $1 AND state IN ('sent', 'acknowledged', 'en_route', 'on_scene')
             GROUP BY agency ORDER BY count(*) DESC, agency"""
    return [to_struct(AgencyLoad, row) for row in await conn.fetch(sql, city)]


async def points(conn: Connection, city: str) -> list[Point]:
    """Open incidents that have a point, the most urgent first."""
    sql = """SELECT id, number, priority, category, lat, lon FROM incident
             WHERE city = $1 AND state IN ('open', 'assigned', 'responding') AND merged_into IS NULL AND lat IS NOT NULL
             ORDER BY priority, due_at LIMIT $2"""
    return [to_struct(Point, row) for row in await conn.fetch(sql, city, MOST_POINTS)]
