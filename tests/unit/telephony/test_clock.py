"""Clocks that jump and processes that stood still: nothing is done twice, and nothing that somebody else has done meanwhile."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from tanggap.telephony.acd import Free, Line
from tanggap.telephony.deciding.decider import SILENT_S
from tanggap.telephony.desks import Desks
from tanggap.telephony.model import CALL_BACK_AGAIN, Presence, next_call_back

from .deciding import SARI, a_decider, waits

NOON = datetime(2026, 11, 26, 4, tzinfo=UTC)
#: Seconds that pass between two looks: a second, a moment of standing still, an hour of it.
PASSES = st.lists(st.sampled_from([0.0, 1.0, 1.0, 1.0, 7.0, 3600.0]), min_size=1, max_size=30)


def test_a_call_goes_outside_once_however_often_it_is_looked_at(tmp_path: Path) -> None:
    decider, board, wire = a_decider(tmp_path)
    board.desks.phone(SARI, 1, 0.0)
    board.desks.move(board.desks[SARI], Presence.TALKING, 0.0, "other")
    waits(board, "one", 0.0)
    for now in (44.0, 45.0, 46.0, 46.0, 47.0, 48.0):
        decider.pulse(now)
    assert wire.ops().count("ring") == 1


def test_who_stood_still_does_nothing_before_the_edge_has_said_who_leads(tmp_path: Path) -> None:
    decider, board, wire = a_decider(tmp_path)
    board.desks.phone(SARI, 1, 0.0)
    board.desks.move(board.desks[SARI], Presence.TALKING, 0.0, "other")
    waits(board, "one", 0.0)
    decider.pulse(10.0)
    decider.pulse(10.0 + 3600)
    assert wire.ops() == ["beat", "beat"]
    decider._hear({"ev": "deposed", "token": decider._token})
    decider.pulse(3611.0)
    assert wire.ops() == ["beat", "beat", "lead"]


def test_who_was_late_but_still_leads_goes_on(tmp_path: Path) -> None:
    decider, board, wire = a_decider(tmp_path)
    board.desks.phone(SARI, 1, 0.0)
    board.desks.move(board.desks[SARI], Presence.TALKING, 0.0, "other")
    waits(board, "one", 0.0)
    decider.pulse(50.0)
    assert wire.ops() == ["beat", "ring"]
    decider.pulse(50.0 + SILENT_S + 1)
    decider.pulse(51.0 + SILENT_S + 1)
    assert wire.ops() == ["beat", "ring", "beat", "beat"]


@given(PASSES)
@settings(max_examples=60, deadline=None)
def test_the_time_after_a_call_ends_once(passes: list[float]) -> None:
    desks, now, ended = Desks(), 0.0, 0
    desks.phone(SARI, 1, now)
    desks.move(desks[SARI], Presence.WRAP_UP, now)
    for passed in passes:
        now += passed
        ended += desks.wrapped_up(20.0, now)
    assert ended == (sum(passes) >= 20)


@given(PASSES, st.floats(0, 60))
@settings(max_examples=60, deadline=None)
def test_a_call_is_given_out_once_whatever_time_does(passes: list[float], bound_s: float) -> None:
    line, now = Line(bound_s), 0.0
    given_out: list[str] = []
    for n, passed in enumerate(passes):
        now += passed
        line.join(f"c{n}", now, suspect=n % 3 == 0)
        if n % 4 == 0:
            line.press_urgent(f"c{n}")
        idle, rests = [Free(SARI, 0.0)], [Free(UUID(int=2), 0.0)]
        given_out += [match.key for match in line.match(idle if n % 2 else [], now, resting=rests)]
    while len(line):
        now += 1
        given_out += [match.key for match in line.match([Free(SARI, 0.0)], now)]
    assert sorted(given_out) == sorted(f"c{n}" for n in range(len(passes)))


@given(
    st.lists(
        st.sampled_from([timedelta(0), timedelta(hours=1), timedelta(hours=-1), timedelta(minutes=5)]), min_size=6, max_size=6
    )
)
@settings(max_examples=40, deadline=None)
def test_a_missed_caller_is_tried_as_often_as_the_rule_says_though_the_clock_is_set(jumps: list[timedelta]) -> None:
    now, tries = NOON, 0
    due: datetime | None = NOON
    for jump in jumps:
        if due is None:
            break
        now = max(now + jump, due)  # somebody tries when it is due by the clock as it now is
        tries += 1
        again = next_call_back(tries, now)
        assert again is None or again > now
        due = again
    assert (tries, due) == (len(CALL_BACK_AGAIN) + 1, None)


async def test_what_the_edge_kept_of_a_call_is_not_ended_by_anybody_else_while_it_is_written(tmp_path: Path) -> None:
    decider, board, _ = a_decider(tmp_path)
    decider._hear({"ev": "past", "told": {"ci": "one", "mode": "in", "talked": "|ring_all"}})
    assert "one" in board.seen
    assert board.calls["one"].where == "ring_all"
