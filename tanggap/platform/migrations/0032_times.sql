-- One clock for «in time», working days that know holidays, figures by the roster's shifts, a coordinator who is told again, and the
-- ladder, the calendar and the service levels as rules that a city's people edit.

-- Since when an incident's due time runs: its opening, or its last reopening. Older ones have none; theirs is the opening.
alter table incident add column due_from timestamptz;

-- Working days after `since`, up to and with `until`: the days on which the city's offices are open (Monday to Friday where no hours
-- are known) and that are no holiday.
create function figure_workdays(of_city text, since date, until date) returns integer
    language sql stable strict parallel safe as $$
    select count(*)::integer from generate_series(since + 1, until, interval '1 day') as g (at)
    where not exists (select from holiday h where h.city = of_city and h.active and h.date = g.at::date)
      and case when exists (select from office_hours o where o.city = of_city and o.active and o.agency is null)
          then exists (
              select from office_hours o where o.city = of_city and o.active and o.agency is null
              and array_position(array['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'], o.day)
                  = extract(isodow from g.at))
          else extract(isodow from g.at) <= 5 end
$$;

create or replace view figure_call with (security_invoker = true) as
select c.city, c.id, c.rang_at as at,
       (c.rang_at at time zone coalesce(t.timezone, 'UTC'))::date as day,
       extract(hour from c.rang_at at time zone coalesce(t.timezone, 'UTC'))::smallint as hour,
       coalesce(r.category, '') as category,
       coalesce(r.priority, '') as priority,
       coalesce(r.area, '') as area,
       coalesce(c.outcome, '') as outcome,
       coalesce(r.disposition, '') as disposition,
       (c.answered_at is not null or c.ended_at is not null) as is_decided,
       figure_seconds(c.rang_at, c.answered_at) as answer_s,
       coalesce((select s.code from shift s where s.city = c.city and s.cancelled_at is null and s.starts_at <= c.rang_at
                 and s.starts_at > c.rang_at - interval '24 hours' and s.ends_at > c.rang_at
                 order by s.starts_at desc limit 1), '') as shift
from call c
join report r on r.city = c.city and r.id = c.report
left join city t on t.city = c.city
where c.direction <> 'out';

create or replace view figure_report with (security_invoker = true) as
select r.city, r.id, r.received_at as at,
       (r.received_at at time zone coalesce(t.timezone, 'UTC'))::date as day,
       extract(hour from r.received_at at time zone coalesce(t.timezone, 'UTC'))::smallint as hour,
       coalesce(r.category, '') as category,
       coalesce(r.priority, '') as priority,
       coalesce(r.area, '') as area,
       r.channel,
       coalesce(r.disposition, '') as disposition,
       case when r.disposition is not null or undone.n > 0 then undone.n > 0 end as was_reversed,
       (select f.stars from feedback f where f.city = r.city and f.report = r.id and f.stars is not null
        order by f.at desc, f.id desc limit 1) as stars,
       coalesce((select s.code from shift s where s.city = r.city and s.cancelled_at is null and s.starts_at <= r.received_at
                 and s.starts_at > r.received_at - interval '24 hours' and s.ends_at > r.received_at
                 order by s.starts_at desc limit 1), '') as shift
from report r
left join city t on t.city = r.city
cross join lateral (select count(*) as n from timeline l
                    where l.city = r.city and l.report = r.id and l.kind = 'disposition_undone') undone;

create or replace view figure_incident with (security_invoker = true) as
select i.city, i.id, i.opened_at as at,
       (i.opened_at at time zone coalesce(t.timezone, 'UTC'))::date as day,
       extract(hour from i.opened_at at time zone coalesce(t.timezone, 'UTC'))::smallint as hour,
       coalesce(i.category, '') as category,
       i.priority,
       coalesce(i.area, '') as area,
       coalesce(lead.agency, '') as agency,
       i.state,
       (i.merged_into is not null) as is_missed_duplicate,
       case when i.merged_into is null then figure_seconds(first.heard_at, sent.first_at) end as processing_s,
       case when i.merged_into is null then figure_workdays(
           i.city,
           (first.received_at at time zone coalesce(t.timezone, 'UTC'))::date,
           (sent.acknowledged_at at time zone coalesce(t.timezone, 'UTC'))::date) end as first_answer_days,
       case when i.merged_into is null then figure_seconds(i.opened_at, i.resolved_at) end as resolution_s,
       case when i.merged_into is null and sent.first_at is not null then exists (
           select from timeline l where l.city = i.city and l.incident = i.id and l.kind = 'amended' and l.at > sent.first_at
           and l.body -> 'fields' ? 'lat') end as was_moved,
       case when i.merged_into is null then i.resolved_at is not null end as is_finished,
       case when i.merged_into is null then i.resolved_at <= i.due_at end as is_in_time,
       case when i.merged_into is null and i.resolved_at is null and i.state <> 'closed' then i.due_at end as late_after,
       case when i.merged_into is null and (i.resolved_at is not null or i.reopened > 0) then i.reopened > 0 end as was_reopened,
       case when i.merged_into is null and i.resolved_at is not null then exists (
           select from feedback f where f.city = i.city and f.incident = i.id and f.verdict = 'confirmed'
           and f.at >= i.resolved_at) end as is_confirmed,
       coalesce((select s.code from shift s where s.city = i.city and s.cancelled_at is null and s.starts_at <= i.opened_at
                 and s.starts_at > i.opened_at - interval '24 hours' and s.ends_at > i.opened_at
                 order by s.starts_at desc limit 1), '') as shift
from incident i
left join city t on t.city = i.city
left join lateral (select min(a.sent_at) as first_at, min(a.acknowledged_at) as acknowledged_at
                   from assignment a where a.city = i.city and a.incident = i.id) sent on true
left join lateral (select a.agency from assignment a where a.city = i.city and a.incident = i.id
                   order by a.role, a.sent_at desc, a.id desc limit 1) lead on true
left join lateral (select r.received_at,
                          coalesce((select min(c.answered_at) from call c
                                    where c.city = r.city and c.report = r.id and r.channel = 'call'
                                    and (c.answered_at <= sent.first_at or c.direction <> 'out')), r.received_at) as heard_at
                   from report r where r.city = i.city and r.incident = i.id
                   order by r.received_at, r.id limit 1) first on true;

drop function figure_workdays(date, date);

create or replace view figure_assignment with (security_invoker = true) as
select a.city, a.id, a.sent_at as at,
       (a.sent_at at time zone coalesce(t.timezone, 'UTC'))::date as day,
       extract(hour from a.sent_at at time zone coalesce(t.timezone, 'UTC'))::smallint as hour,
       coalesce(i.category, '') as category,
       i.priority,
       coalesce(i.area, '') as area,
       a.agency,
       a.role,
       a.state,
       figure_seconds(a.sent_at, a.acknowledged_at) as acknowledgement_s,
       case when a.acknowledged_at is not null then a.acknowledged_at <= a.answer_due_at
            when a.state = 'expired' then false end as is_acknowledged_in_time,
       figure_seconds(a.acknowledged_at, a.en_route_at) as turnout_s,
       figure_seconds(a.sent_at, a.on_scene_at) as arrival_s,
       case when i.merged_into is not null or exists (
                select from assignment b where b.city = a.city and b.incident = a.incident
                and (b.sent_at, b.role, b.id) < (a.sent_at, a.role, a.id)) then null
            when a.state = 'rejected' then false
            when a.state in ('withdrawn', 'expired') and exists (
                select from assignment b where b.city = a.city and b.incident = a.incident
                and b.agency <> a.agency and b.sent_at >= a.ended_at) then false
            when a.acknowledged_at is not null then true end as was_right,
       coalesce((select s.code from shift s where s.city = a.city and s.cancelled_at is null and s.starts_at <= a.sent_at
                 and s.starts_at > a.sent_at - interval '24 hours' and s.ends_at > a.sent_at
                 order by s.starts_at desc limit 1), '') as shift
from assignment a
join incident i on i.city = a.city and i.id = a.incident
left join city t on t.city = a.city;

comment on column figure_call.shift is 'The roster''s shift in which it rang; empty where no roster was made for that time.';
comment on column figure_report.shift is 'The roster''s shift in which it came in; empty where no roster was made for that time.';
comment on column figure_incident.shift is 'The roster''s shift in which it was opened; empty where no roster was made for that time.';
comment on column figure_assignment.shift is 'The roster''s shift in which it was sent; empty where no roster was made for that time.';
comment on column figure_incident.first_answer_days is 'CEPAT, first answer: working days (days on which the city''s offices are open, without its holidays; of the city''s own days) after the day of its first report until the first agency acknowledged; the same day is 0; null while none has.';
comment on column figure_incident.is_in_time is 'TUNTAS, finished in time: finished by its due time, which runs in the working time of the agency that leads; null while it is not finished. Unfinished and past `late_after` is not in time either.';

alter table kept_call add column shift text not null default '';
alter table kept_report add column shift text not null default '';
alter table kept_incident add column shift text not null default '';
alter table kept_assignment add column shift text not null default '';

-- The rows that were kept know neither shifts nor holidays: they are counted anew. So they are whenever the calendar changes, or the
-- roster of a day that is kept.
alter table kept_days no force row level security;
delete from kept_days;
alter table kept_days force row level security;
create trigger holiday_came after insert on holiday referencing new table as gone
    for each statement execute function kept_days_end();
create trigger holiday_changed after update on holiday referencing new table as gone
    for each statement execute function kept_days_end();
create trigger office_hours_came after insert on office_hours referencing new table as gone
    for each statement execute function kept_days_end();
create trigger office_hours_changed after update on office_hours referencing new table as gone
    for each statement execute function kept_days_end();
create function kept_shifts_end() returns trigger language plpgsql as $$
begin
    delete from kept_days k using (select city, min(day) as first from gone group by city) g
    where k.city = g.city and g.first < k.until;
    return null;
end
$$;
create trigger shift_came after insert on shift referencing new table as gone
    for each statement execute function kept_shifts_end();
create trigger shift_changed after update on shift referencing new table as gone
    for each statement execute function kept_shifts_end();

-- The coordinator is told again at this interval, until somebody takes it or enough was said. The timer itself fires once, as all do.
alter table rung add column again_minutes integer check (again_minutes > 0);
alter table timer
    add column every_s  integer,
    add column again_at timestamptz,
    add column times    integer not null default 0;
create index timer_again on timer (city, again_at) where again_at is not null;

-- When the city last published its own word for an entry.
alter table rung          add column edited_at timestamptz;
alter table office_hours  add column edited_at timestamptz;
alter table agency_rule   add column edited_at timestamptz;
alter table holiday       add column edited_at timestamptz;
alter table service_level add column edited_at timestamptz;

-- The versions that were kept knew nothing of these rules: each gets them as they stand now, so that it is whole when it is brought
-- back. Who migrates owns the tables, and is bound by their protection like everybody.
do $$
declare
    kind text;
begin
    alter table catalogue_version no force row level security;
    foreach kind in array array['rung', 'office_hours', 'agency_rule', 'holiday', 'service_level'] loop
        execute format('alter table %s no force row level security', kind);
        execute format(
            'update catalogue_version v set rows = v.rows || jsonb_build_object(%L, (select coalesce('
            'jsonb_agg(to_jsonb(t) - ''city'' order by t.rank, t.code), ''[]'') from %s t where t.city = v.city))', kind, kind);
        execute format('alter table %s force row level security', kind);
    end loop;
    alter table catalogue_version force row level security;
end
$$;
