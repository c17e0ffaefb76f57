"""Moments as machines write them: with a zone, without one, and what is none."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tanggap.platform.clock import moment_of


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-11-24T11:00:00+08:00", datetime(2026, 11, 24, 3, tzinfo=UTC)),
        (" 2026-11-24T03:00:00Z ", datetime(2026, 11, 24, 3, tzinfo=UTC)),
        ("2026-11-24T03:00", datetime(2026, 11, 24, 3, tzinfo=UTC)),
        ("kemarin", None),
        ("", None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_a_moment_is_read_in_utc_or_not_at_all(said: str, meant: datetime | None) -> None:
    assert moment_of(said) == meant


def test_a_moment_without_a_zone_is_one_of_the_city() -> None:
    assert moment_of("2026-11-24T11:00", ZoneInfo("Asia/Makassar")) == datetime(2026, 11, 24, 3, tzinfo=UTC)
