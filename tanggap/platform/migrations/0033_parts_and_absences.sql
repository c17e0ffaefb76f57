-- A long message goes out in parts, each with a name of its own: those of one hand-over are told apart from those of the next by the
-- name of its first part, which delivery.provider_id has too.
alter table delivery_handed add column whole text not null default '';
alter table delivery_handed no force row level security;
update delivery_handed set whole = provider_id;
alter table delivery_handed force row level security;
create index delivery_handed_whole on delivery_handed (city, provider, whole);

-- Leave and sickness: from which day to which somebody on the roster is away; `since` and `until` are those days' moments in the
-- city's zone. What was taken back stays, so that this can be taken back too.
create table roster_absence (
    city           text        not null,
    id             uuid        not null,
    person         uuid        not null,
    kind           text        not null check (kind in ('leave', 'sick', 'other')),
    first          date        not null,
    last           date        not null check (last >= first),
    since          timestamptz not null,
    until          timestamptz not null,
    words          text        not null default '',
    noted_by_name  text        not null,
    noted_at       timestamptz not null,
    withdrawn_at   timestamptz,
    primary key (city, id),
    foreign key (city, person) references person (city, id)
);
create index roster_absence_person on roster_absence (city, person, until) where withdrawn_at is null;
select tanggap_protect('roster_absence');
revoke delete, truncate on roster_absence from tanggap_app;
