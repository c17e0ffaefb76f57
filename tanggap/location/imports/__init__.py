"""A city's places from files: one file a format, then the same checks, the same joining, one plan, one transaction."""
