"""What the pages of the rules show: the draft in numbers, lists of entries, problems with the way to where they are."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

from tanggap.city.model import Catalogue
from tanggap.city.rules.differences import ANSWER_WORDS, FIELD_WORDS, Changed
from tanggap.city.rules.kinds import KINDS, Body, RuleKind
from tanggap.city.rules.model import Edit, NotThatTime, Problem, Proposed
from tanggap.city.rules.service import Draft
from tanggap.platform.i18n import N_
from tanggap.web.coordinator.rules.fields import PHRASE_WORDS, PROVENANCE_WORDS, QUESTION_WORDS
from tanggap.web.timeline import Translate

ROOT = "/koordinator/aturan"
BECAME_WORDS: Mapping[str, str] = {
    "new": N_("baru"), "changed": N_("diubah"), "retired": N_("dipensiunkan"), "revived": N_("dipakai lagi"),
}  # fmt: skip
ACT_WORDS: Mapping[str, str] = {"pack": N_("paket kota"), "publish": N_("diterbitkan"), "undo": N_("dikembalikan")}


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
    """The entries of a kind, those in use first."""
    found = [
        Row(
            entry, href(*key), draft.edits.get(key), [one for one in draft.problems if (one.kind, one.code) == key],
            bool(entry.before and entry.before.owner == "city"), draft.is_newer_in_pack(key),
        )
        for key, entry in draft.entries.items()
        if key[0] == kind.name
    ]  # fmt: skip
    return sorted(found, key=lambda row: not row.entry.active)


def places(problems: Iterable[Problem], draft: Draft, translate: Translate) -> list[Place]:
    """Each problem with its sentence and the way to its field."""
    return [
        Place(
            one, f"{href(one.kind, one.code)}#{one.anchor}", title_of(one.kind, one.code, draft.entries[one.kind, one.code].body),
            field_words(one.field.split("."), translate), translate(one.sentence).format(**one.values),
        )
        for one in problems
    ]  # fmt: skip


def title_of(kind: str, code: str, body: Body) -> str:
    """What an entry is called."""
    return KINDS[kind].title(body) or code


def field_words(path: Sequence[str], translate: Translate) -> str:
    """The way to a field in words: Pertanyaan · trapped · menaikkan prioritas · Ya."""
    if len(path) > 1 and path[0] == "questions" and path[1].isdigit():
        path = [path[0], str(int(path[1]) + 1), *path[2:]]
    named = (translate(FIELD_WORDS.get(part, ANSWER_WORDS.get(part, part))) for part in path)
    return " · ".join(named)


def value_words(path: Sequence[str], value: str, catalogue: Catalogue, translate: Translate) -> str:
    """A value as people say it: agencies by their names, answers and options in words."""
    codes: dict[str, str] = {**PROVENANCE_WORDS, **PHRASE_WORDS, **QUESTION_WORDS, **ANSWER_WORDS}
    known = catalogue.agencies_by_code
    by_agency = path[-1] in ("lead", "support", "next") or "adds" in path
    by_word = path[-1] in ("provenance", "kind") or "when" in path

    def say(one: str) -> str:
        if by_agency and one in known:
            return known[one].short
        return translate(codes[one]) if by_word and one in codes else one

    return ", ".join(map(say, value.split(", "))) if by_agency or by_word else value


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
        "rule_title": title_of,
        "field_words": lambda path: field_words(path, translate),
        "value_words": lambda path, value: value_words(path, value, catalogue, translate),
        "became_words": BECAME_WORDS,
        "act_words": ACT_WORDS,
        "catalogue": catalogue,
    }
