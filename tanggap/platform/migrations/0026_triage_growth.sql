-- Sentences from confirmed reports that teach the triage beside the pack's own, version after version. Numbers, names and whatever
-- only one or two callers said are gone from them before they are stored.

create table triage_growth (
    city        text        not null,
    version     integer     not null check (version > 0),
    state       text        not null check (state in ('asked', 'too_few', 'proposed', 'published', 'withdrawn')),
    sentences   jsonb       not null default '[]',
    basis       jsonb,                                  -- the side-by-side that was shown
    made_at     timestamptz not null,
    made_by     uuid,
    decided_at  timestamptz,
    decided_by  uuid,
    primary key (city, version),
    check ((state in ('proposed', 'published')) <= (basis is not null))
);
-- The one in force is the newest that is published; taking it back brings the one before.
create index triage_growth_published on triage_growth (city, version desc) where state = 'published';
create index triage_growth_asked on triage_growth (city, version) where state = 'asked';
select tanggap_protect('triage_growth');
revoke delete, truncate on triage_growth from tanggap_app;
