-- Text within a call, letter by letter as it is typed: what both sides have written, sealed as a recording is.

create table call_text (
    city           text        not null,
    call           uuid        not null,
    port           integer     not null,                -- where the decider listens for the caller's letters
    offer          jsonb       not null,                -- where the other side listens, and how it says text
    opened_at      timestamptz not null,
    heard_ssrc     bigint,                              -- the caller's stream and the number that comes next in it:
    heard_number   integer,                             -- whoever listens after us knows what is missing
    heard_letters  integer     not null default 0,      -- that the caller has written; outlives them
    letters        integer     not null default 0,      -- of both sides
    closed_at      timestamptz,
    lines          integer,
    sha256         bytea,                               -- of the conversation at its end; it is on the report's timeline, too
    expires_at     timestamptz,
    deleted_at     timestamptz,                         -- the letters went then; this row stays
    primary key (city, call),
    foreign key (city, call) references call (city, id)
);
create index call_text_open on call_text (city) where closed_at is null;
create index call_text_expiry on call_text (city, expires_at) where closed_at is not null and deleted_at is null;

create table call_text_piece (
    city      text        not null,
    call      uuid        not null,
    position  integer     not null,                     -- given while the conversation's row is locked: 1, 2, 3 …
    id        uuid        not null,                     -- who says the same twice is written down once
    at        timestamptz not null,
    side      text        not null check (side in ('caller', 'desk')),
    person    uuid,
    sealed    bytea       not null,
    sent_at   timestamptz,                              -- of the desk's: when it went out to the caller
    primary key (city, call, position),
    unique (city, call, id),
    foreign key (city, call) references call_text (city, call)
);
create index call_text_unsent on call_text_piece (city, call, position) where side = 'desk' and sent_at is null;

select tanggap_protect('call_text');
select tanggap_protect('call_text_piece');
revoke delete, truncate on call_text from tanggap_app;
