"""What is done with accounts: making them, their passwords and roles, closing them."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from tanggap.people import passwords, store
from tanggap.people.audit import Audited, record_access
from tanggap.people.model import (
    MAX_NAME,
    LastAdministrator,
    Person,
    Role,
    Session,
    WrongPassword,
    fit_login,
    fit_roles,
    hash_of,
)
from tanggap.people.signing_in import open_session
from tanggap.platform.database import Connection, Transaction
from tanggap.platform.i18n import known_locale
from tanggap.platform.ids import new_id
from tanggap.platform.text import clean_text


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
    return await open_session(tx, person, session.user_agent, now)


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


async def demo_people_exist(conn: Connection, city: str) -> bool:
    """Whether demonstration accounts could sign in here; a real installation must not start with them."""
    return bool(await store.demo_people(conn, city))
