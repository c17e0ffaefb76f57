-- What call takers teach the gazetteer: words that it did not know, and the place that was meant. A coordinator decides.

create table place_proposal (
    city           text             not null references city (city),
    id             uuid             not null,
    said           text             not null,           -- the mention as it is compared: folded, without numbers of people
    kind           text             not null check (kind in ('alias', 'place')),
    place          text,                                -- of an alias: the code of the place that was picked
    lat            double precision not null,           -- the mean of all pins, degrees WGS 84
    lon            double precision not null,
    pin_m          double precision not null check (pin_m > 0),  -- how exact the first pin was, metres
    scatter_m2     double precision not null default 0, -- sum of the squared distances of the pins from their mean
    area           text,
    reports        uuid[]           not null,           -- each counts once
    people         uuid[]           not null,           -- the call takers who confirmed it
    first_at       timestamptz      not null,
    last_at        timestamptz      not null,
    state          text             not null default 'proposed' check (state in ('proposed', 'approved', 'rejected')),
    decided_by     uuid,
    decided_at     timestamptz,
    made           text,                                -- the code of the place that the approval wrote
    primary key (city, id),
    check ((kind = 'alias') = (place is not null)),
    check ((state = 'proposed') = (decided_at is null))
);
create index place_proposal_said on place_proposal (city, said);
create index place_proposal_open on place_proposal (city, last_at desc) where state = 'proposed';
create index place_proposal_decided on place_proposal (city, decided_at desc) where state <> 'proposed';
select tanggap_protect('place_proposal');
revoke delete, truncate on place_proposal from tanggap_app;
