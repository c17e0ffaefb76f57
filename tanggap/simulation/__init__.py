"""Callers and agencies that never were: examples for a demonstration, later load, training and what-if."""
