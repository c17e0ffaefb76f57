-- What devices and networks said of where a report is, as it came; and the links by which a caller sends a point.

create table report_location (
    city           text        not null,
    id             uuid        not null,
    report         uuid        not null,
    at             timestamptz not null,               -- when it reached us
    origin         text        not null,               -- device, aml, pidf_lo, network
    raw_sealed     bytea       not null,               -- the message itself, encrypted: it may name the SIM and the device
    lat            double precision,                   -- null: it says nothing of the place
    lon            double precision,
    uncertainty_m  double precision,                   -- radius at 95 %
    stated_m       double precision,                   -- the radius as stated …
    confidence     double precision,                   -- … at this confidence, 0–1
    shape          jsonb,                              -- GeoJSON, where it was no circle
    measured_at    timestamptz,
    flaws          text[]      not null default '{}',
    civic          jsonb       not null default '{}',
    more           jsonb       not null default '{}',
    actor          uuid,
    actor_name     text        not null default '',
    is_example     boolean     not null default false,
    primary key (city, id),
    foreign key (city, report) references report (city, id) on delete cascade,
    check ((lat is null) = (lon is null) and (lat is null) = (uncertainty_m is null))
);
create index report_location_report on report_location (city, report, at);

create table location_link (
    city        text        not null,
    id          uuid        not null,
    report      uuid        not null,
    token_hash  bytea       not null,                  -- sha256; the token itself is derived from the id, never stored
    made_at     timestamptz not null,
    made_by     uuid,
    expires_at  timestamptz not null,
    primary key (city, id),
    unique (city, token_hash),
    foreign key (city, report) references report (city, id) on delete cascade
);
create index location_link_report on location_link (city, report, expires_at);

select tanggap_protect('report_location');
select tanggap_protect('location_link');
-- What was said is not changed afterwards.
revoke update, delete, truncate on report_location from tanggap_app;
revoke update, delete, truncate on location_link from tanggap_app;
