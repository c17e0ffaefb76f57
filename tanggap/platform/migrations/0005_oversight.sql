-- What the coordinator's, the supervisor's and the auditor's pages read: every count walks one index and touches no table.

-- A period's incidents, with all that is counted of them.
create index incident_counted on incident (city, opened_at)
    include (id, state, category, area, priority, assigned_at, resolved_at, reopened, merged_into);
-- What was sent to agencies in a period, with the times that their answers are measured by.
create index assignment_counted on assignment (city, sent_at)
    include (agency, state, acknowledged_at, answer_due_at, done_at, incident);
drop index assignment_sent;
-- The reports that became an incident, by arrival: how long until an agency was asked.
create index report_told on report (city, received_at) include (incident) where incident is not null;
create index feedback_confirmed on feedback (city, at) include (incident) where verdict = 'confirmed';
-- The supervisor's list: the most urgent first, the earliest due first.
create index incident_urgent on incident (city, priority, due_at) where state in ('open', 'assigned', 'responding');
-- One kind of act among millions of lines.
create index audit_act on audit (city, act, at desc, id desc);
