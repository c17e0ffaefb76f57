"""The guarantees of the waiting line: nobody is dropped, and a low probability costs a bounded wait and nothing else."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tanggap.city.kinds import Priority
from tanggap.platform.ids import new_id
from tanggap.verification.order import MOST_WAIT_S, SilentStep, Waiting, offered, silent_steps, urgency

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)

waiting = st.builds(
    Waiting,
    report=st.builds(new_id),
    since=st.floats(0, 3_600).map(lambda s: NOW - timedelta(seconds=s)),
    priority=st.one_of(st.none(), st.sampled_from(Priority)),
    p=st.floats(0, 1),
    is_lifted=st.booleans(),
)


@given(st.lists(waiting, max_size=40))
def test_nobody_is_dropped_hidden_or_offered_twice(line: list[Waiting]) -> None:
    assert sorted(offered(line), key=lambda one: one.report) == sorted(line, key=lambda one: one.report)


@given(st.lists(waiting, max_size=40), st.floats(0, 120))
def test_a_probability_changes_the_order_only_within_a_priority_and_by_a_bounded_wait(line: list[Waiting], most: float) -> None:
    order = offered(line, most)
    for at, first in enumerate(order):
        for later in order[at + 1 :]:
            assert urgency(first.priority) <= urgency(later.priority)
            if urgency(first.priority) == urgency(later.priority):
                assert (first.since - later.since).total_seconds() <= most + 1e-3


@given(st.lists(waiting, min_size=1, max_size=20), st.integers(0, 19))
def test_a_lifted_contact_is_overtaken_by_nobody_who_came_later(line: list[Waiting], which: int) -> None:
    lifted = Waiting(new_id(), NOW - timedelta(seconds=which), Priority.P3, 0.0, is_lifted=True)
    order = offered([*line, lifted])
    before = order[: order.index(lifted)]
    assert all(one.since <= lifted.since for one in before if one.priority is Priority.P3)


@given(st.lists(waiting, min_size=1, max_size=20))
def test_the_most_doubtful_of_all_is_first_once_its_wait_is_over(line: list[Waiting]) -> None:
    doubtful = Waiting(new_id(), NOW - timedelta(hours=2), Priority.P1, 0.0)
    assert offered([*line, doubtful])[0] == doubtful
    assert MOST_WAIT_S == 20.0


def test_a_silent_contact_has_a_protocol_of_which_no_step_ends_it() -> None:
    steps = silent_steps(called_back=True, link_sent=False)
    assert [step for step, _ in steps] == [SilentStep.LISTEN, SilentStep.ASK, SilentStep.CALL_BACK, SilentStep.SEND_LINK]
    assert [done for _, done in steps] == [False, False, True, False]


def test_a_caller_of_whom_nothing_is_known_waits_for_nobody_who_came_later() -> None:
    unknown = Waiting(new_id(), NOW, None, 0.35)
    sure = Waiting(new_id(), NOW + timedelta(seconds=1), None, 0.95)
    doubtful = Waiting(new_id(), NOW - timedelta(seconds=1), None, 0.02)
    assert offered([sure, unknown, doubtful]) == [unknown, sure, doubtful]
