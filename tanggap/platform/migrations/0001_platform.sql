-- What every table of the house gets from the platform: the app's role, row-level security by city, jobs and leases.

-- The app works as this role, never as the owner of the tables. Roles belong to the whole cluster, so it may be there already.
do $$
begin
    if not exists (select from pg_roles where rolname = 'tanggap_app') then
        create role tanggap_app nologin;
    end if;
exception
    when duplicate_object or unique_violation then null;
end
$$;
-- The login role must be allowed to become it; where a DBA made the role and the grant, we may not grant it ourselves.
do $$
begin
    execute format('grant tanggap_app to %I', current_user);
exception
    when insufficient_privilege then null;
end
$$;

revoke create on schema public from public;
grant usage on schema public to tanggap_app;
grant select on tanggap_migration to tanggap_app;

-- Gives a table its row-level security (a connection sees the rows of its own city) and the app's rights on it.
create function tanggap_protect(target regclass) returns void language plpgsql as $$
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format(
        'create policy own_city on %s using (city = current_setting(''tanggap.city'', true))'
        ' with check (city = current_setting(''tanggap.city'', true))', target);
    execute format('grant select, insert, update, delete on %s to tanggap_app', target);
end
$$;
revoke execute on function tanggap_protect(regclass) from public;

-- Who does, alone, what must be done once: the worker whose name stands here until the moment it says.
create table lease (
    city    text        not null,
    name    text        not null,
    holder  text        not null,
    until   timestamptz not null,
    primary key (city, name)
);
select tanggap_protect('lease');

-- What is to be done later, or after a commit: a row is one job, gone in the transaction that does it.
create table job (
    city        text        not null,
    id          uuid        not null,
    name        text        not null,
    payload     jsonb       not null default '{}',
    priority    smallint    not null,              -- 1 urgent, 5 normal, 9 bulk; a lower one always goes first
    run_at      timestamptz not null,
    attempt     integer     not null default 0,
    failed_at   timestamptz,                       -- given up: waits for a person, `tanggap doctor` tells of it
    last_error  text,
    primary key (city, id)
);
create index job_ready on job (city, priority, run_at) where failed_at is null;
create index job_failed on job (city, failed_at) where failed_at is not null;
-- Idle, then surge, is the normal case: statistics taken on an empty table must not last.
alter table job set (
    autovacuum_analyze_threshold = 200, autovacuum_analyze_scale_factor = 0.02,
    autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0.02, fillfactor = 80);
select tanggap_protect('job');
