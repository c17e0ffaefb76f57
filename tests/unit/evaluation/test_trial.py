"""Two catalogues over the same incidents, on cases counted by hand."""

from datetime import UTC, datetime
from uuid import uuid4

import msgspec
import pytest

from tanggap.city.categories import Category, Question, QuestionKind
from tanggap.city.kinds import Priority, Provenance
from tanggap.city.model import Agency, Catalogue, City
from tanggap.city.targets import Target
from tanggap.city.territory import BoundingBox
from tanggap.evaluation.trial.model import Outcome, Tried, ruling

OURS = Provenance.PROPOSED
HIT = Question(
    "hit", QuestionKind.YES_NO, "Ada yang tertimpa?", "Anyone hit?", raises={"yes": Priority.P1}, adds={"yes": ("psc119",)}
)


def category(code: str, lead: str, *support: str) -> Category:
    return Category(code, code, code, "x", Priority.P2, lead, support, (), (HIT,), "", "", (code,), OURS, "")


@pytest.fixture
def old() -> Catalogue:
    city = City("kendari", "Kendari", "Asia/Makassar", "KDI", "112", BoundingBox(-5, 122, -3, 123), -4, 122.5, 12)
    agencies = tuple(Agency(code, code, code, "", "", OURS, "") for code in ("bpbd", "dlhk", "psc119"))
    targets = tuple(Target(priority, 60, 900, 3_600, "", OURS) for priority in Priority)
    return Catalogue(city, 1, agencies, (category("tree", "bpbd", "dlhk"), category("waste", "dlhk")), (), targets, ())


def tried(category: str | None, answers: str = "{}", chosen: str | None = None, took: tuple[float, float] = (30, 60)) -> Tried:
    return Tried(uuid4(), 1, datetime(2026, 10, 1, tzinfo=UTC), category, chosen, answers, *took)


CASES = (
    tried("tree"), tried("tree", '{"hit":"yes"}'), tried("tree", '{"hit":"yes"}', "P3"), tried("waste"), tried(None),
    tried("gone"), tried("tree", "[]"),
)  # fmt: skip


def test_the_same_rules_change_nothing(old: Catalogue) -> None:
    outcome = Outcome(old, old)
    for one in CASES:
        outcome.count(one)
    assert (outcome.n, outcome.elsewhere, outcome.other_priority, outcome.other_times, outcome.listed) == (7, 0, 0, 0, [])


def test_another_lead_is_counted_by_category_and_listed(old: Catalogue) -> None:
    new = msgspec.structs.replace(old, categories=(category("tree", "dlhk", "bpbd"), old.categories[1]))
    outcome = Outcome(old, new)
    for one in CASES:
        outcome.count(one)
    assert (outcome.n, outcome.elsewhere, outcome.other_lead) == (7, 4, 4)
    assert outcome.moves == {("bpbd", "dlhk"): 4}
    ((code, row),) = outcome.touched
    assert (code, row.n, row.elsewhere, row.other_priority) == ("tree", 4, 4, 0)
    assert outcome.listed[1].new.agencies == ("dlhk", "bpbd", "psc119")


def test_an_answer_that_raises_no_longer_lowers_who_was_not_chosen_by_hand(old: Catalogue) -> None:
    plain = msgspec.structs.replace(HIT, raises={}, adds={})
    new = msgspec.structs.replace(
        old, categories=(msgspec.structs.replace(old.categories[0], questions=(plain,)), old.categories[1])
    )
    outcome = Outcome(old, new)
    for one in CASES:
        outcome.count(one)
    assert (outcome.sooner, outcome.less_soon, outcome.elsewhere) == (0, 1, 2)


def test_other_times_say_what_would_have_been_late(old: Catalogue) -> None:
    stricter = tuple(msgspec.structs.replace(one, acknowledge_s=20, resolve_s=60) for one in old.targets)
    outcome = Outcome(old, msgspec.structs.replace(old, targets=stricter))
    for one in (tried("tree"), tried("tree", took=(90, 7_200)), Tried(*tried("waste")[:6], None, None)):
        outcome.count(one)
    assert outcome.other_times == 3
    assert dict(outcome.late) == {"acknowledged_old": 1, "acknowledged_new": 2, "resolved_old": 1, "resolved_new": 1}


def test_a_retired_category_and_a_retired_agency_leave_somebody_else_or_nobody(old: Catalogue) -> None:
    without = tuple(msgspec.structs.replace(one, active=one.code != "bpbd") for one in old.agencies)
    retired = msgspec.structs.replace(
        old, categories=(msgspec.structs.replace(old.categories[0], active=False), old.categories[1])
    )
    outcome = Outcome(old, retired)
    outcome.count(tried("tree"))
    assert (outcome.nobody, outcome.elsewhere) == (1, 1)
    assert ruling(msgspec.structs.replace(old, agencies=without), "tree", None, "{}").agencies == ("dlhk",)
