"""The rows of the gazetteer: what is in force, and what has changed since. With `imports/store.py` the SQL of places."""

from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec

from tanggap.location.entries import PlaceRow
from tanggap.platform.database import Connection

#: Rows read at once, so that reading 100,000 never holds the other requests of the process up for long.
BATCH = 2_000

#: Whether row p is another's place under other words, and that one is active.
IS_SAME = """
    (p.same_as is not null and (
        exists (select from place t where t.city = p.city and t.code = p.same_as and t.active)
        or exists (select from area t where t.city = p.city and t.code = p.same_as and t.active)))
"""

#: Entries among the rows p of a city: code to licence as PlaceRow has them.
ENTRIES = f"""
    select p.code, p.kind, p.name,
        p.aliases || coalesce((
            select array_agg(said order by s.code, n)
            from place s, unnest(array[s.name] || s.aliases) with ordinality as x(said, n)
            where s.city = p.city and s.same_as = p.code and s.active), '{{}}') as names,
        p.lat, p.lon, p.uncertainty_m, p.area, p.geometry, p.source, p.licence
    from place p
    where p.city = $1 and p.active and not {IS_SAME}
"""

#: Codes that rows written after version $2 concern: the rows, those whose names they are, those that are the same as they.
TOUCHED = """
    with written as (select code, same_as from place where city = $1 and seq > $2)
    select code from written
    union select same_as from written where same_as is not null
    union select s.code from written w join place s on s.city = $1 and s.same_as = w.code
    limit $3
"""


class Version(NamedTuple):
    """How a city's places stand: which database, and how many transactions have written them."""

    mark: UUID
    number: int


class Count(NamedTuple):
    """How many places there are."""

    total: int
    sourced: int


async def version(conn: Connection, city: str) -> Version | None:
    """The version of the city's places; None when no pack was ever loaded. One cheap query."""
    row = await conn.fetchrow("select places_mark, places_version from city where city = $1", city)
    return Version(row["places_mark"], row["places_version"]) if row else None


async def entries(conn: Connection, city: str) -> AsyncIterator[list[PlaceRow]]:
    """Every entry in force, some at a time. Inside one snapshot, so that no change is read by halves."""
    last = ""
    while True:
        rows = await conn.fetch(f"{ENTRIES} and p.code > $2 order by p.code limit $3", city, last, BATCH)
        if rows:
            yield [_row(row) for row in rows]
            last = rows[-1]["code"]
        if len(rows) < BATCH:
            return


async def touched(conn: Connection, city: str, since: int, most: int) -> list[str]:
    """Codes of the places and areas that writes after version `since` concern; more than `most` are cut at `most` + 1."""
    return [row["code"] for row in await conn.fetch(TOUCHED, city, since, most + 1)]


async def entries_of(conn: Connection, city: str, codes: Sequence[str]) -> list[PlaceRow]:
    """Those of `codes` that are entries in force."""
    return [_row(row) for row in await conn.fetch(f"{ENTRIES} and p.code = any($2)", city, list(codes))]


async def names_of_areas(conn: Connection, city: str) -> dict[str, list[str]]:
    """Names that areas were given by rows of places: code of the area → names."""
    rows = await conn.fetch(
        """
        select s.same_as as code, array_agg(said order by s.code, n) as names
        from place s join area a on a.city = s.city and a.code = s.same_as,
            unnest(array[s.name] || s.aliases) with ordinality as x(said, n)
        where s.city = $1 and s.active group by s.same_as
        """,
        city,
    )
    return {row["code"]: row["names"] for row in rows}


async def count_places(conn: Connection, city: str) -> Count:
    """How many places are in force, and how many of them were seen in a public source."""
    row = await conn.fetchrow(
        f"""
        select count(*) as total, count(*) filter (where p.provenance = 'sourced') as sourced
        from place p where p.city = $1 and p.active and not {IS_SAME}
        """,
        city,
    )
    return Count(row["total"], row["sourced"])


def _row(row: object) -> PlaceRow:
    return msgspec.convert(dict(row), PlaceRow)  # type: ignore[call-overload]  # asyncpg's records are untyped
