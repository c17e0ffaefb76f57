"""What happens when an agency does not act in time: a ladder of people who are told, one timer a rung."""
