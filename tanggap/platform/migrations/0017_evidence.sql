-- Facts about how real a report is that stand nowhere else; what a supervisor does about who calls again and again; how alarming an
-- incident is by the number of people who call about it.

-- Somebody called the number back. What happened is not changed afterwards; a second attempt is a second row.
create table callback (
    city        text        not null,
    id          uuid        not null,
    report      uuid        not null,
    at          timestamptz not null,
    answered    boolean     not null,
    actor       uuid,
    actor_name  text        not null default '',
    primary key (city, id),
    foreign key (city, report) references report (city, id) on delete cascade
);
create index callback_report on callback (city, report, at);

-- What people do about a caller who calls for nothing: recorded, and over by itself. It blocks nobody.
create table caller_measure (
    city        text        not null,
    id          uuid        not null,
    caller      uuid        not null,
    kind        text        not null check (kind in ('spoken', 'family', 'educated', 'police', 'other')),
    note        text        not null default '',
    at          timestamptz not null,
    until       timestamptz not null check (until > at),
    ended_at    timestamptz,                            -- taken back before its time
    actor       uuid,
    actor_name  text        not null default '',
    primary key (city, id),
    foreign key (city, caller) references caller (city, id)
);
create index caller_measure_caller on caller_measure (city, caller, at desc);

-- What a coordinator switches on or off for the city.
create table city_setting (
    city        text        not null,
    name        text        not null,
    value       jsonb       not null,
    changed_at  timestamptz not null,
    changed_by  uuid,
    primary key (city, name)
);

alter table incident add column alarm smallint not null default 1;

-- Dispositions taken back are counted.
create index timeline_undone on timeline (city, at) where kind = 'disposition_undone';

select tanggap_protect('callback');
select tanggap_protect('caller_measure');
select tanggap_protect('city_setting');
revoke update, delete, truncate on callback from tanggap_app;
revoke delete, truncate on caller_measure from tanggap_app;
