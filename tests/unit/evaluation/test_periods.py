"""Days and months are the city's own."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tanggap.evaluation.model import month, today
from tanggap.evaluation.periods import before, chosen

WITA = ZoneInfo("Asia/Makassar")


def test_a_day_begins_at_midnight_in_kendari() -> None:
    period = today(datetime(2026, 11, 23, 17, 0, tzinfo=UTC), WITA)
    assert period.start.astimezone(UTC) == datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@given(st.integers(946684800, 4102444800).map(lambda second: datetime.fromtimestamp(second, UTC)), st.integers(0, 30))
def test_months_follow_each_other_without_a_gap(now: datetime, back: int) -> None:
    later, earlier = month(now, WITA, back), month(now, WITA, back + 1)
    assert earlier.end == later.start
    assert month(now, WITA).start <= now < month(now, WITA).end


NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


def test_a_period_is_a_name_or_two_days() -> None:
    def name(said: str | None = None, first: str | None = None, last: str | None = None) -> str:
        return chosen(said, first, last, NOW, WITA).name

    assert name("today") == "today"
    assert (name("2026-03"), name("2025"), name(), name("2026-13"), name("rubbish")) == ("2026-03", "2025", *["2026-11"] * 3)
    assert (name(first="2026-03-05", last="2026-03-09"), name("2026-03-05--2026-03-09")) == ("2026-03-05--2026-03-09",) * 2
    assert name(first="2026-03-05") == "2026-03-05--2026-03-05"
    for first, last in (("2026-03-09", "2026-03-05"), ("1990-01-01", "2026-01-01"), ("2027-01-01", "2027-02-01"), ("x", "y")):
        assert name(first=first, last=last) == "2026-11", (first, last)


def test_the_period_before_is_of_the_same_kind() -> None:
    def pair(said: str) -> tuple[str, str]:
        period = chosen(said, None, None, NOW, WITA)
        earlier = before(period, WITA)
        assert earlier.end == period.start
        return earlier.name, f"{earlier.start:%Y-%m-%d}"

    assert pair("2026-03") == ("2026-02", "2026-02-01")
    assert pair("2026-01") == ("2025-12", "2025-12-01")
    assert pair("2026") == ("2025", "2025-01-01")
    assert pair("today") == ("2026-11-23--2026-11-23", "2026-11-23")
    assert pair("2026-03-05--2026-03-09") == ("2026-02-28--2026-03-04", "2026-02-28")


@given(st.text(max_size=25), st.text(max_size=12), st.text(max_size=12))
def test_whatever_is_asked_for_is_a_period(said: str, first: str, last: str) -> None:
    period = chosen(said, first, last, NOW, WITA)
    assert period.start < period.end
    assert before(period, WITA).end == period.start
