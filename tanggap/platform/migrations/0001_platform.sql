-- What every table of the house gets from the platform: the app's role, row-level security by city, jobs and leases.

-- The app works as this role, never as the owner of the tables. Roles belong to the whole cluster, so it may be there already.
do $$
begin
    create role tanggap_app nologin;
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
