"""An entry's form, read into the body that the pack's format would have: nothing is judged here, and nothing is lost."""

import re
from typing import Any

from tanggap.city.rules.kinds import Body, RuleKind
from tanggap.platform.text import clean_text
from tanggap.web.coordinator.rules import questions
from tanggap.web.coordinator.rules.fields import FIELDS, SIZES, Field, Input
from tanggap.web.coordinator.rules.questions import MAX_TEXT, text
from tanggap.web.forms import Form

#: Lines that a field may have.
MOST_LINES = 400
#: Digits that a duration may have; more is kept as it was typed, and refused with its place.
MOST_DIGITS = 9


def read(kind: RuleKind, form: Form, before: Body) -> Body:
    """The body that a form makes of the one before it; fields that the form does not have stay as they were."""
    body = dict(before)
    for field in FIELDS[kind.name]:
        if field.name in form.texts:
            body[field.name] = _value(field, form)
    for field in FIELDS[kind.name]:
        if field.fallback and not body.get(field.name):
            body[field.name] = body.get(field.fallback, "")
    return body


def _value(field: Field, form: Form) -> Any:
    if field.input is Input.QUESTIONS:
        return questions.rearranged(questions.read(form), form.text("do"))
    if field.input is Input.AGENCIES:
        return [clean_text(code, MAX_TEXT).text for code in form.all_texts(field.name) if code]
    if field.input is Input.LINES:
        lines = form.text(field.name).splitlines()[:MOST_LINES]
        return list(dict.fromkeys(clean_text(line.strip(), MAX_TEXT).text for line in lines if line.strip()))
    if field.input is Input.DURATION:
        return _seconds(text(form, field.name), text(form, f"{field.name}.unit"))
    if field.input is Input.CHECKS:
        return list(dict.fromkeys(clean_text(one, MAX_TEXT).text for one in form.all_texts(field.name) if one))
    said = text(form, field.name)
    if field.may_be_none and not said:
        return None
    if field.input is Input.NUMBER:
        return int(said) if _is_number(said) else said
    return _share(said) if field.input is Input.PERCENT else said


def _is_number(said: str) -> bool:
    return said.isascii() and said.isdigit() and len(said) <= MOST_DIGITS


def _share(said: str) -> float | str:
    """A percentage as a share; what is none stays as it was typed, and is refused with its place."""
    match = re.fullmatch(r"(\d{1,3}(?:[.,]\d{1,4})?)\s*%?", said, re.ASCII)
    return round(float(match[1].replace(",", ".")) / 100, 6) if match else said


def _seconds(said: str, unit: str) -> int | str:
    if not _is_number(said):
        return said
    return int(said) * (int(unit) if unit in map(str, SIZES) else 1)
