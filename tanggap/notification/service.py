"""Telling people: put down with what happened, resolved and sent after its commit; and what a supervisor does about the dead."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from tanggap.notification import store
from tanggap.notification.contacts import store as contacts
from tanggap.notification.model import (
    ALARM_AGAIN,
    ALARM_AGAIN_URGENT,
    Channel,
    Delivery,
    DeliveryMoved,
    Notice,
    Occasion,
    Recipient,
    UnknownDelivery,
)
from tanggap.notification.store import NewDelivery
from tanggap.notification.texts import Text
from tanggap.people import signing_in
from tanggap.people.audit import record_access
from tanggap.people.duty import on_duty
from tanggap.people.model import Person, Role
from tanggap.platform.database import Connection, Transaction
from tanggap.platform.i18n import N_
from tanggap.platform.ids import new_id
from tanggap.platform.jobs import Urgency, defer, defer_many

#: The job that finds out who is to be told, and makes a delivery for each of them and each channel.
ANNOUNCE = "announce"

#: What a notice on the centre's screen is addressed to.
CENTRE = N_("Pusat 112")


class Audited(StrEnum):
    """What this room writes into the audit."""

    TAKEN = "delivery_taken"
    RESENT = "delivery_resent"
    SETTLED = "delivery_settled"


async def announce(tx: Transaction, notice: Notice, now: datetime) -> None:
    """Have a notice told once the caller's transaction has committed, and not before.

    Who is told is found then: whoever is on duty, at the contacts that hold then.
    """
    urgency = Urgency.URGENT if notice.is_urgent else Urgency.NORMAL
    await defer(tx, ANNOUNCE, msgspec.to_builtins(notice), run_at=now, priority=urgency)


async def announce_all(tx: Transaction, notices: Iterable[Notice], now: datetime) -> None:
    """As `announce`, of many at once: two statements at most."""
    waiting = list(notices)
    for urgency in (Urgency.URGENT, Urgency.NORMAL):
        told = [msgspec.to_builtins(one) for one in waiting if one.is_urgent == (urgency is Urgency.URGENT)]
        if told:
            await defer_many(tx, ANNOUNCE, told, run_at=now, priority=urgency)


async def recipients(conn: Connection, city: str, notice: Notice, now: datetime) -> list[Recipient]:
    """Who is told, at which addresses: at least one, on the screen when nobody has an address.

    Nobody outside is told of an example, and nobody of the centre who is not on duty. An agency's people are told in their
    browsers while they are signed in.
    """
    screen = Recipient(channel=Channel.SCREEN, name=notice.agency or CENTRE, agency=notice.agency)
    if notice.is_example:
        return [screen]
    if notice.role is not None:
        told = [person.id for person in await on_duty(conn, city, Role(notice.role), now)]
        found = await contacts.recipients_of_people(conn, city, told, list(Channel))
        return found or [screen]
    if notice.agency is None:
        return [screen]
    found = await contacts.recipients_of_agency(conn, city, notice.agency, notice.step)
    signed_in = [one.person.id for one in await signing_in.online(conn, city, now) if one.person.agency == notice.agency]
    found += await contacts.recipients_of_people(conn, city, signed_in, [Channel.PUSH])
    return found or [screen]


async def deliver(
    tx: Transaction, city: str, notice: Notice, told: Sequence[Recipient], say: Callable[[Channel, str], Text], now: datetime
) -> None:
    """Put down one delivery for each recipient; `say` makes the text for a channel and a language."""
    notice_id = new_id()
    made = []
    for one in told:
        text = say(one.channel, one.locale)
        made.append(
            NewDelivery(
                id=new_id(), notice=notice_id, occasion=notice.occasion, channel=one.channel, recipient=one.name,
                subject=text.subject, text=text.text, link=text.link, locale=one.locale, agency=one.agency, person=one.person,
                contact=one.contact, address_sealed=one.address_sealed, address_masked=one.address_masked,
                incident=notice.incident, assignment=notice.assignment, is_urgent=notice.is_urgent, is_example=notice.is_example,
            )
        )  # fmt: skip
    await store.insert(tx, city, made, now)


async def raise_alarm(tx: Transaction, city: str, now: datetime) -> bool:
    """Tell the supervisors on duty, again and again, that messages are dead and nobody has taken them; whether it was time."""
    if not await store.due_for_alarm(tx, city, now - ALARM_AGAIN, now - ALARM_AGAIN_URGENT):
        return False
    dead = await store.undelivered(tx, city)
    after_s = round((now - dead.since).total_seconds()) if dead.since else 0
    notice = Notice(occasion=Occasion.UNDELIVERED, role=Role.SUPERVISOR.value, is_urgent=dead.is_urgent, after_s=after_s)
    await announce(tx, notice, now)
    await store.mark_alarmed(tx, city, now)
    return True


async def take(tx: Transaction, delivery: UUID, by: Person, now: datetime) -> Delivery:
    """«I see to it»: the alarm about it ends.

    Raises:
        UnknownDelivery, DeliveryMoved: it is not dead any more, or a colleague has it.
    """
    return await _done(tx, by, Audited.TAKEN, delivery, await store.take(tx, by.city, delivery, by.id, now), now)


async def give_up(tx: Transaction, delivery: UUID, by: Person, now: datetime) -> Delivery:
    """Take that back. Raises UnknownDelivery, DeliveryMoved."""
    return await _done(tx, by, Audited.TAKEN, delivery, await store.give_up(tx, by.city, delivery, by.id), now, undone=True)


async def resend(tx: Transaction, delivery: UUID, by: Person, now: datetime) -> Delivery:
    """Begin anew. Raises UnknownDelivery, DeliveryMoved."""
    return await _done(tx, by, Audited.RESENT, delivery, await store.resend(tx, by.city, delivery, by.id, now), now)


async def settle(tx: Transaction, delivery: UUID, by: Person, now: datetime) -> Delivery:
    """«Told by telephone»: no further attempt is needed. Raises UnknownDelivery, DeliveryMoved."""
    return await _done(tx, by, Audited.SETTLED, delivery, await store.settle(tx, by.city, delivery, by.id, now), now)


async def unsettle(tx: Transaction, delivery: UUID, by: Person, now: datetime) -> Delivery:
    """Take that back. Raises UnknownDelivery, DeliveryMoved."""
    return await _done(tx, by, Audited.SETTLED, delivery, await store.unsettle(tx, by.city, delivery), now, undone=True)


async def read_on_screen(tx: Transaction, city: str, delivery: UUID, agency: str | None, now: datetime) -> None:
    """A notice on the screen was read. Raises UnknownDelivery."""
    if not await store.read_on_screen(tx, city, delivery, agency, now):
        raise UnknownDelivery


async def _done(
    tx: Transaction, by: Person, act: Audited, delivery: UUID, changed: Delivery | None, now: datetime, *, undone: bool = False
) -> Delivery:
    if changed is None:
        raise DeliveryMoved if await store.one(tx, by.city, delivery) else UnknownDelivery
    detail = {"channel": changed.channel.value, "agency": changed.agency, "undone": undone}
    await record_access(tx, by.city, by, act.value, f"delivery:{delivery}", detail, now)
    return changed
