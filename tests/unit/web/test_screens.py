"""The bar says where one is, once, and lists what one may open."""

import pytest

from tanggap.people.model import Person, Role
from tanggap.platform.ids import new_id
from tanggap.web.screens import screens_of


def person(role: Role) -> Person:
    return Person("kendari", new_id(), "siti", "Siti", frozenset({role}), None, "id", True, False)


def here(someone: Person, path: str) -> list[str]:
    return [screen.href for screen in screens_of(someone, path) if screen.is_here]


@pytest.mark.parametrize(
    ("path", "screen"),
    [
        ("/koordinator", "/koordinator"),
        ("/koordinator/angka/answer", "/koordinator"),
        ("/koordinator/laporan/2026-01", "/koordinator/laporan"),
        ("/koordinator/tempat", "/koordinator/tempat"),
    ],
)
def test_the_nearest_screen_is_where_one_is(path: str, screen: str) -> None:
    assert here(person(Role.COORDINATOR), path) == [screen]


def test_the_weeks_of_the_roster_belong_to_the_roster() -> None:
    assert here(person(Role.SUPERVISOR), "/pengawas/regu") == ["/regu"]
    assert here(person(Role.SUPERVISOR), "/pengawas/berulang") == ["/pengawas"]


def test_nobody_is_shown_what_they_may_not_open() -> None:
    assert [screen.href for screen in screens_of(person(Role.AUDITOR), "/audit")] == ["/audit"]
    assert screens_of(None, "/masuk") == []
