"""Kendari's pack in a database of its own, and a way to write places."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from tanggap.city.model import Catalogue
from tanggap.city.pack import Pack
from tanggap.city.service import catalogue, load_pack
from tanggap.platform.database import Database

CITY = "kendari"
NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
#: Writes a place of the city's own: code, name, and the code of the place or area that it is the same as.
Write = Callable[..., Awaitable[None]]


@pytest.fixture
async def loaded(db: Database, pack: Pack) -> Database:
    async with db.transaction(CITY) as tx:
        await load_pack(tx, pack, NOW)
    return db


@pytest.fixture
async def known(loaded: Database) -> Catalogue:
    async with loaded.reading(CITY) as conn:
        return await catalogue(conn)


@pytest.fixture
def write(loaded: Database) -> Write:
    async def write_place(code: str, name: str, same_as: str | None = None) -> None:
        async with loaded.transaction(CITY) as tx:
            await tx.execute(
                "insert into place (city, code, kind, name, lat, lon, uncertainty_m, provenance, owner, same_as)"
                " values ($1, $2, 'market', $3, -3.97, 122.51, 50, 'sourced', 'city', $4)",
                CITY, code, name, same_as,
            )  # fmt: skip

    return write_place
