"""People, sessions, devices, tokens, wrong passwords and the audit: the only SQL of this room."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tanggap.people.lockout import Tally
from tanggap.people.model import (
    DEVICE_KEPT,
    SESSION_IDLE,
    ApiToken,
    AuditEntry,
    LoginTaken,
    Person,
    Session,
    UnknownPerson,
)
from tanggap.platform.database import Connection, Transaction

PERSON_COLUMNS = ", ".join(Person.__struct_fields__)
PERSON_OF_SESSION = ", ".join(f"p.{name} AS p_{name}" for name in Person.__struct_fields__)
SESSION_COLUMNS = "s.id, s.token_hash, s.created_at, s.last_seen_at, s.expires_at, s.user_agent"
TOKEN_COLUMNS = ", ".join(ApiToken.__struct_fields__)
AUDIT_COLUMNS = ", ".join(AuditEntry.__struct_fields__)

#: What a verb may change on a person.
PERSON_CHANGES = frozenset(
    {"name", "password_hash", "must_change_password", "roles", "agency", "locale", "active", "password_changed_at"}
)


def _person(row: Mapping[str, Any]) -> Person:
    return msgspec.convert({name: row[name] for name in Person.__struct_fields__}, Person)


def _session(row: Mapping[str, Any]) -> Session:
    person = msgspec.convert({name: row[f"p_{name}"] for name in Person.__struct_fields__}, Person)
    return Session(
        row["id"], row["token_hash"], person, row["created_at"], row["last_seen_at"], row["expires_at"], row["user_agent"]
    )


async def insert_person(tx: Transaction, person: Person, password_hash: str, now: datetime) -> None:
    """Raises LoginTaken."""
    sql = f"""INSERT INTO person ({PERSON_COLUMNS}, password_hash, created_at, password_changed_at)
              VALUES ($1, $2, $3, $4, $5::text[], $6, $7, $8, $9, $10, $11, $12, $12)
              ON CONFLICT (city, login) DO NOTHING RETURNING id"""
    values = (person.city, person.id, person.login, person.name, sorted(person.roles), person.agency, person.locale)
    flags = (person.active, person.is_demo, person.must_change_password)
    if await tx.fetchval(sql, *values, *flags, password_hash, now) is None:
        raise LoginTaken(login=person.login)


async def lock_person(tx: Transaction, city: str, person_id: UUID) -> Person:
    """The person, locked until the transaction ends. Raises UnknownPerson."""
    sql = f"SELECT {PERSON_COLUMNS} FROM person WHERE city = $1 AND id = $2 FOR UPDATE"
    row = await tx.fetchrow(sql, city, person_id)
    if row is None:
        raise UnknownPerson
    return _person(row)


async def by_login(conn: Connection, city: str, login: str) -> tuple[Person, str] | None:
    """The person who signs in with that name, and the hash of their password."""
    sql = f"SELECT {PERSON_COLUMNS}, password_hash FROM person WHERE city = $1 AND login = $2"
    row = await conn.fetchrow(sql, city, login)
    return (_person(row), row["password_hash"]) if row else None


async def password_hash(conn: Connection, city: str, person_id: UUID) -> str | None:
    """The hash of a person's password."""
    found: str | None = await conn.fetchval("SELECT password_hash FROM person WHERE city = $1 AND id = $2", city, person_id)
    return found


async def people(conn: Connection, city: str) -> list[Person]:
    """Everybody, active ones first, by name."""
    sql = f"SELECT {PERSON_COLUMNS} FROM person WHERE city = $1 ORDER BY NOT active, agency NULLS FIRST, name, login"
    return [_person(row) for row in await conn.fetch(sql, city)]


async def agencies_with_people(conn: Connection, city: str) -> frozenset[str]:
    """The agencies of which somebody with an open account answers assignments."""
    sql = "select distinct agency from person where city = $1 and active and 'agency' = any(roles) and agency is not null"
    return frozenset(row["agency"] for row in await conn.fetch(sql, city))


async def people_by_id(conn: Connection, city: str, ids: Sequence[UUID]) -> list[Person]:
    """These people, as far as they are active, in the order of their ids as given."""
    sql = f"""SELECT {PERSON_COLUMNS} FROM person JOIN unnest($2::uuid[]) WITH ORDINALITY AS wanted (id_wanted, place)
              ON id = id_wanted WHERE city = $1 AND active ORDER BY place"""
    return [_person(row) for row in await conn.fetch(sql, city, list(ids))]


async def change_person(tx: Transaction, city: str, person_id: UUID, **changes: Any) -> Person:
    """Write the named columns. Raises UnknownPerson."""
    if unknown := set(changes) - PERSON_CHANGES:
        raise ValueError(f"person has no changeable column {sorted(unknown)}")
    sets = ", ".join(f"{name} = ${n}" for n, name in enumerate(changes, start=3))
    sql = f"UPDATE person SET {sets} WHERE city = $1 AND id = $2 RETURNING {PERSON_COLUMNS}"
    row = await tx.fetchrow(sql, city, person_id, *changes.values())
    if row is None:
        raise UnknownPerson
    return _person(row)


async def lock_administrators(tx: Transaction, city: str) -> list[UUID]:
    """The active administrators, locked until the transaction ends, so that two cannot leave at once."""
    sql = """SELECT id FROM person WHERE city = $1 AND active AND 'administrator' = ANY (roles)
             ORDER BY id FOR UPDATE"""
    return [row["id"] for row in await tx.fetch(sql, city)]


async def demo_people(conn: Connection, city: str) -> list[Person]:
    """The active demonstration accounts."""
    sql = f"SELECT {PERSON_COLUMNS} FROM person WHERE city = $1 AND is_demo AND active ORDER BY login"
    return [_person(row) for row in await conn.fetch(sql, city)]


async def insert_session(
    tx: Transaction, city: str, session_id: UUID, token_hash: bytes, person_id: UUID, now: datetime, until: datetime, agent: str
) -> None:
    """Write a new session."""
    sql = """INSERT INTO session (city, id, token_hash, person, created_at, last_seen_at, expires_at, user_agent)
             VALUES ($1, $2, $3, $4, $5, $5, $6, $7)"""
    await tx.execute(sql, city, session_id, token_hash, person_id, now, until, agent)


_LIVING = "s.ended_at IS NULL AND s.expires_at > $2 AND s.last_seen_at > $2 - $3::interval AND p.active"


async def session(conn: Connection, city: str, token_hash: bytes, now: datetime) -> Session | None:
    """The living session of a token, with its person, in one statement."""
    sql = f"""SELECT {SESSION_COLUMNS}, {PERSON_OF_SESSION} FROM session s JOIN person p ON p.city = s.city AND p.id = s.person
              WHERE s.city = $1 AND s.token_hash = $4 AND {_LIVING}"""
    row = await conn.fetchrow(sql, city, now, SESSION_IDLE, token_hash)
    return _session(row) if row else None


async def sessions(conn: Connection, city: str, now: datetime) -> list[Session]:
    """All living sessions, the last seen first."""
    sql = f"""SELECT {SESSION_COLUMNS}, {PERSON_OF_SESSION} FROM session s JOIN person p ON p.city = s.city AND p.id = s.person
              WHERE s.city = $1 AND {_LIVING} ORDER BY s.last_seen_at DESC"""
    return [_session(row) for row in await conn.fetch(sql, city, now, SESSION_IDLE)]


async def touch_session(conn: Connection, city: str, session_id: UUID, now: datetime, not_since: datetime) -> None:
    """Write when the session was last seen, unless another process has done so since `not_since`."""
    sql = "UPDATE session SET last_seen_at = $3 WHERE city = $1 AND id = $2 AND last_seen_at <= $4 AND ended_at IS NULL"
    await conn.execute(sql, city, session_id, now, not_since)


async def end_session(tx: Transaction, city: str, session_id: UUID, now: datetime) -> UUID | None:
    """End one session; returns whose it was, or None when it had ended already."""
    sql = "UPDATE session SET ended_at = $3 WHERE city = $1 AND id = $2 AND ended_at IS NULL RETURNING person"
    whose: UUID | None = await tx.fetchval(sql, city, session_id, now)
    return whose


async def is_known_session(conn: Connection, city: str, session_id: UUID) -> bool:
    """Whether there is such a session, living or ended."""
    return bool(await conn.fetchval("SELECT EXISTS (SELECT FROM session WHERE city = $1 AND id = $2)", city, session_id))


async def end_sessions_of(tx: Transaction, city: str, person_id: UUID, now: datetime) -> None:
    """End all sessions of a person."""
    sql = "UPDATE session SET ended_at = $3 WHERE city = $1 AND person = $2 AND ended_at IS NULL"
    await tx.execute(sql, city, person_id, now)


async def device_people(conn: Connection, city: str, device_hash: bytes, now: datetime) -> frozenset[UUID]:
    """Who has signed in on a device lately."""
    sql = "SELECT person FROM device WHERE city = $1 AND device_hash = $2 AND last_used_at > $3"
    return frozenset(row["person"] for row in await conn.fetch(sql, city, device_hash, now - DEVICE_KEPT))


async def remember_device(tx: Transaction, city: str, device_hash: bytes, person_id: UUID, now: datetime) -> None:
    """Note that a person has signed in on a device."""
    sql = """INSERT INTO device (city, device_hash, person, last_used_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (city, device_hash, person) DO UPDATE SET last_used_at = excluded.last_used_at"""
    await tx.execute(sql, city, device_hash, person_id, now)


async def forget_devices(tx: Transaction, city: str, person_id: UUID) -> None:
    """Make every device a stranger to this person again."""
    await tx.execute("DELETE FROM device WHERE city = $1 AND person = $2", city, person_id)


async def lock_tally(tx: Transaction, city: str, bucket: bytes, now: datetime) -> Tally | None:
    """The wrong passwords of a bucket, locked until the transaction ends, so that parallel guesses come one by one."""
    sql = """INSERT INTO login_attempt (city, bucket, failures, last_failed_at) VALUES ($1, $2, 0, $3)
             ON CONFLICT (city, bucket) DO UPDATE SET failures = login_attempt.failures
             RETURNING failures, last_failed_at"""
    row = await tx.fetchrow(sql, city, bucket, now)
    return Tally(row["failures"], row["last_failed_at"]) if row["failures"] else None


async def write_tally(tx: Transaction, city: str, bucket: bytes, tally: Tally) -> None:
    """Write the wrong passwords of a bucket."""
    sql = "UPDATE login_attempt SET failures = $3, last_failed_at = $4 WHERE city = $1 AND bucket = $2"
    await tx.execute(sql, city, bucket, tally.failures, tally.last_failed_at)


async def clear_tally(tx: Transaction, city: str, bucket: bytes) -> None:
    """Forget the wrong passwords of a bucket."""
    await tx.execute("DELETE FROM login_attempt WHERE city = $1 AND bucket = $2", city, bucket)


async def forget_before(
    tx: Transaction, city: str, sessions_before: datetime, devices_before: datetime, tallies_before: datetime
) -> None:
    """Delete what has served its time."""
    await tx.execute("DELETE FROM session WHERE city = $1 AND expires_at < $2", city, sessions_before)
    await tx.execute("DELETE FROM device WHERE city = $1 AND last_used_at < $2", city, devices_before)
    await tx.execute("DELETE FROM login_attempt WHERE city = $1 AND last_failed_at < $2", city, tallies_before)


async def insert_token(tx: Transaction, token: ApiToken, token_hash: bytes) -> None:
    """Write a new API token."""
    sql = f"""INSERT INTO api_token ({TOKEN_COLUMNS}, token_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"""
    values = [getattr(token, name) for name in ApiToken.__struct_fields__]
    await tx.execute(sql, *values, token_hash)


async def token(conn: Connection, city: str, token_hash: bytes) -> ApiToken | None:
    """The token with that hash, valid or not."""
    row = await conn.fetchrow(f"SELECT {TOKEN_COLUMNS} FROM api_token WHERE city = $1 AND token_hash = $2", city, token_hash)
    return msgspec.convert(dict(row), ApiToken) if row else None


async def tokens(conn: Connection, city: str) -> list[ApiToken]:
    """All tokens, the newest first."""
    sql = f"SELECT {TOKEN_COLUMNS} FROM api_token WHERE city = $1 ORDER BY created_at DESC"
    return [msgspec.convert(dict(row), ApiToken) for row in await conn.fetch(sql, city)]


async def revoke_token(tx: Transaction, city: str, token_id: UUID, now: datetime) -> ApiToken:
    """Raises UnknownPerson when there is no such living token."""
    sql = f"""UPDATE api_token SET revoked_at = $3 WHERE city = $1 AND id = $2 AND revoked_at IS NULL
              RETURNING {TOKEN_COLUMNS}"""
    row = await tx.fetchrow(sql, city, token_id, now)
    if row is None:
        raise UnknownPerson
    return msgspec.convert(dict(row), ApiToken)


async def revoke_tokens_of(tx: Transaction, city: str, person_id: UUID, now: datetime) -> None:
    """Revoke all tokens that a person has issued."""
    sql = "UPDATE api_token SET revoked_at = $3 WHERE city = $1 AND issued_by = $2 AND revoked_at IS NULL"
    await tx.execute(sql, city, person_id, now)


async def insert_audit(tx: Transaction, city: str, entry: AuditEntry) -> None:
    """Append one line."""
    sql = f"INSERT INTO audit (city, {AUDIT_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    await tx.execute(sql, city, *(getattr(entry, name) for name in AuditEntry.__struct_fields__))


async def audit_page(
    conn: Connection,
    city: str,
    person_id: UUID | None,
    subject: str | None,
    acts: Sequence[str] | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[AuditEntry]:
    """Lines of the audit, the newest first, older than `before`."""
    conditions, values = ["city = $1"], [city]
    # One act is asked for as such: only then does its index give the lines in their order.
    one_act, some_acts = (acts[0], None) if acts and len(acts) == 1 else (None, acts)
    wanted: list[tuple[str, Any]] = [("person = ${}", person_id), ("subject = ${}", subject), ("act = ${}", one_act)]
    wanted.append(("act = ANY (${}::text[])", some_acts))
    for condition, value in wanted:
        if value is not None:
            values.append(value)
            conditions.append(condition.format(len(values)))
    if before is not None:
        values.extend(before)  # type: ignore[arg-type]
        conditions.append(f"(at, id) < (${len(values) - 1}, ${len(values)})")
    sql = f"SELECT {AUDIT_COLUMNS} FROM audit WHERE {' AND '.join(conditions)} ORDER BY at DESC, id DESC LIMIT {int(limit)}"
    return [msgspec.convert(dict(row), AuditEntry) for row in await conn.fetch(sql, *values)]
