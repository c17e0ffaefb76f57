"""Migrations: numbered SQL files, each applied once, in its own transaction, and never changed afterwards."""

import hashlib
from importlib.resources import files

import asyncpg

#: The advisory lock that lets one migration run at a time ("112" and a name of its own).
LOCK = 112_000_001
RECORD = """
create table if not exists tanggap_migration (
    name        text        primary key,
    sha256      text        not null,
    applied_at  timestamptz not null default now()
)
"""


class MigrationError(Exception):
    """The database and the migration files disagree; the message says how."""


def migration_files() -> dict[str, str]:
    """The migrations of this version, name → SQL, in order."""
    folder = files("tanggap.platform") / "migrations"
    found = sorted((entry.name, entry) for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return {name: entry.read_text("utf-8") for name, entry in found}


async def migrate(dsn: str) -> list[str]:
    """Bring the database at `dsn` to this version, as the owner of its tables; returns the names applied now.

    Raises:
        MigrationError: a file was changed after it was applied, or the database belongs to a newer version.
    """
    wanted = migration_files()
    connection = await asyncpg.connect(dsn, server_settings={"application_name": "tanggap migrate"}, timeout=30)
    try:
        await connection.execute("set client_min_messages = warning")
        await connection.execute("select pg_advisory_lock($1::bigint)", LOCK)
        await connection.execute(RECORD)
        applied = {row["name"]: row["sha256"] for row in await connection.fetch("select name, sha256 from tanggap_migration")}
        _compare(wanted, applied)
        done = []
        for name, sql in wanted.items():
            if name in applied:
                continue
            async with connection.transaction():
                await connection.execute(sql)
                await connection.execute("insert into tanggap_migration (name, sha256) values ($1, $2)", name, _sha256(sql))
            done.append(name)
        return done
    finally:
        await connection.close()


async def pending(connection: asyncpg.Connection) -> list[str]:
    """The migrations that the database still lacks; raises MigrationError as `migrate` does."""
    wanted = migration_files()
    applied = {row["name"]: row["sha256"] for row in await connection.fetch("select name, sha256 from tanggap_migration")}
    _compare(wanted, applied)
    return [name for name in wanted if name not in applied]


def _compare(wanted: dict[str, str], applied: dict[str, str]) -> None:
    for name, sha256 in sorted(applied.items()):
        if name not in wanted:
            raise MigrationError(
                f"The database has migration {name}, which this version does not know; install the newer version."
            )
        if _sha256(wanted[name]) != sha256:
            raise MigrationError(
                f"Migration {name} was changed after it was applied; restore the file and add a new migration instead."
            )


def _sha256(sql: str) -> str:
    return hashlib.sha256(sql.encode()).hexdigest()
