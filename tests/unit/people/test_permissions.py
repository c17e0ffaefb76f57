"""Who may do what, and which roles stand together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanggap.people.model import AGENCY_ROLES, NotAllowed, Person, Role, UnfitLogin, UnfitRoles, fit_login, fit_roles
from tanggap.people.permissions import HOME, MAY, Act, home_of, may, require, roles_that_may
from tanggap.platform.ids import new_id


def somebody(*roles: Role, agency: str | None = None) -> Person:
    return Person("kendari", new_id(), "siti", "Siti", frozenset(roles), agency, "id", True, False)


def test_every_role_has_rights_and_a_first_screen() -> None:
    assert set(MAY) == set(HOME) == set(Role)
    assert all(MAY.values())


def test_every_act_belongs_to_some_role() -> None:
    assert all(roles_that_may(act) for act in Act)


def test_an_agency_sees_no_other_incidents_and_no_callers_number() -> None:
    for role in AGENCY_ROLES:
        assert MAY[role] == {Act.ANSWER_ASSIGNMENT}


def test_an_administrator_reads_no_reports_and_no_audit() -> None:
    admin = somebody(Role.ADMINISTRATOR)
    assert not any(may(admin, act) for act in (Act.TAKE_CALLS, Act.SEE_INCIDENTS, Act.SEE_CALLER_NUMBER, Act.READ_AUDIT))


def test_nobody_may_nothing() -> None:
    assert not any(may(None, act) for act in Act)
    with pytest.raises(NotAllowed):
        require(None, Act.TAKE_CALLS)


def test_several_roles_add_up() -> None:
    both = somebody(Role.COORDINATOR, Role.AUDITOR)
    assert may(both, Act.READ_AUDIT)
    assert may(both, Act.SEE_STATISTICS)
    assert home_of(both) == "/koordinator"


@given(st.sets(st.sampled_from(Role)), st.none() | st.just("bpbd"))
def test_nobody_belongs_to_an_agency_and_to_the_centre(roles: set[Role], agency: str | None) -> None:
    try:
        fit = fit_roles(roles, agency)
    except UnfitRoles:
        assert not roles or bool(roles & AGENCY_ROLES) != bool(agency) or (roles & AGENCY_ROLES and roles - AGENCY_ROLES)
    else:
        assert fit <= AGENCY_ROLES if agency else not fit & AGENCY_ROLES


@given(st.text(max_size=60))
def test_a_login_is_small_letters_or_refused(said: str) -> None:
    try:
        login = fit_login(said)
    except UnfitLogin:
        return
    assert login == fit_login(login)
    assert login.isascii()
    assert " " not in login
