"""For developers: every component in every state."""
