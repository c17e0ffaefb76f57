"""Contacts of agencies and of the centre's people: the only SQL about them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tanggap.notification.contacts.model import Contact, UnknownContact
from tanggap.notification.model import Channel, ContactStep, Recipient
from tanggap.platform.database import Connection, Transaction

_OF_AGENCY = "id, channel, address_masked, active, changed_at, name, agency, step, locale"
_OF_PERSON = "id, channel, address_masked, active, changed_at, person"


def _contact(row: Any) -> Contact:
    return msgspec.convert(dict(row), Contact)


async def of_agencies(conn: Connection, city: str, agency: str | None = None) -> list[Contact]:
    """The contacts of all agencies, or of one, in the order in which they are told."""
    sql = f"""SELECT {_OF_AGENCY} FROM agency_contact WHERE city = $1 AND active AND ($2::text IS NULL OR agency = $2)
              ORDER BY agency, array_position(array['duty', 'second', 'head'], step), name, channel"""
    return [_contact(row) for row in await conn.fetch(sql, city, agency)]


async def of_person(conn: Connection, city: str, person: UUID) -> list[Contact]:
    """The addresses of one person."""
    sql = f"SELECT {_OF_PERSON} FROM person_contact WHERE city = $1 AND person = $2 AND active ORDER BY channel, changed_at"
    return [_contact(row) for row in await conn.fetch(sql, city, person)]


async def insert_of_agency(
    tx: Transaction, city: str, contact: Contact, hashed: bytes, sealed: bytes
) -> None:  # fmt: skip
    """A new contact of an agency."""
    sql = """INSERT INTO agency_contact (city, id, agency, step, name, channel, address_hash, address_sealed, address_masked,
                                         locale, active, changed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, true, $11)"""
    step = contact.step.value if contact.step else ContactStep.DUTY.value
    await tx.execute(
        sql, city, contact.id, contact.agency, step, contact.name, contact.channel.value, hashed, sealed,
        contact.address_masked, contact.locale, contact.changed_at,
    )  # fmt: skip


async def insert_of_person(tx: Transaction, city: str, contact: Contact, hashed: bytes, sealed: bytes) -> None:
    """A new address of a person."""
    sql = """INSERT INTO person_contact (city, id, person, channel, address_hash, address_sealed, address_masked, active,
                                         changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, true, $8)"""
    await tx.execute(
        sql, city, contact.id, contact.person, contact.channel.value, hashed, sealed, contact.address_masked, contact.changed_at
    )


async def same_of_agency(conn: Connection, city: str, agency: str, step: str, channel: str, hashed: bytes) -> UUID | None:
    """The contact with that address in the same place, whether it is active or not."""
    sql = """SELECT id FROM agency_contact WHERE city = $1 AND agency = $2 AND step = $3 AND channel = $4 AND address_hash = $5
             ORDER BY active DESC LIMIT 1"""
    found: UUID | None = await conn.fetchval(sql, city, agency, step, channel, hashed)
    return found


async def same_of_person(conn: Connection, city: str, person: UUID, channel: str, hashed: bytes) -> UUID | None:
    """The address of a person that is the same, whether it is active or not."""
    sql = """SELECT id FROM person_contact WHERE city = $1 AND person = $2 AND channel = $3 AND address_hash = $4
             ORDER BY active DESC LIMIT 1"""
    found: UUID | None = await conn.fetchval(sql, city, person, channel, hashed)
    return found


async def change_of_agency(
    tx: Transaction, city: str, contact: UUID, now: datetime, *, name: str | None = None, step: str | None = None,
    active: bool | None = None,
) -> Contact:  # fmt: skip
    """Write what is given. Raises UnknownContact."""
    sql = f"""UPDATE agency_contact SET name = coalesce($3, name), step = coalesce($4, step), active = coalesce($5, active),
                     changed_at = $6 WHERE city = $1 AND id = $2 RETURNING {_OF_AGENCY}"""
    row = await tx.fetchrow(sql, city, contact, name, step, active, now)
    if row is None:
        raise UnknownContact
    return _contact(row)


async def change_of_person(tx: Transaction, city: str, person: UUID, contact: UUID, now: datetime, *, active: bool) -> Contact:
    """Switch an address of a person on or off. Raises UnknownContact."""
    sql = f"""UPDATE person_contact SET active = $4, changed_at = $5 WHERE city = $1 AND person = $2 AND id = $3
              RETURNING {_OF_PERSON}"""
    row = await tx.fetchrow(sql, city, person, contact, active, now)
    if row is None:
        raise UnknownContact
    return _contact(row)


async def one_of_agency(conn: Connection, city: str, contact: UUID) -> Contact:
    """One contact of an agency. Raises UnknownContact."""
    row = await conn.fetchrow(f"SELECT {_OF_AGENCY} FROM agency_contact WHERE city = $1 AND id = $2", city, contact)
    if row is None:
        raise UnknownContact
    return _contact(row)


async def sealed_address(conn: Connection, city: str, contact: UUID) -> bytes:
    """The sealed address of a contact of an agency. Raises UnknownContact."""
    found: bytes | None = await conn.fetchval(
        "SELECT address_sealed FROM agency_contact WHERE city = $1 AND id = $2", city, contact
    )
    if found is None:
        raise UnknownContact
    return found


async def recipients_of_agency(conn: Connection, city: str, agency: str, step: ContactStep) -> list[Recipient]:
    """The active contacts of one step of an agency."""
    sql = """SELECT channel, name, id AS contact, agency, address_sealed, address_masked, locale
             FROM agency_contact WHERE city = $1 AND agency = $2 AND step = $3 AND active ORDER BY changed_at"""
    return [_recipient(row) for row in await conn.fetch(sql, city, agency, step.value)]


async def recipients_of_people(
    conn: Connection, city: str, people: Sequence[UUID], channels: Sequence[Channel]
) -> list[Recipient]:
    """The active addresses of people, by these channels."""
    sql = """SELECT c.channel, p.name, c.id AS contact, c.person, c.address_sealed, c.address_masked, p.locale, p.agency
             FROM person_contact c JOIN person p ON p.city = c.city AND p.id = c.person
             WHERE c.city = $1 AND c.person = ANY($2::uuid[]) AND c.channel = ANY($3::text[]) AND c.active AND p.active
             ORDER BY c.changed_at"""
    found = await conn.fetch(sql, city, list(people), [channel.value for channel in channels])
    return [_recipient(row) for row in found]


def _recipient(row: Any) -> Recipient:
    sealed = row["address_sealed"]
    plain = msgspec.convert({**dict(row), "address_sealed": None}, Recipient)
    return msgspec.structs.replace(plain, address_sealed=sealed)


async def who_has(conn: Connection, city: str, hashed: bytes) -> list[Contact]:
    """The active contacts of agencies with that telephone number, whose answers count."""
    sql = f"""SELECT {_OF_AGENCY} FROM agency_contact
              WHERE city = $1 AND address_hash = $2 AND active AND channel IN ('sms', 'whatsapp') ORDER BY changed_at"""
    return [_contact(row) for row in await conn.fetch(sql, city, hashed)]


async def lapse(tx: Transaction, city: str, contact: UUID, now: datetime) -> None:
    """Switch off an address that its provider says is gone (a browser that took its permission back)."""
    for table in ("agency_contact", "person_contact"):
        await tx.execute(f"UPDATE {table} SET active = false, changed_at = $3 WHERE city = $1 AND id = $2", city, contact, now)
