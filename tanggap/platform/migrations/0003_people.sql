-- People, their sessions and devices, tokens for machines, wrong passwords, and the audit of who saw or changed what.

create table person (
    city                  text        not null,
    id                    uuid        not null,
    login                 text        not null,
    name                  text        not null,
    password_hash         text        not null,
    must_change_password  boolean     not null,
    roles                 text[]      not null check (cardinality(roles) > 0 and roles <@ array[
                          'call_taker', 'supervisor', 'coordinator', 'agency', 'field', 'auditor', 'administrator']),
    agency                text,
    locale                text        not null default 'id' check (locale in ('id', 'en')),
    active                boolean     not null default true,
    is_demo               boolean     not null default false,
    created_at            timestamptz not null,
    password_changed_at   timestamptz not null,
    primary key (city, id),
    unique (city, login),
    -- A person belongs to one agency or to the 112 centre, never to both.
    check ((agency is not null) = (roles && array['agency', 'field'])),
    check (agency is null or roles <@ array['agency', 'field'])
);
create index person_demo on person (city) where is_demo and active;

create table session (
    city          text        not null,
    id            uuid        not null,
    token_hash    bytea       not null,    -- sha256 of the cookie's token; the token itself is stored nowhere
    person        uuid        not null,
    created_at    timestamptz not null,
    last_seen_at  timestamptz not null,
    expires_at    timestamptz not null,
    ended_at      timestamptz,
    user_agent    text        not null default '',
    primary key (city, id),
    unique (city, token_hash),
    foreign key (city, person) references person (city, id)
);
create index session_living on session (city, person) where ended_at is null;
create index session_expiry on session (city, expires_at);

-- Browsers that somebody has signed in on: their failures are counted apart from strangers'.
create table device (
    city          text        not null,
    device_hash   bytea       not null,    -- sha256 of the device cookie
    person        uuid        not null,
    last_used_at  timestamptz not null,
    primary key (city, device_hash, person),
    foreign key (city, person) references person (city, id)
);
create index device_person on device (city, person);
create index device_age on device (city, last_used_at);

-- Wrong passwords in a row, by keyed hash of login and kind of device: a password typed into the wrong field is not kept.
create table login_attempt (
    city            text        not null,
    bucket          bytea       not null,
    failures        integer     not null,
    last_failed_at  timestamptz not null,
    primary key (city, bucket)
);
create index login_attempt_age on login_attempt (city, last_failed_at);

create table api_token (
    city        text        not null,
    id          uuid        not null,
    token_hash  bytea       not null,
    name        text        not null,
    role        text        not null,
    agency      text,
    issued_by   uuid,
    created_at  timestamptz not null,
    expires_at  timestamptz,
    revoked_at  timestamptz,
    primary key (city, id),
    unique (city, token_hash),
    check ((agency is not null) = (role in ('agency', 'field')))
);

create table audit (
    city         text        not null,
    at           timestamptz not null,
    id           uuid        not null,
    person       uuid,                     -- null: nobody signed in, or the command line
    person_name  text        not null,
    act          text        not null,
    subject      text        not null,     -- what it was about: person:<id>, report:<id> …
    detail       jsonb       not null default '{}',
    primary key (city, at, id)
);
create index audit_person on audit (city, person, at desc);
create index audit_subject on audit (city, subject, at desc);

create function audit_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'the audit is append-only' using errcode = 'insufficient_privilege';
end
$$;
create trigger audit_append_only before update or delete on audit for each row execute function audit_is_append_only();
create trigger audit_no_truncate before truncate on audit for each statement execute function audit_is_append_only();

select tanggap_protect('person');
select tanggap_protect('session');
select tanggap_protect('device');
select tanggap_protect('login_attempt');
select tanggap_protect('api_token');
select tanggap_protect('audit');
revoke update, delete, truncate on audit from tanggap_app;
revoke delete, truncate on person from tanggap_app;
