"""Adding, changing and taking away the addresses at which people are told. Each act is audited, and can be taken back."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from tanggap.notification.contacts import store
from tanggap.notification.contacts.model import MAX_NAME, AddressKnown, Contact, NameMissing, fit_address, masked
from tanggap.notification.model import Channel, ContactStep
from tanggap.people.audit import record_access
from tanggap.people.model import Person
from tanggap.platform.database import Transaction
from tanggap.platform.ids import new_id
from tanggap.platform.secrets import Keyring
from tanggap.platform.text import clean_text

#: Under which purpose addresses are sealed.
PURPOSE = "contact"


class Audited(StrEnum):
    """What this room writes into the audit."""

    ADDED = "contact_added"
    CHANGED = "contact_changed"
    REMOVED = "contact_removed"
    RESTORED = "contact_restored"
    TRIED = "contact_tried"
    KEY_SEEN = "webhook_key_seen"


def address_hash(keyring: Keyring, channel: Channel, address: str) -> bytes:
    """By what an address is found again: one for SMS and WhatsApp, since a number is one person's in both."""
    kind = "number" if channel in (Channel.SMS, Channel.WHATSAPP) else channel.value
    return keyring.hash(f"contact {kind}", address)


async def add_of_agency(
    tx: Transaction, city: str, keyring: Keyring, agency: str, step: ContactStep, name: str, channel: Channel, said: str,
    by: Person, now: datetime,
) -> Contact:  # fmt: skip
    """Give an agency one address more, in one step. One that was taken away stands there again.

    Raises:
        UnfitAddress, NameMissing, AddressKnown.
    """
    address = fit_address(channel, said)
    fit_name = clean_text(name.strip(), MAX_NAME).text
    if not fit_name:
        raise NameMissing
    hashed = address_hash(keyring, channel, address)
    same = await store.same_of_agency(tx, city, agency, step.value, channel.value, hashed)
    if same is not None:
        if (await store.one_of_agency(tx, city, same)).active:
            raise AddressKnown
        contact = await store.change_of_agency(tx, city, same, now, name=fit_name, active=True)
    else:
        contact = Contact(new_id(), channel, masked(channel, address), True, now, fit_name, agency, step)
        await store.insert_of_agency(tx, city, contact, hashed, keyring.encrypt(PURPOSE, address))
    await _audit(tx, city, by, Audited.ADDED, contact, now)
    return contact


async def change_of_agency(
    tx: Transaction, city: str, contact_id: UUID, name: str, step: ContactStep, by: Person, now: datetime
) -> Contact:
    """Call a contact otherwise, or move it to another step. Another address is another contact.

    Raises:
        UnknownContact, NameMissing.
    """
    fit_name = clean_text(name.strip(), MAX_NAME).text
    if not fit_name:
        raise NameMissing
    contact = await store.change_of_agency(tx, city, contact_id, now, name=fit_name, step=step.value)
    await _audit(tx, city, by, Audited.CHANGED, contact, now)
    return contact


async def switch_of_agency(tx: Transaction, city: str, contact_id: UUID, by: Person, now: datetime, *, active: bool) -> Contact:
    """Take a contact away, or bring it back. Raises UnknownContact."""
    contact = await store.change_of_agency(tx, city, contact_id, now, active=active)
    await _audit(tx, city, by, Audited.RESTORED if active else Audited.REMOVED, contact, now)
    return contact


async def add_of_person(tx: Transaction, keyring: Keyring, person: Person, channel: Channel, said: str, now: datetime) -> Contact:
    """A person's own address. Giving the same again changes nothing, as a browser does at each start.

    Raises:
        UnfitAddress.
    """
    address = fit_address(channel, said)
    hashed = address_hash(keyring, channel, address)
    same = await store.same_of_person(tx, person.city, person.id, channel.value, hashed)
    if same is not None:
        return await store.change_of_person(tx, person.city, person.id, same, now, active=True)
    contact = Contact(new_id(), channel, masked(channel, address), True, now, person.name, person=person.id)
    await store.insert_of_person(tx, person.city, contact, hashed, keyring.encrypt(PURPOSE, address))
    await _audit(tx, person.city, person, Audited.ADDED, contact, now)
    return contact


async def switch_of_person(tx: Transaction, person: Person, contact_id: UUID, now: datetime, *, active: bool) -> Contact:
    """Take one's own address away, or bring it back. Raises UnknownContact."""
    contact = await store.change_of_person(tx, person.city, person.id, contact_id, now, active=active)
    await _audit(tx, person.city, person, Audited.RESTORED if active else Audited.REMOVED, contact, now)
    return contact


async def webhook_key(tx: Transaction, city: str, keyring: Keyring, contact_id: UUID, by: Person, now: datetime) -> str:
    """The key by which an agency's program checks that a call is ours; each look at it is audited. Raises UnknownContact."""
    address = keyring.decrypt(PURPOSE, await store.sealed_address(tx, city, contact_id))
    contact = await store.one_of_agency(tx, city, contact_id)
    await _audit(tx, city, by, Audited.KEY_SEEN, contact, now)
    return signing_key(keyring, address)


def signing_key(keyring: Keyring, url: str) -> str:
    """The key that signs calls of one webhook: made from the house's key and the address, stored nowhere."""
    return keyring.sign("webhook", url)


async def _audit(tx: Transaction, city: str, by: Person, act: Audited, contact: Contact, now: datetime) -> None:
    detail = {"channel": contact.channel.value, "agency": contact.agency, "masked": contact.address_masked}
    detail |= {"step": contact.step.value if contact.step else None}
    await record_access(tx, city, by, act.value, f"contact:{contact.id}", detail, now)
