"""Step 6: progress in the field, until it is done."""
