"""States: the tables are whole, and only they let a state change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanggap.incident.model import (
    ASSIGNMENT_NEXT,
    ENDING,
    INCIDENT_NEXT,
    LIVE_ASSIGNMENT,
    REPORT_NEXT,
    AssignmentState,
    Disposition,
    IncidentState,
    ReportState,
    step,
)
from tanggap.incident.refusals import WrongState


def test_every_state_has_a_row() -> None:
    assert set(REPORT_NEXT) == set(ReportState)
    assert set(INCIDENT_NEXT) == set(IncidentState)
    assert set(ASSIGNMENT_NEXT) == set(AssignmentState)


@given(st.sampled_from(AssignmentState), st.sampled_from(AssignmentState))
def test_only_the_table_lets_an_assignment_move(now: AssignmentState, to: AssignmentState) -> None:
    if to in ASSIGNMENT_NEXT[now]:
        assert step(ASSIGNMENT_NEXT, now, to) is to
    else:
        with pytest.raises(WrongState):
            step(ASSIGNMENT_NEXT, now, to)


@given(st.lists(st.sampled_from(AssignmentState), max_size=12))
def test_an_assignment_that_is_over_never_comes_back_to_life_but_for_a_late_answer(wanted: list[AssignmentState]) -> None:
    state = AssignmentState.SENT
    over = False
    for to in wanted:
        if to not in ASSIGNMENT_NEXT[state]:
            continue
        if over:
            assert (state, to) == (AssignmentState.EXPIRED, AssignmentState.ACKNOWLEDGED)
        state = to
        over = state not in LIVE_ASSIGNMENT


def test_an_open_assignment_can_always_end_and_an_incident_always_be_closed() -> None:
    assert all(ASSIGNMENT_NEXT[state] for state in LIVE_ASSIGNMENT)
    assert all(IncidentState.CLOSED in INCIDENT_NEXT[state] for state in IncidentState if state is not IncidentState.CLOSED)


def test_genuine_and_duplicate_reports_live_on() -> None:
    assert set(Disposition) - ENDING == {Disposition.GENUINE, Disposition.DUPLICATE}
