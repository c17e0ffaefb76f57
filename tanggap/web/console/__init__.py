"""The call taker's console: what comes in, the report being written, and everything known beside it."""
