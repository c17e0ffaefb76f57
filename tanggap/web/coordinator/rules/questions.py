"""The questions of a category on its page: rows of answers with what each brings about, read back from the form."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tanggap.city.categories import YES_NO_ANSWERS, QuestionKind
from tanggap.city.rules.kinds import Body
from tanggap.platform.text import clean_text, fold
from tanggap.web.forms import Form

#: More questions or answers than any category can have; what a form has beyond them is not read.
MOST = 24
#: Questions that the pack's format allows.
MOST_QUESTIONS = 8
MAX_TEXT = 2_000
_INDEX = re.compile(r"(?P<act>[a-z]+):(?P<at>\d{1,2})")


class AnswerRow(NamedTuple):
    """One answer, and what it brings about."""

    value: str
    id: str = ""
    en: str = ""
    raises: str = ""
    adds: Sequence[str] = ()
    advice_id: str = ""
    advice_en: str = ""


class Earlier(NamedTuple):
    """An answer to an earlier question, after which this one may be asked."""

    value: str  # code=answer
    question: str
    answer: str


class QuestionView(NamedTuple):
    """A question as its part of the page shows it."""

    code: str
    kind: str
    id: str
    en: str
    rows: Sequence[AnswerRow]
    when: Sequence[str]
    earlier: Sequence[Earlier]


def views(body: Body) -> list[QuestionView]:
    """The questions of a body, each with its answers in order; a choice and a number have one row more, still empty."""
    questions: Sequence[Mapping[str, Any]] = body.get("questions") or []
    return [_view(question, questions[:at]) for at, question in enumerate(questions)]


def _view(question: Mapping[str, Any], before: Sequence[Mapping[str, Any]]) -> QuestionView:
    kind = str(question.get("kind", ""))
    choices = {str(choice.get("value", "")): choice for choice in question.get("choices") or []}
    raises, adds, advises = (question.get(name) or {} for name in ("raises", "adds", "advises"))
    acting = [*raises, *adds, *advises]
    fixed = list(YES_NO_ANSWERS) if kind == QuestionKind.YES_NO else list(choices)
    if kind == QuestionKind.NUMBER:
        acting.sort(key=_number)
    more = [""] if kind in (QuestionKind.CHOICE, QuestionKind.NUMBER) else []
    rows = [
        AnswerRow(
            value, str(choices.get(value, {}).get("id", "")), str(choices.get(value, {}).get("en", "")),
            str(raises.get(value, "")), adds.get(value, ()), str(advises.get(value, {}).get("id", "")),
            str(advises.get(value, {}).get("en", "")),
        )
        for value in dict.fromkeys([*fixed, *choices, *acting, *more])
    ]  # fmt: skip
    when = [f"{code}={answer}" for code, answers in (question.get("when") or {}).items() for answer in answers]
    return QuestionView(
        str(question.get("code", "")), kind, str(question.get("id", "")), str(question.get("en", "")), rows, when,
        [one for other in before for one in _earlier(other)],
    )  # fmt: skip


def _earlier(question: Mapping[str, Any]) -> list[Earlier]:
    code, text = str(question.get("code", "")), str(question.get("id", ""))
    if question.get("kind") == QuestionKind.YES_NO:
        return [Earlier(f"{code}={answer}", text, answer) for answer in YES_NO_ANSWERS]
    choices = question.get("choices") or []
    return [Earlier(f"{code}={choice.get('value', '')}", text, str(choice.get("id", ""))) for choice in choices]


def _number(said: str) -> tuple[float, str]:
    try:
        return float(said), said
    except ValueError:
        return float("inf"), said


def read(form: Form) -> list[Body]:
    """The questions that a form holds, in order; nothing is judged."""
    found = []
    for at in range(MOST):
        if f"q{at}.kind" not in form.texts:
            break
        found.append(_question(form, f"q{at}"))
    return found


def _question(form: Form, name: str) -> Body:
    kind = text(form, f"{name}.kind")
    question: Body = {
        "code": text(form, f"{name}.code"), "kind": kind, "id": text(form, f"{name}.id"),
        "en": text(form, f"{name}.en") or text(form, f"{name}.id"), "choices": [], "raises": {}, "when": {}, "adds": {},
        "advises": {},
    }  # fmt: skip
    for at in range(MOST):
        if f"{name}.a{at}.value" not in form.texts:
            break
        _answer(form, f"{name}.a{at}", kind, question)
    for wanted in filter(None, form.all_texts(f"{name}.when")):
        code, _, answer = wanted.partition("=")
        answers = question["when"].setdefault(clean_text(code, MAX_TEXT).text, [])
        if answer not in answers:
            answers.append(clean_text(answer, MAX_TEXT).text)
    return question


def _answer(form: Form, name: str, kind: str, question: Body) -> None:
    value, said = text(form, f"{name}.value"), text(form, f"{name}.id")
    raises, adds = text(form, f"{name}.raises"), [code for code in form.all_texts(f"{name}.adds") if code]
    advice, advice_en = text(form, f"{name}.advice_id"), text(form, f"{name}.advice_en")
    if not (said or raises or adds or advice or advice_en):
        return
    if not value and kind == QuestionKind.CHOICE:
        value = code_of(said)
    if kind == QuestionKind.CHOICE:
        question["choices"].append({"value": value, "id": said, "en": text(form, f"{name}.en") or said})
    if raises:
        question["raises"][value] = raises
    if adds:
        question["adds"][value] = [clean_text(code, MAX_TEXT).text for code in adds]
    if advice or advice_en:
        question["advises"][value] = {"id": advice, "en": advice_en or advice}


def rearranged(questions: list[Body], do: str) -> list[Body]:
    """The questions after one was added, taken out or moved: `tambah`, `hapus:2`, `naik:2`, `turun:2`."""
    found = list(questions)
    if do == "tambah" and len(found) < MOST_QUESTIONS:
        taken = {question["code"] for question in found}
        code = next(name for n in range(1, MOST * 2) if (name := f"q{n}") not in taken)
        return [*found, {"code": code, "kind": QuestionKind.YES_NO.value, "id": "", "en": ""}]
    match = _INDEX.fullmatch(do)
    at = int(match["at"]) if match else len(found)
    if match is None or at >= len(found):
        return found
    if match["act"] == "hapus":
        del found[at]
    else:
        to = at - 1 if match["act"] == "naik" else at + 1
        if 0 <= to < len(found):
            found[at], found[to] = found[to], found[at]
    return found


def text(form: Form, name: str) -> str:
    """What stands in a field, storable."""
    return clean_text(form.text(name).strip(), MAX_TEXT).text


def code_of(said: str) -> str:
    """A code for what a person has written."""
    folded = fold(said).replace(" ", "_")[:40].strip("_")
    return folded if folded[:1].isalpha() else f"a_{folded}".rstrip("_")
