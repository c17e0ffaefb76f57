"""Seeing to what lies: taking it, passing it on, laying it down; sending a dead message again, or saying that it is settled."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from tanggap.evaluation.left_lying import store
from tanggap.evaluation.left_lying.model import Kind, NobodyChosen, NotLying
from tanggap.notification import service as notification
from tanggap.notification.model import Delivery, DeliveryMoved, UnknownDelivery
from tanggap.people.model import Person
from tanggap.people.permissions import Act, may
from tanggap.platform.database import Transaction


async def still_lies(tx: Transaction, city: str, kind: Kind, subject: UUID, now: datetime) -> None:
    """Raises NotLying when it is not on the list (any more)."""
    if not await store.is_listed(tx, city, kind, subject, now):
        raise NotLying(kind=kind.value)


async def take(tx: Transaction, city: str, kind: Kind, subject: UUID, person: Person, now: datetime) -> None:
    """From now on `person` looks after it; whoever did before no longer does.

    Raises:
        NotLying: it is not on the list (any more).
        NobodyChosen: the person is not one who could see to it.
    """
    await still_lies(tx, city, kind, subject, now)
    if not (may(person, Act.TAKE_CALLS) or may(person, Act.SUPERVISE)):
        raise NobodyChosen
    await store.set_owner(tx, city, kind, subject, person.id, now)


async def lay_down(tx: Transaction, city: str, kind: Kind, subject: UUID, now: datetime) -> None:
    """Nobody looks after it any more. Raises NotLying."""
    await still_lies(tx, city, kind, subject, now)
    await store.forget_owner(tx, city, kind, subject)


async def send_again(tx: Transaction, delivery: UUID, by: Person, now: datetime) -> None:
    """Send a dead message again; `by` looks after it from now on. Raises NotLying."""
    await _see_to(notification.resend, tx, delivery, by, now)


async def settle(tx: Transaction, delivery: UUID, by: Person, now: datetime) -> None:
    """Its recipient was told in another way. Raises NotLying."""
    await _see_to(notification.settle, tx, delivery, by, now)


async def _see_to(
    act: Callable[[Transaction, UUID, Person, datetime], Awaitable[Delivery]],
    tx: Transaction, delivery: UUID, by: Person, now: datetime,
) -> None:  # fmt: skip
    await still_lies(tx, by.city, Kind.DELIVERY, delivery, now)
    try:
        await act(tx, delivery, by, now)
    except (UnknownDelivery, DeliveryMoved) as moved:
        raise NotLying(kind=Kind.DELIVERY.value) from moved
