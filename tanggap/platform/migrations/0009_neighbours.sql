-- A neighbour is more than its name: whom to call there, and which of its places callers of this city name.
-- The pack, loaded after every migration, fills the column again.
alter table city drop column neighbours;
alter table city add column neighbours jsonb not null default '[]';
