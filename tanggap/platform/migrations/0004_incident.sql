-- What all eight steps write on: callers, reports, incidents, assignments, photos, and the timeline.

create table caller (
    city           text        not null,
    id             uuid        not null,
    number_hash    bytea       not null,  -- keyed hash: finds a caller again without the number
    number_sealed  bytea       not null,  -- the number itself, encrypted
    masked         text        not null,  -- 0813…42, all that a list needs
    first_seen_at  timestamptz not null,
    last_seen_at   timestamptz not null,
    primary key (city, id),
    unique (city, number_hash)
);

create table counter (
    city  text   not null,
    name  text   not null,
    value bigint not null,
    primary key (city, name)
);

create table incident (
    city            text        not null,
    id              uuid        not null,
    number          bigint      not null,
    state           text        not null check (state in ('open', 'assigned', 'responding', 'resolved', 'closed')),
    category        text,
    priority        text        not null check (priority in ('P1', 'P2', 'P3', 'P4')),
    summary         text        not null default '',
    address_words   text        not null default '',
    place_label     text        not null default '',
    lat             double precision,
    lon             double precision,
    uncertainty_m   double precision,
    area            text,
    opened_at       timestamptz not null,
    assigned_at     timestamptz,
    responding_at   timestamptz,
    resolved_at     timestamptz,
    closed_at       timestamptz,
    due_at          timestamptz,           -- finished by then, or overdue
    reopened        integer     not null default 0,
    attention       text,                  -- why a supervisor must look: no_agency, rejected_by_all, expired, unlocated …
    report_count    integer     not null default 0,
    merged_into     uuid,
    rev             integer     not null default 1,
    is_example      boolean     not null default false,
    primary key (city, id),
    unique (city, number)
);
create index incident_live on incident (city, opened_at) where state <> 'closed';
create index incident_opened on incident (city, opened_at);
create index incident_near on incident (city, lat, lon) where state <> 'closed';
create index incident_attention on incident (city, opened_at) where attention is not null and state <> 'closed';
-- The overdue list reads the earliest due first; a resolved incident waits for the citizen and is no longer due.
create index incident_due on incident (city, due_at) where state in ('open', 'assigned', 'responding');

create table report (
    city             text        not null,
    id               uuid        not null,
    received_at      timestamptz not null,
    channel          text        not null,
    state            text        not null check (state in ('waiting', 'active', 'closed')),
    words            text        not null default '',
    address_words    text        not null default '',
    caller           uuid,
    caller_name      bytea,                -- encrypted
    lat              double precision,
    lon              double precision,
    uncertainty_m    double precision,
    location_source  text,
    place_label      text        not null default '',
    area             text,
    category         text,
    priority         text,
    answers          jsonb       not null default '{}',
    flags            text[]      not null default '{}',
    disposition      text,
    disposed_at      timestamptz,
    disposed_by      uuid,
    incident         uuid,
    claimed_by       uuid,
    claimed_at       timestamptz,
    track            bytea       not null, -- sha256 of the citizen's token; the token itself is derived, never stored
    external_id      text,                 -- the sender's own key: the same key is the same report
    rev              integer     not null default 1,
    is_example       boolean     not null default false,
    primary key (city, id),
    foreign key (city, caller) references caller (city, id),
    foreign key (city, incident) references incident (city, id)
);
create unique index report_track on report (city, track);
create unique index report_external on report (city, external_id) where external_id is not null;
create index report_open on report (city, state, received_at) where state <> 'closed';
create index report_received on report (city, received_at) include (disposition, channel, state);
create index report_caller on report (city, caller, received_at desc) where caller is not null;
create index report_incident on report (city, incident) where incident is not null;

create table assignment (
    city             text        not null,
    id               uuid        not null,
    incident         uuid        not null,
    agency           text        not null,
    role             text        not null check (role in ('lead', 'support')),
    state            text        not null check (state in
                     ('sent', 'acknowledged', 'en_route', 'on_scene', 'done', 'rejected', 'expired', 'withdrawn')),
    sent_at          timestamptz not null,
    answer_due_at    timestamptz not null,
    acknowledged_at  timestamptz,
    en_route_at      timestamptz,
    on_scene_at      timestamptz,
    done_at          timestamptz,
    ended_at         timestamptz,          -- rejected, expired or withdrawn
    reason           text        not null default '',
    result           text        not null default '',
    answered_by      uuid,
    rev              integer     not null default 1,
    is_example       boolean     not null default false,
    primary key (city, id),
    foreign key (city, incident) references incident (city, id)
);
-- One agency is asked once at a time: a second «send» cannot double it.
create unique index assignment_live on assignment (city, incident, agency)
    where state in ('sent', 'acknowledged', 'en_route', 'on_scene');
create index assignment_agency on assignment (city, agency, sent_at desc);
create index assignment_agency_live on assignment (city, agency, sent_at)
    where state in ('sent', 'acknowledged', 'en_route', 'on_scene');
create index assignment_incident on assignment (city, incident);
create index assignment_sent on assignment (city, sent_at) include (agency, state);

create table photo (
    city        text        not null,
    id          uuid        not null,
    report      uuid,
    incident    uuid,
    assignment  uuid,
    agency      text,                      -- null: a citizen's
    added_at    timestamptz not null,
    added_by    uuid,
    mime        text        not null,
    width       integer     not null,
    height      integer     not null,
    sha256      bytea       not null,
    full_image  bytea       not null,      -- re-encoded: no EXIF, no position of the camera
    thumbnail   bytea       not null,
    is_example  boolean     not null default false,
    primary key (city, id)
);
create index photo_report on photo (city, report) where report is not null;
create index photo_incident on photo (city, incident) where incident is not null;

create table feedback (
    city        text        not null,
    id          uuid        not null,
    report      uuid        not null,
    incident    uuid,
    at          timestamptz not null,
    verdict     text        not null check (verdict in ('confirmed', 'not_done', 'rated')),
    stars       smallint    check (stars between 1 and 5),
    words       text        not null default '',
    is_example  boolean     not null default false,
    primary key (city, id),
    foreign key (city, report) references report (city, id)
);
create index feedback_report on feedback (city, report, at);
create index feedback_at on feedback (city, at);

-- The timeline: append-only, chained by subject (the incident, or the report while it has none).
create table timeline (
    city        text        not null,
    subject     uuid        not null,
    seq         integer     not null,
    position    bigint      generated always as identity,
    xid         xid8        not null,      -- readers stop below the oldest running transaction and so never skip a late commit
    at          timestamptz not null,
    kind        text        not null,
    report      uuid,
    incident    uuid,
    agency      text,
    audience    text[]      not null default '{}',  -- agencies that may see this entry, beside the 112 team
    actor       uuid,
    actor_name  text        not null default '',
    body        jsonb       not null default '{}',
    is_example  boolean     not null default false,
    prev        bytea       not null,
    hash        bytea       not null,
    primary key (city, subject, seq)
);
create index timeline_feed on timeline (city, xid, position);
create index timeline_incident on timeline (city, incident, position) where incident is not null;
create index timeline_report on timeline (city, report, position) where report is not null;

create function timeline_hash(entry timeline) returns bytea language sql stable as $$
    select sha256(entry.prev || convert_to(jsonb_build_array(
        entry.city, entry.subject, entry.seq, (extract(epoch from entry.at) * 1000000)::bigint, entry.kind, entry.report,
        entry.incident, entry.agency, entry.audience, entry.actor, entry.actor_name, entry.body, entry.is_example)::text, 'UTF8'))
$$;

create function timeline_chain() returns trigger language plpgsql as $$
declare
    last_seq     integer;
    last_hash    bytea;
    last_example boolean;
begin
    perform pg_advisory_xact_lock(hashtextextended(new.city || new.subject::text, 112));
    select seq, hash, is_example into last_seq, last_hash, last_example from timeline
        where city = new.city and subject = new.subject order by seq desc limit 1;
    new.seq := coalesce(last_seq, 0) + 1;
    new.is_example := coalesce(last_example, new.is_example);  -- a chain is an example as a whole, or not at all
    new.prev := coalesce(last_hash, ''::bytea);
    new.xid := pg_current_xact_id();
    new.hash := timeline_hash(new);
    return new;
end
$$;
create trigger timeline_chain before insert on timeline for each row execute function timeline_chain();

-- What happened cannot be changed. Example entries alone may go, and only by the owner of the tables, which the app is not.
create function timeline_is_append_only() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and old.is_example then
        return old;
    end if;
    raise exception 'the timeline is append-only' using errcode = 'insufficient_privilege';
end
$$;
create trigger timeline_append_only before update or delete on timeline for each row execute function timeline_is_append_only();
create trigger timeline_no_truncate before truncate on timeline for each statement execute function timeline_is_append_only();

select tanggap_protect('caller');
select tanggap_protect('counter');
select tanggap_protect('incident');
select tanggap_protect('report');
select tanggap_protect('assignment');
select tanggap_protect('photo');
select tanggap_protect('feedback');
select tanggap_protect('timeline');
revoke update, delete, truncate on timeline from tanggap_app;
