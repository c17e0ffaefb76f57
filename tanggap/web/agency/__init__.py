"""The agency's desk: its own assignments, and what it answers."""
