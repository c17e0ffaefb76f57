"""The kinds of entries that can be edited. One more kind is one more line in `KINDS`, and its fields in `fields.py`."""

from collections.abc import Callable, Mapping
from typing import Any, cast

import msgspec

from tanggap.city.categories import Category, Choice, Question
from tanggap.city.ladder import (
    CLOCK_WORDS,
    DAY_WORDS,
    TOLD_WORDS,
    AgencyRule,
    Clock,
    Holiday,
    OfficeHours,
    Rung,
    Told,
    Weekday,
)
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
from tanggap.city.pack_ladder import AgencyRuleEntry, HolidayEntry, OfficeHoursEntry, StepEntry
from tanggap.city.service_levels import LevelEntry
from tanggap.city.targets import ServiceLevel, Target
from tanggap.platform.i18n import N_

#: An entry as it stands in the pack's file, and as the draft keeps it.
Body = dict[str, Any]
Record = Agency | Category | Target | Phrase | Rung | OfficeHours | AgencyRule | Holiday | ServiceLevel
#: What stands between the parts of a title, each of which is a gettext key or a code.
PART = " · "
#: How codes are written, where a kind says nothing else.
CODE = r"[a-z][a-z0-9_-]{0,79}"


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
    may_be_none: bool = False  # a city may do without any
    codes: str = CODE  # how its codes are written

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


def _rung_entry(rung: Rung) -> StepEntry:
    return StepEntry(**{name: getattr(rung, name) for name in StepEntry.__struct_fields__})


def _hours_entry(hours: OfficeHours) -> OfficeHoursEntry:
    said = (f"{hours.opens:%H:%M}", f"{hours.closes:%H:%M}")
    return OfficeHoursEntry(hours.day, *said, hours.provenance, hours.source, hours.agency)


def _rule_entry(rule: AgencyRule) -> AgencyRuleEntry:
    return AgencyRuleEntry(rule.agency, rule.provenance, rule.pauses, rule.off_hours, rule.source)


def _holiday_entry(holiday: Holiday) -> HolidayEntry:
    return HolidayEntry(holiday.date, holiday.name_id, holiday.name_en, holiday.kind, holiday.provenance, holiday.source)


def _level_entry(level: ServiceLevel) -> LevelEntry:
    return LevelEntry(**{name: getattr(level, name) for name in LevelEntry.__struct_fields__})


def _recorded(entry: Any, code: str) -> Any:
    """The record of an entry whose code follows from what it says. Raises msgspec.ValidationError where it says another."""
    record = entry.record({})
    if record.code != code:
        raise msgspec.ValidationError(f"{code} says that it is {record.code}")
    return record


def _said(words: Mapping[Any, str], kind: Callable[[str], Any], said: object) -> str:
    try:
        return words[kind(str(said))]
    except ValueError:
        return str(said or "?")


def _rung_title(body: Body) -> str:
    parts = [
        str(body.get("priority", "?")),
        _said(CLOCK_WORDS, Clock, body.get("clock")),
        _said(TOLD_WORDS, Told, body.get("tell")),
    ]
    return PART.join([*parts, *(str(body[name]) for name in ("category", "agency") if body.get(name))])


def _hours_title(body: Body) -> str:
    return PART.join([_said(DAY_WORDS, Weekday, body.get("day")), *([str(body["agency"])] if body.get("agency") else [])])


def _holiday_title(body: Body) -> str:
    return PART.join(str(body[name]) for name in ("date", "id") if body.get(name))


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
    RuleKind(
        "rung", "eskalasi", N_("Anak tangga eskalasi"), N_("Tangga eskalasi"), Rung, StepEntry, _rung_entry, _recorded,
        _rung_title, may_be_none=True,
    ),
    RuleKind(
        "office_hours", "jam-kantor", N_("Jam kantor"), N_("Jam kantor"), OfficeHours, OfficeHoursEntry, _hours_entry, _recorded,
        _hours_title, may_be_none=True,
    ),
    RuleKind(
        "agency_rule", "luar-jam", N_("Di luar jam kantor"), N_("Di luar jam kantor"), AgencyRule, AgencyRuleEntry, _rule_entry,
        _recorded, _named("agency"), may_be_none=True,
    ),
    RuleKind(
        "holiday", "libur", N_("Hari libur"), N_("Hari libur"), Holiday, HolidayEntry, _holiday_entry, _recorded, _holiday_title,
        may_be_none=True, codes=r"\d{4}-\d{2}-\d{2}",
    ),
    RuleKind(
        "service_level", "layanan", N_("Tingkat layanan"), N_("Tingkat layanan"), ServiceLevel, LevelEntry, _level_entry,
        lambda entry, _code: entry.record({}), _named("figure"), may_be_none=True,
    ),
)  # fmt: skip
KINDS: Mapping[str, RuleKind] = {kind.name: kind for kind in _KINDS}
BY_SLUG: Mapping[str, RuleKind] = {kind.slug: kind for kind in _KINDS}
#: The order in which rows are written: who is named before who names.
WRITTEN = ("agency", "category", "target", "phrase", "rung", "office_hours", "agency_rule", "holiday", "service_level")
#: Where the records of a kind stand in the catalogue, and in a pack.
CATALOGUE_FIELDS: Mapping[str, str] = {
    "agency": "agencies", "category": "categories", "target": "targets", "phrase": "phrases", "rung": "rungs",
    "office_hours": "office_hours", "agency_rule": "agency_rules", "holiday": "holidays", "service_level": "service_levels",
}  # fmt: skip
