"""Timers: the only SQL of escalation. What is due is taken many at a time, without ever waiting for anybody else."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from tanggap.incident.model import Assignment, Incident
from tanggap.incident.store import ASSIGNMENT_COLUMNS, INCIDENT_COLUMNS, to_struct
from tanggap.platform.database import Connection, Transaction
from tanggap.routing.escalation.model import MOST_TIMES, Step, Timer, Turn

#: What stands in the plan is put down; what no longer does and has not fired goes. A timer that is there keeps its time, unless
#: it is planned anew.
PLAN = """
with wanted as (
    select * from unnest($3::uuid[], $4::text[], $5::text[], $6::timestamptz[], $10::int[])
        as wanted (assignment, clock, tell, due_at, every_s)),
gone as (
    delete from timer t where t.city = $1 and t.incident = $2 and t.fired_at is null and t.assignment = any($9)
        and not exists (select from wanted w where (w.assignment, w.clock, w.tell) = (t.assignment, t.clock, t.tell))),
quiet as (
    update timer t set again_at = null where t.city = $1 and t.incident = $2 and t.again_at is not null and t.assignment = any($9)
        and not exists (select from wanted w where (w.assignment, w.clock, w.tell) = (t.assignment, t.clock, t.tell)))
insert into timer as known (city, assignment, clock, tell, incident, due_at, planned_at, every_s)
select $1, assignment, clock, tell, $2, due_at, $7, every_s from wanted
on conflict (city, assignment, clock, tell) do update
    set (due_at, planned_at, every_s) = (excluded.due_at, excluded.planned_at, excluded.every_s)
    where $8 and known.fired_at is null and known.due_at <> excluded.due_at
"""


async def put_down(
    tx: Transaction, city: str, incident: UUID, assignments: Sequence[UUID], timers: Sequence[Timer], now: datetime, *, anew: bool
) -> None:
    """Bring the timers of an incident's `assignments` to their plan."""
    await tx.execute(
        PLAN, city, incident, [timer.assignment for timer in timers], [timer.clock.value for timer in timers],
        [timer.tell for timer in timers], [timer.due_at for timer in timers], now, anew, list(assignments),
        [timer.every_s for timer in timers],
    )  # fmt: skip


async def forget(tx: Transaction, city: str, assignment: UUID) -> None:
    """Take away what has not fired of one assignment, and what would be said again."""
    sql = """with gone as (delete from timer where city = $1 and assignment = $2 and fired_at is null)
             update timer set again_at = null where city = $1 and assignment = $2 and fired_at is not null"""
    await tx.execute(sql, city, assignment)


async def hold_due(tx: Transaction, city: str, now: datetime, limit: int) -> list[Incident]:
    """The incidents of the timers that are due, the longest due first, each locked. One that somebody works on is left for later.

    Its chain of the timeline is taken as well, or the incident left alone: whoever writes there without the incident's lock may
    be waiting for it.
    """
    columns = ", ".join(f"i.{name}" for name in INCIDENT_COLUMNS.split(", "))
    sql = f"""with due as materialized (
                  select incident, min(due_at) as since from (
                      (select incident, due_at from timer where city = $1 and fired_at is null and due_at <= $2
                       order by due_at limit $3)
                      union all
                      (select incident, again_at from timer where city = $1 and again_at <= $2 order by again_at limit $3)) first
                  group by incident),
              held as materialized (
                  select {columns} from incident i where i.city = $1 and i.id in (select incident from due)
                  for update skip locked)
              select {INCIDENT_COLUMNS} from held
              where pg_try_advisory_xact_lock(hashtextextended(city || id::text, 112))"""
    return [to_struct(Incident, row) for row in await tx.fetch(sql, city, now, limit)]


async def fire(tx: Transaction, city: str, incidents: Sequence[UUID], now: datetime) -> list[Timer]:
    """Mark the due timers of these incidents as fired; only those that nobody has marked before, so that each fires once.

    What is said again is marked with when it is next; not any more once somebody has it, or enough was said.
    """
    taken = """exists (select from left_lying_owner o join assignment a on a.city = o.city and a.id = t.assignment
                       where o.city = $1 and o.taken_at >= a.sent_at and (
                           o.kind = 'assignment' and o.subject = t.assignment
                           or o.kind in ('incident', 'reopened') and o.subject = t.incident))"""
    sql = f"""update timer t set fired_at = coalesce(t.fired_at, $3), times = t.times + 1,
                  again_at = case when t.times + 1 < $4 and not {taken} then $3 + make_interval(secs => t.every_s) end
              where t.city = $1 and t.incident = any($2) and (t.fired_at is null and t.due_at <= $3 or t.again_at <= $3)
              returning t.assignment, t.clock, t.tell, t.due_at, t.every_s, t.times, t.times > 1 and {taken} as is_taken"""
    rows = await tx.fetch(sql, city, list(incidents), now, MOST_TIMES)
    return sorted((to_struct(Timer, row) for row in rows), key=lambda one: one.order)


async def assignments_of_all(tx: Transaction, city: str, incidents: Sequence[UUID]) -> list[Assignment]:
    """All assignments of several incidents, oldest first."""
    sql = f"select {ASSIGNMENT_COLUMNS} from assignment where city = $1 and incident = any($2) order by sent_at, role, agency"
    return [to_struct(Assignment, row) for row in await tx.fetch(sql, city, list(incidents))]


async def expire_all(tx: Transaction, city: str, assignments: Sequence[UUID], now: datetime) -> None:
    """Their agencies have not answered. Their incidents are locked."""
    sql = "update assignment set state = 'expired', ended_at = $3, rev = rev + 1 where city = $1 and id = any($2)"
    await tx.execute(sql, city, list(assignments), now)


async def turn_all(tx: Transaction, city: str, turns: Mapping[UUID, Turn]) -> None:
    """Put incidents before the supervisor, open again where no agency has them."""
    sql = """update incident i set state = turned.state, attention = turned.attention, rev = i.rev + 1
             from unnest($2::uuid[], $3::text[], $4::text[]) as turned (id, state, attention)
             where i.city = $1 and i.id = turned.id"""
    await tx.execute(
        sql, city, list(turns), [turn.state.value for turn in turns.values()], [turn.attention for turn in turns.values()]
    )


async def next_due_at(conn: Connection, city: str) -> datetime | None:
    """When the next timer is due, or something is said again; None when none waits."""
    sql = """select least((select min(due_at) from timer where city = $1 and fired_at is null),
                          (select min(again_at) from timer where city = $1 and again_at is not null))"""
    found: datetime | None = await conn.fetchval(sql, city)
    return found


async def unplanned(tx: Transaction, city: str, limit: int) -> list[UUID]:
    """Unfinished incidents with an agency that has them, and no timer at all: handed over before there were timers."""
    sql = """select distinct incident from assignment a where a.city = $1
               and a.state in ('sent', 'acknowledged', 'en_route', 'on_scene')
               and not exists (select from timer t where t.city = $1 and t.assignment = a.id) limit $2"""
    return [row["incident"] for row in await tx.fetch(sql, city, limit)]


async def next_steps(conn: Connection, city: str, incidents: Sequence[UUID]) -> dict[UUID, Step]:
    """The next rung of each assignment of these incidents that has one."""
    sql = """select distinct on (t.assignment) t.assignment, t.clock, t.tell, t.due_at
             from timer t join incident i on i.city = t.city and i.id = t.incident
             where i.state in ('open', 'assigned', 'responding') and t.city = $1 and t.incident = any($2)
               and t.fired_at is null and t.tell <> 'target'
             order by t.assignment, t.due_at"""
    rows: Sequence[Any] = await conn.fetch(sql, city, list(incidents))
    return {row["assignment"]: to_struct(Step, row) for row in rows}
