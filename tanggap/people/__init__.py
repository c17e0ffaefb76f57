"""Who works here: people, their roles and agencies, sessions, tokens for machines, and the audit of who saw what."""
