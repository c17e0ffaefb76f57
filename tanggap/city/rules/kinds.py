"""The kinds of entries that can be edited. One more kind is one more line in `KINDS`, and its fields in `fields.py`."""

from collections.abc import Callable, Mapping
from typing import Any, cast

import msgspec

from tanggap.city.categories import Category, Choice, Question
from tanggap.city.model import Agency, Phrase
from tanggap.city.pack_format import (
    AdviceEntry,
    AgencyEntry,
    CategoryEntry,
    ChoiceEntry,
    PackEntry,
    PhraseEntry,
    QuestionEntry,
    TargetEntry,
)
from tanggap.city.targets import Target
from tanggap.platform.i18n import N_

#: An entry as it stands in the pack's file, and as the draft keeps it.
Body = dict[str, Any]
Record = Agency | Category | Target | Phrase


class RuleKind(msgspec.Struct, frozen=True):
    """One kind of entry: its table, its form in the pack's file, and the way from one to the other."""

    name: str  # of its table, and in the draft
    slug: str  # in addresses
    word: str
    many: str
    record: type[Record]
    entry: type[PackEntry]
    entry_of: Callable[[Any], PackEntry]
    record_of: Callable[[Any, str], Record]
    title: Callable[[Body], str]
    key: str = "code"
    is_fixed: bool = False  # every city has each of them: none is added, none is retired

    def body(self, record: Record) -> Body:
        """A record as it would stand in the pack's file, every field written out; equal to one that comes from the database."""
        return cast(Body, msgspec.json.decode(msgspec.json.encode(self.entry_of(record))))

    def read(self, body: Body, code: str) -> Record:
        """The record of a body.

        Raises:
            msgspec.ValidationError: the body is not of the pack's format.
        """
        return self.record_of(msgspec.convert(self.whole(body, code), self.entry, strict=True), code)

    def whole(self, body: Body, code: str) -> Body:
        """The body with its code, where its format has one."""
        return body | {"code": code} if "code" in self.entry.__struct_fields__ else body

    def code_of(self, record: Record) -> str:
        """What names a record of this kind."""
        return str(getattr(record, self.key))


def _agency_entry(agency: Agency) -> AgencyEntry:
    return AgencyEntry(**{name: getattr(agency, name) for name in AgencyEntry.__struct_fields__})


def _choice_entry(choice: Choice) -> ChoiceEntry:
    return ChoiceEntry(choice.value, choice.text_id, choice.text_en)


def _question_entry(question: Question) -> QuestionEntry:
    return QuestionEntry(
        question.code, question.kind, question.text_id, question.text_en, tuple(map(_choice_entry, question.choices)),
        question.raises, question.when, question.adds,
        {answer: AdviceEntry(advice.text_id, advice.text_en) for answer, advice in question.advises.items()},
    )  # fmt: skip


def _category_entry(category: Category) -> CategoryEntry:
    fields = {name: getattr(category, name) for name in CategoryEntry.__struct_fields__}
    return CategoryEntry(**fields | {"questions": tuple(map(_question_entry, category.questions))})


def _target_entry(target: Target) -> TargetEntry:
    return TargetEntry(**{name: getattr(target, name) for name in TargetEntry.__struct_fields__})


def _target_record(entry: TargetEntry, priority: str) -> Target:
    return msgspec.convert(msgspec.to_builtins(entry) | {"priority": priority}, Target)


def _phrase_entry(phrase: Phrase) -> PhraseEntry:
    return PhraseEntry(phrase.code, phrase.kind, phrase.text_id, phrase.text_en, phrase.provenance)


def _named(*names: str) -> Callable[[Body], str]:
    return lambda body: next((text for name in names if isinstance(text := body.get(name), str) and text.strip()), "")


_KINDS = (
    RuleKind(
        "category", "kategori", N_("Kategori"), N_("Kategori dan pertanyaannya"), Category, CategoryEntry, _category_entry,
        lambda entry, _code: entry.record({}), _named("name_id"),
    ),
    RuleKind(
        "agency", "instansi", N_("Instansi"), N_("Instansi"), Agency, AgencyEntry, _agency_entry,
        lambda entry, _code: entry.record({}), _named("short", "name"),
    ),
    RuleKind(
        "target", "waktu", N_("Waktu target"), N_("Waktu target"), Target, TargetEntry, _target_entry, _target_record,
        lambda _body: "", key="priority", is_fixed=True,
    ),
    RuleKind(
        "phrase", "kalimat", N_("Kalimat"), N_("Kalimat siap pakai"), Phrase, PhraseEntry, _phrase_entry,
        lambda entry, _code: entry.record({}), _named("id"),
    ),
)  # fmt: skip
KINDS: Mapping[str, RuleKind] = {kind.name: kind for kind in _KINDS}
BY_SLUG: Mapping[str, RuleKind] = {kind.slug: kind for kind in _KINDS}
#: The order in which rows are written: who is named before who names.
WRITTEN = ("agency", "category", "target", "phrase")
