-- Voice calls: each call's row, what happened to it, who can answer, whom to call back, and recordings.

create table call (
    city             text        not null,
    id               uuid        not null,
    sip_id           text        not null,             -- Call-ID of the caller's side: the same call is stored once
    report           uuid        not null,             -- opened by the call itself, at its first ring
    caller           uuid,                             -- null: the network withheld the number
    direction        text        not null check (direction in ('in', 'web', 'out')),
    trunk            text        not null default '',
    dialled          text        not null default '',
    queue            text        not null default 'main',
    state            text        not null check (state in ('ringing', 'queued', 'offered', 'talking', 'held', 'ended')),
    outcome          text        check (outcome in ('answered', 'abandoned', 'overflowed', 'unanswered', 'called_back')),
    rang_at          timestamptz not null,
    offered_at       timestamptz,                      -- the first time an operator's phone rang
    answered_at      timestamptz,
    ended_at         timestamptz,
    operator         uuid,                             -- whose phone rings, who talks, who talked last
    answered_where   text        not null default '',  -- desk, or the target outside the centre that answered
    ended_by         text        not null default '',  -- caller, operator, network
    is_urgent        boolean     not null default false,  -- pressed 1 for «danger now»
    keys             text        not null default '',  -- keys that the caller pressed
    call_back_state  text        check (call_back_state in ('due', 'reached', 'given_up', 'settled')),
    call_back_at     timestamptz,                      -- when it is due (again)
    call_back_tries  integer     not null default 0,
    of_call          uuid,                             -- an outgoing call: the one that it calls back
    rev              integer     not null default 1,
    is_example       boolean     not null default false,
    primary key (city, id),
    unique (city, sip_id),
    foreign key (city, report) references report (city, id),
    foreign key (city, caller) references caller (city, id),
    check ((state = 'ended') = (ended_at is not null))
);
create index call_live on call (city, rang_at) where state <> 'ended';
create index call_rang on call (city, rang_at) include (outcome, direction);
create index call_report on call (city, report);
create index call_caller on call (city, caller, rang_at desc) where caller is not null;
create index call_back_due on call (city, call_back_at) where call_back_state = 'due';
create index call_of on call (city, of_call) where of_call is not null;

-- What happened to a call, second by second. Append-only.
create table call_event (
    city        text        not null,
    call        uuid        not null,
    id          uuid        not null,                  -- sorts by time
    at          timestamptz not null,
    kind        text        not null,
    person      uuid,
    body        jsonb       not null default '{}',
    is_example  boolean     not null default false,
    primary key (city, call, id)
);

-- Who may be rung. The decider writes the state; people write their pause, desk and skills.
create table operator (
    city           text        not null,
    person         uuid        not null,
    state          text        not null default 'away' check (state in ('away', 'ready', 'ringing', 'talking', 'wrap_up')),
    since          timestamptz not null,
    call           uuid,
    registered     boolean     not null default false, -- a phone of theirs is connected
    paused         boolean     not null default false, -- wants no calls for now
    pause_reason   text        not null default '',
    desk           text        not null default 'main',
    skills         text[]      not null default '{}',  -- languages and subjects, such as «en» or «counselling»
    primary key (city, person)
);

-- A queue as people have set it: whether a burst was declared, and by whom.
create table call_queue (
    city         text        not null,
    name         text        not null,
    burst_since  timestamptz,
    burst_by     uuid,
    primary key (city, name)
);

create table call_back (
    city     text        not null,
    id       uuid        not null,
    call     uuid        not null,                     -- the call that was missed
    at       timestamptz not null,
    by       uuid,
    outcome  text        not null check (outcome in ('reached', 'no_answer', 'busy', 'failed', 'link_sent')),
    out      uuid,                                     -- the outgoing call, where there was one
    primary key (city, id),
    foreign key (city, call) references call (city, id)
);
create index call_back_call on call_back (city, call, at);

create table call_recording (
    city        text        not null,
    id          uuid        not null,
    call        uuid        not null,
    state       text        not null check (state in ('recording', 'stored', 'failed', 'deleted')),
    path        text        not null default '',       -- below the recordings' folder
    key_id      smallint,                              -- of the key that sealed it
    sha256      bytea,                                 -- of the audio before it was sealed
    bytes       bigint,
    seconds     double precision,
    flaw        text        not null default '',       -- why it failed
    started_at  timestamptz not null,
    stored_at   timestamptz,
    expires_at  timestamptz,
    legal_hold  boolean     not null default false,
    held_by     uuid,
    deleted_at  timestamptz,
    is_example  boolean     not null default false,
    primary key (city, id),
    foreign key (city, call) references call (city, id)
);
create index call_recording_call on call_recording (city, call);
create index call_recording_expiry on call_recording (city, expires_at) where state = 'stored' and not legal_hold;

create function call_event_is_append_only() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and old.is_example then
        return old;
    end if;
    raise exception 'what happened to a call is append-only' using errcode = 'insufficient_privilege';
end
$$;
create trigger call_event_append_only before update or delete on call_event
    for each row execute function call_event_is_append_only();
create trigger call_event_no_truncate before truncate on call_event
    for each statement execute function call_event_is_append_only();

select tanggap_protect('call');
select tanggap_protect('call_event');
select tanggap_protect('operator');
select tanggap_protect('call_queue');
select tanggap_protect('call_back');
select tanggap_protect('call_recording');
revoke update, delete, truncate on call_event from tanggap_app;
revoke update, delete, truncate on call_back from tanggap_app;
revoke delete, truncate on call from tanggap_app;
revoke delete, truncate on call_recording from tanggap_app;
