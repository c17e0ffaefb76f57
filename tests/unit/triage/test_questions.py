"""Every path through every category's questions is walked: it ends, it never lowers the priority, and what it asks for exists."""

from collections.abc import Iterator
from typing import Any

import pytest

from tanggap.city.categories import YES_NO_ANSWERS, Category, Question, QuestionKind
from tanggap.city.pack import pack_folder, read_pack

PACK = read_pack(pack_folder("kendari"))
AGENCIES = {agency.code for agency in PACK.agencies}
CATEGORIES = {category.code: category for category in PACK.categories}


def answers_of(question: Question) -> list[str]:
    """Every answer that makes a difference, and for what is typed one that does not."""
    if question.kind is QuestionKind.YES_NO:
        return list(YES_NO_ANSWERS)
    if question.kind is QuestionKind.CHOICE:
        return [choice.value for choice in question.choices]
    if question.kind is QuestionKind.NUMBER:
        return ["0", *question.raises, *question.adds, *question.advises]
    return ["di sana"]


def paths(category: Category, answers: dict[str, Any] | None = None) -> Iterator[dict[str, Any]]:
    """All ways through the tree."""
    given = answers or {}
    following = next((one for one in category.asked(given) if one.code not in given), None)
    if following is None:
        yield given
        return
    for answer in answers_of(following):
        yield from paths(category, given | {following.code: answer})


@pytest.mark.parametrize("code", CATEGORIES)
def test_every_path_ends_and_asks_for_what_there_is(code: str) -> None:
    category = CATEGORIES[code]
    reached: set[str] = set()
    for path in paths(category):
        reached |= set(path)
        assert category.priority_for(path) <= category.priority
        assert set(category.added(path)) <= AGENCIES
        assert category.lead not in category.added(path)
        for locale in ("id", "en"):
            advice = category.advised(path, locale)
            assert advice
            assert len(advice) == len(set(advice))
            assert all(1 <= len(one) <= 280 for one in advice), "long enough to be read out in one breath"
    assert reached == {question.code for question in category.questions}, "a question that no path leads to"


def test_most_trees_do_more_than_ask() -> None:
    doing = [code for code, category in CATEGORIES.items() if any(q.adds or q.advises or q.raises for q in category.questions)]
    assert len(doing) == len(CATEGORIES)


def test_a_call_to_talk_has_a_protocol_of_its_own_and_a_hand_over() -> None:
    talk = CATEGORIES["counselling"]
    calm = {"suicidal": "no", "safe": "yes", "handover": "yes"}
    assert [question.code for question in talk.asked(calm)] == ["suicidal", "safe", "handover"]
    assert "119" in talk.advised(calm, "id")[0]
    danger = {"suicidal": "yes", "alone": "no"}
    assert talk.priority_for(danger) == "P1"
    assert talk.added(danger) == ["polresta", "psc119"]
    assert {"means", "where", "alone"} <= {question.code for question in talk.asked(danger)}
    assert "handover" not in {question.code for question in talk.asked(danger)}


def test_an_answer_that_is_no_longer_asked_for_still_raises_and_never_lowers() -> None:
    talk = CATEGORIES["counselling"]
    assert talk.priority_for({"suicidal": "no", "safe": "no"}) == "P2"
    assert talk.priority_for({}) == "P3"
