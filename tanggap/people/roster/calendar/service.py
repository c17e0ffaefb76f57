"""Giving somebody a calendar address, taking it back, and what it shows."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from tanggap.people.audit import record_access
from tanggap.people.model import Person, hash_of
from tanggap.people.roster import store as rows
from tanggap.people.roster.calendar import store
from tanggap.people.roster.calendar.writer import Event, calendar
from tanggap.people.roster.model import OwnTurn, UnknownRosterEntry
from tanggap.platform.database import Connection, Transaction
from tanggap.platform.ids import new_id, new_token

#: What of the roster a calendar shows: this long back, and all that is planned within this time.
BACK, AHEAD = timedelta(days=30), timedelta(days=180)


class Audited(StrEnum):
    """What this room writes into the audit."""

    MADE = "roster_calendar_made"
    REVOKED = "roster_calendar_revoked"


async def make_address(tx: Transaction, city: str, person: Person, now: datetime) -> str:
    """A new secret for the address of one's own calendar; the one before opens nothing any more. It is shown once."""
    await store.revoke(tx, city, person.id, now)
    token = new_token()
    await store.insert(tx, city, new_id(), person.id, hash_of(token), now)
    await record_access(tx, city, person, Audited.MADE, f"person:{person.id}", {}, now)
    return token


async def revoke_address(tx: Transaction, city: str, person: Person, now: datetime) -> None:
    """End one's own calendar address, as after losing a phone."""
    if await store.revoke(tx, city, person.id, now):
        await record_access(tx, city, person, Audited.REVOKED, f"person:{person.id}", {}, now)


async def stream(
    conn: Connection, city: str, token: str, name: str, host: str, place: str, titled: Callable[[OwnTurn], str], now: datetime
) -> bytes:
    """The calendar behind an address. `titled` says a turn's title.

    Raises:
        UnknownRosterEntry: nobody's address, or one that was taken back.
    """
    person = await store.person_of(conn, city, hash_of(token))
    if person is None:
        raise UnknownRosterEntry
    turns = await rows.turns_of(conn, city, [person], now - BACK, now + AHEAD)
    events = [Event(own.turn.id, own.turn.starts_at, own.turn.ends_at, titled(own), place) for own in turns]
    return calendar(name, host, events, now)
