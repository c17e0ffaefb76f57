"""Reads what is in force as entries, and makes a gazetteer of it for what runs once."""

from tanggap.city.boundaries import index_of
from tanggap.city.model import Catalogue
from tanggap.location import store
from tanggap.location.entries import entries_of_areas, entry_of_place
from tanggap.location.gazetteer import Gazetteer
from tanggap.location.model import Entry
from tanggap.platform.database import Connection


async def read_entries(conn: Connection, catalogue: Catalogue) -> list[Entry]:
    """Areas and places in force, in one snapshot when the connection is in one."""
    city = catalogue.city.code
    entries = entries_of_areas(catalogue, await store.names_of_areas(conn, city))
    async for rows in store.entries(conn, city):
        entries += [entry_of_place(row, catalogue) for row in rows]
    return entries


async def read_gazetteer(conn: Connection, catalogue: Catalogue) -> Gazetteer:
    """The gazetteer as the connection sees it, built at once: for commands; who serves has a `GazetteerKeeper`."""
    return Gazetteer(await read_entries(conn, catalogue), index_of(catalogue), catalogue.city.name)
