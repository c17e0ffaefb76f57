-- CEPAT, TEPAT, TUNTAS: each figure is defined once, as a column of one of four views. A row is one call, one report, one incident
-- or one assignment, with how long things took and what was right. Pages, files, the API and reports only aggregate these rows.

-- A started second counts whole: «within 15 s» is the same for the exact time and for these.
create function figure_seconds(since timestamptz, until timestamptz) returns integer
    language sql immutable parallel safe
    return case when since <= until then ceil(extract(epoch from until - since))::integer when until < since then 0 end;

-- Monday to Friday after `since`, up to and with `until`; holidays are not known here. 2001-01-01 was a Monday.
create function figure_workdays(since date, until date) returns integer
    language sql immutable parallel safe
    return case when until < since then 0 when since <= until then
        5 * ((until - date '2001-01-01') / 7) + least(5, (until - date '2001-01-01') % 7 + 1)
        - 5 * ((since - date '2001-01-01') / 7) - least(5, (since - date '2001-01-01') % 7 + 1) end;

-- What is looked up for single incidents and reports.
create index timeline_moved on timeline (city, incident, at) where kind = 'amended';
create index timeline_reversed on timeline (city, report) where kind = 'disposition_undone';

create view figure_call with (security_invoker = true) as
select c.city, c.id, c.rang_at as at,
       (c.rang_at at time zone coalesce(t.timezone, 'UTC'))::date as day,
       extract(hour from c.rang_at at time zone coalesce(t.timezone, 'UTC'))::smallint as hour,
       coalesce(r.category, '') as category,
       coalesce(r.priority, '') as priority,
       coalesce(r.area, '') as area,
       coalesce(c.outcome, '') as outcome,
       coalesce(r.disposition, '') as disposition,
       (c.answered_at is not null or c.ended_at is not null) as is_decided,
       figure_seconds(c.rang_at, c.answered_at) as answer_s
from call c
join report r on r.city = c.city and r.id = c.report
left join city t on t.city = c.city
where c.direction <> 'out';

comment on view figure_call is
    'One call that came in (by telephone or from the web), whatever came of it: test calls, silent ones and those that nobody answered too. Calls that the centre made are none.';
comment on column figure_call.at is 'When it first rang; a call counts in the period of this moment.';
comment on column figure_call.outcome is 'answered (at a desk), overflowed (answered outside the centre), abandoned (the caller hung up first), unanswered, called_back; empty while it goes on.';
comment on column figure_call.disposition is 'What its report turned out to be; empty while nobody has said.';
comment on column figure_call.is_decided is 'It was answered, or has ended: only then can it be held against a target. A call that nobody answered has missed every one.';
comment on column figure_call.answer_s is 'CEPAT, answer: whole seconds from the first ring until somebody answered, at a desk or outside; null when nobody did.';

create view figure_report with (security_invoker = true) as
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
        order by f.at desc, f.id desc limit 1) as stars
from report r
left join city t on t.city = r.city
cross join lateral (select count(*) as n from timeline l
                    where l.city = r.city and l.report = r.id and l.kind = 'disposition_undone') undone;

comment on view figure_report is 'One report by any channel, kept whatever it turned out to be: tests, pranks and silent ones too.';
comment on column figure_report.at is 'When it came in; a report counts in the period of this moment.';
comment on column figure_report.disposition is 'What it turned out to be; empty while nobody has said.';
comment on column figure_report.was_reversed is 'TEPAT, disposition reversed: somebody took its disposition back at least once; null while it never had one.';
comment on column figure_report.stars is 'TUNTAS, rating: the stars, 1 to 5, that its citizen gave last; null without any.';

create view figure_incident with (security_invoker = true) as
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
           and f.at >= i.resolved_at) end as is_confirmed
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

comment on view figure_incident is 'One incident: the thing in the world, however many reports told of it.';
comment on column figure_incident.at is 'When it was opened; an incident counts in the period of this moment, whenever it was finished.';
comment on column figure_incident.agency is 'The agency that was asked last to lead it; empty when none was.';
comment on column figure_incident.is_missed_duplicate is 'TEPAT, duplicates missed: it had become an incident of its own and was merged into another later. Such a one counts nowhere else.';
comment on column figure_incident.processing_s is 'CEPAT, processing: whole seconds from when its first report was heard (the call was answered, or answered when called back; else the report came in) until the first agency was notified; null while none was.';
comment on column figure_incident.first_answer_days is 'CEPAT, first answer: working days (Monday to Friday, of the city''s own days) after the day of its first report until the first agency acknowledged; the same day is 0; null while none has.';
comment on column figure_incident.resolution_s is 'CEPAT, resolution: whole seconds from its opening until the agencies were done with it, the last time when it was reopened; null while it is not finished.';
comment on column figure_incident.was_moved is 'TEPAT, location corrected: its point was set anew after the first agency had been notified; null while none was.';
comment on column figure_incident.is_finished is 'TUNTAS, finished: the agencies say that they are done with it. One that was closed without that is not finished.';
comment on column figure_incident.is_in_time is 'TUNTAS, finished in time: finished by its due time; null while it is not finished. Unfinished and past `late_after` is not in time either.';
comment on column figure_incident.late_after is 'The due time of one that is neither finished nor closed.';
comment on column figure_incident.was_reopened is 'TUNTAS, reopened: somebody had to open it again at least once; null while it was never finished.';
comment on column figure_incident.is_confirmed is 'TUNTAS, confirmed: a citizen has said, after it was finished, that it really is; null while it is not finished.';

create view figure_assignment with (security_invoker = true) as
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
            when a.acknowledged_at is not null then true end as was_right
from assignment a
join incident i on i.city = a.city and i.id = a.incident
left join city t on t.city = a.city;

comment on view figure_assignment is 'One agency asked to act on one incident.';
comment on column figure_assignment.at is 'When it was sent; an assignment counts in the period of this moment.';
comment on column figure_assignment.acknowledgement_s is 'CEPAT, acknowledgement: whole seconds from sending until the agency said «ours»; null while it has not.';
comment on column figure_assignment.is_acknowledged_in_time is 'CEPAT, acknowledged in time: by the moment that its priority''s target set; false also when the time ran out unanswered; null while it waits, or was taken or given back before.';
comment on column figure_assignment.turnout_s is 'CEPAT, turnout: whole seconds from the acknowledgement until a crew set out; null while none has said so.';
comment on column figure_assignment.arrival_s is 'CEPAT, arrival: whole seconds from sending until somebody was on scene; null while nobody is.';
comment on column figure_assignment.was_right is 'TEPAT, first agency right: of the first assignment of each incident (leads before supporters), whether that agency kept it: false when it gave it back, or when it was taken back or never answered and another agency was asked then; null while that is open, and for every later assignment.';

grant select on figure_call, figure_report, figure_incident, figure_assignment to tanggap_app;

-- The rows of those views for days that are over, kept so that a year is read at once; those of calls and reports that are alike are
-- counted. They are written by query from the views, never by hand, and a day of which anything has changed is read from the views.
create table kept_call (
    city text not null, day date not null, hour smallint not null, category text not null, priority text not null,
    area text not null, outcome text not null, disposition text not null, is_decided boolean not null, answer_s integer,
    n integer not null);
create table kept_report (
    city text not null, day date not null, hour smallint not null, category text not null, priority text not null,
    area text not null, channel text not null, disposition text not null, was_reversed boolean, stars smallint,
    n integer not null);
create table kept_incident (
    city text not null, day date not null, hour smallint not null, category text not null, priority text not null,
    area text not null, agency text not null, state text not null, is_missed_duplicate boolean not null, processing_s integer,
    first_answer_days integer, resolution_s integer, was_moved boolean, is_finished boolean, is_in_time boolean,
    late_after timestamptz, was_reopened boolean, is_confirmed boolean, n integer not null);
create table kept_assignment (
    city text not null, day date not null, hour smallint not null, category text not null, priority text not null,
    area text not null, agency text not null, role text not null, state text not null, acknowledgement_s integer,
    is_acknowledged_in_time boolean, turnout_s integer, arrival_s integer, was_right boolean, n integer not null);
create index kept_call_day on kept_call (city, day);
create index kept_report_day on kept_report (city, day);
create index kept_incident_day on kept_incident (city, day);
create index kept_assignment_day on kept_assignment (city, day);

-- Which days are kept (`since` included, `until` not), and up to which transaction: what the timeline says after it is not in them.
create table kept_days (
    city   text   not null primary key,
    since  date   not null,
    until  date   not null,
    xid    text   not null
);

select tanggap_protect('kept_call');
select tanggap_protect('kept_report');
select tanggap_protect('kept_incident');
select tanggap_protect('kept_assignment');
select tanggap_protect('kept_days');

-- What is deleted (examples, and nothing else) says nothing on the timeline: then nothing is kept, until it is counted anew.
create function kept_days_end() returns trigger language plpgsql as $$
begin
    delete from kept_days where city in (select distinct city from gone);
    return null;
end
$$;
create trigger report_gone after delete on report referencing old table as gone
    for each statement execute function kept_days_end();

-- The levels that a city wants its service to reach, from the pack's service_levels.toml.
create table service_level (
    city        text             not null references city (city),
    code        text             not null,
    rank        integer          not null,
    figure      text             not null,
    share       double precision not null check (share > 0 and share <= 1),
    within      integer          check (within >= 0),     -- seconds or working days; null: a figure that is a share by itself
    groups      text[]           not null default '{}',   -- of categories; empty: all
    priorities  text[]           not null default '{}',   -- empty: all
    note        text             not null default '',
    provenance  text             not null check (provenance in ('sourced', 'proposed')),
    source      text             not null default '',
    owner       text             not null default 'pack' check (owner in ('pack', 'city')),
    active      boolean          not null default true,
    primary key (city, code)
);
select tanggap_protect('service_level');
revoke delete on service_level from tanggap_app;

-- When a shift begins, in hours of the city's day; the pack, loaded after every migration, fills it.
alter table city add column shift_starts integer[] not null default '{7,15,23}';
