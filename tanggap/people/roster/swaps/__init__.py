"""Changing turns: one asks, another agrees, the supervisor decides."""
