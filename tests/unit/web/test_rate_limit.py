"""An address that thousands share has room for many, one browser for a handful, and waiting helps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanggap.web.rate_limit import BY_ADDRESS, BY_BROWSER, MOST_REMEMBERED, Limit, RateLimit, TooMany


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def spend(limit: RateLimit, browser: str, times: int, address: str = "carrier") -> int:
    done = 0
    for _ in range(times):
        try:
            limit.spend([("address", address), ("browser", browser)])
        except TooMany:
            continue
        done += 1
    return done


def test_a_neighbourhood_behind_one_address_writes_while_one_script_is_held() -> None:
    limit = RateLimit(clock=Clock())
    assert spend(limit, "script", 1_000) == BY_BROWSER.burst
    assert sum(spend(limit, f"neighbour {n}", 1) for n in range(100)) == 100


def test_who_throws_the_cookie_away_meets_the_addresss_limit() -> None:
    limit = RateLimit(clock=Clock())
    assert sum(spend(limit, f"new cookie {n}", 1) for n in range(1_000)) == BY_ADDRESS.burst


def test_waiting_as_long_as_was_said_is_enough() -> None:
    clock = Clock()
    limit = RateLimit(clock=clock)
    spend(limit, "phone", BY_BROWSER.burst)
    with pytest.raises(TooMany) as refused:
        limit.spend([("browser", "phone")])
    clock.now += refused.value.retry_after_s + 0.001
    limit.spend([("browser", "phone")])


@given(st.lists(st.floats(0, 30), max_size=200))
def test_nobody_writes_more_than_the_burst_and_the_refill(pauses: list[float]) -> None:
    clock, budget = Clock(), Limit(burst=3, per_minute=6)
    limit = RateLimit(budget, budget, clock)
    done = 0
    for pause in pauses:
        clock.now += pause
        done += spend(limit, "phone", 1)
    assert done <= budget.burst + clock.now * budget.per_minute / 60 + 1e-6


def test_memory_stays_bounded() -> None:
    limit = RateLimit(clock=Clock())
    for n in range(MOST_REMEMBERED * 2):
        limit.spend([("browser", str(n))])
    assert len(limit._left) <= MOST_REMEMBERED
