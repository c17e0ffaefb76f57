"""The ways by which a message leaves the house, each behind the same interface."""
