-- Sending: by which names providers know our messages, what they say of them, how they are, and what is answered to us.

alter table delivery
    add column subject     text        not null default '',  -- of an e-mail; the first line of what a phone shows
    add column link        text        not null default '',
    add column locale      text        not null default 'id' check (locale in ('id', 'en')),
    add column settled_by  uuid,
    add column settled_at  timestamptz,
    add column alarmed_at  timestamptz;                        -- when somebody was last told that it is dead

-- What is due is looked for by channel, so that twenty thousand messages of one do not stand before the first of another.
drop index delivery_due;
create index delivery_due on delivery (city, channel, is_urgent, next_at) where state = 'queued';
create index delivery_sending on delivery (city, id) where state = 'sending';
create index delivery_on_screen on delivery (city, agency, queued_at) where channel = 'screen' and state = 'sent';
drop index delivery_provider;
create index delivery_trial on delivery (city, contact, queued_at) where occasion = 'trial';

-- Each time a provider took a message, with its own name of it: a message that was sent again has several.
create table delivery_handed (
    city         text        not null,
    provider     text        not null,
    provider_id  text        not null,
    delivery     uuid        not null,
    handed_at    timestamptz not null,
    primary key (city, provider, provider_id),
    foreign key (city, delivery) references delivery (city, id) on delete cascade
);
create index delivery_handed_delivery on delivery_handed (city, delivery);

-- What a provider said became of it; it may say so twice, in any order, and before we have written that it took the message.
create table delivery_receipt (
    city         text        not null,
    provider     text        not null,
    provider_id  text        not null,
    outcome      text        not null check (outcome in ('delivered', 'failed')),
    detail       text        not null default '',
    received_at  timestamptz not null,
    applied      boolean     not null default false,
    primary key (city, provider, provider_id, outcome)
);

-- A provider that failed is left alone until `retry_at`; a row is written only when that changes.
create table delivery_provider (
    city        text        not null,
    name        text        not null,
    failures    integer     not null,
    open_since  timestamptz,
    retry_at    timestamptz,
    last_error  text        not null default '',
    changed_at  timestamptz not null,
    primary key (city, name)
);

-- Messages to us, kept as they came before anything judges them.
create table inbound_message (
    city            text        not null,
    id              uuid        not null,
    channel         text        not null check (channel in ('sms', 'whatsapp')),
    provider        text        not null,
    external_id     text        not null,
    reply_to        text        not null default '',  -- the provider's name of our message that it answers
    address_hash    bytea       not null,
    address_sealed  bytea       not null,
    address_masked  text        not null,
    words           text        not null,
    received_at     timestamptz not null,
    state           text        not null check (state in ('new', 'acted', 'unclear', 'refused', 'stranger')),
    contact         uuid,
    agency          text,
    assignment      uuid,
    handled_at      timestamptz,
    primary key (city, id),
    unique (city, provider, external_id)
);
create index inbound_message_received on inbound_message (city, received_at);

select tanggap_protect('delivery_handed');
select tanggap_protect('delivery_receipt');
select tanggap_protect('delivery_provider');
select tanggap_protect('inbound_message');
