"""What other rules would have meant for incidents that were."""
