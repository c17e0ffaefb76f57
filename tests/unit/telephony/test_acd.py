"""The queue: longest idle first, back to the front, and nobody beyond the bound."""

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from tanggap.telephony.acd import BEHIND_S, LEFT_FOR_S, MOST_FAILURES, Line, Step, looks_like_nuisance, next_step
from tanggap.telephony.choosing import Free


def person(n: int) -> UUID:
    return UUID(int=n)


def free(n: int, since: float = 0, desk: str = "main", *skills: str) -> Free:
    return Free(person(n), since, desk, frozenset(skills))


def here(*people: Free) -> dict[UUID, frozenset[str]]:
    return {one.person: one.skills for one in people}


def served(line: Line, n: int = 1, now: float = 0) -> list[str]:
    return [match.key for match in line.match([free(k) for k in range(1, n + 1)], now)]


def test_the_longest_idle_operator_is_rung() -> None:
    line = Line(20)
    line.join("a", 0)
    (match,) = line.match([free(1, since=50), free(2, since=10), free(3, since=30)], 60)
    assert match.person == person(2)


def test_first_come_first_served() -> None:
    line = Line(20)
    for key in "abc":
        line.join(key, 0)
    assert served(line, 2) == ["a", "b"]
    assert served(line) == ["c"]
    assert len(line) == 0


def test_a_call_that_comes_back_is_at_the_front_and_goes_to_somebody_else() -> None:
    line = Line(20)
    first = line.join("first", 0)
    for key in "abc":
        line.join(key, 1)
    (match,) = line.match([free(1)], 2)
    assert match.key == "first"
    line.put_back(first, person(1))
    again = line.match([free(1, since=0), free(2, since=5)], 10)
    assert [(match.key, match.person) for match in again] == [("first", person(2)), ("a", person(1))]


def test_a_call_that_no_phone_understands_lets_others_go_first_and_is_never_dropped() -> None:
    line = Line(20)
    odd = line.join("odd", 0)
    for n in range(1, MOST_FAILURES + 1):
        (match,) = line.match([free(n)], n)
        assert match.key == "odd"  # at the front: it may have been the phones
        line.join(f"c{n}", n)
        line.put_back(odd, match.person, failed_at=n)
    assert served(line, 1, MOST_FAILURES) == ["c1"]
    assert served(line, 1, MOST_FAILURES + BEHIND_S) == ["odd"]
    line.put_back(odd, person(1), failed_at=10)
    assert served(line, 3, 11) == ["c2", "c3", "odd"]  # nobody else is there
    line.put_back(odd, person(1))  # it rang: a person did not answer
    line.join("later", 12)
    assert served(line, 2, 10 + 9 * BEHIND_S) == ["odd", "later"]


def test_many_calls_that_no_phone_understands_leave_desks_to_the_others_for_a_while() -> None:
    line, people = Line(20), [free(n) for n in range(1, 9)]
    for n in range(8):
        odd = line.join(f"odd{n}", 0)
        odd.failures, odd.behind_until = MOST_FAILURES, BEHIND_S
        odd.came_back = True
    rung = {match.person for match in line.match(people, BEHIND_S, here=here(*people))}
    left = [one for one in people if one.person not in rung]
    assert len(left) == 2
    line.join("right", 6)
    (match,) = line.match(left, 6, here=here(*people))
    assert match.key == "right"
    (_, *others) = left
    assert line.match(others, 7, here=here(*people)) == []
    assert len(line.match(others, BEHIND_S + LEFT_FOR_S, here=here(*people))) == 1, "and none is dropped for it"


def test_who_refused_gets_it_again_when_nobody_else_is_there() -> None:
    line = Line(20)
    place = line.join("a", 0)
    line.match([free(1)], 0)
    line.put_back(place, person(1))
    assert [match.person for match in line.match([free(1)], 9)] == [person(1)]


def test_a_skill_is_looked_for_and_not_waited_for_when_nobody_has_it() -> None:
    line = Line(20)
    line.join("a", 0)
    line.want("a", ["en"], 12)
    (match,) = line.match([free(1, 0), free(2, 5, "main", "en")], 6)
    assert match.person == person(2)
    line.join("b", 0)
    line.want("b", ["zh"], 12)
    assert [m.person for m in line.match([free(1)], 6, here=here(free(1), free(2, 0, "main", "en")))] == [person(1)]


def test_a_call_waits_for_a_busy_person_with_its_language_only_so_long_and_others_go_on_meanwhile() -> None:
    line, busy = Line(20), free(2, 0, "main", "en")
    for key in ("english", "b"):
        line.join(key, 0)
    line.want("english", ["en"], 12)
    assert [m.key for m in line.match([free(1)], 1, here=here(free(1), busy))] == ["b"]
    assert line.match([free(1)], 11, here=here(free(1), busy)) == []
    assert [(m.key, m.person) for m in line.match([free(1)], 12, here=here(free(1), busy))] == [("english", person(1))]


def test_who_says_danger_or_was_offered_once_is_not_kept_for_anybody() -> None:
    busy = free(2, 0, "main", "en")
    for hurry in (False, True):
        line = Line(20)
        place = line.join("a", 0)
        line.want("a", ["en"], 12)
        if hurry:
            line.press_urgent("a")
        else:
            line.match([busy], 0, here=here(free(1), busy))
            line.put_back(place, person(2))
        assert [m.person for m in line.match([free(1)], 1, here=here(free(1), busy))] == [person(1)]


def test_who_handed_a_call_on_is_not_waited_for_and_gets_it_back_when_nobody_else_is_there() -> None:
    line, giver = Line(20), free(1, 0, "main", "en")
    place = line.join("a", 0)
    line.match([giver], 0)
    line.put_back(place, giver.person)
    line.want("a", ["en"], 30)
    assert [m.person for m in line.match([giver, free(2)], 1, here=here(giver, free(2)))] == [person(2)]
    line.put_back(place, person(2))
    assert [m.person for m in line.match([giver], 9, here=here(giver))] == [person(1)]


SKILLS = st.frozensets(st.sampled_from(["en", "zh", "calm"]), max_size=3)


@given(
    st.lists(st.tuples(st.floats(0, 4), SKILLS, st.booleans()), min_size=1, max_size=40),
    st.lists(st.tuples(SKILLS, st.floats(1, 9)), min_size=1, max_size=4),
    st.floats(0, 20),
)
@settings(max_examples=80, deadline=None)
def test_no_call_is_ever_kept_from_everybody(
    calls: list[tuple[float, frozenset[str], bool]], staff: list[tuple[frozenset[str], float]], wait_s: float
) -> None:
    """Operators talk for a while and come back. Whenever somebody is idle, whoever still waits may be kept, and not for long."""
    line, now, needing, kept_until = Line(20), 0.0, {}, {}
    people = [(free(n, 0, "main", *skills), talk_s) for n, (skills, talk_s) in enumerate(staff, 1)]
    busy_until = {one.person: 0.0 for one, _ in people}
    arrivals = [(sum(pause for pause, _, _ in calls[: n + 1]), f"c{n}", *calls[n][1:]) for n in range(len(calls))]
    answered: list[str] = []
    while arrivals or len(line):
        while arrivals and arrivals[0][0] <= now:
            at, key, needs, urgent = arrivals.pop(0)
            line.join(key, at)
            line.want(key, needs, at + wait_s)
            needing[key], kept_until[key] = needs, at + wait_s
            if urgent:
                line.press_urgent(key)
                kept_until[key] = at
        idle = [one for one, _ in people if busy_until[one.person] <= now]
        talk_s = {one.person: talk for one, talk in people}
        for match in line.match(idle, now, here=here(*(one for one, _ in people))):
            answered.append(match.key)
            busy_until[match.person] = now + talk_s[match.person]
        still = [one for one in idle if busy_until[one.person] <= now]
        for place in line.places() if still else []:
            assert now < kept_until[place.key]
            has_now = max(len(needing[place.key] & one.skills) for one in still)
            assert any(len(needing[place.key] & one.skills) > has_now for one, _ in people), "kept for nobody"
        now += 0.5
    assert sorted(answered) == sorted(needing)


def test_another_desk_helps_only_after_a_while() -> None:
    line = Line(20)
    line.join("a", 0)
    idle = [free(1, 0, "pelaporan")]
    assert line.match(idle, 5, ["pelaporan"]) == []
    assert [m.key for m in line.match(idle, 9, ["pelaporan"])] == ["a"]


def test_what_the_edge_does_not_hold_is_not_given_out() -> None:
    line = Line(20)
    line.join("a", 0).ready = False
    line.join("b", 1)
    assert served(line) == ["b"]


def test_a_fast_line_lets_danger_go_first_and_a_slow_one_does_not() -> None:
    for gap_s, expected in ((0.5, "danger"), (15.0, "first")):
        line = Line(20)
        now = 0.0
        for n in range(12):
            line.join(f"warm{n}", now)
            served(line, now=now)
            now += gap_s
        line.join("first", now)
        line.join("danger", now + 1)
        line.press_urgent("danger")
        assert served(line, now=now + 2) == [expected]


def at_a_pace(line: Line, gap_s: float) -> float:
    """Serve a few, so that the line knows its pace; the time after it."""
    for n in range(12):
        line.join(f"warm{n}", n * gap_s)
        served(line, now=n * gap_s)
    return 12 * gap_s


def test_in_a_burst_danger_goes_first_and_a_history_of_nuisance_comes_after_it() -> None:
    line = Line(20)
    line.burst = True
    now = at_a_pace(line, 0.3)
    line.join("known", now, suspect=True)
    line.join("first", now)
    line.join("danger", now)
    for key in ("known", "danger"):
        line.press_urgent(key)
    assert [served(line, now=now + 0.3 * n)[0] for n in (1, 2, 3)] == ["danger", "known", "first"]


def test_who_looks_like_nuisance_lets_others_go_first_but_not_in_a_burst() -> None:
    for burst, expected in ((False, "other"), (True, "known")):
        line = Line(20)
        line.burst = burst
        now = at_a_pace(line, 0.3)
        line.join("known", now, suspect=True)
        line.join("other", now)
        assert served(line, now=now + 0.3) == [expected]


def test_who_comes_to_the_end_of_the_bound_is_given_to_somebody_who_rests() -> None:
    line = Line(20)
    now = at_a_pace(line, 0.3)
    line.join("first", now)
    line.join("danger", now)
    line.press_urgent("danger")
    assert served(line, now=now) == ["danger"]
    rests = [free(7, since=now)]
    assert line.match([], now + 15, resting=rests) == []
    assert [(match.key, match.person) for match in line.match([], now + 19, resting=rests)] == [("first", person(7))]


def test_nobody_is_called_in_where_first_come_first_served_would_not_have_served_yet() -> None:
    line = Line(20)
    line.join("first", 0)
    assert line.match([], 100, resting=[free(7)]) == []


@given(
    st.lists(
        st.tuples(st.floats(0, 3), st.booleans(), st.booleans(), st.booleans(), st.floats(0.2, 6)), min_size=30, max_size=120
    ),
    st.sampled_from([0.0, 20.0, 60.0]),
)
@settings(max_examples=60, deadline=None)
def test_everybody_is_served_once_and_with_a_steady_pace_nobody_beyond_the_bound(
    story: list[tuple[float, bool, bool, bool, float]], bound_s: float
) -> None:
    """One operator becomes free every 1.5 s; people come, press, hang up."""
    line, now, next_slot = Line(bound_s), 0.0, 0.0
    taken: list[str] = []
    gone: set[str] = set()
    late: list[float] = []

    def slot(at: float) -> None:
        places = {place.key: place for place in line.places()}
        for match in line.match([free(1)], at):
            taken.append(match.key)
            stamped = places[match.key].stamped
            late.append(at - stamped if stamped is not None else 0.0)

    for n, (pause, suspect, urgent, leaves, _) in enumerate(story):
        now += pause / 3
        while next_slot <= now:
            slot(next_slot)
            next_slot += 1.5
        line.join(f"c{n}", now, suspect=suspect)
        if urgent:
            line.press_urgent(f"c{n}")
        if leaves and n >= 5 and f"c{n - 5}" in line:
            line.leave(f"c{n - 5}")
            gone.add(f"c{n - 5}")
    while len(line):
        slot(next_slot)
        next_slot += 1.5
    assert sorted(taken + list(gone)) == sorted(f"c{n}" for n in range(len(story)))
    assert max(late) <= bound_s


def test_a_bound_of_nothing_is_first_come_first_served() -> None:
    line = Line(0)
    for n in range(40):
        line.join(f"c{n}", n * 0.1, suspect=n % 2 == 0)
        if n % 3 == 0:
            line.press_urgent(f"c{n}")
    assert [served(line, now=5 + n * 0.1)[0] for n in range(40)] == [f"c{n}" for n in range(40)]


def test_outside_comes_next_by_the_rule() -> None:
    assert next_step(10, 0, 2, True, True, True, 45) is None
    assert next_step(46, 0, 2, True, True, True, 45) is Step.MOBILE
    assert next_step(80, 2, 2, True, True, True, 45) is Step.NEIGHBOUR
    assert next_step(120, 3, 2, True, True, True, 45) is None
    assert next_step(0, 0, 1, False, True, False, 45) is Step.MOBILE
    assert next_step(0, 1, 1, False, True, False, 45) is Step.LAST
    assert next_step(9, 2, 1, False, True, False, 45) is None


def test_a_history_must_be_clear_before_it_says_anything() -> None:
    assert looks_like_nuisance(3, 0)
    assert not looks_like_nuisance(2, 0)
    assert not looks_like_nuisance(9, 1)
    assert looks_like_nuisance(10, 1)
