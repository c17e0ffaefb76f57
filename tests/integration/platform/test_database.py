"""The pool: cities are kept apart, round trips are counted, and «away» is one error."""

from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from tanggap.platform.database import Database, DatabaseAway
from tanggap.platform.ids import new_id

CITY = "kendari"
TABLE = (
    "create table note (city text not null, id uuid not null, body jsonb, primary key (city, id)); select tanggap_protect('note')"
)


@pytest.fixture
async def noted(dsn: str, db: Database) -> Database:
    owner = await asyncpg.connect(dsn)
    await owner.execute(TABLE)
    await owner.close()
    return db


async def test_a_city_sees_its_own_rows_only(noted: Database) -> None:
    async with noted.transaction(CITY) as tx:
        await tx.execute("insert into note (city, id) values ($1, $2)", CITY, new_id())
    async with noted.reading("baubau") as conn:
        assert await conn.fetchval("select count(*) from note") == 0
    async with noted.reading(CITY) as conn:
        assert await conn.fetchval("select count(*) from note") == 1


async def test_a_row_for_another_city_is_refused(noted: Database) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with noted.transaction(CITY) as tx:
            await tx.execute("insert into note (city, id) values ($1, $2)", "baubau", new_id())


async def test_a_transaction_is_begin_statement_commit_and_nothing_else(noted: Database) -> None:
    async with noted.transaction(CITY) as tx:
        await tx.execute("select 1")
    with noted.count_statements() as count:
        async with noted.transaction(CITY) as tx:
            await tx.execute("insert into note (city, id) values ($1, $2)", CITY, new_id())
    assert count.total == 3


async def test_nothing_of_a_failed_transaction_stays(noted: Database) -> None:
    async def fail_halfway() -> None:
        async with noted.transaction(CITY) as tx:
            await tx.execute("insert into note (city, id) values ($1, $2)", CITY, new_id())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_halfway()
    async with noted.reading(CITY) as conn:
        assert await conn.fetchval("select count(*) from note") == 0


async def test_json_goes_in_and_out_as_python_objects(noted: Database) -> None:
    body = {"words": "pohon tumbang 🌳", "list": [1, 2.5, None, True]}
    note = new_id()
    async with noted.transaction(CITY) as tx:
        await tx.execute("insert into note (city, id, body) values ($1, $2, $3)", CITY, note, body)
        row = await tx.fetchrow("select id, body from note")
    assert row["body"] == body
    assert isinstance(row["id"], UUID)
    assert row["id"] == note


async def test_the_app_works_as_its_own_role(db: Database) -> None:
    async with db.reading(CITY) as conn:
        assert await conn.fetchval("select current_user") == "tanggap_app"


async def test_a_database_that_is_not_there_is_away(tmp_path: Path) -> None:
    database = await Database.open(f"postgresql://tanggap:x@/tanggap?host={tmp_path}", min_size=1)
    with pytest.raises(DatabaseAway):
        async with database.reading(CITY) as conn:
            await conn.execute("select 1")
    await database.close()


async def test_a_session_ended_by_the_server_is_away_and_the_next_one_works(dsn: str, db: Database) -> None:
    owner = await asyncpg.connect(dsn)

    async def lose_the_session() -> None:
        async with db.transaction(CITY) as tx:
            await owner.execute("select pg_terminate_backend($1)", await tx.fetchval("select pg_backend_pid()"))
            await tx.execute("select 1")

    with pytest.raises(DatabaseAway):
        await lose_the_session()
    async with db.reading(CITY) as conn:
        assert await conn.fetchval("select 1") == 1
    await owner.close()
