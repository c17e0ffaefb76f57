"""What is left lying: everything open whose time is over, derived from its state, so that nothing can fall off the list."""
