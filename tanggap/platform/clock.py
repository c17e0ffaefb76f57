"""The one clock: timezone-aware UTC; everything below the doors of the house gets the time passed in."""

from datetime import UTC, datetime, tzinfo


def utcnow() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def moment_of(said: str, zone: tzinfo = UTC) -> datetime | None:
    """A moment as machines write it (ISO 8601), in UTC; without a zone it is one of `zone`. None when it is no moment."""
    try:
        moment = datetime.fromisoformat(said.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
