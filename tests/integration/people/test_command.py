"""Accounts and tokens from the command line."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result

from tanggap.commands.people import command
from tanggap.people import machines, service, signing_in
from tanggap.people.demo import ensure_demo_people
from tanggap.people.model import Role, hash_of
from tanggap.platform.database import Database
from tanggap.platform.secrets import Keyring

CITY = "kendari"


@pytest.fixture
def environ(dsn: str, tmp_path: Path) -> dict[str, str]:
    return {"TANGGAP_DATABASE_URL": dsn, "TANGGAP_HOME": str(tmp_path / "home")}


async def run(environ: dict[str, str], *words: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, command, list(words), env=environ)


def told(result: Result, name: str) -> str:
    assert result.exit_code == 0, result.output
    return next(line.split()[1] for line in result.output.splitlines() if line.startswith(name))


async def test_the_first_administrator_is_made_and_can_sign_in(db: Database, keyring: Keyring, environ: dict[str, str]) -> None:
    password = told(await run(environ, "add", "Ana", "--name", "Ana S.", "--role", "administrator"), "password")
    signed_in = await signing_in.log_in(db, CITY, keyring, "ana", password, None, "", datetime.now(UTC))
    assert signed_in.person.must_change_password
    assert "ana " in (await run(environ, "list")).output
    fresh = told(await run(environ, "reset-password", "ana"), "password")
    assert fresh != password
    assert (await signing_in.log_in(db, CITY, keyring, "ana", fresh, None, "", datetime.now(UTC))).person.name == "Ana S."


async def test_mistakes_are_said_in_a_sentence(db: Database, environ: dict[str, str]) -> None:
    await run(environ, "add", "ana", "--role", "administrator")
    for words in (
        ("add", "ana", "--role", "auditor"),
        ("add", "b a d", "--role", "auditor"),
        ("add", "budi", "--role", "agency"),
        ("deactivate", "ana"),
        ("deactivate", "nobody"),
        ("revoke", str(uuid4())),
    ):
        result = await run(environ, *words)
        assert result.exit_code == 1, words
        assert result.output.startswith("Error: "), result.output
    assert (await run(environ, "deactivate")).exit_code == 2


async def test_a_token_is_made_and_taken_back(db: Database, environ: dict[str, str]) -> None:
    made = await run(environ, "token", "sumenep", "--role", "call_taker", "--days", "1")
    secret = told(made, "token")
    async with db.reading(CITY) as conn:
        now = datetime.now(UTC)
        found = await machines.token_of(conn, CITY, hash_of(secret), now)
        assert found
        assert found.role is Role.CALL_TAKER
        assert (await run(environ, "revoke", told(made, "id"))).output == "revoked\n"
        assert await machines.token_of(conn, CITY, hash_of(secret), now) is None


async def test_demonstration_accounts_are_closed_together(db: Database, environ: dict[str, str], tmp_path: Path) -> None:
    async with db.transaction(CITY) as tx:
        await ensure_demo_people(tx, CITY, {}, set(), tmp_path / "accounts.txt", datetime.now(UTC))
    assert told(await run(environ, "deactivate", "--demo"), "closed") == "6"
    async with db.reading(CITY) as conn:
        assert not await service.demo_people_exist(conn, CITY)
