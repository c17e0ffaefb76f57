"""The moment about which the evidence is weighed."""

from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # 11.00 in Kendari


def at(minutes: float) -> datetime:
    """So many minutes after it."""
    return NOW + timedelta(minutes=minutes)
