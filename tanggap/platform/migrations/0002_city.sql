-- What a city configures. `owner` says who may change a row: a pack load touches the pack's rows, never the city's own.
-- Nothing is deleted here, because old incidents name it: what is retired has active = false.

create table city (
    city               text             not null primary key,
    name               text             not null,
    timezone           text             not null,
    prefix             text             not null,  -- of incident numbers: KDI-0042
    emergency_number   text             not null,
    bbox               jsonb            not null,
    centre_lat         double precision not null,
    centre_lon         double precision not null,
    zoom               double precision not null,
    neighbours         text[]           not null default '{}',
    provenance         text             not null check (provenance in ('sourced', 'proposed')),
    source             text             not null default '',
    catalogue_version  bigint           not null default 0,  -- counts every change of the catalogue, so that processes reload
    changed_at         timestamptz      not null
);
alter table city enable row level security;
alter table city force row level security;
-- Which cities there are is no secret; each is written by its own people only.
create policy any_city on city for select using (true);
create policy own_city_insert on city for insert with check (city = current_setting('tanggap.city', true));
create policy own_city_update on city for update using (city = current_setting('tanggap.city', true))
    with check (city = current_setting('tanggap.city', true));
grant select, insert, update on city to tanggap_app;

create table agency (
    city        text    not null references city (city),
    code        text    not null,
    rank        integer not null,  -- its place in lists
    name        text    not null,
    short       text    not null,
    handles_id  text    not null default '',
    handles_en  text    not null default '',
    address     text    not null default '',
    phones      text[]  not null default '{}',
    provenance  text    not null check (provenance in ('sourced', 'proposed')),
    source      text    not null default '',
    owner       text    not null default 'pack' check (owner in ('pack', 'city')),
    active      boolean not null default true,
    primary key (city, code)
);

create table category (
    city        text    not null references city (city),
    code        text    not null,
    rank        integer not null,
    name_id     text    not null,
    name_en     text    not null,
    "group"     text    not null,
    priority    text    not null check (priority in ('P1', 'P2', 'P3', 'P4')),
    lead        text    not null,
    support     text[]  not null default '{}',
    next        text[]  not null default '{}',  -- competent too, in this order, when the lead agency rejects
    questions   jsonb   not null default '[]',
    advice_id   text    not null default '',
    advice_en   text    not null default '',
    words       text[]  not null default '{}',
    provenance  text    not null check (provenance in ('sourced', 'proposed')),
    source      text    not null default '',
    owner       text    not null default 'pack' check (owner in ('pack', 'city')),
    active      boolean not null default true,
    primary key (city, code),
    foreign key (city, lead) references agency (city, code)
);

create table area (
    city             text             not null references city (city),
    code             text             not null,
    rank             integer          not null,
    kind             text             not null check (kind in ('kecamatan', 'kelurahan')),
    name             text             not null,
    parent           text,                          -- the kecamatan of a kelurahan
    lat              double precision not null,     -- centre, degrees WGS 84
    lon              double precision not null,
    inner_lat        double precision not null,     -- a point surely inside
    inner_lon        double precision not null,
    area_km2         double precision not null,
    aliases          text[]           not null default '{}',
    provenance       text             not null check (provenance in ('sourced', 'proposed')),
    source           text             not null default '',
    owner            text             not null default 'pack' check (owner in ('pack', 'city')),
    active           boolean          not null default true,
    geometry         jsonb,                         -- GeoJSON Polygon or MultiPolygon, by `tanggap import areas`
    geometry_source  text,
    geometry_at      timestamptz,
    primary key (city, code),
    foreign key (city, parent) references area (city, code)
);

create table place (
    city           text             not null references city (city),
    code           text             not null,
    rank           integer          not null,
    kind           text             not null,
    name           text             not null,
    aliases        text[]           not null default '{}',
    lat            double precision not null,
    lon            double precision not null,
    uncertainty_m  double precision not null check (uncertainty_m > 0),
    area           text,                            -- kelurahan
    provenance     text             not null check (provenance in ('sourced', 'proposed')),
    source         text             not null default '',
    owner          text             not null default 'pack' check (owner in ('pack', 'city')),
    active         boolean          not null default true,
    primary key (city, code),
    foreign key (city, area) references area (city, code)
);

create table target (
    city           text    not null references city (city),
    priority       text    not null check (priority in ('P1', 'P2', 'P3', 'P4')),
    acknowledge_s  integer not null check (acknowledge_s > 0),
    travel_s       integer not null check (travel_s > 0),
    resolve_s      integer not null check (resolve_s > 0),
    note           text    not null default '',
    provenance     text    not null check (provenance in ('sourced', 'proposed')),
    owner          text    not null default 'pack' check (owner in ('pack', 'city')),
    primary key (city, priority)
);

create table phrase (
    city        text    not null references city (city),
    code        text    not null,
    rank        integer not null,
    kind        text    not null check (kind in ('greeting', 'reply', 'announcement', 'reason')),
    text_id     text    not null,
    text_en     text    not null,
    provenance  text    not null check (provenance in ('sourced', 'proposed')),
    owner       text    not null default 'pack' check (owner in ('pack', 'city')),
    active      boolean not null default true,
    primary key (city, code)
);

select tanggap_protect('agency');
select tanggap_protect('category');
select tanggap_protect('area');
select tanggap_protect('place');
select tanggap_protect('target');
select tanggap_protect('phrase');
revoke delete on agency, category, area, place, target, phrase from tanggap_app;
