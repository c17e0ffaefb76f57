"""What a roster should not ask of one person, and what it lacks."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanggap.city.pack import pack_folder
from tanggap.city.pack_shifts import read_shifts
from tanggap.city.shift_plan import Limits, NeedKind, ShiftPlan
from tanggap.people.model import Role
from tanggap.people.roster.gaps import gaps, missing, unplanned_days
from tanggap.people.roster.model import Member, Presence, Shift, Turn
from tanggap.people.roster.planning import PlannedShift, planned
from tanggap.people.roster.rules import Rule, Span, warnings_about, warnings_of
from tanggap.people.roster.swaps.model import NEXT, STATE_WORDS, SwapState
from tanggap.platform.i18n import translator

WITA = ZoneInfo("Asia/Makassar")
LIMITS = Limits(least_rest_h=11, most_hours_day=12, most_hours_week=48)
MONDAY = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def person(n: int) -> UUID:
    return UUID(int=n)


def span(begins_h: float, hours: float, n: int = 0) -> Span:
    return Span(UUID(int=n or int(begins_h * 100) + 1), MONDAY + begins_h * HOUR, MONDAY + (begins_h + hours) * HOUR)


@pytest.fixture(scope="module")
def plan() -> ShiftPlan:
    found = read_shifts(pack_folder("kendari"), lambda *problem: pytest.fail(str(problem)))
    assert found is not None
    return found


def rules(*spans: Span) -> set[Rule]:
    return {one.rule for one in warnings_of(spans, LIMITS)}


def test_eleven_hours_of_rest_are_enough_and_ten_are_not() -> None:
    assert rules(span(0, 8), span(19, 8)) == set()
    found = warnings_of([span(0, 8), span(18, 4)], LIMITS)
    assert [one.rule for one in found] == [Rule.REST]
    assert found[0].said(translator("id")) == "istirahat hanya 10 jam (sedikitnya 11)"


def test_two_places_at_once_are_seen_with_by_how_much() -> None:
    found = warnings_of([span(0, 8), span(7.5, 8)], LIMITS)
    assert [one.rule for one in found] == [Rule.DOUBLE, Rule.STRETCH]
    assert found[0].said(translator("id")) == "ganda: bertumpuk 0,5 jam dengan giliran lain"


def test_more_than_twelve_hours_without_a_full_rest_are_too_many() -> None:
    assert rules(span(0, 12)) == set()
    assert rules(span(0, 13)) == {Rule.STRETCH}
    assert rules(span(0, 8), span(8, 8)) == {Rule.REST, Rule.STRETCH}


def test_seven_mornings_in_a_row_are_too_many_hours() -> None:
    assert rules(*(span(24 * n, 8) for n in range(6))) == set()
    assert rules(*(span(24 * n, 8) for n in range(7))) == {Rule.WEEK}


def test_a_warning_tells_of_the_turn_that_brings_it() -> None:
    week = [span(24 * n, 8) for n in range(6)]
    assert warnings_about(span(24 * 6, 8), week, LIMITS)[0].hours == 56
    assert warnings_about(span(24 * 20, 8), week, LIMITS) == []


SPANS = st.lists(
    st.builds(span, st.integers(0, 500), st.integers(1, 16), st.integers(1, 10**6)), max_size=7, unique_by=lambda one: one.id
)


@settings(max_examples=60, deadline=None)
@given(SPANS, st.integers(-400, 400))
def test_order_and_date_do_not_matter(spans: list[Span], hours: int) -> None:
    later = [Span(one.id, one.starts_at + hours * HOUR, one.ends_at + hours * HOUR) for one in reversed(spans)]
    assert warnings_of(spans, LIMITS) == warnings_of(later, LIMITS)


@settings(max_examples=60, deadline=None)
@given(SPANS, st.integers(0, 500), st.integers(1, 16))
def test_one_turn_more_takes_no_warning_away(spans: list[Span], begins_h: int, hours: int) -> None:
    assert rules(*spans) <= rules(*spans, span(begins_h, hours, 10**7))


@settings(max_examples=60, deadline=None)
@given(SPANS)
def test_no_warning_means_rest_and_hours_as_they_should_be(spans: list[Span]) -> None:
    ordered = sorted(spans, key=lambda one: one.starts_at)
    is_rested = all(later.starts_at - one.ends_at >= 11 * HOUR for one, later in pairwise(ordered))
    if warnings_of(spans, LIMITS) == []:
        assert is_rested
        for one in ordered:
            week = [
                other for other in ordered if one.starts_at <= other.starts_at and other.ends_at <= one.starts_at + 168 * HOUR
            ]
            assert sum((other.ends_at - other.starts_at for other in week), timedelta(0)) <= 48 * HOUR
    else:
        assert spans


def members(plan: ShiftPlan) -> list[Member]:
    """Twenty people in four teams, as in Kendari: the first of each supervises, one counsels, one speaks Tolaki."""
    return [
        Member(
            person(n + 1), f"Orang {n}", Role.SUPERVISOR if n % 5 == 0 else Role.CALL_TAKER, plan.teams[n // 5].code,
            frozenset({"counselling"} if n % 5 == 1 else ()), frozenset({"tolaki"} if n % 5 == 2 else ()),
        )
        for n in range(20)
    ]  # fmt: skip


def as_shift(one: PlannedShift, everybody: list[Member]) -> Shift:
    known = {member.person: member for member in everybody}
    shift_id = UUID(int=one.day.toordinal() * 100 + len(one.code))
    turns = tuple(
        Turn(
            UUID(int=shift_id.int + person.int), shift_id, person, "", role, one.starts_at, one.ends_at,
            skills=known[person].skills, languages=known[person].languages,
        )
        for person, role in one.people
    )  # fmt: skip
    return Shift(shift_id, one.day, one.code, one.name_id, one.name_en, one.starts_at, one.ends_at, one.needs, turns)


def test_kendaris_rotation_fills_every_shift_and_asks_too_much_of_nobody(plan: ShiftPlan) -> None:
    everybody = members(plan)
    made = [as_shift(one, everybody) for one in planned(plan, everybody, date(2026, 11, 23), 56, WITA, MONDAY)]
    assert len(made) == 56 * 3
    assert gaps(made, MONDAY) == []
    for one in everybody:
        own = [
            Span(shift.id, shift.starts_at, shift.ends_at) for shift in made if any(t.person == one.person for t in shift.turns)
        ]
        assert len(own) == 42
        assert warnings_of(own, LIMITS) == []


def test_the_night_begins_on_one_day_and_ends_on_the_next(plan: ShiftPlan) -> None:
    night = next(one for one in planned(plan, (), date(2026, 11, 23), 1, WITA, MONDAY) if one.code == "malam")
    assert night.starts_at.astimezone(WITA).isoformat() == "2026-11-23T23:00:00+08:00"
    assert night.ends_at.astimezone(WITA).isoformat() == "2026-11-24T07:00:00+08:00"


def test_a_shift_that_is_over_is_not_made_any_more(plan: ShiftPlan) -> None:
    at_ten = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    codes = [one.code for one in planned(plan, (), date(2026, 11, 22), 2, WITA, at_ten)]
    assert codes == ["pagi", "siang", "malam"]


@settings(max_examples=25, deadline=None)
@given(first=st.dates(date(2025, 1, 1), date(2030, 1, 1)), cut=st.integers(1, 13))
def test_two_generations_fall_into_step(plan: ShiftPlan, first: date, cut: int) -> None:
    everybody, long_ago = members(plan), datetime(2020, 1, 1, tzinfo=UTC)
    whole = planned(plan, everybody, first, 14, WITA, long_ago)
    parts = planned(plan, everybody, first, cut, WITA, long_ago) + planned(
        plan, everybody, first + timedelta(days=cut), 14 - cut, WITA, long_ago
    )
    assert sorted(parts, key=lambda one: one.starts_at) == whole


def test_a_gap_says_what_is_lacking_by_role_skill_and_language(plan: ShiftPlan) -> None:
    everybody = members(plan)
    full = as_shift(planned(plan, everybody, date(2026, 11, 23), 1, WITA, MONDAY)[0], everybody)
    assert missing(full) == ()
    left = msgspec.structs.replace(
        full, turns=tuple(turn for turn in full.turns if not turn.skills and not turn.languages and turn.role != Role.SUPERVISOR)
    )
    lacks = {(one.need.kind, one.need.code): one.short for one in missing(left)}
    assert lacks == {
        (NeedKind.ROLE, "call_taker"): 2, (NeedKind.ROLE, "supervisor"): 1, (NeedKind.SKILL, "counselling"): 1,
        (NeedKind.LANGUAGE, "tolaki"): 1,
    }  # fmt: skip
    assert [gap.shift for gap in gaps([full, left], MONDAY)] == [left]
    assert gaps([left], left.ends_at) == []


def test_days_that_nobody_planned_are_named(plan: ShiftPlan) -> None:
    everybody, first = members(plan), date(2026, 11, 23)
    made = [as_shift(one, everybody) for one in planned(plan, everybody, first, 12, WITA, MONDAY)]
    assert unplanned_days(plan, made, first, 14, WITA, MONDAY) == [date(2026, 12, 5), date(2026, 12, 6)]
    assert unplanned_days(None, [], first, 14, WITA, MONDAY) == []


def test_a_turn_is_late_absent_over_or_done() -> None:
    turn = Turn(person(1), person(2), person(3), "Siti", Role.CALL_TAKER, MONDAY, MONDAY + 8 * HOUR)
    came = msgspec.structs.replace(turn, signed_on_at=MONDAY)
    left = msgspec.structs.replace(came, signed_off_at=MONDAY + 7 * HOUR)
    assert [turn.presence(MONDAY + n * HOUR) for n in (-2, -1, 0, 1, 8)] == [
        Presence.PLANNED, Presence.DUE, Presence.DUE, Presence.LATE, Presence.ABSENT,
    ]  # fmt: skip
    assert [came.presence(MONDAY + n * HOUR) for n in (0, 8, 10)] == [Presence.ON, Presence.OVER, Presence.DONE]
    assert left.presence(MONDAY + 7 * HOUR) is Presence.DONE


def test_a_swap_comes_about_by_two_people_and_a_supervisor_only() -> None:
    before_approval = [state for state, following in NEXT.items() if SwapState.APPROVED in following]
    assert before_approval == [SwapState.AGREED]
    assert [state for state, following in NEXT.items() if SwapState.AGREED in following] == [SwapState.ASKED]
    assert set(NEXT) == set(STATE_WORDS) == set(SwapState)
