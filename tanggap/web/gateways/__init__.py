"""Doors at which providers of messages tell us what became of ours, and bring answers."""
