"""The rows of absences: the only SQL about them, beside the turns that they empty."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from tanggap.people.roster.absences.model import Absence
from tanggap.platform.database import Connection, Transaction

_COLUMNS = ", ".join(Absence.__struct_fields__)


async def insert(tx: Transaction, city: str, absence: Absence, since: datetime, until: datetime) -> None:
    """A new absence; `since` and `until` are the moments at which its days begin and end."""
    names = Absence.__struct_fields__
    slots = ", ".join(f"${n}" for n in range(4, len(names) + 4))
    values = [getattr(absence, name) for name in names]
    await tx.execute(
        f"INSERT INTO roster_absence (city, since, until, {_COLUMNS}) VALUES ($1, $2, $3, {slots})", city, since, until, *values
    )


async def standing(conn: Connection, city: str, today: date) -> list[Absence]:
    """The absences that are not over and not taken back, the next one first."""
    sql = f"SELECT {_COLUMNS} FROM roster_absence WHERE city = $1 AND last >= $2 AND withdrawn_at IS NULL ORDER BY first, id"
    return [msgspec.convert(dict(row), Absence) for row in await conn.fetch(sql, city, today)]


async def set_withdrawn(tx: Transaction, city: str, absence: UUID, at: datetime | None) -> Absence | None:
    """Take an absence back (`at`: when), or that back (None); the absence, or None where there is none."""
    sql = f"UPDATE roster_absence SET withdrawn_at = $3 WHERE city = $1 AND id = $2 RETURNING {_COLUMNS}"
    row = await tx.fetchrow(sql, city, absence, at)
    return msgspec.convert(dict(row), Absence) if row else None
