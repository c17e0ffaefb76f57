"""Who can take a call: a desk whose call ended unseen is not busy for ever."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tanggap.people.roster.model import Ability
from tanggap.telephony.desks import Desks
from tanggap.telephony.model import Presence

SARI, BUDI = UUID(int=1), UUID(int=2)


def test_whose_call_ended_without_a_word_is_free_again() -> None:
    desks = Desks()
    for person in (SARI, BUDI):
        desks.phone(person, 1, 0.0)
    desks.move(desks[SARI], Presence.TALKING, 1.0, "one@trunk")
    desks.move(desks[BUDI], Presence.TALKING, 1.0, "two@trunk")
    desks.left("one@trunk", 2.0)
    assert (desks[SARI].state, desks[SARI].call) == (Presence.READY, None)
    assert (desks[BUDI].state, desks[BUDI].call) == (Presence.TALKING, "two@trunk")


def test_who_lost_the_phone_meanwhile_is_away() -> None:
    desks = Desks()
    desks.phone(SARI, 1, 0.0)
    desks.move(desks[SARI], Presence.TALKING, 1.0, "one@trunk")
    desks.no_phones(2.0)
    desks.left("one@trunk", 3.0)
    assert desks[SARI].state is Presence.AWAY
    desks.phone(SARI, 1, 4.0)
    assert desks[SARI].state is Presence.READY


def test_who_rests_after_a_call_is_called_in_once_and_rests_on_when_the_call_goes_elsewhere() -> None:
    desks = Desks()
    desks.phone(SARI, 1, 0.0)
    desks.move(desks[SARI], Presence.WRAP_UP, 5.0)
    assert [one.person for one in desks.resting()] == [SARI]
    desks.move(desks[SARI], Presence.RINGING, 8.0, "one@trunk")
    assert desks.resting() == []
    desks.rest(SARI, 12.0)
    assert (desks[SARI].state, desks[SARI].since) == (Presence.WRAP_UP, 5.0)
    assert desks.resting() == []
    assert desks.wrapped_up(20.0, 25.0)
    assert desks[SARI].state is Presence.READY


def test_who_is_called_in_and_answers_rests_anew_after_that_call() -> None:
    desks = Desks()
    desks.phone(SARI, 1, 0.0)
    for state, at in ((Presence.WRAP_UP, 5.0), (Presence.RINGING, 8.0), (Presence.TALKING, 9.0), (Presence.WRAP_UP, 60.0)):
        desks.move(desks[SARI], state, at)
    assert not desks.wrapped_up(20.0, 79.0)
    assert [one.person for one in desks.resting()] == [SARI]


def test_what_people_can_comes_from_the_roster() -> None:
    desks = Desks()
    desks.able(
        {SARI: Ability(frozenset({"counselling"}), frozenset({"tolaki"})), UUID(int=3): Ability(languages=frozenset({"bugis"}))}
    )
    for person in (SARI, BUDI):
        desks.phone(person, 1, 0.0)
    assert {one.person: one.skills for one in desks.free()} == {SARI: {"counselling", "tolaki"}, BUDI: frozenset()}
    assert desks.here({"main"}) == {SARI: {"counselling", "tolaki"}, BUDI: frozenset()}
    assert desks.here({"elsewhere"}) == {}
    assert desks.languages_here() == {"tolaki"}
    desks.move(desks[SARI], Presence.TALKING, 1.0, "one@trunk")
    assert [one.person for one in desks.free()] == [BUDI]
    assert SARI in desks.here({"main"})


_ACTS = st.lists(
    st.tuples(st.sampled_from((SARI, BUDI, UUID(int=3))), st.sampled_from(("one@trunk", "two@trunk", None)), st.booleans()),
    max_size=20,
)


@given(_ACTS)
def test_a_call_is_at_one_desk_however_desks_move(acts: list[tuple[UUID, str | None, bool]]) -> None:
    desks = Desks()
    people = (SARI, BUDI, UUID(int=3))
    for person in people:
        desks.phone(person, 1, 0.0)
    for now, (person, call, ends) in enumerate(acts, 1):
        if call is None:
            desks.rest(person, now)
        elif ends:
            desks.left(call, now)
            assert all(desks[one].call != call for one in people)
        else:
            desks.move(desks[person], Presence.RINGING, now, call)
            assert [one for one in people if desks[one].call == call] == [person]
    assert all(desks[one].call is not None or desks[one].state is Presence.READY for one in people)
