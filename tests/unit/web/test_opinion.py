"""A priority that a call taker has chosen: what answers and words say of it."""

import msgspec
import pytest

from tanggap.city.categories import Category
from tanggap.city.kinds import Priority
from tanggap.city.model import Catalogue
from tanggap.incident.model import Report
from tanggap.triage.reader import Reading
from tanggap.web.console.opinion import Opinion, opinion_of

READING = Reading((), Priority.P1, 0.9, True, 0.9, None, ("berdarah",), ())
CALM = msgspec.structs.replace(READING, is_p1=False, why_p1=())


@pytest.fixture
def fallen_tree(catalogue: Catalogue) -> Category:
    return catalogue.categories_by_code["fallen_tree"]


def report(priority: Priority | None) -> Report:
    known = {"priority": priority, "answers": {}, "flags": ()}
    return Report(**{name: known.get(name) for name in Report.__struct_fields__})


def test_words_of_danger_offer_a_higher_priority_with_the_words(fallen_tree: Category) -> None:
    assert opinion_of(report(Priority.P3), fallen_tree, READING) == Opinion(Priority.P1, True, ("berdarah",))


def test_the_category_offers_its_own_where_a_lower_one_was_chosen(fallen_tree: Category) -> None:
    assert opinion_of(report(Priority.P4), fallen_tree, CALM) == Opinion(Priority.P2, True)


def test_what_was_chosen_higher_stays_and_that_is_said(fallen_tree: Category) -> None:
    assert opinion_of(report(Priority.P1), fallen_tree, CALM) == Opinion(Priority.P2, False)


def test_nothing_is_said_where_nothing_was_chosen_or_all_agree(fallen_tree: Category) -> None:
    assert opinion_of(report(None), fallen_tree, READING) is None
    assert opinion_of(report(Priority.P1), fallen_tree, READING) is None
    assert opinion_of(report(Priority.P2), None, None) is None
