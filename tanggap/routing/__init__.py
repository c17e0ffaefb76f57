"""Step 5: whose is it. Competent agencies, assignment, acknowledgement, escalation."""
