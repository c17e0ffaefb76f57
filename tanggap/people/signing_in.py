"""Signing in, and the sessions that come of it."""

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from tanggap.people import lockout, passwords, store
from tanggap.people.audit import Audited, record_access
from tanggap.people.lockout import Familiarity
from tanggap.people.model import (
    DEVICE_KEPT,
    MAX_NAME,
    PRESENT_WITHIN,
    SEEN_EVERY,
    SESSION_ABSOLUTE,
    LockedOut,
    Online,
    Person,
    Session,
    UnknownPerson,
    WrongPassword,
    hash_of,
)
from tanggap.platform.database import Connection, Database, Transaction
from tanggap.platform.ids import new_id
from tanggap.platform.secrets import Keyring
from tanggap.platform.text import clean_text

#: Random bytes in the tokens of sessions and devices.
TOKEN_BYTES = 32
MAX_USER_AGENT = 200
#: Ended sessions stay listed this long for whoever looks into an incident of their own.
SESSIONS_KEPT = timedelta(days=30)


class SignedIn(NamedTuple):
    """What a browser gets for a right password: the session's token and the device's, each known to it alone."""

    person: Person
    session_token: str
    device_token: str


async def log_in(
    db: Database, city: str, keyring: Keyring, login: str, password: str, device_token: str | None, user_agent: str, now: datetime
) -> SignedIn:
    """Sign a person in with a new session. Transactions of its own: an attempt is counted, and stays so, before it is checked.

    Raises:
        WrongPassword: or no such login, or the account is not active; nothing tells which.
        LockedOut: too many wrong passwords for this login from this kind of device.
        Busy: a flood of sign-ins from devices nobody knows.
    """
    said = clean_text(login, MAX_NAME).text.strip().lower()
    device = hash_of(device_token) if device_token else None
    async with db.transaction(city) as tx:
        found = await store.by_login(tx, city, said)
        users = await store.device_people(tx, city, device, now) if device else frozenset()
        familiarity = Familiarity.HOUSE if users else Familiarity.STRANGER
        if found and found[0].id in users:
            familiarity = Familiarity.OWN
        bucket = keyring.hash("login bucket", lockout.bucket_of(said, familiarity, device))
        tally = await store.lock_tally(tx, city, bucket, now)
        wait_s = lockout.wait_s(tally, now)
        counted = lockout.counted(tally, now)
        if wait_s <= 0:
            await store.write_tally(tx, city, bucket, counted)
    if wait_s > 0:
        raise LockedOut(wait_s)
    is_known = familiarity is not Familiarity.STRANGER
    is_right = await passwords.matches(password, found[1] if found else None, is_known_device=is_known)
    if found is None:
        async with db.transaction(city) as tx:  # one write and one commit, as below: the time tells nothing about the login
            await store.write_tally(tx, city, bucket, counted)
        raise WrongPassword
    person, stored = found
    if not is_right or not person.active:
        async with db.transaction(city) as tx:
            await record_access(tx, city, None, Audited.SIGN_IN_FAILED, f"person:{person.id}", {"device": familiarity.value}, now)
        raise WrongPassword
    fresh_hash = await passwords.hash_password(password) if passwords.is_outdated(stored) else None
    device_token = device_token if is_known and device_token else secrets.token_urlsafe(TOKEN_BYTES)
    async with db.transaction(city) as tx:
        person = await store.lock_person(tx, city, person.id)
        if not person.active or await store.password_hash(tx, city, person.id) != stored:
            raise WrongPassword
        if fresh_hash:
            await store.change_person(tx, city, person.id, password_hash=fresh_hash)
        await store.clear_tally(tx, city, bucket)
        await store.remember_device(tx, city, hash_of(device_token), person.id, now)
        session_token = await open_session(tx, person, user_agent, now)
        await record_access(tx, city, person, Audited.SIGNED_IN, f"person:{person.id}", {"device": familiarity.value}, now)
    return SignedIn(person, session_token, device_token)


async def open_session(tx: Transaction, person: Person, user_agent: str, now: datetime) -> str:
    """A new session of a person; its token, which the browser alone keeps."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    agent = clean_text(user_agent, MAX_USER_AGENT).text
    await store.insert_session(tx, person.city, new_id(), hash_of(token), person.id, now, now + SESSION_ABSOLUTE, agent)
    return token


async def session_of(conn: Connection, city: str, token_hash: bytes, now: datetime) -> Session | None:
    """The living session of a cookie, with its person; none when it ended, expired, idled too long, or its person left."""
    return await store.session(conn, city, token_hash, now)


async def touch(conn: Connection, session: Session, now: datetime) -> None:
    """Note that a session is in use; at most once a minute, whatever comes in."""
    if session.is_due_for_touch(now):
        await store.touch_session(conn, session.person.city, session.id, now, now - SEEN_EVERY)


async def log_out(tx: Transaction, session: Session, now: datetime) -> None:
    """End a person's own session."""
    city = session.person.city
    if await store.end_session(tx, city, session.id, now):
        await record_access(tx, city, session.person, Audited.SIGNED_OUT, f"person:{session.person.id}", {}, now)


async def end_session(tx: Transaction, city: str, session_id: UUID, by: Person | None, now: datetime) -> None:
    """End anybody's session; ending one that has ended changes nothing. Raises UnknownPerson when there never was one."""
    if person_id := await store.end_session(tx, city, session_id, now):
        await record_access(tx, city, by, Audited.SESSION_ENDED, f"person:{person_id}", {"session": str(session_id)}, now)
    elif not await store.is_known_session(tx, city, session_id):
        raise UnknownPerson


async def sessions(conn: Connection, city: str, now: datetime) -> list[Session]:
    """All living sessions, the last seen first."""
    return await store.sessions(conn, city, now)


async def online(conn: Connection, city: str, now: datetime) -> list[Online]:
    """Everybody with a living session, once each, the last seen first."""
    found: dict[UUID, Online] = {}
    for session in await store.sessions(conn, city, now):
        before = found.get(session.person.id)
        seen = max(session.last_seen_at, before.last_seen_at) if before else session.last_seen_at
        since = min(session.created_at, before.since) if before else session.created_at
        found[session.person.id] = Online(session.person, since, seen, now - seen < PRESENT_WITHIN)
    return list(found.values())


async def forget_old(tx: Transaction, city: str, now: datetime) -> None:
    """Delete sessions, devices and wrong passwords that have served their time; run it once a day."""
    await store.forget_before(tx, city, now - SESSIONS_KEPT, now - DEVICE_KEPT, now - lockout.FORGET_AFTER)
