"""Who calls: a number is encrypted, and each look at it is written down."""

from datetime import datetime
from uuid import UUID

from tanggap.incident import store as rows
from tanggap.incident.refusals import NotFound
from tanggap.people.audit import Audited, record_access
from tanggap.people.model import Person
from tanggap.platform.database import Transaction
from tanggap.platform.secrets import Keyring


async def reveal_number(tx: Transaction, city: str, keyring: Keyring, report_id: UUID, person: Person, now: datetime) -> str:
    """The number of a report's caller, with an audit row of who looked. An agency sees it only while it acts on the incident.

    Raises:
        NotFound: no number, or not this person's to see.
    """
    report = await rows.report(tx, city, report_id)
    if person.agency is not None:
        acting = await rows.assignments_of(tx, city, report.incident) if report.incident else []
        if not any(one.agency == person.agency and one.is_live for one in acting):
            raise NotFound(kind="report")
    if report.caller is None:
        raise NotFound(kind="caller")
    _, sealed = await rows.caller(tx, city, report.caller)
    detail = {"incident": str(report.incident or "")}
    await record_access(tx, city, person, Audited.CALLER_NUMBER_SEEN, f"report:{report.id}", detail, now)
    return keyring.decrypt("caller", sealed)
