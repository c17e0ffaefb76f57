"""Noting that somebody is away, and taking that back. Turns stay: the supervisor sees the gap, and gives them to others."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from tanggap.people import store as people
from tanggap.people.audit import record_access
from tanggap.people.model import Person, UnknownPerson
from tanggap.people.roster.absences import store
from tanggap.people.roster.absences.model import MAX_WORDS, MOST_DAYS, Absence, AbsenceKind, AbsenceUnclear
from tanggap.people.roster.model import UnknownRosterEntry
from tanggap.platform.database import Transaction
from tanggap.platform.ids import new_id
from tanggap.platform.text import clean_text

ONE_DAY = timedelta(days=1)


class Audited(StrEnum):
    """What this file writes into the audit; why somebody is away is not in it."""

    NOTED = "roster_absence_noted"
    WITHDRAWN = "roster_absence_withdrawn"
    RESTORED = "roster_absence_restored"


async def note(
    tx: Transaction, city: str, zone: ZoneInfo, person: UUID, kind: str, days: tuple[date | None, date | None], words: str,
    by: Person, now: datetime,
) -> Absence:  # fmt: skip
    """Somebody is away from one day to another, both included.

    Raises:
        UnknownPerson: there is no such person at the centre.
        AbsenceUnclear: see its words.
    """
    first, last = days[0], days[1] or days[0]
    known = {one.id for one in await people.people(tx, city) if one.agency is None}
    if person not in known:
        raise UnknownPerson
    if first is None or last is None or kind not in list(AbsenceKind):
        raise AbsenceUnclear
    if last < first or last < now.astimezone(zone).date() or (last - first).days >= MOST_DAYS or first.year > 2200:
        raise AbsenceUnclear
    said = clean_text(words.strip(), MAX_WORDS).text
    absence = Absence(new_id(), person, AbsenceKind(kind), first, last, said, by.name, now)
    await store.insert(tx, city, absence, _begins(first, zone), _begins(last + ONE_DAY, zone))
    await record_access(tx, city, by, Audited.NOTED, f"person:{person}", _days(absence), now)
    return absence


async def withdraw(tx: Transaction, city: str, absence: UUID, by: Person, now: datetime) -> Absence:
    """Take an absence back: the person comes after all. Raises UnknownRosterEntry."""
    return await _set(tx, city, absence, now, Audited.WITHDRAWN, by, now)


async def restore(tx: Transaction, city: str, absence: UUID, by: Person, now: datetime) -> Absence:
    """Undo that. Raises UnknownRosterEntry."""
    return await _set(tx, city, absence, None, Audited.RESTORED, by, now)


async def _set(
    tx: Transaction, city: str, absence: UUID, at: datetime | None, act: Audited, by: Person, now: datetime
) -> Absence:
    found = await store.set_withdrawn(tx, city, absence, at)
    if found is None:
        raise UnknownRosterEntry
    await record_access(tx, city, by, act, f"person:{found.person}", _days(found), now)
    return found


def _days(absence: Absence) -> dict[str, str]:
    return {"name": f"{absence.first.isoformat()} – {absence.last.isoformat()}"}


def _begins(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
