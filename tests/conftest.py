"""What every test may ask for: a real PostgreSQL, a database of its own, settings, keys."""

import asyncio
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import hypothesis
import pytest

from tanggap.platform.database import Database
from tanggap.platform.migrate import migrate
from tanggap.platform.postgres import EmbeddedPostgres
from tanggap.platform.secrets import Keyring
from tanggap.platform.settings import Settings, load_settings

#: Tests start from nothing each time, so nothing needs to survive a power cut; tests of faults make their own server.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}

#: How long an example takes says how busy the machine is, and nothing of the house.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """One embedded PostgreSQL per test process, in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="tanggap-test-"))
    server = EmbeddedPostgres(folder / "postgres", extra=FAST)
    asyncio.run(server.start())
    yield server
    asyncio.run(server.stop())
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def template(postgres: EmbeddedPostgres) -> str:
    """The name of a migrated database that tests copy."""
    name = "template_migrated"

    async def build() -> None:
        await _administer(postgres.dsn, f"create database {name}")
        await migrate(named(postgres.dsn, name))

    asyncio.run(build())
    return name


@pytest.fixture
async def dsn(postgres: EmbeddedPostgres, template: str) -> AsyncIterator[str]:
    """Where a migrated, empty database stands that belongs to this test alone."""
    name = f"test_{secrets.token_hex(6)}"
    await _administer(postgres.dsn, f"create database {name} template {template} strategy file_copy")
    yield named(postgres.dsn, name)
    await _administer(postgres.dsn, f"drop database {name} with (force)")


@pytest.fixture
async def db(dsn: str) -> AsyncIterator[Database]:
    """A pool on this test's own database, working as the app's role."""
    database = await Database.open(dsn, min_size=1, max_size=8)
    yield database
    await database.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The settings of an installation in the test's own folder."""
    return load_settings({"TANGGAP_HOME": str(tmp_path / "home")})


@pytest.fixture
def keyring(settings: Settings) -> Keyring:
    """A fresh installation's keys."""
    return Keyring.load(settings.secret_file)


def named(dsn: str, database: str) -> str:
    """The same server, another database."""
    return urlsplit(dsn)._replace(path=f"/{database}").geturl()


async def _administer(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
