"""The embedded PostgreSQL: private, durable, and back by itself after anything was killed."""

import os
import signal
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from tanggap.platform.migrate import MigrationError, migrate
from tanggap.platform.postgres import EmbeddedPostgres, PostgresError, socket_dir_for


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path / "postgres")
    await server.start()
    yield server
    await server.stop()


async def ask(server: EmbeddedPostgres, statement: str) -> object:
    connection = await asyncpg.connect(server.dsn)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_nobody_else_can_reach_it_and_nothing_is_written_unsafely(server: EmbeddedPostgres) -> None:
    assert mode(server.data_dir) == 0o700
    assert mode(server.data_dir / "data") == 0o700
    assert mode(server.data_dir / "password") == 0o600
    assert await ask(server, "show listen_addresses") == ""
    for setting in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums"):
        assert await ask(server, f"show {setting}") == "on"
    assert await ask(server, "select bool_and(auth_method = 'scram-sha-256') from pg_hba_file_rules")
    assert await ask(server, "select lower('ÉTÉ')") == "été"


async def test_what_was_committed_survives_a_kill_and_a_leftover_server_is_replaced(server: EmbeddedPostgres) -> None:
    await ask(server, "create table kept as select 112 as n")
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    await server.wait()
    await server.start()
    assert await ask(server, "select n from kept") == 112

    left_over = server.pid
    successor = EmbeddedPostgres(server.data_dir)
    await successor.start()
    assert await ask(successor, "select n from kept") == 112
    assert successor.pid != left_over
    assert server.pid is None
    await successor.stop()


async def test_an_initdb_killed_halfway_is_made_anew(tmp_path: Path) -> None:
    draft = tmp_path / "postgres" / "draft.0a1b"
    (draft / "base").mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    (tmp_path / "postgres" / "password").write_text("of the one that was killed\n")
    server = EmbeddedPostgres(tmp_path / "postgres")
    await server.start()
    assert await ask(server, "select 1") == 1
    assert not draft.exists()
    await server.stop()


async def test_a_lock_file_that_names_a_stranger_does_not_stop_it(server: EmbeddedPostgres) -> None:
    await server.stop()
    stranger = f"{os.getpid()}\n{server.data_dir}/data\n1\n5432\n{server.socket_dir}\n\n1 1\nready\n"
    (server.data_dir / "data" / "postmaster.pid").write_text(stranger)
    await server.start()
    assert await ask(server, "select 1") == 1


async def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "postgres", extra={"shared_buffers": "nonsense"})
    with pytest.raises(PostgresError, match="shared_buffers"):
        await server.start()


def test_a_long_path_gets_a_short_socket_folder(tmp_path: Path) -> None:
    long = tmp_path / ("panjang" * 20)
    assert socket_dir_for(tmp_path) == tmp_path
    assert len(os.fsencode(socket_dir_for(long))) < 60
    assert socket_dir_for(long) != socket_dir_for(long / "lain")


async def test_migrating_twice_does_nothing_and_a_changed_file_is_refused(dsn: str) -> None:
    assert await migrate(dsn) == []
    connection = await asyncpg.connect(dsn)
    await connection.execute("update tanggap_migration set sha256 = 'other' where name = '0001_platform.sql'")
    with pytest.raises(MigrationError, match="was changed"):
        await migrate(dsn)
    await connection.execute("update tanggap_migration set name = '9999_later.sql' where name = '0001_platform.sql'")
    with pytest.raises(MigrationError, match="newer version"):
        await migrate(dsn)
    await connection.close()
