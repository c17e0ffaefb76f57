"""Signing in, sessions, and what slows a guesser down, on a real PostgreSQL."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import argon2
import pytest

from tanggap.people import lockout, passwords, service, signing_in, store
from tanggap.people.audit import Audited, trail
from tanggap.people.model import LockedOut, Person, Role, Session, WeakPassword, WrongPassword, hash_of
from tanggap.platform.database import Database
from tanggap.platform.secrets import Keyring

CITY = "kendari"
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
SECRET = "jalan pagi ke teluk"


@pytest.fixture
async def siti(db: Database) -> Person:
    """A call taker."""
    async with db.transaction(CITY) as tx:
        person, _ = await service.add_person(tx, CITY, "siti", "Siti", [Role.CALL_TAKER], None, None, NOON, password=SECRET)
    return person


async def sign_in(
    db: Database, keyring: Keyring, password: str = SECRET, device: str | None = None, now: datetime = NOON, login: str = "siti"
) -> signing_in.SignedIn:
    return await signing_in.log_in(db, CITY, keyring, login, password, device, "Firefox", now)


async def session(db: Database, token: str, now: datetime = NOON) -> Session | None:
    async with db.reading(CITY) as conn:
        return await signing_in.session_of(conn, CITY, hash_of(token), now)


async def guess(db: Database, keyring: Keyring, times: int, device: str | None = None, now: datetime = NOON) -> None:
    for _ in range(times):
        with pytest.raises(WrongPassword):
            await sign_in(db, keyring, "salah semua ini", device, now)


async def test_a_right_password_opens_a_session_that_names_its_person(db: Database, keyring: Keyring, siti: Person) -> None:
    signed_in = await sign_in(db, keyring, login=" Siti ")
    found = await session(db, signed_in.session_token)
    assert found is not None
    assert found.person == siti
    async with db.reading(CITY) as conn:
        stored = await conn.fetch("SELECT * FROM session")
    assert signed_in.session_token not in repr(stored)


async def test_each_sign_in_has_a_session_of_its_own(db: Database, keyring: Keyring, siti: Person) -> None:
    assert (await sign_in(db, keyring)).session_token != (await sign_in(db, keyring)).session_token


@pytest.mark.parametrize(("login", "password"), [("siti", "salah"), ("budi", SECRET), ("siti\x00", "\ud800"), ("", "")])
async def test_wrong_login_and_wrong_password_are_told_apart_by_nobody(
    db: Database, keyring: Keyring, siti: Person, login: str, password: str
) -> None:
    with pytest.raises(WrongPassword):
        await sign_in(db, keyring, password, login=login)


async def test_an_idle_session_ends_after_twelve_hours_a_busy_one_after_a_day(
    db: Database, keyring: Keyring, siti: Person
) -> None:
    token = (await sign_in(db, keyring)).session_token
    assert await session(db, token, NOON + timedelta(hours=11, minutes=59))
    assert not await session(db, token, NOON + timedelta(hours=12, minutes=1))
    for hour in range(1, 24):
        now = NOON + timedelta(hours=hour)
        found = await session(db, token, now)
        assert found
        async with db.transaction(CITY) as tx:
            await signing_in.touch(tx, found, now)
    assert not await session(db, token, NOON + timedelta(hours=24))


async def test_being_seen_is_written_at_most_once_a_minute(db: Database, keyring: Keyring, siti: Person) -> None:
    token = (await sign_in(db, keyring)).session_token
    found = await session(db, token)
    assert found
    async with db.reading(CITY) as conn:
        with db.count_statements() as count:
            await signing_in.touch(conn, found, NOON + timedelta(seconds=59))
            assert count.total == 0
            await signing_in.touch(conn, found, NOON + timedelta(seconds=61))
            assert count.total == 1


async def test_signing_out_ends_this_session_only(db: Database, keyring: Keyring, siti: Person) -> None:
    here, there = await sign_in(db, keyring), await sign_in(db, keyring)
    found = await session(db, here.session_token)
    assert found
    async with db.transaction(CITY) as tx:
        await signing_in.log_out(tx, found, NOON)
    assert await session(db, here.session_token) is None
    assert await session(db, there.session_token)


async def test_a_new_password_ends_every_other_session(db: Database, keyring: Keyring, siti: Person) -> None:
    here, there = await sign_in(db, keyring), await sign_in(db, keyring)
    found = await session(db, here.session_token)
    assert found
    assert found.person.must_change_password
    async with db.transaction(CITY) as tx:
        fresh = await service.change_password(tx, found, SECRET, "sore di tugu persatuan", here.device_token, NOON)
    assert await session(db, here.session_token) is None
    assert await session(db, there.session_token) is None
    renewed = await session(db, fresh)
    assert renewed
    assert not renewed.person.must_change_password
    with pytest.raises(WrongPassword):
        await sign_in(db, keyring)
    assert await sign_in(db, keyring, "sore di tugu persatuan")


async def test_changing_a_password_needs_the_old_one_and_a_good_new_one(db: Database, keyring: Keyring, siti: Person) -> None:
    found = await session(db, (await sign_in(db, keyring)).session_token)
    assert found
    with pytest.raises(WrongPassword):
        async with db.transaction(CITY) as tx:
            await service.change_password(tx, found, "bukan ini", "sore di tugu persatuan", None, NOON)
    with pytest.raises(WeakPassword):
        async with db.transaction(CITY) as tx:
            await service.change_password(tx, found, SECRET, SECRET, None, NOON)
    assert await session(db, (await sign_in(db, keyring)).session_token)


async def test_a_closed_account_is_out_at_once_and_cannot_come_back(db: Database, keyring: Keyring, siti: Person) -> None:
    token = (await sign_in(db, keyring)).session_token
    async with db.transaction(CITY) as tx:
        await service.deactivate(tx, CITY, siti.id, None, NOON)
    assert await session(db, token) is None
    with pytest.raises(WrongPassword):
        await sign_in(db, keyring)
    async with db.transaction(CITY) as tx:
        await service.reactivate(tx, CITY, siti.id, None, NOON)
    assert await session(db, token) is None
    assert await sign_in(db, keyring)


async def test_strangers_are_slowed_down_and_the_persons_own_desk_is_not(db: Database, keyring: Keyring, siti: Person) -> None:
    desk = (await sign_in(db, keyring)).device_token
    await guess(db, keyring, lockout.FREE_FAILURES)
    with pytest.raises(LockedOut) as refused:
        await sign_in(db, keyring)
    assert 0 < refused.value.retry_after_s <= lockout.FIRST_DELAY_S
    assert await sign_in(db, keyring, device=desk)
    with pytest.raises(LockedOut):
        await sign_in(db, keyring)
    assert await sign_in(db, keyring, now=NOON + timedelta(seconds=2))


async def test_a_colleagues_desk_is_not_locked_by_strangers_either(db: Database, keyring: Keyring, siti: Person) -> None:
    async with db.transaction(CITY) as tx:
        await service.add_person(tx, CITY, "budi", "Budi", [Role.CALL_TAKER], None, None, NOON, password=SECRET)
    desk = (await sign_in(db, keyring, login="budi")).device_token
    await guess(db, keyring, lockout.FREE_FAILURES)
    assert (await sign_in(db, keyring, device=desk)).device_token == desk


async def test_an_invented_device_is_a_stranger_and_gets_a_name_of_ours(db: Database, keyring: Keyring, siti: Person) -> None:
    await guess(db, keyring, lockout.FREE_FAILURES, device="invented-by-a-guesser")
    with pytest.raises(LockedOut):
        await sign_in(db, keyring, device="another-invention")
    later = NOON + timedelta(minutes=1)
    assert (await sign_in(db, keyring, device="another-invention", now=later)).device_token != "another-invention"


async def test_guesses_sent_at_the_same_moment_come_one_by_one(db: Database, keyring: Keyring, siti: Person) -> None:
    outcomes = await asyncio.gather(*(sign_in(db, keyring, f"tebakan {n}") for n in range(12)), return_exceptions=True)
    assert sum(isinstance(outcome, WrongPassword) for outcome in outcomes) == lockout.FREE_FAILURES
    assert sum(isinstance(outcome, LockedOut) for outcome in outcomes) == 12 - lockout.FREE_FAILURES


async def test_a_password_typed_as_login_is_stored_nowhere(db: Database, keyring: Keyring, siti: Person) -> None:
    with pytest.raises(WrongPassword):
        await sign_in(db, keyring, "", login=SECRET)
    async with db.reading(CITY) as conn:
        kept = [await conn.fetch(f"SELECT * FROM {table}") for table in ("login_attempt", "audit", "device")]
    assert SECRET not in repr(kept)


async def test_an_old_hash_is_renewed_at_sign_in(db: Database, keyring: Keyring, siti: Person) -> None:
    older = argon2.PasswordHasher(time_cost=1, memory_cost=16, parallelism=1).hash(SECRET)
    async with db.transaction(CITY) as tx:
        await store.change_person(tx, CITY, siti.id, password_hash=older)
    await sign_in(db, keyring)
    async with db.reading(CITY) as conn:
        stored = await store.password_hash(conn, CITY, siti.id)
    assert stored is not None
    assert passwords.is_outdated(older)
    assert not passwords.is_outdated(stored)


async def test_who_is_online(db: Database, keyring: Keyring, siti: Person) -> None:
    await sign_in(db, keyring)
    second = await sign_in(db, keyring, now=NOON + timedelta(minutes=10))
    async with db.reading(CITY) as conn:
        now = NOON + timedelta(minutes=11)
        (here,) = await signing_in.online(conn, CITY, now)
        assert (here.person, here.since, here.is_present) == (siti, NOON, True)
        assert len(await signing_in.sessions(conn, CITY, now)) == 2
        assert not (await signing_in.online(conn, CITY, now + timedelta(hours=1)))[0].is_present
    found = await session(db, second.session_token, NOON + timedelta(minutes=11))
    assert found
    async with db.transaction(CITY) as tx:
        await signing_in.end_session(tx, CITY, found.id, None, NOON)
        await signing_in.end_session(tx, CITY, found.id, None, NOON)
    assert await session(db, second.session_token, NOON + timedelta(minutes=11)) is None


async def test_signing_in_and_failing_are_audited(db: Database, keyring: Keyring, siti: Person) -> None:
    await guess(db, keyring, 1)
    await sign_in(db, keyring)
    async with db.reading(CITY) as conn:
        acts = [entry.act for entry in await trail(conn, CITY, subject=f"person:{siti.id}")]
    assert sorted(acts) == sorted([Audited.PERSON_ADDED, Audited.SIGN_IN_FAILED, Audited.SIGNED_IN])


async def test_another_city_knows_nobody_here(db: Database, keyring: Keyring, siti: Person) -> None:
    token = (await sign_in(db, keyring)).session_token
    async with db.reading("baubau") as conn:
        assert await signing_in.session_of(conn, CITY, hash_of(token), NOON) is None
        assert await service.people(conn, CITY) == []


async def test_what_has_served_its_time_is_deleted(db: Database, keyring: Keyring, siti: Person, tmp_path: Path) -> None:
    await guess(db, keyring, 1)
    await sign_in(db, keyring)
    async with db.transaction(CITY) as tx:
        await signing_in.forget_old(tx, CITY, NOON + timedelta(days=100))
        for table in ("session", "device", "login_attempt"):
            assert await tx.fetchval(f"SELECT count(*) FROM {table}") == 0
