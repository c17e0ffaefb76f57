-- The rules as a city's people change them: one draft, versions that stay, and what the pack says beside them.

-- The one open draft of a city: a row for each entry that somebody has touched, as it would stand in the pack's file.
create table rules_edit (
    city     text        not null,
    kind     text        not null,                        -- agency | category | target | phrase …
    code     text        not null,
    rev      integer     not null,                        -- counts the saves, so that two people do not overwrite each other
    body     jsonb       not null,
    retired  boolean     not null default false,
    dropped  boolean     not null default false,          -- taken back; kept so that this can be taken back too
    at       timestamptz not null,
    by       uuid,
    by_name  text        not null default '',
    primary key (city, kind, code)
);

-- When the draft comes into force, where a time was set. While it stands the draft is not edited.
create table rules_schedule (
    city        text        not null,
    at          timestamptz not null,
    why         text        not null default '',
    by          uuid,
    by_name     text        not null default '',
    asked_at    timestamptz not null,
    refused_at  timestamptz,                              -- its time came, and the draft did not pass any more
    primary key (city)
);

-- All the rules as each version had them. The number is the one that city.catalogue_version had from then on.
create table catalogue_version (
    city      text        not null,
    version   bigint      not null check (version > 0),
    act       text        not null check (act in ('pack', 'publish', 'undo')),
    restores  bigint,                                     -- the version whose rules an undo brought back
    why       text        not null default '',
    rows      jsonb       not null,                       -- table → its rows
    changes   integer     not null default 0,             -- entries that differ from the version before
    at        timestamptz not null,
    by        uuid,
    by_name   text        not null default '',
    primary key (city, version)
);

-- What the pack says now, also where the city has a word of its own.
create table pack_entry (
    city        text        not null,
    kind        text        not null,
    code        text        not null,
    body        jsonb       not null,
    changed_at  timestamptz not null,
    seen_at     timestamptz,                              -- the city looked at it and kept its own
    primary key (city, kind, code)
);

-- When the city last published its own word for an entry.
alter table agency   add column edited_at timestamptz;
alter table category add column edited_at timestamptz;
alter table target   add column edited_at timestamptz;
alter table phrase   add column edited_at timestamptz;

-- By which rules an incident was opened; it keeps them.
alter table incident add column catalogue_version bigint;

select tanggap_protect('rules_edit');
select tanggap_protect('rules_schedule');
select tanggap_protect('catalogue_version');
select tanggap_protect('pack_entry');
revoke update, delete, truncate on catalogue_version from tanggap_app;
