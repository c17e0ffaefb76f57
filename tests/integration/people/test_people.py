"""Accounts, tokens, the audit and demonstration accounts, on a real PostgreSQL."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from tanggap.people import machines, service, signing_in
from tanggap.people.audit import Audited, record_access, trail
from tanggap.people.demo import deactivate_demo_people, ensure_demo_people
from tanggap.people.model import LastAdministrator, LoginTaken, Person, Role, UnfitRoles, UnknownPerson, hash_of
from tanggap.platform.database import Database
from tanggap.platform.ids import new_id
from tanggap.platform.secrets import Keyring

CITY = "kendari"
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
AGENCIES = {"bpbd": "BPBD", "dlhk": "DLHK", "pln": "PLN"}


async def add(db: Database, login: str, *roles: Role, agency: str | None = None) -> Person:
    async with db.transaction(CITY) as tx:
        person, _ = await service.add_person(tx, CITY, login, login.title(), roles, agency, None, NOON)
    return person


async def test_a_first_password_is_random_and_works(db: Database, keyring: Keyring) -> None:
    async with db.transaction(CITY) as tx:
        person, first = await service.add_person(tx, CITY, "Siti", "Siti", [Role.CALL_TAKER], None, None, NOON)
    signed_in = await signing_in.log_in(db, CITY, keyring, "siti", first, None, "", NOON)
    assert signed_in.person == person
    assert person.must_change_password


async def test_a_login_exists_once(db: Database) -> None:
    await add(db, "siti", Role.CALL_TAKER)
    with pytest.raises(LoginTaken):
        await add(db, "SITI", Role.AUDITOR)


async def test_the_database_itself_keeps_agencies_and_the_centre_apart(db: Database) -> None:
    person = await add(db, "siti", Role.CALL_TAKER)
    for change in ("agency = 'bpbd'", "roles = '{agency}'", "roles = '{}'", "roles = '{king}'"):
        with pytest.raises(asyncpg.CheckViolationError):
            async with db.transaction(CITY) as tx:
                await tx.execute(f"UPDATE person SET {change} WHERE id = $1", person.id)


async def test_the_last_administrator_stays(db: Database) -> None:
    ana = await add(db, "ana", Role.ADMINISTRATOR)
    with pytest.raises(LastAdministrator):
        async with db.transaction(CITY) as tx:
            await service.deactivate(tx, CITY, ana.id, ana, NOON)
    with pytest.raises(LastAdministrator):
        async with db.transaction(CITY) as tx:
            await service.change_person(tx, CITY, ana.id, "Ana", [Role.AUDITOR], None, ana, NOON)


async def test_two_administrators_cannot_both_leave_at_once(db: Database) -> None:
    both = [await add(db, "ana", Role.ADMINISTRATOR), await add(db, "ben", Role.ADMINISTRATOR)]

    async def leave(person: Person) -> None:
        async with db.transaction(CITY) as tx:
            await service.deactivate(tx, CITY, person.id, person, NOON)

    outcomes = await asyncio.gather(*map(leave, both), return_exceptions=True)
    assert sum(isinstance(outcome, LastAdministrator) for outcome in outcomes) == 1


async def test_a_changed_role_counts_at_once_for_open_sessions(db: Database, keyring: Keyring) -> None:
    async with db.transaction(CITY) as tx:
        person, first = await service.add_person(tx, CITY, "siti", "Siti", [Role.SUPERVISOR], None, None, NOON)
    token = (await signing_in.log_in(db, CITY, keyring, "siti", first, None, "", NOON)).session_token
    async with db.transaction(CITY) as tx:
        await service.change_person(tx, CITY, person.id, "Siti R.", [Role.FIELD], "bpbd", None, NOON)
        session = await signing_in.session_of(tx, CITY, hash_of(token), NOON)
    assert session
    assert (session.person.roles, session.person.agency, session.person.name) == ({Role.FIELD}, "bpbd", "Siti R.")


async def test_a_reset_password_is_new_and_ends_the_sessions(db: Database, keyring: Keyring) -> None:
    async with db.transaction(CITY) as tx:
        person, first = await service.add_person(tx, CITY, "siti", "Siti", [Role.AUDITOR], None, None, NOON)
    token = (await signing_in.log_in(db, CITY, keyring, "siti", first, None, "", NOON)).session_token
    async with db.transaction(CITY) as tx:
        fresh = await service.reset_password(tx, CITY, person.id, None, NOON)
        assert await signing_in.session_of(tx, CITY, hash_of(token), NOON) is None
    assert fresh != first
    assert (await signing_in.log_in(db, CITY, keyring, "siti", fresh, None, "", NOON)).person.must_change_password


async def test_nobody_unknown_is_changed(db: Database) -> None:
    with pytest.raises(UnknownPerson):
        async with db.transaction(CITY) as tx:
            await service.deactivate(tx, CITY, new_id(), None, NOON)


async def test_a_token_speaks_for_its_role_until_it_expires_or_is_revoked(db: Database) -> None:
    async with db.transaction(CITY) as tx:
        until = NOON + timedelta(days=1)
        token, secret = await machines.issue_token(tx, CITY, "sumenep", Role.CALL_TAKER, None, until, None, NOON)
        kept = await tx.fetchrow("SELECT * FROM api_token")
    assert secret not in repr(kept)
    async with db.reading(CITY) as conn:
        found = await machines.token_of(conn, CITY, hash_of(secret), NOON)
        assert found == token
        assert found.as_person().roles == {Role.CALL_TAKER}
        assert await machines.token_of(conn, CITY, hash_of(secret), until) is None
        assert await machines.token_of(conn, CITY, hash_of(secret + "x"), NOON) is None
    async with db.transaction(CITY) as tx:
        await machines.revoke_token(tx, CITY, token.id, None, NOON)
        assert await machines.token_of(tx, CITY, hash_of(secret), NOON) is None
    with pytest.raises(UnknownPerson):
        async with db.transaction(CITY) as tx:
            await machines.revoke_token(tx, CITY, token.id, None, NOON)


async def test_an_agencys_token_needs_its_agency(db: Database) -> None:
    with pytest.raises(UnfitRoles):
        async with db.transaction(CITY) as tx:
            await machines.issue_token(tx, CITY, "x", Role.AGENCY, None, None, None, NOON)


async def test_a_closed_account_takes_its_tokens_along(db: Database) -> None:
    ana, _ = await add(db, "ana", Role.ADMINISTRATOR), await add(db, "ben", Role.ADMINISTRATOR)
    async with db.transaction(CITY) as tx:
        _, secret = await machines.issue_token(tx, CITY, "x", Role.CALL_TAKER, None, None, ana, NOON)
        await service.deactivate(tx, CITY, ana.id, None, NOON)
        assert await machines.token_of(tx, CITY, hash_of(secret), NOON) is None


@pytest.mark.parametrize("crime", ["UPDATE audit SET act = 'nothing'", "DELETE FROM audit", "TRUNCATE audit"])
async def test_the_audit_cannot_be_changed_not_even_by_the_owner_of_the_tables(db: Database, dsn: str, crime: str) -> None:
    async with db.transaction(CITY) as tx:
        await record_access(tx, CITY, None, Audited.AUDIT_READ, "audit", {}, NOON)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.transaction(CITY) as tx:
            await tx.execute(crime)
    owner = await asyncpg.connect(dsn)
    try:
        await owner.execute("SELECT set_config('tanggap.city', $1, false)", CITY)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await owner.execute(crime)
    finally:
        await owner.close()
    async with db.reading(CITY) as conn:
        assert len(await trail(conn, CITY)) == 1


async def test_the_audit_is_read_by_pages_and_by_person_and_subject(db: Database) -> None:
    siti = await add(db, "siti", Role.AUDITOR)
    async with db.transaction(CITY) as tx:
        for n in range(5):
            await record_access(tx, CITY, siti, "report_seen", f"report:{n % 2}", {"n": n}, NOON + timedelta(minutes=n))
    async with db.reading(CITY) as conn:
        first = await trail(conn, CITY, person=siti.id, limit=3)
        rest = await trail(conn, CITY, person=siti.id, before=(first[-1].at, first[-1].id))
        assert [entry.detail["n"] for entry in (*first, *rest)] == [4, 3, 2, 1, 0]
        assert len(await trail(conn, CITY, subject="report:1")) == 2
        assert len(await trail(conn, CITY, acts=["person_added"])) == 1


async def test_demonstration_accounts_stay_the_same_over_restarts(db: Database, keyring: Keyring, tmp_path: Path) -> None:
    path = tmp_path / "home" / "accounts.txt"

    async def start() -> list[tuple[str, str]]:
        async with db.transaction(CITY) as tx:
            accounts = await ensure_demo_people(tx, CITY, AGENCIES, {"bpbd", "dlhk"}, path, NOON)
        return [(account.login, account.password) for account in accounts]

    accounts = await start()
    assert path.stat().st_mode & 0o777 == 0o600
    assert [login for login, _ in accounts][-5:] == ["bpbd", "dlhk", "pln", "bpbd.regu", "dlhk.regu"]
    assert await start() == accounts
    for login, password in accounts:
        signed_in = await signing_in.log_in(db, CITY, keyring, login, password, None, "", NOON)
        assert signed_in.person.is_demo
        assert not signed_in.person.must_change_password
    path.unlink()
    renewed = await start()
    assert not set(renewed) & set(accounts)
    assert (await signing_in.log_in(db, CITY, keyring, *renewed[0], None, "", NOON)).person.login == "petugas1"


async def test_a_real_installation_can_tell_that_demonstration_accounts_are_there(db: Database, tmp_path: Path) -> None:
    async with db.transaction(CITY) as tx:
        assert not await service.demo_people_exist(tx, CITY)
        await ensure_demo_people(tx, CITY, {}, set(), tmp_path / "accounts.txt", NOON)
        assert await service.demo_people_exist(tx, CITY)
        await deactivate_demo_people(tx, CITY, NOON)
        assert not await service.demo_people_exist(tx, CITY)
