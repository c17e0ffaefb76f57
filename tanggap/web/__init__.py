"""The doors for people: one sub-package a person, and one place where role, agency and origin are checked."""
