-- Lists that ask for what is rare: a category hardly anybody reports, assignments that came to nothing.

create index incident_category on incident (city, category, opened_at);
create index assignment_given_back on assignment (city, sent_at) where state in ('rejected', 'expired', 'withdrawn');
