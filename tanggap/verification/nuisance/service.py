"""Taking measures about a recurring caller, and thanking who tried the number."""

from datetime import datetime, timedelta
from uuid import UUID

from tanggap.city.store import set_setting, setting
from tanggap.incident.model import Actor
from tanggap.incident.refusals import NotFound
from tanggap.platform.database import Connection, Transaction
from tanggap.platform.ids import new_id
from tanggap.platform.text import clean_text
from tanggap.verification.nuisance import store
from tanggap.verification.nuisance.model import MAX_NOTE, MOST_DAYS, MeasureKind, MeasureUnclear

#: Whether a citizen whose call was a test reads that 112 works, and is thanked.
THANK_TESTERS = "thank_testers"
#: The job that sends them the message, and how long it waits: a disposition may be taken back.
THANK = "thank_tester"
THANKED_AFTER = timedelta(minutes=2)


async def take_measure(
    tx: Transaction, city: str, caller: UUID, kind: str, note: str, days: int, by: Actor, now: datetime
) -> UUID:
    """Record what was done about a caller; it ends by itself after `days`, and no call is answered differently for it.

    Raises:
        MeasureUnclear: no such kind, or not between 1 and 180 days.
        NotFound: no such caller.
    """
    if kind not in set(MeasureKind) or not 1 <= days <= MOST_DAYS:
        raise MeasureUnclear
    measure = new_id()
    said = clean_text(note.strip(), MAX_NOTE).text
    until = now + timedelta(days=days)
    if not await store.add_measure(tx, city, measure, caller, MeasureKind(kind), said, until, by.id, by.name, now):
        raise NotFound(kind="caller")
    return measure


async def end_measure(tx: Transaction, city: str, measure: UUID, now: datetime) -> None:
    """Take a measure back before its time. Raises NotFound."""
    if not await store.end_measure(tx, city, measure, now):
        raise NotFound(kind="measure")


async def thanks_testers(conn: Connection, city: str) -> bool:
    """Whether the coordinator has switched the friendly message on. Off until then."""
    return await setting(conn, city, THANK_TESTERS) is True


async def thank_testers(tx: Transaction, city: str, is_on: bool, by: UUID | None, now: datetime) -> None:
    """Switch it on or off."""
    await set_setting(tx, city, THANK_TESTERS, is_on, by, now)
