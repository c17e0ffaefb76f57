"""Going from a shift: what is told to the next one, signing off, and the next one's word that it has read it."""

from datetime import datetime
from uuid import UUID

from tanggap.people.model import Person
from tanggap.people.roster import store as rows
from tanggap.people.roster.attendance import AROUND, current, own_turns, startable
from tanggap.people.roster.model import MAX_WORDS, NotSignedOn, OwnTurn, UnknownRosterEntry
from tanggap.people.roster.relief import store
from tanggap.people.roster.relief.model import (
    AlreadyConfirmed,
    Duty,
    LastWithoutNote,
    Lies,
    NoteEmpty,
    NotForOwnShift,
)
from tanggap.people.roster.swaps.model import NEWS_FOR
from tanggap.platform.database import Connection, Transaction
from tanggap.platform.ids import new_id
from tanggap.platform.text import clean_text


async def write_note(tx: Transaction, city: str, words: str, lies: Lies, by: Person, now: datetime) -> UUID:
    """Leave a note for the next shift, with what lies open. Raises NotSignedOn, NoteEmpty."""
    own = await _current(tx, city, by, now)
    said = clean_text(words.strip(), MAX_WORDS).text
    if not said:
        raise NoteEmpty
    note = new_id()
    await store.insert(tx, city, note, own.turn.shift, by.id, by.name, said, lies, now)
    return note


async def sign_off(tx: Transaction, city: str, words: str, lies: Lies, by: Person, now: datetime) -> OwnTurn:
    """«Akhiri tugas», with a note when there are words.

    Raises:
        NotSignedOn; LastWithoutNote: the last of a shift leaves at least one note.
    """
    own = await _current(tx, city, by, now)
    if words.strip():
        await write_note(tx, city, words, lies, by, now)
    elif await store.leaves_without_note(tx, city, own.turn.shift, own.turn.id):
        raise LastWithoutNote
    await rows.sign_off(tx, city, own.turn.id, now)
    return own


async def confirm(tx: Transaction, city: str, note_id: UUID, by: Person, now: datetime) -> None:
    """The next shift has read a note.

    Raises:
        UnknownRosterEntry, AlreadyConfirmed; NotSignedOn; NotForOwnShift: `by` works in the shift that wrote it.
    """
    note = await store.lock(tx, city, note_id)
    if note is None:
        raise UnknownRosterEntry
    if note.confirmed_at is not None:
        raise AlreadyConfirmed
    own = await _current(tx, city, by, now)
    if own.turn.shift == note.shift or note.author == by.id:
        raise NotForOwnShift
    await store.confirm(tx, city, note_id, by.id, by.name, now)


async def duty_of(conn: Connection, city: str, person: Person, now: datetime) -> Duty:
    """How a person stands to the roster now: one statement."""
    turns, notes, news = await store.standing(conn, city, person.id, now - AROUND, now + AROUND, now - NEWS_FOR, now)
    return Duty(current(turns, now), startable(turns, now), tuple(notes), news)


async def _current(tx: Transaction, city: str, by: Person, now: datetime) -> OwnTurn:
    own = current(await own_turns(tx, city, by.id, now), now)
    if own is None:
        raise NotSignedOn
    return own
