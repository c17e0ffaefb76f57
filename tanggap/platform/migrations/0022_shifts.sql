-- Who works when: the city's plan, the shifts that were made from it, who has a turn in which, swaps, what one shift tells the next.

create table shift_plan (
    city        text        not null primary key,
    plan        jsonb       not null,
    changed_at  timestamptz not null
);

-- Somebody who can be put on the roster. The agency that lends a call taker is not the person's own `agency`, which bounds what
-- people of agencies may see.
create table roster_member (
    city         text        not null,
    person       uuid        not null,
    role         text        not null check (role in ('call_taker', 'supervisor', 'coordinator')),
    team         text,
    skills       text[]      not null default '{}',
    languages    text[]      not null default '{}',
    home_agency  text,
    employment   text        not null default 'contract' check (employment in ('civil_servant', 'contract', 'other')),
    active       boolean     not null default true,
    changed_at   timestamptz not null,
    primary key (city, person),
    foreign key (city, person) references person (city, id)
);

-- One shift of one day, with what it needed when it was planned: a later plan does not change what was.
create table shift (
    city          text        not null,
    id            uuid        not null,
    day           date        not null,           -- the city's day on which it begins
    code          text        not null,
    name_id       text        not null,
    name_en       text        not null,
    starts_at     timestamptz not null,
    ends_at       timestamptz not null,
    needs         jsonb       not null,
    cancelled_at  timestamptz,
    primary key (city, id),
    unique (city, day, code),
    -- Who looks for the shifts of a time begins a day before it.
    check (ends_at > starts_at and ends_at <= starts_at + interval '24 hours')
);
create index shift_time on shift (city, starts_at) where cancelled_at is null;

-- One person's place in one shift; a place that was taken away stays, so that it can be given back.
create table shift_turn (
    city           text        not null,
    id             uuid        not null,
    shift          uuid        not null,
    person         uuid        not null,
    role           text        not null check (role in ('call_taker', 'supervisor', 'coordinator')),
    is_planned     boolean     not null default true, -- not: somebody came who was not on the roster
    signed_on_at   timestamptz,
    signed_off_at  timestamptz,
    removed_at     timestamptz,
    primary key (city, id),
    foreign key (city, shift) references shift (city, id),
    foreign key (city, person) references person (city, id),
    check (signed_off_at is null or signed_on_at is not null)
);
create unique index shift_turn_once on shift_turn (city, shift, person) where removed_at is null;
create index shift_turn_person on shift_turn (city, person) where removed_at is null;
create index shift_turn_open on shift_turn (city, person) where removed_at is null and signed_on_at is not null
    and signed_off_at is null;

-- What was done to the roster, so that it can be undone: which turns came, which went, which shifts were made.
create table roster_change (
    city       text        not null,
    id         uuid        not null,
    at         timestamptz not null,
    kind       text        not null check (kind in ('generated', 'added', 'removed', 'replaced', 'swapped')),
    by         uuid        not null,
    by_name    text        not null,
    words      text        not null default '',
    added      uuid[]      not null,
    removed    uuid[]      not null,
    made       uuid[]      not null,
    undone_at  timestamptz,
    primary key (city, id)
);
create index roster_change_at on roster_change (city, at desc);

-- One asks another to take a turn, or to change turns; the other agrees; the supervisor decides.
create table shift_swap (
    city             text        not null,
    id               uuid        not null,
    turn             uuid        not null,
    asked            uuid        not null,           -- the person who is asked
    in_return        uuid,                           -- the turn of theirs that goes the other way
    words            text        not null default '',
    state            text        not null check (state in
                     ('asked', 'agreed', 'refused', 'withdrawn', 'approved', 'declined')),
    asked_at         timestamptz not null,
    answered_at      timestamptz,
    decided_at       timestamptz,
    decided_by_name  text        not null default '',
    reason           text        not null default '',
    primary key (city, id),
    foreign key (city, turn) references shift_turn (city, id),
    foreign key (city, in_return) references shift_turn (city, id),
    foreign key (city, asked) references person (city, id)
);
create unique index shift_swap_once on shift_swap (city, turn) where state in ('asked', 'agreed');
create index shift_swap_asked on shift_swap (city, asked);

-- What those who go tell those who come.
create table relief_note (
    city               text        not null,
    id                 uuid        not null,
    shift              uuid        not null,
    author             uuid        not null,
    author_name        text        not null,
    words              text        not null,
    open_incidents     integer     not null,       -- as many lay open when it was written
    waiting            integer     not null,
    written_at         timestamptz not null,
    confirmed_by       uuid,
    confirmed_by_name  text        not null default '',
    confirmed_at       timestamptz,
    primary key (city, id),
    foreign key (city, shift) references shift (city, id)
);
create index relief_note_open on relief_note (city, written_at) where confirmed_at is null;
create index relief_note_shift on relief_note (city, shift);

-- A calendar that phones read: who has its address has the roster of one person, so only the address's hash is kept.
create table roster_calendar (
    city        text        not null,
    id          uuid        not null,
    person      uuid        not null,
    token_hash  bytea       not null,
    made_at     timestamptz not null,
    revoked_at  timestamptz,
    primary key (city, id),
    unique (city, token_hash),
    foreign key (city, person) references person (city, id)
);
create unique index roster_calendar_person on roster_calendar (city, person) where revoked_at is null;

-- For figures by shift: `join shift_period s on s.city = r.city and r.received_at >= s.starts_at and r.received_at < s.ends_at`,
-- or shift_at(city, at), which names one shift also where two overlap.
create view shift_period with (security_invoker = true) as
    select city, id, day, code, name_id, name_en, starts_at, ends_at from shift where cancelled_at is null;
create function shift_at(of_city text, at timestamptz) returns text language sql stable as $$
    select code from shift_period where city = of_city and starts_at <= at and starts_at > at - interval '24 hours' and ends_at > at
    order by starts_at desc limit 1
$$;

select tanggap_protect('shift_plan');
select tanggap_protect('roster_member');
select tanggap_protect('shift');
select tanggap_protect('shift_turn');
select tanggap_protect('roster_change');
select tanggap_protect('shift_swap');
select tanggap_protect('relief_note');
select tanggap_protect('roster_calendar');
grant select on shift_period to tanggap_app;
revoke delete, truncate on shift, shift_turn, roster_change, shift_swap, relief_note, roster_calendar from tanggap_app;
