-- What speaks for or against a report beside words: how much of a call its caller was silent, and warnings of the weather.

-- Share of the call (0–1) in which neither the caller nor the desk spoke, heard from the recording when it is sealed.
alter table call_recording add column silence real check (silence between 0 and 1);

-- Warnings in force, and some that are over: what a weather service says for an area and a time. Replaced by each sound answer.
create table weather_alert (
    city        text        not null,
    id          text        not null,   -- the service's own name of it
    kind        text        not null check (kind in ('rain', 'wind', 'wave', 'heat')),
    event       text        not null,   -- in the service's words, for people
    starts_at   timestamptz not null,
    ends_at     timestamptz not null check (ends_at > starts_at),
    areas       text[]      not null default '{}',  -- kecamatan of the city; none: all of it
    is_forecast boolean     not null default false, -- a forecast, which is less than a warning
    primary key (city, id, kind)
);
create index weather_alert_ends on weather_alert (city, ends_at);
select tanggap_protect('weather_alert');

-- How the feed is: a row once it was asked for the first time.
create table weather_feed (
    city        text        not null primary key,
    asked_at    timestamptz not null,
    sound_at    timestamptz,            -- the last answer that could be read
    fails       integer     not null default 0,
    flaw        text        not null default ''
);
select tanggap_protect('weather_feed');
