"""What kinds of incident a city knows: whose each is, what is asked about it, and what is said to the caller."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

import msgspec

from tanggap.city.kinds import Priority, Provenance
from tanggap.platform.i18n import Locale


class QuestionKind(StrEnum):
    """How a question is answered."""

    YES_NO = "yes_no"  # yes | no | unknown
    CHOICE = "choice"
    NUMBER = "number"
    TEXT = "text"


YES_NO_ANSWERS = ("yes", "no", "unknown")


class Choice(msgspec.Struct, frozen=True):
    """One answer of a question of kind `choice`."""

    value: str
    text_id: str
    text_en: str

    def text(self, locale: Locale) -> str:
        """The answer as it stands on the button."""
        return self.text_en if locale == "en" else self.text_id


class Advice(msgspec.Struct, frozen=True):
    """A sentence to be read to the caller."""

    text_id: str
    text_en: str

    def text(self, locale: Locale) -> str:
        """The sentence in the reader's language."""
        return self.text_en if locale == "en" else self.text_id


class Question(msgspec.Struct, frozen=True):
    """What the call taker asks about one category, and which answers raise the priority."""

    code: str
    kind: QuestionKind
    text_id: str
    text_en: str
    choices: tuple[Choice, ...] = ()
    raises: dict[str, Priority] = {}  # answer → priority at least; for a number, the key is the smallest that raises
    when: dict[str, tuple[str, ...]] = {}  # asked only after these answers to earlier questions, all of them
    adds: dict[str, tuple[str, ...]] = {}  # answer → agencies that are asked too
    advises: dict[str, Advice] = {}  # answer → what is read to the caller then

    def text(self, locale: Locale) -> str:
        """The question as it is spoken."""
        return self.text_en if locale == "en" else self.text_id

    def raised(self, answer: object) -> Priority | None:
        """The priority that this answer demands at least, or None."""
        return min((self.raises[key] for key in self._reached(answer, self.raises)), default=None)

    def added(self, answer: object) -> list[str]:
        """The agencies that this answer adds, in the pack's order."""
        return [agency for key in self._reached(answer, self.adds) for agency in self.adds[key]]

    def advised(self, answer: object) -> list[Advice]:
        """What is read to the caller after this answer."""
        return [self.advises[key] for key in self._reached(answer, self.advises)]

    def _reached(self, answer: object, keys: Iterable[str]) -> list[str]:
        """The keys that the answer is, or for a number reaches."""
        if self.kind is QuestionKind.NUMBER:
            return [key for key in keys if _reaches(answer, key)]
        return [key for key in keys if key == str(answer)]

    def is_asked(self, answers: Mapping[str, Any]) -> bool:
        """Whether the answers given so far lead here."""
        return all(str(answers.get(code)) in wanted for code, wanted in self.when.items())


def _reaches(answer: object, least: str) -> bool:
    try:
        return float(str(answer)) >= float(least)
    except ValueError:
        return False


class Category(msgspec.Struct, frozen=True):
    """What kind of incident, whose it is, what to ask and what to tell the caller."""

    code: str
    name_id: str
    name_en: str
    group: str
    priority: Priority
    lead: str
    support: tuple[str, ...]
    next: tuple[str, ...]  # competent too, in this order, when the lead agency rejects
    questions: tuple[Question, ...]
    advice_id: str
    advice_en: str
    words: tuple[str, ...]  # what people here say when they mean it
    provenance: Provenance
    source: str
    active: bool = True

    def name(self, locale: Locale) -> str:
        """The category as people read it."""
        return self.name_en if locale == "en" else self.name_id

    def advice(self, locale: Locale) -> str:
        """What the call taker tells the caller."""
        return self.advice_en if locale == "en" else self.advice_id

    def priority_for(self, answers: Mapping[str, Any]) -> Priority:
        """The category's priority, raised by the answers given; an answer never lowers it."""
        raised = (question.raised(answers[question.code]) for question in self.questions if question.code in answers)
        return min([self.priority, *(priority for priority in raised if priority is not None)])

    def asked(self, answers: Mapping[str, Any]) -> list[Question]:
        """The questions that the answers lead to, in the order in which they are asked."""
        return [question for question in self.questions if question.is_asked(answers)]

    def added(self, answers: Mapping[str, Any]) -> list[str]:
        """The agencies that the answers add to those of the category."""
        found = (agency for question in self.asked(answers) for agency in question.added(answers.get(question.code)))
        return [agency for agency in dict.fromkeys(found) if agency != self.lead and agency not in self.support]

    def advised(self, answers: Mapping[str, Any], locale: Locale) -> list[str]:
        """What to read to the caller, by the answers so far: what they call for first, then what holds for the whole category."""
        told = [
            advice.text(locale) for question in self.asked(answers) for advice in question.advised(answers.get(question.code))
        ]
        return list(dict.fromkeys([*told, *filter(None, [self.advice(locale)])]))
