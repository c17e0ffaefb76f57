-- Where a phone said it was, while no report of its number is known yet: joined when one comes, forgotten when none does.

create table waiting_location (
    city         text        not null,
    id           uuid        not null,
    number_hash  bytea       not null,                 -- as in `caller`
    at           timestamptz not null,                 -- when it reached us
    until        timestamptz not null,                 -- from then on nobody waits for it
    said_sealed  bytea       not null,                 -- the whole message, encrypted
    actor        uuid,
    actor_name   text        not null default '',
    actor_agency text,
    primary key (city, id)
);
create index waiting_location_number on waiting_location (city, number_hash, at);

select tanggap_protect('waiting_location');
revoke truncate on waiting_location from tanggap_app;

-- Where an agency goes out from: places of the gazetteer, for the time that it needs to an incident.
alter table agency add column bases text[] not null default '{}';
