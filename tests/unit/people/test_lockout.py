"""Guessing is slowed down, and nobody is locked out by strangers."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tanggap.people.lockout import (
    FORGET_AFTER,
    FREE_FAILURES,
    LONGEST_DELAY_S,
    Familiarity,
    Tally,
    bucket_of,
    counted,
    delay_s,
    wait_s,
)

NIGHT = datetime(2026, 11, 23, 14, 41, tzinfo=UTC)
logins = st.from_regex(r"[a-z0-9][a-z0-9._-]{1,39}", fullmatch=True)
devices = st.binary(min_size=32, max_size=32)


def test_a_tired_hand_waits_for_nothing() -> None:
    tally = None
    for _ in range(FREE_FAILURES - 1):
        assert wait_s(tally, NIGHT) == 0
        tally = counted(tally, NIGHT)
    assert wait_s(tally, NIGHT) == 0


@given(st.integers(0, 10_000))
def test_each_failure_waits_at_least_as_long_as_the_one_before_and_never_longer_than_a_quarter_of_an_hour(failures: int) -> None:
    assert delay_s(failures) <= delay_s(failures + 1) <= LONGEST_DELAY_S


@given(st.floats(0, 900))
def test_a_guesser_who_never_rests_has_few_guesses_a_day(pause_s: float) -> None:
    tally, now, guesses = None, NIGHT, 0
    while now < NIGHT + timedelta(days=1):
        now += timedelta(seconds=wait_s(tally, now))
        tally = counted(tally, now)
        guesses += 1
        now += timedelta(seconds=pause_s)
    assert guesses <= 120


@given(st.integers(1, 1_000), st.timedeltas(FORGET_AFTER, timedelta(days=400)))
def test_failures_are_forgotten_after_a_day(failures: int, later: timedelta) -> None:
    tally = Tally(failures, NIGHT)
    assert wait_s(tally, NIGHT + later) == 0
    assert counted(tally, NIGHT + later).failures == 1


@given(st.integers(0, 1_000), st.timedeltas(timedelta(0), timedelta(days=2)))
def test_waiting_ends_by_itself(failures: int, later: timedelta) -> None:
    tally = Tally(failures, NIGHT)
    left_s = wait_s(tally, NIGHT + later)
    assert wait_s(tally, NIGHT + later + timedelta(seconds=left_s + 0.001)) == 0


@given(logins, devices, st.sampled_from([Familiarity.HOUSE, Familiarity.STRANGER]), st.none() | devices)
def test_nobody_elses_failures_are_counted_on_a_device_the_person_has_used(
    login: str, own: bytes, other: Familiarity, other_device: bytes | None
) -> None:
    assert bucket_of(login, Familiarity.OWN, own) != bucket_of(login, other, other_device)


@given(logins, devices, devices)
def test_two_own_devices_count_apart_and_all_strangers_together(login: str, one: bytes, two: bytes) -> None:
    assert (bucket_of(login, Familiarity.OWN, one) == bucket_of(login, Familiarity.OWN, two)) == (one == two)
    assert bucket_of(login, Familiarity.STRANGER, one) == bucket_of(login, Familiarity.STRANGER, two)


@given(logins, logins, st.sampled_from(Familiarity), devices)
def test_failures_for_one_login_never_lock_another(login: str, other: str, familiarity: Familiarity, device: bytes) -> None:
    assert (bucket_of(login, familiarity, device) == bucket_of(other, familiarity, device)) == (login == other)
