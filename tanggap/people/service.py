"""What is done with people: sign-in and sessions, accounts and their roles, tokens for machines."""

import secrets
from collections.abc import Iterable
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
    ApiToken,
    LastAdministrator,
    LockedOut,
    Online,
    Person,
    Role,
    Session,
    UnknownPerson,
    WrongPassword,
    fit_login,
    fit_roles,
    hash_of,
)
from tanggap.platform.database import Connection, Database, Transaction
from tanggap.platform.i18n import known_locale
from tanggap.platform.ids import new_id
from tanggap.platform.secrets import Keyring
from tanggap.platform.text import clean_text

#: Random bytes in the tokens of sessions, devices and machines.
TOKEN_BYTES = 32
#: What a machine's token begins with, so that one that leaked is recognised by whoever finds it.
API_TOKEN_PREFIX = "tgp_"  # noqa: S105 - not a secret
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
        session_token = await _open_session(tx, person, user_agent, now)
        await record_access(tx, city, person, Audited.SIGNED_IN, f"person:{person.id}", {"device": familiarity.value}, now)
    return SignedIn(person, session_token, device_token)


async def _open_session(tx: Transaction, person: Person, user_agent: str, now: datetime) -> str:
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


async def add_person(
    tx: Transaction,
    city: str,
    login: str,
    name: str,
    roles: Iterable[Role],
    agency: str | None,
    by: Person | None,
    now: datetime,
    *,
    locale: str = "id",
    password: str | None = None,
    is_demo: bool = False,
) -> tuple[Person, str]:
    """Make an account; returns it with its first password, random unless given, to be changed at the first sign-in.

    Raises:
        UnfitLogin, LoginTaken, UnfitRoles.
    """
    person = Person(
        city=city,
        id=new_id(),
        login=fit_login(login),
        name=clean_text(name, MAX_NAME).text.strip() or login,
        roles=fit_roles(roles, agency),
        agency=agency,
        locale=known_locale(locale),
        active=True,
        is_demo=is_demo,
        must_change_password=not is_demo,
    )
    first = password or passwords.new_password()
    await store.insert_person(tx, person, await passwords.hash_password(first), now)
    detail = {"login": person.login, "roles": sorted(person.roles), "agency": agency}
    await record_access(tx, city, by, Audited.PERSON_ADDED, f"person:{person.id}", detail, now)
    return person, first


async def change_password(tx: Transaction, session: Session, old: str, new: str, device_token: str | None, now: datetime) -> str:
    """Change one's own password: every session ends, other devices are strangers again, and this browser gets a new session.

    Raises:
        WrongPassword: `old` is not the present one.
        WeakPassword: `new` is not safe enough, or is the old one.
    """
    person = await store.lock_person(tx, session.person.city, session.person.id)
    stored = await store.password_hash(tx, person.city, person.id)
    if not await passwords.matches(old, stored, is_known_device=True):
        raise WrongPassword
    passwords.check_strength(new, person.login, old)
    await _set_password(tx, person, new, must_change=False, now=now)
    await store.forget_devices(tx, person.city, person.id)
    if device_token:
        await store.remember_device(tx, person.city, hash_of(device_token), person.id, now)
    await record_access(tx, person.city, person, Audited.PASSWORD_CHANGED, f"person:{person.id}", {}, now)
    return await _open_session(tx, person, session.user_agent, now)


async def reset_password(tx: Transaction, city: str, person_id: UUID, by: Person | None, now: datetime) -> str:
    """Give a person a new random password, to be changed at the next sign-in; sessions end, devices are strangers again.

    Raises:
        UnknownPerson.
    """
    person = await store.lock_person(tx, city, person_id)
    fresh = passwords.new_password()
    await _set_password(tx, person, fresh, must_change=True, now=now)
    await store.forget_devices(tx, city, person_id)
    await record_access(tx, city, by, Audited.PASSWORD_RESET, f"person:{person_id}", {}, now)
    return fresh


async def _set_password(tx: Transaction, person: Person, password: str, *, must_change: bool, now: datetime) -> None:
    await store.change_person(
        tx,
        person.city,
        person.id,
        password_hash=await passwords.hash_password(password),
        must_change_password=must_change,
        password_changed_at=now,
    )
    await store.end_sessions_of(tx, person.city, person.id, now)


async def change_person(
    tx: Transaction,
    city: str,
    person_id: UUID,
    name: str,
    roles: Iterable[Role],
    agency: str | None,
    by: Person | None,
    now: datetime,
) -> Person:
    """Change a person's name, roles and agency, at once for all their sessions.

    Raises:
        UnknownPerson, UnfitRoles, LastAdministrator.
    """
    wanted = fit_roles(roles, agency)
    if Role.ADMINISTRATOR not in wanted:
        await _keep_an_administrator(tx, city, person_id)
    before = await store.lock_person(tx, city, person_id)
    fit_name = clean_text(name, MAX_NAME).text.strip() or before.name
    person = await store.change_person(tx, city, person_id, name=fit_name, roles=sorted(wanted), agency=agency)
    detail = {"from": sorted(before.roles), "to": sorted(wanted), "agency": agency}
    await record_access(tx, city, by, Audited.PERSON_CHANGED, f"person:{person_id}", detail, now)
    return person


async def set_locale(tx: Transaction, person: Person, locale: str) -> None:
    """Keep a person's own language."""
    await store.change_person(tx, person.city, person.id, locale=known_locale(locale))


async def deactivate(tx: Transaction, city: str, person_id: UUID, by: Person | None, now: datetime) -> Person:
    """Close an account: sessions end, tokens it issued are revoked; what the person did stays.

    Raises:
        UnknownPerson, LastAdministrator.
    """
    await _keep_an_administrator(tx, city, person_id)
    person = await store.change_person(tx, city, person_id, active=False)
    await store.end_sessions_of(tx, city, person_id, now)
    await store.forget_devices(tx, city, person_id)
    await store.revoke_tokens_of(tx, city, person_id, now)
    await record_access(tx, city, by, Audited.PERSON_DEACTIVATED, f"person:{person_id}", {}, now)
    return person


async def reactivate(tx: Transaction, city: str, person_id: UUID, by: Person | None, now: datetime) -> Person:
    """Open a closed account again; it keeps its password. Raises UnknownPerson."""
    person = await store.change_person(tx, city, person_id, active=True)
    await record_access(tx, city, by, Audited.PERSON_REACTIVATED, f"person:{person_id}", {}, now)
    return person


async def _keep_an_administrator(tx: Transaction, city: str, leaving: UUID) -> None:
    administrators = await store.lock_administrators(tx, city)
    if administrators == [leaving]:
        raise LastAdministrator


async def people(conn: Connection, city: str) -> list[Person]:
    """Everybody, active ones first."""
    return await store.people(conn, city)


async def issue_token(
    tx: Transaction,
    city: str,
    name: str,
    role: Role,
    agency: str | None,
    expires_at: datetime | None,
    by: Person | None,
    now: datetime,
) -> tuple[ApiToken, str]:
    """Make a machine's token; returns it with its secret, which is shown once and stored nowhere.

    Raises:
        UnfitRoles: an agency role without agency, or the reverse.
    """
    fit_roles([role], agency)
    fit_name = clean_text(name, MAX_NAME).text.strip() or role.value
    token = ApiToken(city, new_id(), fit_name, role, agency, by.id if by else None, now, expires_at, None)
    secret = API_TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    await store.insert_token(tx, token, hash_of(secret))
    detail = {"name": fit_name, "role": role.value, "agency": agency}
    await record_access(tx, city, by, Audited.TOKEN_ISSUED, f"token:{token.id}", detail, now)
    return token, secret


async def token_of(conn: Connection, city: str, token_hash: bytes, now: datetime) -> ApiToken | None:
    """The valid token with that hash."""
    token = await store.token(conn, city, token_hash)
    return token if token and token.is_valid(now) else None


async def revoke_token(tx: Transaction, city: str, token_id: UUID, by: Person | None, now: datetime) -> None:
    """Take a token back. Web processes remember a token for two seconds at most. Raises UnknownPerson."""
    token = await store.revoke_token(tx, city, token_id, now)
    await record_access(tx, city, by, Audited.TOKEN_REVOKED, f"token:{token_id}", {"name": token.name}, now)


async def tokens(conn: Connection, city: str) -> list[ApiToken]:
    """All tokens, the newest first."""
    return await store.tokens(conn, city)


async def forget_old(tx: Transaction, city: str, now: datetime) -> None:
    """Delete sessions, devices and wrong passwords that have served their time; run it once a day."""
    await store.forget_before(tx, city, now - SESSIONS_KEPT, now - DEVICE_KEPT, now - lockout.FORGET_AFTER)


async def demo_people_exist(conn: Connection, city: str) -> bool:
    """Whether demonstration accounts could sign in here; a real installation must not start with them."""
    return bool(await store.demo_people(conn, city))
