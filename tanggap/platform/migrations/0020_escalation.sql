-- The ladder that an assignment climbs when nobody acts, its timers, and who looks after what is left lying.

create table rung (
    city        text    not null references city (city),
    code        text    not null,
    rank        integer not null,
    priority    text    not null check (priority in ('P1', 'P2', 'P3', 'P4')),
    clock       text    not null check (clock in ('answer', 'start', 'finish')),
    tell        text    not null check (tell in ('second', 'head', 'supervisor', 'coordinator')),
    after       integer not null check (after > 0),
    unit        text    not null check (unit in ('seconds', 'minutes', 'hours', 'days', 'working_days')),
    category    text,
    agency      text,
    provenance  text    not null check (provenance in ('sourced', 'proposed')),
    source      text    not null default '',
    owner       text    not null default 'pack' check (owner in ('pack', 'city')),
    active      boolean not null default true,
    primary key (city, code)
);

create table office_hours (
    city        text    not null references city (city),
    code        text    not null,
    rank        integer not null,
    day         text    not null check (day in ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')),
    opens       time    not null,
    closes      time    not null check (closes > opens),
    agency      text,                              -- null: the city's offices
    provenance  text    not null check (provenance in ('sourced', 'proposed')),
    source      text    not null default '',
    owner       text    not null default 'pack' check (owner in ('pack', 'city')),
    active      boolean not null default true,
    primary key (city, code)
);

create table agency_rule (
    city        text    not null references city (city),
    code        text    not null,
    rank        integer not null,
    agency      text    not null,
    pauses      text[]  not null default '{}',     -- priorities whose clocks run in office hours only
    off_hours   text    check (off_hours in ('second', 'head', 'supervisor', 'coordinator')),
    provenance  text    not null check (provenance in ('sourced', 'proposed')),
    source      text    not null default '',
    owner       text    not null default 'pack' check (owner in ('pack', 'city')),
    active      boolean not null default true,
    primary key (city, code)
);

create table holiday (
    city        text    not null references city (city),
    code        text    not null,
    rank        integer not null,
    date        date    not null,
    name_id     text    not null,
    name_en     text    not null,
    kind        text    not null check (kind in ('national', 'joint_leave', 'local')),
    provenance  text    not null check (provenance in ('sourced', 'proposed')),
    source      text    not null default '',
    owner       text    not null default 'pack' check (owner in ('pack', 'city')),
    active      boolean not null default true,
    primary key (city, code)
);

-- When an assignment's next step is due. A row that has fired stays, so that it cannot fire again.
create table timer (
    city        text        not null,
    assignment  uuid        not null,
    clock       text        not null check (clock in ('answer', 'start', 'finish')),
    tell        text        not null check (tell in ('target', 'second', 'head', 'supervisor', 'coordinator')),
    incident    uuid        not null,
    due_at      timestamptz not null,
    planned_at  timestamptz not null,
    fired_at    timestamptz,
    primary key (city, assignment, clock, tell),
    foreign key (city, assignment) references assignment (city, id) on delete cascade
);
create index timer_due on timer (city, due_at) where fired_at is null;
create index timer_incident on timer (city, incident);
-- Full in minutes when a storm comes, empty the rest of the year.
alter table timer set (
    autovacuum_analyze_threshold = 200, autovacuum_analyze_scale_factor = 0.02,
    autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0.02, fillfactor = 80);

-- Who has said that he looks after something that is left lying.
create table left_lying_owner (
    city        text        not null,
    kind        text        not null,
    subject     uuid        not null,
    person      uuid        not null,
    taken_at    timestamptz not null,
    primary key (city, kind, subject),
    foreign key (city, person) references person (city, id)
);

-- Genuine reports that became no incident: there should be none, and the list must find one among millions.
create index report_lost on report (city, received_at)
    where state = 'closed' and incident is null and disposition in ('genuine', 'duplicate');

select tanggap_protect('rung');
select tanggap_protect('office_hours');
select tanggap_protect('agency_rule');
select tanggap_protect('holiday');
select tanggap_protect('timer');
select tanggap_protect('left_lying_owner');
revoke delete on rung, office_hours, agency_rule, holiday from tanggap_app;

-- Timers take the place of these jobs; the worker plans what has none.
alter table job no force row level security;
delete from job where name = 'escalate_unanswered';
alter table job force row level security;
