"""Days and months are the city's own."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tanggap.evaluation.model import month, today

WITA = ZoneInfo("Asia/Makassar")


def test_a_day_begins_at_midnight_in_kendari() -> None:
    period = today(datetime(2026, 11, 23, 17, 0, tzinfo=UTC), WITA)
    assert period.start.astimezone(UTC) == datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@given(st.integers(946684800, 4102444800).map(lambda second: datetime.fromtimestamp(second, UTC)), st.integers(0, 30))
def test_months_follow_each_other_without_a_gap(now: datetime, back: int) -> None:
    later, earlier = month(now, WITA, back), month(now, WITA, back + 1)
    assert earlier.end == later.start
    assert month(now, WITA).start <= now < month(now, WITA).end
