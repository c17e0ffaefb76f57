"""What of the gazetteer may be drawn for everybody. Learned names stay out: they are what callers said."""

from collections.abc import AsyncIterator, Collection
from typing import Any, NamedTuple

from tanggap.location.store import IS_SAME
from tanggap.platform.database import Connection

#: Rows read at once.
BATCH = 2_000

PUBLIC = f"p.city = $1 and p.active and p.owner <> 'learned' and not {IS_SAME}"


class Drawn(NamedTuple):
    """A place as it is drawn; `geometry` is GeoJSON of a line or an area where one is known."""

    code: str
    kind: str
    name: str
    lat: float
    lon: float
    uncertainty_m: float
    geometry: dict[str, Any] | None
    source: str
    licence: str


_COLUMNS = "p.code, p.kind, p.name, p.lat, p.lon, p.uncertainty_m, p.geometry, p.source, p.licence"


async def drawn(conn: Connection, city: str) -> AsyncIterator[list[Drawn]]:
    """Every public place in force, some at a time."""
    last = ""
    while True:
        rows = await conn.fetch(
            f"select {_COLUMNS} from place p where {PUBLIC} and p.code > $2 order by p.code limit $3", city, last, BATCH
        )
        if rows:
            yield [Drawn(*row) for row in rows]
            last = rows[-1]["code"]
        if len(rows) < BATCH:
            return


async def points(conn: Connection, city: str, kinds: Collection[str], within_m: float, most: int) -> list[Drawn]:
    """Public places of these kinds that are known to `within_m` metres, the surest first, at most `most`."""
    rows = await conn.fetch(
        f"""
        select {_COLUMNS.replace("p.geometry", "null::jsonb as geometry")} from place p
        where {PUBLIC} and p.kind = any($2) and p.uncertainty_m <= $3
        order by array_position($2, p.kind), p.uncertainty_m, p.code limit $4
        """,
        city,
        list(kinds),
        within_m,
        most,
    )
    return [Drawn(*row) for row in rows]
