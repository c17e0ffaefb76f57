-- A long message goes out in parts, each with a name of its own: those of one hand-over are told apart from those of the next by the
-- name of its first part, which delivery.provider_id has too.
alter table delivery_handed add column whole text not null default '';
alter table delivery_handed no force row level security;
update delivery_handed set whole = provider_id;
alter table delivery_handed force row level security;
create index delivery_handed_whole on delivery_handed (city, provider, whole);
