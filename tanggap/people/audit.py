"""The audit: who saw or changed what. Lines are added and read, never changed; the database refuses anything else."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from tanggap.people import store
from tanggap.people.model import AuditEntry, Person
from tanggap.platform.database import Connection, Transaction
from tanggap.platform.ids import new_id

#: The name on a line that nobody signed in wrote: the command line, or the house itself.
SYSTEM = "Sistem"
PAGE = 100


class Audited(StrEnum):
    """What this room writes into the audit; other rooms add their own acts."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an act
    PASSWORD_RESET = "password_reset"  # noqa: S105 - the name of an act
    PERSON_ADDED = "person_added"
    PERSON_CHANGED = "person_changed"
    PERSON_DEACTIVATED = "person_deactivated"
    PERSON_REACTIVATED = "person_reactivated"
    SESSION_ENDED = "session_ended"
    TOKEN_ISSUED = "token_issued"  # noqa: S105 - the name of an act
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 - the name of an act
    CALLER_NUMBER_SEEN = "caller_number_seen"
    AUDIT_READ = "audit_read"


async def record_access(
    tx: Transaction, city: str, person: Person | None, act: str, subject: str, detail: Mapping[str, Any], now: datetime
) -> None:
    """Append one line: `person` (none: the system) did `act` to `subject`, as `report:<id>`. No personal data in `detail`."""
    name = person.name if person else SYSTEM
    entry = AuditEntry(new_id(), now, person.id if person else None, name, act, subject, dict(detail))
    await store.insert_audit(tx, city, entry)


async def trail(
    conn: Connection,
    city: str,
    *,
    person: UUID | None = None,
    subject: str | None = None,
    acts: Sequence[str] | None = None,
    before: tuple[datetime, UUID] | None = None,
    limit: int = PAGE,
) -> list[AuditEntry]:
    """The audit, the newest line first; the next page starts `before` the last line's (at, id)."""
    return await store.audit_page(conn, city, person, subject, acts, before, limit)
