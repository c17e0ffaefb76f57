"""The list of what is left lying: one statement over what is open, whatever lies in the years behind; and who looks after it."""

from datetime import datetime
from uuid import UUID

from tanggap.evaluation.left_lying.model import ON_A_DESK, Kind, Listed, Lying
from tanggap.incident.store import to_struct
from tanggap.platform.database import Connection, Transaction

#: Rows that one screen shows; more are counted.
MOST_ROWS = 200

#: Everything that lies at $2: kind, why, subject, priority, overdue_at, report, incident, agency, and the owner that a row itself
#: names. Each part walks a partial index of what is open.
#: An assignment's limits are those of its timers, which know nights and holidays; where it has none, the plain target times.
FOUND = """
unfinished as materialized (
    select i.id, i.priority, i.opened_at, i.reopened, i.attention,
           exists (select from assignment a where a.city = $1 and a.incident = i.id
                   and a.state in ('sent', 'acknowledged', 'en_route', 'on_scene')) as has_agency
    from incident i where i.city = $1 and i.state in ('open', 'assigned', 'responding')),
asked as materialized (
    select a.* from assignment a where a.city = $1 and a.state in ('sent', 'acknowledged', 'en_route', 'on_scene')
    union all
    select a.* from unfinished u join assignment a on a.city = $1 and a.incident = u.id and a.state = 'expired'
    where u.has_agency and not exists (
        select from assignment o where o.city = $1 and o.incident = a.incident and o.id <> a.id and o.role = a.role
            and o.state in ('sent', 'acknowledged', 'en_route', 'on_scene', 'done')
            and (a.role = 'lead' or o.sent_at > a.sent_at))),
limits as (
    select a.id, a.incident, a.agency, coalesce(i.priority, 'P2') as priority,
           case when a.state in ('sent', 'expired') then a.answer_due_at end as answer_at,
           case when a.state = 'acknowledged'
                then coalesce(t.start_at, a.acknowledged_at + make_interval(secs => coalesce(g.travel_s, 0))) end as start_at,
           coalesce(t.finish_at, a.sent_at + make_interval(secs => coalesce(g.resolve_s, 0))) as finish_at
    from asked a
    left join incident i on i.city = $1 and i.id = a.incident
    left join target g on g.city = $1 and g.priority = i.priority
    left join lateral (
        select min(due_at) filter (where clock = 'start') as start_at, min(due_at) filter (where clock = 'finish') as finish_at
        from timer where city = $1 and assignment = a.id) t on true),
reports as (
    select r.id, r.incident, r.state, coalesce(r.priority, k.priority, 'P2') as priority,
           case r.state when 'active' then coalesce(r.claimed_at, r.received_at) + $3::interval
                else r.received_at + make_interval(secs => coalesce(g.acknowledge_s, 0)) end as overdue_at
    from report r
    left join category k on k.city = $1 and k.code = r.category
    left join target g on g.city = $1 and g.priority = coalesce(r.priority, k.priority, 'P2')
    where r.city = $1 and r.state <> 'closed'
        and not exists (select from call c where c.city = $1 and c.report = r.id and c.call_back_state = 'due')),
found as materialized (
    select 'call' as kind, 'never_answered' as why, c.id as subject,
           case when c.is_urgent then 'P1' else coalesce(r.priority, k.priority, 'P2') end as priority, c.rang_at as overdue_at,
           c.report, r.incident, null::text as agency, null::uuid as own_owner, null::timestamptz as own_taken_at
    from call c left join report r on r.city = $1 and r.id = c.report
    left join category k on k.city = $1 and k.code = r.category
    where c.city = $1 and c.call_back_state = 'due'
    union all
    select 'report', state, id, priority, overdue_at, id, incident, null, null, null from reports where overdue_at <= $2
    union all
    select 'lost', 'lost', id, coalesce(priority, 'P2'), coalesce(disposed_at, received_at), id, null, null, null, null
    from report where city = $1 and state = 'closed' and incident is null and disposition in ('genuine', 'duplicate')
    union all
    select case when has_agency and (attention is null or attention = 'unanswered') then 'reopened' else 'incident' end,
           case when has_agency and (attention is null or attention = 'unanswered') then 'reopened'
                else coalesce(attention, 'no_agency') end,
           id, priority, opened_at, null, id, null, null, null
    from unfinished where not has_agency or reopened > 0 or attention <> 'unanswered'
    union all
    select 'assignment',
           case when answer_at <= $2 then 'unanswered' when start_at <= $2 then 'not_started' else 'not_finished' end,
           id, priority, least(answer_at, start_at, finish_at), null, incident, agency, null, null
    from limits where least(answer_at, start_at, finish_at) <= $2
    union all
    select 'delivery', 'undelivered', d.id, case when d.is_urgent then 'P1' else coalesce(i.priority, 'P3') end,
           coalesce(d.dead_at, d.queued_at), null, d.incident, d.agency, d.owner, d.taken_at
    from delivery d left join incident i on i.city = $1 and i.id = d.incident
    where d.city = $1 and d.state = 'dead')
"""

#: An owner of before is none: what was seen to and lies again has to be taken again.
OWNED = """
owned as (
    select f.*, coalesce(f.own_owner, o.person) as owner, coalesce(f.own_taken_at, o.taken_at) as taken_at
    from found f left join left_lying_owner o
        on o.city = $1 and o.kind = f.kind and o.subject = f.subject and o.taken_at >= f.overdue_at)
"""

ROWS = f"""
with {FOUND}, {OWNED},
first as (
    select *, count(*) over (partition by kind) as of_kind, count(*) filter (where owner is null) over () as unowned
    from owned order by priority, overdue_at, subject),
shown as (select * from first where ($4::text is null or kind = $4) order by priority, overdue_at, subject limit $5),
counts as (select coalesce(jsonb_object_agg(kind, of_kind), '{{}}') as by_kind, coalesce(max(unowned), 0) as unowned
           from (select distinct kind, of_kind, unowned from first) kinds)
select counts.by_kind, counts.unowned, f.kind, f.why, f.subject, f.priority, f.overdue_at, f.report, f.incident, f.agency,
       f.owner, f.taken_at, i.number, coalesce(i.category, r.category) as category,
       left(coalesce(nullif(i.place_label, ''), nullif(i.address_words, ''), nullif(r.place_label, ''), r.address_words, ''),
            120) as place,
       left(coalesce(nullif(i.summary, ''), r.words, d.text, ''), 160) as words,
       coalesce(c.masked, d.address_masked) as masked, d.recipient, p.name as owner_name
from counts
left join shown f on true
left join incident i on i.city = $1 and i.id = f.incident
left join report r on r.city = $1 and r.id = f.report
left join caller c on c.city = $1 and c.id = r.caller
left join delivery d on f.kind = 'delivery' and d.city = $1 and d.id = f.subject
left join person p on p.city = $1 and p.id = f.owner
order by f.priority, f.overdue_at, f.subject
"""


async def listed(conn: Connection, city: str, now: datetime, kind: Kind | None = None, limit: int = MOST_ROWS) -> Listed:
    """What lies at `now`, worst first; of one kind only, when asked."""
    rows = await conn.fetch(ROWS, city, now, ON_A_DESK, kind.value if kind else None, limit)
    by_kind = {Kind(name): n for name, n in rows[0]["by_kind"].items()}
    found = tuple(to_struct(Lying, row) for row in rows if row["kind"] is not None)
    return Listed(found, by_kind, rows[0]["unowned"])


async def everything(conn: Connection, city: str, now: datetime) -> tuple[Lying, ...]:
    """All that lies at `now`, worst first, however much it is."""
    return (await listed(conn, city, now, limit=await total(conn, city, now))).rows


async def total(conn: Connection, city: str, now: datetime) -> int:
    """How much lies, for the top bar."""
    return int(await conn.fetchval(f"with {FOUND} select count(*) from found", city, now, ON_A_DESK))


async def is_listed(conn: Connection, city: str, kind: Kind, subject: UUID, now: datetime) -> bool:
    """Whether something lies at `now`."""
    sql = f"with {FOUND} select exists (select from found where kind = $4 and subject = $5)"
    return bool(await conn.fetchval(sql, city, now, ON_A_DESK, kind.value, subject))


async def set_owner(tx: Transaction, city: str, kind: Kind, subject: UUID, person: UUID, now: datetime) -> None:
    """Write who looks after it. A message names its owner itself: who sends it asks there."""
    if kind is Kind.DELIVERY:
        await tx.execute("update delivery set owner = $3, taken_at = $4 where city = $1 and id = $2", city, subject, person, now)
        return
    sql = """insert into left_lying_owner (city, kind, subject, person, taken_at) values ($1, $2, $3, $4, $5)
             on conflict (city, kind, subject) do update set person = excluded.person, taken_at = excluded.taken_at"""
    await tx.execute(sql, city, kind.value, subject, person, now)


async def forget_owner(tx: Transaction, city: str, kind: Kind, subject: UUID) -> None:
    """Nobody looks after it any more."""
    if kind is Kind.DELIVERY:
        await tx.execute("update delivery set owner = null, taken_at = null where city = $1 and id = $2", city, subject)
    sql = "delete from left_lying_owner where city = $1 and kind = $2 and subject = $3"
    await tx.execute(sql, city, kind.value, subject)
