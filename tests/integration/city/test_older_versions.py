"""An installation of before the ladder was a rule: its versions are completed once, so that bringing one back loses nothing."""

import secrets
from collections.abc import AsyncIterator

import asyncpg
import pytest

from tanggap.platform import migrate as migrations
from tanggap.platform.postgres import EmbeddedPostgres
from tests.conftest import named

BEFORE = """
insert into city (city, name, timezone, prefix, emergency_number, bbox, centre_lat, centre_lon, zoom, neighbours, provenance,
                  source, changed_at)
values ('kendari', 'Kendari', 'Asia/Makassar', 'KDI', '112', '{}', -4, 122.5, 12, '[]', 'proposed', '', now());
insert into rung (city, code, rank, priority, clock, tell, after, unit, provenance)
values ('kendari', 'p1-answer-coordinator', 0, 'P1', 'answer', 'coordinator', 5, 'minutes', 'proposed');
insert into holiday (city, code, rank, date, name_id, name_en, kind, provenance)
values ('kendari', '2026-12-25', 0, '2026-12-25', 'Natal', 'Christmas', 'national', 'proposed');
insert into catalogue_version (city, version, act, rows, at) values ('kendari', 1, 'pack', '{"category": []}', now());
insert into kept_days (city, since, until, xid) values ('kendari', '2026-01-01', '2026-02-01', '1');
"""


@pytest.fixture
async def older(postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """A database as the migrations before this one left it, with a version of the rules in it."""
    name = f"test_{secrets.token_hex(6)}"
    administrator = await asyncpg.connect(postgres.dsn)
    await administrator.execute(f"create database {name}")
    dsn = named(postgres.dsn, name)
    with monkeypatch.context() as patch:
        files = {file: sql for file, sql in migrations.migration_files().items() if file < "0032"}
        patch.setattr(migrations, "migration_files", lambda: files)
        await migrations.migrate(dsn)
    yield dsn
    await administrator.execute(f"drop database {name} with (force)")
    await administrator.close()


async def test_older_versions_get_the_ladder_and_the_calendar_that_stood_then(older: str) -> None:
    connection = await asyncpg.connect(older)
    await connection.execute("select set_config('tanggap.city', 'kendari', false)")
    await connection.execute(BEFORE)
    await migrations.migrate(older)
    found = await connection.fetchrow(
        """select rows ? 'category' as kept, rows #>> '{rung,0,code}' as rung, rows #>> '{holiday,0,date}' as holiday,
                  rows -> 'service_level' = '[]' as none, rows #> '{rung,0}' ? 'city' as has_city from catalogue_version"""
    )
    assert dict(found) == {
        "kept": True, "rung": "p1-answer-coordinator", "holiday": "2026-12-25", "none": True, "has_city": False,
    }  # fmt: skip
    assert await connection.fetchval("select count(*) from kept_days") == 0
    await connection.close()
