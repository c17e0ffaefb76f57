"""A person's own shifts as a calendar that phones read (iCalendar, RFC 5545)."""
