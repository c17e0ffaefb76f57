"""Turns, circuits and back-off: who goes first, who is left alone, when it has been enough."""

import asyncio
from datetime import UTC, datetime, timedelta

from tanggap.notification.model import BACK_OFF, BACK_OFF_URGENT, next_attempt
from tanggap.notification.sending.circuit import FAILURES, LEFT_ALONE, Circuit, earliest
from tanggap.notification.sending.pace import Pace

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


async def test_who_is_urgent_has_the_next_turn_whoever_has_been_waiting() -> None:
    pace, order = Pace(200), []

    async def take(name: str, *, is_urgent: bool) -> None:
        await pace.turn(is_urgent=is_urgent)
        order.append(name)

    await pace.turn(is_urgent=False)
    bulk = [asyncio.create_task(take(f"bulk {n}", is_urgent=False)) for n in range(20)]
    await asyncio.sleep(0)
    urgent = asyncio.create_task(take("urgent", is_urgent=True))
    await asyncio.gather(*bulk, urgent)
    assert order.index("urgent") <= 1
    assert [one for one in order if one != "urgent"] == [f"bulk {n}" for n in range(20)]


async def test_a_provider_that_rests_from_the_bulk_still_takes_an_alert() -> None:
    pace = Pace(200)
    pace.rest(3_600)
    bulk = asyncio.create_task(pace.turn(is_urgent=False))
    await asyncio.sleep(0)
    await asyncio.wait_for(pace.turn(is_urgent=True), 60)
    assert not bulk.done()
    bulk.cancel()


async def test_turns_keep_their_distance_whatever_the_hurry() -> None:
    slept: list[float] = []
    now = 0.0

    def clock() -> float:
        return now

    pace = Pace(10, clock)
    pace.rest(0.0)
    original = asyncio.sleep

    async def sleep(for_s: float) -> None:
        nonlocal now
        if for_s:
            slept.append(for_s)
            now += for_s
        await original(0)

    asyncio.sleep = sleep  # type: ignore[assignment]
    try:
        await asyncio.gather(*(pace.turn(is_urgent=False) for _ in range(31)))
    finally:
        asyncio.sleep = original
    assert 1.8 <= sum(slept) <= 3.1


def test_a_provider_that_fails_is_left_alone_then_tried_with_one_message() -> None:
    circuit = Circuit()
    for _ in range(FAILURES - 1):
        assert not circuit.failed("down", NOW)
        assert circuit.may_ask(NOW)
    assert circuit.failed("down", NOW)
    assert not circuit.may_ask(NOW)
    later = NOW + LEFT_ALONE[0]
    assert circuit.may_ask(later)
    assert not circuit.may_ask(later), "one message tries it"
    assert circuit.failed("still down", later)
    assert not circuit.may_ask(later + LEFT_ALONE[0])
    assert circuit.may_ask(later + LEFT_ALONE[1])
    assert circuit.succeeded()
    assert circuit.may_ask(later)
    assert circuit.failures == 0


def test_a_trial_that_was_not_needed_is_still_to_be_made() -> None:
    circuit = Circuit()
    for _ in range(FAILURES):
        circuit.failed("down", NOW)
    later = NOW + LEFT_ALONE[0]
    assert circuit.may_ask(later)
    circuit.not_tried()
    assert circuit.may_ask(later)
    assert earliest([circuit], NOW) == NOW + LEFT_ALONE[0]


def test_back_off_grows_and_ends_and_an_urgent_one_ends_within_two_minutes() -> None:
    for waits, is_urgent in ((BACK_OFF, False), (BACK_OFF_URGENT, True)):
        assert list(waits) == sorted(waits)
        assert [next_attempt(n, is_urgent=is_urgent) for n in range(1, len(waits) + 2)] == [*waits, None]
    assert sum(BACK_OFF_URGENT, timedelta()) <= timedelta(minutes=2)
