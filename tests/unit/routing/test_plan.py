"""When each rung of a ladder is due: by priority, agency, hour of the day, and what was planned anew."""

from datetime import UTC, datetime, time, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tanggap.city.kinds import Priority, Provenance
from tanggap.city.ladder import AgencyRule, Clock, OfficeHours, Rung, Told, Weekday, code_of
from tanggap.city.model import Catalogue, City
from tanggap.city.targets import Target
from tanggap.city.territory import BoundingBox
from tanggap.city.working_time import Unit
from tanggap.incident.model import Assignment, AssignmentState, Incident, IncidentState
from tanggap.platform.ids import new_id
from tanggap.routing.escalation.model import TARGET, Timer, after_expiry, answer_due_anew, next_step, plan

THURSDAY = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)  # 10.00 WITA
NIGHT = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)  # 23.00 WITA
OURS = Provenance.PROPOSED
MINUTES = {Told.SECOND: 1, Told.HEAD: 2, Told.SUPERVISOR: 3, Told.COORDINATOR: 5}


def rung(priority: Priority, clock: Clock, tell: Told, after: int, unit: Unit = Unit.MINUTES, agency: str | None = None) -> Rung:
    return Rung(code_of(priority, clock, tell, None, agency), priority, clock, tell, after, unit, OURS, agency=agency)


def catalogue(*more: Rung) -> Catalogue:
    box = BoundingBox(-4.1, 122.4, -3.9, 122.7)
    factor = {Priority.P1: 1, Priority.P2: 3, Priority.P3: 15, Priority.P4: 240}
    rungs = [rung(p, clock, tell, n * factor[p]) for p in Priority for clock in Clock for tell, n in MINUTES.items()]
    return Catalogue(
        city=City("kendari", "Kota Kendari", "Asia/Makassar", "KDI", "112", box, -3.99, 122.51, 12.0),
        version=1, agencies=(), categories=(), areas=(), phrases=(),
        targets=tuple(Target(p, 60 * factor[p], 900, 30, "", OURS) for p in Priority),
        rungs=(*rungs, *more),
        office_hours=tuple(OfficeHours(day, day, time(8), time(16), OURS) for day in list(Weekday)[:5]),
        agency_rules=(AgencyRule("dlhk", "dlhk", (Priority.P3, Priority.P4), OURS, off_hours=Told.HEAD),),
    )  # fmt: skip


CITY = catalogue()


def incident(priority: Priority = Priority.P1, state: IncidentState = IncidentState.ASSIGNED) -> Incident:
    return Incident(
        "kendari", new_id(), 1, state, "fallen_tree", priority, "", "", "", None, None, None, None, THURSDAY, None, None, None,
        None, None, 0, None, 1, None, 1, False,
    )  # fmt: skip


def asked(agency: str = "bpbd", sent_at: datetime = THURSDAY, due_s: int = 60, role: str = "lead") -> Assignment:
    return Assignment(
        "kendari", new_id(), new_id(), agency, role, AssignmentState.SENT, sent_at, sent_at + timedelta(seconds=due_s),
        None, None, None, None, None, "", "", None, 1, False,
    )  # fmt: skip


def minutes(timers: tuple[Timer, ...], clock: Clock, since: datetime = THURSDAY) -> dict[str, float]:
    return {timer.tell: (timer.due_at - since) / timedelta(minutes=1) for timer in timers if timer.clock is clock}


def test_an_unanswered_p1_climbs_from_rung_to_rung() -> None:
    found = plan(asked(), incident(), CITY)
    assert minutes(found, Clock.ANSWER) == {TARGET: 1, "second": 1, "head": 2, "supervisor": 3, "coordinator": 5}
    first = next_step(found)
    assert first is not None
    assert (first.tell, first.due_at) == (Told.SECOND, THURSDAY + timedelta(minutes=1))


def test_each_answer_stops_one_clock_and_starts_the_next() -> None:
    took = replace(asked(), state=AssignmentState.ACKNOWLEDGED, acknowledged_at=THURSDAY + timedelta(minutes=4))
    assert minutes(plan(took, incident(), CITY), Clock.START) == {"second": 5, "head": 6, "supervisor": 7, "coordinator": 9}
    for state, clocks in {
        AssignmentState.ACKNOWLEDGED: {Clock.START, Clock.FINISH}, AssignmentState.ON_SCENE: {Clock.FINISH},
        AssignmentState.DONE: set(), AssignmentState.REJECTED: set(), AssignmentState.WITHDRAWN: set(),
    }.items():  # fmt: skip
        assert {timer.clock for timer in plan(replace(took, state=state), incident(), CITY)} == clocks
    assert plan(asked(), incident(state=IncidentState.CLOSED), CITY) == ()


def test_who_did_not_answer_climbs_on_until_somebody_else_has_it() -> None:
    late = replace(asked(), state=AssignmentState.EXPIRED)
    later = asked("pln", THURSDAY + timedelta(minutes=9))
    assert set(minutes(plan(late, incident(), CITY, [late]), Clock.ANSWER)) == {str(tell) for tell in Told}
    assert plan(late, incident(), CITY, [late, later]) == ()
    beside = asked("pln", role="support")
    assert plan(late, incident(), CITY, [late, beside]) != ()


def test_nobody_is_told_before_the_target_time_is_over() -> None:
    patient = asked(due_s=600)
    assert minutes(plan(patient, incident(), CITY), Clock.ANSWER) == {
        TARGET: 10, "second": 10, "head": 11, "supervisor": 12, "coordinator": 14
    }  # fmt: skip


def test_an_agencys_own_rungs_take_the_place_of_the_citys() -> None:
    own = catalogue(rung(Priority.P1, Clock.ANSWER, Told.SUPERVISOR, 4, agency="bpbd"))
    assert minutes(plan(asked(), incident(), own), Clock.ANSWER) == {TARGET: 1, "supervisor": 4}
    assert len(minutes(plan(asked("pln"), incident(), own), Clock.ANSWER)) == 5


def test_an_office_that_is_closed_is_not_waited_for() -> None:
    planned = plan(asked("dlhk", NIGHT, 900), incident(Priority.P3), CITY)
    opening = datetime(2026, 11, 27, 0, 0, tzinfo=UTC)  # Friday 08.00 WITA
    told = {name: at for name, at in minutes(planned, Clock.ANSWER, opening).items() if name != TARGET}
    assert told == {"second": 15, "head": 30, "supervisor": 45, "coordinator": 75}
    urgent = minutes(plan(asked("dlhk", NIGHT), incident(), CITY), Clock.ANSWER, NIGHT)
    assert urgent == {TARGET: 1, "head": 1, "supervisor": 2, "coordinator": 3}  # the second contact has gone home


def test_a_raised_priority_gives_its_own_time_from_now() -> None:
    hour = THURSDAY + timedelta(hours=1)
    calm = asked(due_s=4 * 3600)
    due = answer_due_anew(CITY, calm, Priority.P1, hour)
    assert due == hour + timedelta(minutes=1)
    planned = plan(replace(calm, answer_due_at=due), incident(Priority.P1), CITY, anew_at=hour)
    assert minutes(planned, Clock.ANSWER, hour) == {TARGET: 1, "second": 1, "head": 2, "supervisor": 3, "coordinator": 5}
    assert answer_due_anew(CITY, asked(), Priority.P4, THURSDAY) == THURSDAY + timedelta(hours=4)


def test_an_unanswered_lead_puts_the_incident_before_the_supervisor() -> None:
    late = replace(asked(), state=AssignmentState.EXPIRED)
    assert msgspec.to_builtins(after_expiry(incident(), late, [late])) == {"state": "open", "attention": "unanswered"}
    beside = asked("pln", role="support")
    assert after_expiry(incident(), late, [late, beside]).state is IncidentState.ASSIGNED
    assert after_expiry(incident(), replace(late, role="support"), []).attention is None


@given(
    st.sampled_from(Priority), st.sampled_from(["bpbd", "dlhk"]), st.integers(0, 10_000), st.integers(60, 100_000),
    st.none() | st.integers(0, 100_000),
)  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_rungs_are_climbed_in_order_and_never_early(
    priority: Priority, agency: str, minute: int, due_s: int, anew: int | None
) -> None:
    sent = THURSDAY + timedelta(minutes=minute)
    anew_at = sent + timedelta(seconds=anew) if anew is not None else None
    assignment = asked(agency, sent, due_s)
    planned = [one for one in plan(assignment, incident(priority), CITY, anew_at=anew_at) if one.clock is Clock.ANSWER]
    told = [one for one in planned if one.tell != TARGET]
    assert [one.tell for one in sorted(told, key=lambda one: one.order)] == [one.tell for one in told]
    assert all(one.due_at >= assignment.answer_due_at for one in told)
    assert told[-1].tell == Told.COORDINATOR
    if anew_at is not None:
        assert all(one.due_at >= anew_at for one in told)


@pytest.mark.parametrize("fired", [0, 2])
def test_the_next_step_is_the_first_that_waits(fired: int) -> None:
    waiting = [one for one in plan(asked(), incident(), CITY) if one.clock is Clock.ANSWER][1 + fired :]
    step = next_step(waiting)
    assert step is not None
    assert step.tell is list(Told)[fired]
