-- The city's gazetteer: `place` grows from the pack's list to every name that a city has, 100,000 of them, kept current in every
-- process by asking «what changed since N».

alter table city
    add column places_version bigint not null default 0,  -- counts every transaction that wrote places
    add column places_mark    uuid   not null default gen_random_uuid();  -- tells this database from another with equal numbers

-- owner: pack (facts that came with Tanggap), city (made by its people), import (rows of a file, `dataset` says which),
-- learned (what a caller said and a coordinator approved).
-- same_as: this row is another's place under other words. It is no entry of its own while that one is active: its names are
-- then names of that one (a place's code or an area's). So no import overwrites the pack's names, and none is lost with it.
alter table place
    add column geometry     jsonb,                     -- GeoJSON of a line or an area, where one is known
    add column licence      text   not null default '',
    add column dataset      text   not null default '',  -- the import that owns the row; '' for pack, city and learned
    add column external_id  text   not null default '',  -- what the file calls it
    add column same_as      text,
    add column seq          bigint not null default 0,  -- the places_version that wrote it last
    alter column rank set default 0,
    drop constraint place_owner_check,
    add constraint place_owner_check check (owner in ('pack', 'city', 'import', 'learned')),
    add constraint place_dataset_check check ((owner = 'import') = (dataset <> '')),
    add constraint place_same_as_check check (same_as <> code);
create index place_changed on place (city, seq);
create index place_same_as on place (city, same_as) where same_as is not null;
create index place_dataset on place (city, dataset) where dataset <> '';
-- An import can double the table; statistics of the smaller one must not last.
alter table place set (autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.05);

-- Numbers what is written. The first row that a transaction writes raises the city's places_version, and so holds its row until the
-- commit: writers of places go one after another, and who sees version N sees every row up to N.
create function tanggap_place_written() returns trigger language plpgsql as $$
declare
    said    text := current_setting('tanggap.places_written', true);
    number  bigint;
begin
    if said like new.city || ':%' then
        number := split_part(said, ':', 2)::bigint;
    else
        update city set places_version = places_version + 1 where city = new.city returning places_version into number;
        perform set_config('tanggap.places_written', new.city || ':' || number, true);
    end if;
    new.seq := number;
    if tg_op = 'UPDATE' and old.same_as is not null and old.same_as is distinct from new.same_as then
        update place set seq = number where city = new.city and code = old.same_as;  -- it loses the names of this row
    end if;
    return new;
end
$$;
create trigger place_written before insert or update on place for each row execute function tanggap_place_written();

-- One row for each accepted import of a file; written in the same transaction as the places, so that it stands for all of them.
create table place_import (
    city         text        not null references city (city),
    id           uuid        not null,
    dataset      text        not null,
    file_name    text        not null,
    file_sha256  text        not null,
    file_bytes   bigint      not null,
    format       text        not null,
    source       text        not null default '',
    licence      text        not null default '',
    by           text        not null,              -- who ran it: the account of the machine
    at           timestamptz not null,
    added        integer     not null,
    changed      integer     not null,
    unchanged    integer     not null,
    retired      integer     not null,
    refused      integer     not null,
    refusals     jsonb       not null default '[]',  -- the first thousand: row, name, reason
    primary key (city, id)
);
create index place_import_dataset on place_import (city, dataset, at);
select tanggap_protect('place_import');
revoke update, delete on place_import from tanggap_app;
