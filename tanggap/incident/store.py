"""The rows that all eight steps write on: reports, incidents, assignments, callers. Timeline and photos have their own."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from tanggap.incident.model import Assignment, Caller, Incident, IncidentState, Report
from tanggap.incident.refusals import NotFound
from tanggap.platform.database import Connection, Transaction

Row = TypeVar("Row")

REPORT_COLUMNS = ", ".join(Report.__struct_fields__)
INCIDENT_COLUMNS = ", ".join(Incident.__struct_fields__)
ASSIGNMENT_COLUMNS = ", ".join(Assignment.__struct_fields__)

#: What a verb may change on a row. A column that is not named here is set once, when the row is made.
REPORT_CHANGES = frozenset(
    [
        "state",
        "words",
        "address_words",
        "caller",
        "caller_name",
        "lat",
        "lon",
        "uncertainty_m",
        "location_source",
        "place_label",
        "area",
        "category",
        "priority",
        "answers",
        "flags",
        "disposition",
        "disposed_at",
        "disposed_by",
        "incident",
        "claimed_by",
        "claimed_at",
    ]
)
INCIDENT_CHANGES = frozenset(
    [
        "state",
        "category",
        "priority",
        "summary",
        "address_words",
        "place_label",
        "lat",
        "lon",
        "uncertainty_m",
        "area",
        "assigned_at",
        "responding_at",
        "resolved_at",
        "closed_at",
        "due_at",
        "due_from",
        "reopened",
        "attention",
        "report_count",
        "merged_into",
        "alarm",
    ]
)
ASSIGNMENT_CHANGES = frozenset(
    [
        "state",
        "answer_due_at",
        "acknowledged_at",
        "en_route_at",
        "on_scene_at",
        "done_at",
        "ended_at",
        "reason",
        "result",
        "answered_by",
        "role",
    ]
)


def to_struct(kind: type[Row], row: Mapping[str, Any]) -> Row:
    """A database row as a frozen record of the house."""
    return msgspec.convert(dict(row), kind)


async def one(kind: type[Row], conn: Connection, sql: str, *args: Any) -> Row:
    """The row that a statement finds. Raises NotFound."""
    row = await conn.fetchrow(sql, *args)
    if row is None:
        raise NotFound(kind=kind.__name__.lower())
    return to_struct(kind, row)


async def report(conn: Connection, city: str, report_id: UUID) -> Report:
    """Raises NotFound."""
    return await one(Report, conn, f"SELECT {REPORT_COLUMNS} FROM report WHERE city = $1 AND id = $2", city, report_id)


async def lock_report(tx: Transaction, city: str, report_id: UUID) -> Report:
    """The report, locked until the transaction ends. Raises NotFound."""
    sql = f"SELECT {REPORT_COLUMNS} FROM report WHERE city = $1 AND id = $2 FOR UPDATE"
    return await one(Report, tx, sql, city, report_id)


async def lock_reports(tx: Transaction, city: str, ids: Sequence[UUID]) -> list[Report]:
    """Reports, locked until the transaction ends, in one round trip; those that are not there are left out."""
    sql = f"SELECT {REPORT_COLUMNS} FROM report WHERE city = $1 AND id = ANY($2) ORDER BY id FOR UPDATE"
    return [to_struct(Report, row) for row in await tx.fetch(sql, city, list(ids))]


async def reports_of(conn: Connection, city: str, incident_id: UUID) -> list[Report]:
    """All reports about an incident, oldest first."""
    sql = f"SELECT {REPORT_COLUMNS} FROM report WHERE city = $1 AND incident = $2 ORDER BY received_at"
    return [to_struct(Report, row) for row in await conn.fetch(sql, city, incident_id)]


async def incident(conn: Connection, city: str, incident_id: UUID) -> Incident:
    """Raises NotFound."""
    sql = f"SELECT {INCIDENT_COLUMNS} FROM incident WHERE city = $1 AND id = $2"
    return await one(Incident, conn, sql, city, incident_id)


async def lock_incident(tx: Transaction, city: str, incident_id: UUID) -> Incident:
    """The incident, locked until the transaction ends. Raises NotFound."""
    sql = f"SELECT {INCIDENT_COLUMNS} FROM incident WHERE city = $1 AND id = $2 FOR UPDATE"
    return await one(Incident, tx, sql, city, incident_id)


async def incident_by_number(conn: Connection, city: str, number: int) -> Incident:
    """Raises NotFound."""
    sql = f"SELECT {INCIDENT_COLUMNS} FROM incident WHERE city = $1 AND number = $2"
    return await one(Incident, conn, sql, city, number)


async def incidents_page(
    conn: Connection,
    city: str,
    state: IncidentState | None,
    category: str | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Incident]:
    """Incidents, newest first, older than `before`. The state stands in the text, so that the index of live ones serves it."""
    values: list[Any] = [city, limit, *(before or ())]
    older = "AND (opened_at, id) < ($3, $4)" if before else ""
    only = f"AND state = '{state.value}'" if state else ""
    if category is not None:
        values.append(category)
        only += f" AND category = ${len(values)}"
    sql = f"""SELECT {INCIDENT_COLUMNS} FROM incident WHERE city = $1 {only} {older}
              ORDER BY opened_at DESC, id DESC LIMIT $2"""
    return [to_struct(Incident, row) for row in await conn.fetch(sql, *values)]


async def incidents_on_map(conn: Connection, city: str, agency: str | None, limit: int) -> list[Incident]:
    """Incidents that are not closed and have a point, newest first; an agency's own, or everybody's."""
    own = "AND EXISTS (SELECT FROM assignment a WHERE a.city = $1 AND a.incident = i.id AND a.agency = $3)" if agency else ""
    sql = f"""SELECT {INCIDENT_COLUMNS} FROM incident i WHERE city = $1 AND state <> 'closed' AND lat IS NOT NULL {own}
              ORDER BY opened_at DESC LIMIT $2"""
    values = [city, limit, agency] if agency else [city, limit]
    return [to_struct(Incident, row) for row in await conn.fetch(sql, *values)]


async def assignment(conn: Connection, city: str, assignment_id: UUID) -> Assignment:
    """Raises NotFound."""
    sql = f"SELECT {ASSIGNMENT_COLUMNS} FROM assignment WHERE city = $1 AND id = $2"
    return await one(Assignment, conn, sql, city, assignment_id)


async def lock_assignment(tx: Transaction, city: str, assignment_id: UUID) -> Assignment:
    """The assignment, locked until the transaction ends. Lock its incident first. Raises NotFound."""
    sql = f"SELECT {ASSIGNMENT_COLUMNS} FROM assignment WHERE city = $1 AND id = $2 FOR UPDATE"
    return await one(Assignment, tx, sql, city, assignment_id)


async def assignments_of(conn: Connection, city: str, incident_id: UUID) -> list[Assignment]:
    """All assignments of an incident, oldest first, leads before support."""
    sql = f"""SELECT {ASSIGNMENT_COLUMNS} FROM assignment WHERE city = $1 AND incident = $2
              ORDER BY sent_at, role, agency"""
    return [to_struct(Assignment, row) for row in await conn.fetch(sql, city, incident_id)]


async def insert_incident(tx: Transaction, new: Incident) -> None:
    """Write a new incident."""
    values = [getattr(new, name) for name in Incident.__struct_fields__]
    slots = ", ".join(f"${n}" for n in range(1, len(values) + 1))
    await tx.execute(f"INSERT INTO incident ({INCIDENT_COLUMNS}) VALUES ({slots})", *values)


async def insert_assignment(tx: Transaction, new: Assignment) -> None:
    """Write a new assignment."""
    values = [getattr(new, name) for name in Assignment.__struct_fields__]
    slots = ", ".join(f"${n}" for n in range(1, len(values) + 1))
    await tx.execute(f"INSERT INTO assignment ({ASSIGNMENT_COLUMNS}) VALUES ({slots})", *values)


async def _change(
    kind: type[Row], tx: Transaction, table: str, allowed: frozenset[str], city: str, row_id: UUID, changes: Mapping[str, Any]
) -> Row:
    unknown = set(changes) - allowed
    if unknown:
        raise ValueError(f"{table} has no changeable column {sorted(unknown)}")
    sets = ", ".join(f"{name} = ${n}" for n, name in enumerate(changes, start=3))
    columns = ", ".join(kind.__struct_fields__)  # type: ignore[attr-defined]
    sql = f"UPDATE {table} SET {sets}, rev = rev + 1 WHERE city = $1 AND id = $2 RETURNING {columns}"
    return await one(kind, tx, sql, city, row_id, *changes.values())


async def change_report(tx: Transaction, city: str, report_id: UUID, **changes: Any) -> Report:
    """Set columns of a report and raise its revision."""
    return await _change(Report, tx, "report", REPORT_CHANGES, city, report_id, changes)


async def change_incident(tx: Transaction, city: str, incident_id: UUID, **changes: Any) -> Incident:
    """Set columns of an incident and raise its revision."""
    return await _change(Incident, tx, "incident", INCIDENT_CHANGES, city, incident_id, changes)


async def change_assignment(tx: Transaction, city: str, assignment_id: UUID, **changes: Any) -> Assignment:
    """Set columns of an assignment and raise its revision."""
    return await _change(Assignment, tx, "assignment", ASSIGNMENT_CHANGES, city, assignment_id, changes)


async def next_number(tx: Transaction, city: str, name: str) -> int:
    """The next number of a city's own count, without gaps: it is taken back when the transaction is."""
    sql = """INSERT INTO counter (city, name, value) VALUES ($1, $2, 1)
             ON CONFLICT (city, name) DO UPDATE SET value = counter.value + 1 RETURNING value"""
    return int(await tx.fetchval(sql, city, name))


async def caller(conn: Connection, city: str, caller_id: UUID) -> tuple[Caller, bytes]:
    """A caller and the sealed number. Raises NotFound."""
    sql = "SELECT id, masked, first_seen_at, last_seen_at, number_sealed FROM caller WHERE city = $1 AND id = $2"
    row = await conn.fetchrow(sql, city, caller_id)
    if row is None:
        raise NotFound(kind="caller")
    fields = dict(row)
    sealed = fields.pop("number_sealed")
    return msgspec.convert(fields, Caller), sealed


async def lock_caller(tx: Transaction, city: str, caller_id: UUID) -> Caller:
    """A caller, locked until the transaction ends. Raises NotFound."""
    sql = "SELECT id, masked, first_seen_at, last_seen_at FROM caller WHERE city = $1 AND id = $2 FOR UPDATE"
    row = await tx.fetchrow(sql, city, caller_id)
    if row is None:
        raise NotFound(kind="caller")
    return msgspec.convert(dict(row), Caller)


async def callers(conn: Connection, city: str, caller_ids: Sequence[UUID]) -> dict[UUID, Caller]:
    """Callers by id, for a list."""
    sql = "SELECT id, masked, first_seen_at, last_seen_at FROM caller WHERE city = $1 AND id = ANY($2)"
    return {row["id"]: to_struct(Caller, row) for row in await conn.fetch(sql, city, list(caller_ids))}


async def caller_name_sealed(conn: Connection, city: str, report_id: UUID) -> bytes | None:
    """The encrypted name that came with a report."""
    sealed: bytes | None = await conn.fetchval("SELECT caller_name FROM report WHERE city = $1 AND id = $2", city, report_id)
    return sealed
