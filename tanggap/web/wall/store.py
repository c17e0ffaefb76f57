"""What a wall shows: the only SQL of this room."""

import msgspec

from tanggap.incident.store import to_struct
from tanggap.platform.database import Connection


class AgencyLoad(msgspec.Struct, frozen=True):
    """What one agency has before it."""

    agency: str
    waiting: int  # not answered yet
    at_work: int


async def agency_loads(conn: Connection, city: str) -> list[AgencyLoad]:
    """Agencies with unfinished assignments, the busiest first."""
    sql = """SELECT agency, count(*) FILTER (WHERE state = 'sent') AS waiting, count(*) FILTER (WHERE state <> 'sent') AS at_work
             FROM assignment WHERE city = $1 AND state IN ('sent', 'acknowledged', 'en_route', 'on_scene')
             GROUP BY agency ORDER BY count(*) DESC, agency"""
    return [to_struct(AgencyLoad, row) for row in await conn.fetch(sql, city)]
