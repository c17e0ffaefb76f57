"""What the pages of the rules show: the draft in numbers, lists of entries, problems with the way to where they are."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

from tanggap.city.ladder import CLOCK_WORDS, DAY_WORDS, HOLIDAY_WORDS, TOLD_WORDS, Weekday
from tanggap.city.model import Catalogue
from tanggap.city.rules.differences import ANSWER_WORDS, FIELD_WORDS, Changed
from tanggap.city.rules.kinds import KINDS, PART, RuleKind
from tanggap.city.rules.model import Edit, NotThatTime, Problem, Proposed
from tanggap.city.rules.service import Draft
from tanggap.platform.i18n import MONTHS, N_, Locale, translator
from tanggap.web.console.model import GROUP_WORDS
from tanggap.web.coordinator.rules.fields import (
    LEVEL_WORDS,
    PHRASE_WORDS,
    PRIORITY_OPTIONS,
    PROVENANCE_WORDS,
    QUESTION_WORDS,
    UNIT_WORDS,
    percent_of,
)
from tanggap.web.coordinator.rules.ladders import CLOCK_TITLES
from tanggap.web.timeline import Translate

ROOT = "/koordinator/aturan"
BECAME_WORDS: Mapping[str, str] = {
    "new": N_("baru"), "changed": N_("diubah"), "retired": N_("dipensiunkan"), "revived": N_("dipakai lagi"),
}  # fmt: skip
ACT_WORDS: Mapping[str, str] = {"pack": N_("paket kota"), "publish": N_("diterbitkan"), "undo": N_("dikembalikan")}


#: Kinds whose title is a name that somebody gave them; the others' titles are made of words and codes.
NAMED_BY_ITSELF = frozenset({"category", "agency", "phrase", "target"})
#: Values in words, by the field in which they stand.
WORDS_OF: Mapping[str, Mapping[str, str]] = {
    "unit": UNIT_WORDS, "figure": LEVEL_WORDS, "off_hours": {told.value: word for told, word in TOLD_WORDS.items()},
    "tell": {told.value: word for told, word in TOLD_WORDS.items()}, "day": {day.value: word for day, word in DAY_WORDS.items()},
    "clock": {clock.value: word for clock, word in CLOCK_WORDS.items()}, "groups": GROUP_WORDS,
    "kind": {**PHRASE_WORDS, **QUESTION_WORDS, **{kind.value: word for kind, word in HOLIDAY_WORDS.items()}},
}  # fmt: skip


class Row(NamedTuple):
    """An entry in the list of its kind."""

    entry: Proposed
    href: str
    edit: Edit | None
    problems: Sequence[Problem]
    is_citys: bool
    is_newer_in_pack: bool


class Place(NamedTuple):
    """A problem, and where to mend it."""

    problem: Problem
    href: str
    title: str
    field: str  # its name in words, translated
    sentence: str  # translated and filled in


def href(kind: str, code: str) -> str:
    """Where an entry is edited."""
    return f"{ROOT}/{KINDS[kind].slug}/{quote(code, safe='')}"


def rows_of(draft: Draft, kind: RuleKind) -> list[Row]:
    """The entries of a kind, those in use first; holidays by their dates."""
    found = [
        Row(
            entry, href(*key), draft.edits.get(key), [one for one in draft.problems if (one.kind, one.code) == key],
            bool(entry.before and entry.before.owner == "city"), draft.is_newer_in_pack(key),
        )
        for key, entry in draft.entries.items()
        if key[0] == kind.name
    ]  # fmt: skip
    by_day = kind.name == "holiday"
    return sorted(found, key=lambda row: (not row.entry.active, row.entry.code if by_day else ""))


def in_use(draft: Draft, kind: str) -> list[tuple[str, str]]:
    """The entries of a kind that may be chosen: code and name."""
    return [(code, one.title or code) for (name, code), one in draft.entries.items() if name == kind and one.active]


def places(problems: Iterable[Problem], draft: Draft, translate: Translate) -> list[Place]:
    """Each problem with its sentence and the way to its field."""
    return [
        Place(
            one, f"{href(one.kind, one.code)}#{one.anchor}",
            title_of(one.kind, one.code, draft.entries[one.kind, one.code].title, draft, translate),
            field_words(one.field.split("."), translate),
            translate(one.sentence).format(**{name: translate(said) if said else "" for name, said in one.values.items()}),
        )
        for one in problems
    ]  # fmt: skip


def title_of(kind: str, code: str, title: str, draft: Draft | None, translate: Translate) -> str:
    """What an entry is called, by the title that its kind gives it; of one that is named by its parts each in words."""
    if kind in NAMED_BY_ITSELF or not title:
        return title or code
    return PART.join(_part(kind, part, draft, translate) for part in title.split(PART))


def _part(kind: str, part: str, draft: Draft | None, translate: Translate) -> str:
    for named in ("agency", "category"):
        if draft is not None and (named, part) in draft.entries:
            return draft.entries[named, part].title or part
    return translate(LEVEL_WORDS.get(part, part) if kind == "service_level" else part)


def field_words(path: Sequence[str], translate: Translate) -> str:
    """The way to a field in words: Pertanyaan · trapped · menaikkan prioritas · Ya."""
    if len(path) > 1 and path[0] == "questions" and path[1].isdigit():
        path = [path[0], str(int(path[1]) + 1), *path[2:]]
    named = (translate(FIELD_WORDS.get(part, ANSWER_WORDS.get(part, part))) for part in path)
    return " · ".join(named)


def value_words(path: Sequence[str], value: str, catalogue: Catalogue, translate: Translate) -> str:
    """A value as people say it: agencies by their names, answers and options in words, priorities by code and word."""
    if path[-1] in ("priority", "priorities", "pauses") or "raises" in path:
        said = ((one, PRIORITY_OPTIONS.get(one)) for one in value.split(", "))
        return ", ".join(f"{one} {translate(word)}" if word else one for one, word in said)
    codes: Mapping[str, str] = WORDS_OF.get(path[-1]) or {**PROVENANCE_WORDS, **PHRASE_WORDS, **QUESTION_WORDS, **ANSWER_WORDS}
    known = catalogue.agencies_by_code
    if path[-1] == "share":
        return f"{percent_of(float(value))} %" if re.fullmatch(r"\d+(\.\d+)?(e-\d+)?", value) else value
    by_agency = path[-1] in ("lead", "support", "next", "agency") or "adds" in path
    by_word = path[-1] in ("provenance", "kind", *WORDS_OF) or "when" in path

    def say(one: str) -> str:
        if by_agency and one in known:
            return known[one].short
        return translate(codes[one]) if by_word and one in codes else one

    return ", ".join(map(say, value.split(", "))) if by_agency or by_word else value


def day_words(code: str, locale: Locale) -> str:
    """A day by its date: Senin, 17 Agu 2026; what is no date stays as it is."""
    try:
        day = date.fromisoformat(code)
    except ValueError:
        return code
    name = translator(locale)(DAY_WORDS[list(Weekday)[day.weekday()]])
    return f"{name}, {day.day} {MONTHS[locale][day.month - 1]} {day.year}"


def grouped(changes: Sequence[Changed]) -> list[tuple[RuleKind, list[Changed]]]:
    """Changes by kind, in the order of the tabs."""
    return [(kind, mine) for name, kind in KINDS.items() if (mine := [one for one in changes if one.kind == name])]


def moment(said: str, zone: ZoneInfo) -> datetime:
    """A date and time of the city's clock, as a browser sends it: 2026-11-27T08:00. Raises NotThatTime."""
    try:
        at = datetime.strptime(said.strip()[:16], "%Y-%m-%dT%H:%M").replace(tzinfo=zone)
    except ValueError as error:
        raise NotThatTime from error
    if not 2000 <= at.year <= 2200:
        raise NotThatTime
    return at


def words(catalogue: Catalogue, translate: Translate) -> dict[str, Any]:
    """The functions and tables by which the templates of the rules say codes in words."""
    return {
        "root": ROOT,
        "kinds": KINDS,
        "rule_href": href,
        "rule_title": lambda kind, code, body, draft=None: title_of(kind, code, KINDS[kind].title(body), draft, translate),
        "title_words": lambda kind, code, title, draft=None: title_of(kind, code, title, draft, translate),
        "clock_titles": CLOCK_TITLES,
        "told_words": TOLD_WORDS,
        "day_words": DAY_WORDS,
        "holiday_words": HOLIDAY_WORDS,
        "clocks": CLOCK_WORDS,
        "unit_words": UNIT_WORDS,
        "percent_of": percent_of,
        "field_words": lambda path: field_words(path, translate),
        "value_words": lambda path, value: value_words(path, value, catalogue, translate),
        "became_words": BECAME_WORDS,
        "act_words": ACT_WORDS,
        "catalogue": catalogue,
    }
