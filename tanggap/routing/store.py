"""An agency's list and the assignments whose time ran out: the only SQL of this room."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tanggap.incident.model import LIVE_ASSIGNMENT, Assignment, AssignmentState, Incident, IncidentState
from tanggap.incident.store import ASSIGNMENT_COLUMNS, INCIDENT_COLUMNS, to_struct
from tanggap.platform.database import Connection, Transaction


class Task(msgspec.Struct, frozen=True):
    """An assignment with its incident: one row of an agency's screen."""

    assignment: Assignment
    incident: Incident


def _prefixed(alias: str, columns: str) -> str:
    return ", ".join(f"{alias}.{name} AS {alias}_{name}" for name in columns.split(", "))


_TASK = f"{_prefixed('a', ASSIGNMENT_COLUMNS)}, {_prefixed('i', INCIDENT_COLUMNS)}"
_JOIN = "FROM assignment a JOIN incident i ON i.city = a.city AND i.id = a.incident"


def _task(row: "dict[str, object]") -> Task:
    fields = dict(row)
    assignment = {name: fields[f"a_{name}"] for name in Assignment.__struct_fields__}
    incident = {name: fields[f"i_{name}"] for name in Incident.__struct_fields__}
    return Task(to_struct(Assignment, assignment), to_struct(Incident, incident))


async def live_tasks(conn: Connection, city: str, agency: str, limit: int = 200) -> list[Task]:
    """What an agency has before it: unanswered first, then by priority and time. Expired ones may still be taken."""
    sql = f"""SELECT {_TASK} {_JOIN} WHERE a.city = $1 AND a.agency = $2
                AND (a.state IN ('sent', 'acknowledged', 'en_route', 'on_scene')
                     OR a.state = 'expired' AND i.state IN ('open', 'assigned') AND a.sent_at > now() - interval '7 days')
              ORDER BY a.state NOT IN ('sent', 'expired'), i.priority, a.sent_at LIMIT $3"""
    return [_task(row) for row in await conn.fetch(sql, city, agency, limit)]


async def past_tasks(conn: Connection, city: str, agency: str, since: datetime, limit: int = 50) -> list[Task]:
    """What an agency finished, gave back or lost since `since`, newest first."""
    sql = f"""SELECT {_TASK} {_JOIN} WHERE a.city = $1 AND a.agency = $2 AND a.sent_at >= $3
                AND a.state IN ('done', 'rejected', 'expired', 'withdrawn') ORDER BY a.sent_at DESC LIMIT $4"""
    return [_task(row) for row in await conn.fetch(sql, city, agency, since, limit)]


async def task(conn: Connection, city: str, agency: str, assignment_id: UUID) -> Task | None:
    """One task of an agency; None when it is another's."""
    sql = f"SELECT {_TASK} {_JOIN} WHERE a.city = $1 AND a.id = $3 AND a.agency = $2"
    row = await conn.fetchrow(sql, city, agency, assignment_id)
    return _task(row) if row else None


async def incidents_page(
    tx: Transaction,
    city: str,
    agency: str,
    state: IncidentState | None,
    category: str | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Task]:
    """The incidents that an agency was ever asked for, each with the last time it was, newest first, older than `before`."""
    values: list[Any] = [city, limit, agency, *(before or ())]
    older = "AND (a.sent_at, a.id) < ($4, $5)" if before else ""
    only = f"AND i.state = '{state.value}'" if state else ""
    if category is not None:
        # A plan kept from a common category reads everything for a rare one.
        await tx.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        values.append(category)
        only += f" AND i.category = ${len(values)}"
    sql = f"""SELECT {_TASK} {_JOIN} WHERE a.city = $1 AND a.agency = $3 {only} {older}
                AND NOT EXISTS (SELECT FROM assignment later WHERE later.city = $1 AND later.incident = a.incident
                                AND later.agency = $3 AND (later.sent_at, later.id) > (a.sent_at, a.id))
              ORDER BY a.sent_at DESC, a.id DESC LIMIT $2"""
    return [_task(row) for row in await tx.fetch(sql, *values)]


async def assignments_page(
    conn: Connection,
    city: str,
    agency: str | None,
    state: AssignmentState | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Assignment]:
    """Assignments, one agency's or everybody's, newest first, older than `before`."""
    values: list[Any] = [city, limit, *(before or ())]
    older = "AND (sent_at, id) < ($3, $4)" if before else ""
    only = ""
    if state is not None:
        live = ", ".join(f"'{one.value}'" for one in sorted(LIVE_ASSIGNMENT))
        only = f"AND state = '{state.value}'" + (f" AND state IN ({live})" if state in LIVE_ASSIGNMENT else "")
    if agency is not None:
        values.append(agency)
        only += f" AND agency = ${len(values)}"
    sql = f"""SELECT {ASSIGNMENT_COLUMNS} FROM assignment WHERE city = $1 {only} {older}
              ORDER BY sent_at DESC, id DESC LIMIT $2"""
    return [to_struct(Assignment, row) for row in await conn.fetch(sql, *values)]


async def may_see(conn: Connection, city: str, agency: str, incident_id: UUID) -> bool:
    """Whether an agency was ever asked to act on an incident: it sees its own only."""
    sql = "SELECT EXISTS (SELECT FROM assignment WHERE city = $1 AND incident = $2 AND agency = $3)"
    return bool(await conn.fetchval(sql, city, incident_id, agency))
