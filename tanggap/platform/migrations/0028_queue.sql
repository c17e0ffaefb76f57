-- What a call needs of whoever answers it, handing it on to such a one, and messages to callers.

alter table call
    add column needs         text[]      not null default '{}',  -- codes of skills and languages of the roster
    add column needs_by      text        check (needs_by in ('history', 'line', 'key', 'person')),
    add column hand_on_at    timestamptz,                        -- its call taker wants somebody else to go on
    add column handed_on_by  uuid;
create index call_hand_on on call (city) where hand_on_at is not null and state <> 'ended';

-- What people can stands in the roster alone.
alter table operator drop column skills;

-- To a caller: the number stays where it is, and is read when the message is handed over.
alter table delivery
    add column caller  uuid,
    add column report  uuid;
create index delivery_caller on delivery (city, caller, queued_at) where caller is not null;
create index delivery_report on delivery (city, report, queued_at) where report is not null;

-- What a stranger writes to us is a text to 112.
alter table inbound_message drop constraint inbound_message_state_check;
alter table inbound_message add constraint inbound_message_state_check
    check (state in ('new', 'acted', 'unclear', 'refused', 'stranger', 'report'));
