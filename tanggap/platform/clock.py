"""The one clock: timezone-aware UTC; everything below the doors of the house gets the time passed in."""

from datetime import UTC, datetime


def utcnow() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)
