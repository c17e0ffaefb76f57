"""The coordinator changes the rules: what is published, set for a time or brought back is audited in the same transaction."""

from datetime import datetime
from enum import StrEnum

from tanggap.city.model import Catalogue
from tanggap.city.rules import publishing, service
from tanggap.city.rules.as_of import would_be
from tanggap.city.rules.model import Editor
from tanggap.evaluation.trial.model import Outcome
from tanggap.notification.contacts import store as contacts
from tanggap.people import store as people
from tanggap.people.audit import record_access
from tanggap.people.model import Person
from tanggap.platform.database import Connection, Transaction
from tanggap.platform.logs import Log

log = Log("rules")


class Audited(StrEnum):
    """What this file writes into the audit."""

    PUBLISHED = "rules_published"
    SCHEDULED = "rules_scheduled"
    UNSCHEDULED = "rules_unscheduled"
    UNDONE = "rules_undone"
    REFUSED = "rules_refused"  # at their time they did not pass any more


def editor(person: Person) -> Editor:
    """A person, as the draft names them."""
    return Editor(person.id, person.name)


async def reached(conn: Connection, city: str) -> frozenset[str]:
    """The agencies that can be told of an assignment: by a contact, or on the screen of somebody who has an account there."""
    with_contact = {one.agency for one in await contacts.of_agencies(conn, city) if one.agency}
    return frozenset(with_contact | await people.agencies_with_people(conn, city))


async def draft(conn: Connection, city: str) -> service.Draft:
    """All of the draft as it stands, with what keeps it: also agencies that nobody could tell."""
    return await service.draft(conn, city, await reached(conn, city))


async def publish(tx: Transaction, city: str, why: str, person: Person, now: datetime, seen: str = "") -> int:
    """Put the draft in force; the new version. Raises as `city.rules.publishing.publish` does."""
    version = await publishing.publish(tx, city, why, editor(person), now, seen, await reached(tx, city))
    await _audit(tx, city, person, Audited.PUBLISHED, version, now)
    return version


async def schedule(tx: Transaction, city: str, at: datetime, why: str, person: Person, now: datetime, seen: str = "") -> None:
    """Have the draft published at a time. Raises as `city.rules.publishing.schedule` does."""
    await publishing.schedule(tx, city, at, why, editor(person), now, seen, await reached(tx, city))
    await record_access(tx, city, person, Audited.SCHEDULED, "rules:draft", {"name": at.isoformat(timespec="minutes")}, now)


async def unschedule(tx: Transaction, city: str, person: Person, now: datetime) -> None:
    """Take the time away. Raises as `city.rules.publishing.unschedule` does."""
    await publishing.unschedule(tx, city)
    await record_access(tx, city, person, Audited.UNSCHEDULED, "rules:draft", {}, now)


async def bring_back(tx: Transaction, city: str, number: int, why: str, person: Person, now: datetime) -> int:
    """Put an earlier version in force again, as a new one. Raises as `city.rules.publishing.bring_back` does."""
    version = await publishing.bring_back(tx, city, number, why, editor(person), now)
    await _audit(tx, city, person, Audited.UNDONE, version, now)
    return version


async def publish_due(tx: Transaction, city: str, now: datetime) -> bool:
    """Publish the draft whose time has come; whether there was anything to do."""
    due = await publishing.publish_due(tx, city, now, await reached(tx, city))
    if due is None:
        return False
    waiting, version = due
    log.info("rules at their time", version=version, refused=version is None)
    if version is None:
        await record_access(tx, city, None, Audited.REFUSED, "rules:draft", {}, now)
    else:
        await _audit(tx, city, None, Audited.PUBLISHED, version, now, scheduled_by=str(waiting.by or ""))
    return True


async def trial(conn: Connection, current: Catalogue) -> Outcome:
    """The draft beside what is in force, to be tried on incidents by `evaluation.trial.service.trying`."""
    tried = await service.draft(conn, current.city.code)
    return Outcome(current, would_be(current, tried.entries))


async def _audit(
    tx: Transaction, city: str, person: Person | None, act: Audited, version: int, now: datetime, **more: str
) -> None:
    await record_access(tx, city, person, act, f"rules:{version}", {"name": str(version), **more}, now)
