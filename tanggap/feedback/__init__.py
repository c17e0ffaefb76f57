"""Step 7: what the citizen sees and says; re-opening."""
