-- Telling people who look at no screen. Whom an agency has for that, and one row for each message to one address by one channel.

create table agency_contact (
    city            text        not null,
    id              uuid        not null,
    agency          text        not null,
    step            text        not null check (step in ('duty', 'second', 'head')),
    name            text        not null,
    channel         text        not null check (channel in ('screen', 'sms', 'whatsapp', 'email', 'push', 'webhook')),
    address_hash    bytea       not null,           -- keyed: finds whose answer a message is
    address_sealed  bytea       not null,
    address_masked  text        not null,
    locale          text        not null default 'id' check (locale in ('id', 'en')),
    active          boolean     not null default true,
    changed_at      timestamptz not null,
    primary key (city, id),
    foreign key (city, agency) references agency (city, code)
);
create index agency_contact_step on agency_contact (city, agency, step) where active;
create index agency_contact_address on agency_contact (city, address_hash) where active;

create table person_contact (
    city            text        not null,
    id              uuid        not null,
    person          uuid        not null,
    channel         text        not null check (channel in ('screen', 'sms', 'whatsapp', 'email', 'push', 'webhook')),
    address_hash    bytea       not null,
    address_sealed  bytea       not null,
    address_masked  text        not null,
    active          boolean     not null default true,
    changed_at      timestamptz not null,
    primary key (city, id),
    foreign key (city, person) references person (city, id)
);
create index person_contact_person on person_contact (city, person) where active;

create table delivery (
    city            text        not null,
    id              uuid        not null,
    notice          uuid        not null,            -- deliveries of one notice share it
    occasion        text        not null,
    channel         text        not null check (channel in ('screen', 'sms', 'whatsapp', 'email', 'push', 'webhook')),
    provider        text,                            -- who was asked last to carry it
    agency          text,                            -- to a contact of this agency …
    person          uuid,                            -- … or to one of the centre's people
    contact         uuid,
    recipient       text        not null,            -- name, as a list shows it
    address_sealed  bytea,
    address_masked  text        not null default '',
    incident        uuid,
    assignment      uuid,
    text            text        not null,
    is_urgent       boolean     not null default false,
    state           text        not null check (state in
                    ('queued', 'sending', 'sent', 'delivered', 'dead', 'settled')),
    attempts        integer     not null default 0,
    maybe_twice     boolean     not null default false, -- a process died in the middle of sending: it may have gone out before
    queued_at       timestamptz not null,
    next_at         timestamptz not null,
    sent_at         timestamptz,
    delivered_at    timestamptz,
    dead_at         timestamptz,
    provider_id     text,                            -- the provider's own name of it: receipts tell by that
    error           text        not null default '',
    owner           uuid,                            -- who has taken it, when it is dead
    taken_at        timestamptz,
    is_example      boolean     not null default false,
    primary key (city, id)
);
create index delivery_due on delivery (city, is_urgent, next_at) where state in ('queued', 'sending');
create index delivery_dead on delivery (city, dead_at) where state = 'dead';
create index delivery_incident on delivery (city, incident, queued_at) where incident is not null;
create index delivery_provider on delivery (city, provider, provider_id) where provider_id is not null;
create index delivery_queued on delivery (city, queued_at);
alter table delivery set (
    autovacuum_analyze_threshold = 200, autovacuum_analyze_scale_factor = 0.02,
    autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0.02, fillfactor = 80);

select tanggap_protect('agency_contact');
select tanggap_protect('person_contact');
select tanggap_protect('delivery');
