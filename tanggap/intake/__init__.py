"""Step 1: a contact comes in, by whatever channel, and is stored before anything judges it."""
