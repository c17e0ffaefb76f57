-- The weights of the evidence, version after version. Version 0 is what the program ships with and has no row.

create table evidence_weights (
    city        text        not null,
    version     integer     not null check (version > 0),
    state       text        not null check (state in ('proposed', 'published', 'withdrawn')),
    weights     jsonb       not null,
    basis       jsonb       not null,                   -- the months it was learnt from, and the side-by-side that was shown
    made_at     timestamptz not null,
    made_by     uuid,
    decided_at  timestamptz,
    decided_by  uuid,
    primary key (city, version),
    check ((state = 'proposed') = (decided_at is null))
);
-- The one in force is the newest that is published; taking it back brings the one before.
create index evidence_weights_published on evidence_weights (city, version desc) where state = 'published';
select tanggap_protect('evidence_weights');
revoke delete, truncate on evidence_weights from tanggap_app;
