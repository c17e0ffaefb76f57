"""Whether a draft may come into force: the pack's own rules over the whole, each mistake with its exact place."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from tanggap.city.category_checks import category_flaws
from tanggap.city.flaws import Flaw
from tanggap.city.kinds import Priority
from tanggap.city.ladder_checks import TOO_EARLY, holiday_flaws, ladder_flaws, level_flaws, office_flaws
from tanggap.city.pack_format import AgencyEntry, CategoryEntry, PackEntry, QuestionEntry
from tanggap.city.rules.kinds import KINDS, Body
from tanggap.city.rules.model import Key, Problem, Proposed
from tanggap.platform.i18n import N_

NO_CONTACT = N_("Instansi tanpa nomor kontak tidak dapat dihubungi. Isi sedikitnya satu nomor.")
STILL_NO_CONTACT = N_("Instansi ini belum punya nomor kontak di paket kota.")
NOT_REACHED = N_(
    "Dituju kategori «{category}», padahal tidak dapat dihubungi: tidak ada nomor, kontak, atau akun petugas instansi."
    " Isi nomor di sini, atau tambahkan kontak atau akunnya."
)
OTHER_CODE = N_("Isinya tidak cocok dengan kodenya.")
STILL_USED = N_("Dipensiunkan, padahal masih menjadi instansi utama kategori aktif «{category}».")
TOO_FEW = N_("Sedikitnya satu {kind} harus tetap aktif.")

#: msgspec's words for what is wrong with a field, and ours.
SENTENCES: Sequence[tuple[re.Pattern[str], str]] = (
    (re.compile(r"Object missing required field `(?P<field>.+?)`"), N_("Isian «{field}» wajib ada.")),
    (re.compile(r"Object contains unknown field `(?P<field>.+?)`"), N_("Isian «{field}» tidak dikenal.")),
    (re.compile(r"Invalid enum value (?P<said>.+)"), N_("«{said}» bukan salah satu pilihan.")),
    (re.compile(r"Expected `str` of length >= 1"), N_("Wajib diisi.")),
    (re.compile(r"Expected `str` of length <= (?P<most>\d+)"), N_("Terlalu panjang: paling banyak {most} huruf.")),
    (re.compile(r"Expected `array` of length >= 1"), N_("Sedikitnya satu.")),
    (re.compile(r"Expected `array` of length <= (?P<most>\d+)"), N_("Terlalu banyak: paling banyak {most}.")),
    (re.compile(r"Expected `array` of length \d+ to (?P<most>\d+)"), N_("Sedikitnya satu, paling banyak {most}.")),
    (re.compile(r"Expected `str` matching regex '\^\(\[01\].+"), N_("Tulis jam seperti 07:30.")),
    (re.compile(r"Expected `str` matching regex .+"), N_("Kode: huruf kecil, angka, _ atau -, diawali huruf.")),
    (re.compile(r"Expected `int` >= (?P<least>\d+)"), N_("Paling kecil {least}.")),
    (re.compile(r"Expected `int` <= (?P<most>\d+)"), N_("Paling besar {most}.")),
    (re.compile(r"Expected `float` .*"), N_("Isi bagian di atas 0 sampai 100 persen.")),
    (re.compile(r"Expected `(?:int|float)\b.*"), N_("Isi dengan angka.")),
)
OTHERWISE = N_("Isian ini tidak benar.")
_AT = re.compile(r"(?P<what>.*?)(?: - at `(?P<at>(?:key in )?\$.*)`)?", re.DOTALL)


#: Agencies that can be told by a contact or by somebody's screen; None where nobody has looked.
Reached = Collection[str] | None


def check(entries: Mapping[Key, Proposed], reached: Reached = None) -> list[Problem]:
    """All that is wrong with a whole, in the order of its entries; warnings among it.

    With `reached`, an agency that a category in use leads to must be among them or have a number; without, one that never had a
    number is only told of.
    """
    found: list[Problem] = []
    sound: dict[Key, PackEntry] = {}
    stood_in: dict[Key, set[str]] = {}
    acting = {key: entry for key, entry in entries.items() if entry.active}
    for key, one in entries.items():
        if not one.active and not one.is_changed:
            continue
        whole = one.kind.whole(one.body, one.code)
        try:
            read = msgspec.convert(whole, one.kind.entry, strict=True)
        except msgspec.ValidationError:
            wrong = list(_misshapen(key, whole, one.kind.entry))
            found += wrong
            stood_in |= {key: {problem.field.split(".")[0] for problem in wrong}} if one.active else {}
        else:
            sound |= {key: read} if one.active else {}
            found += _named_otherwise(one, read)
    agencies = {code for (kind, code) in acting if kind == "agency"}
    for (kind, code), entry in sound.items():
        if isinstance(entry, CategoryEntry):
            found += (_told(flaw) for flaw in category_flaws(entry, agencies))
        elif isinstance(entry, AgencyEntry) and not entry.phones and code not in (reached or ()):
            found.append(_without_contact(acting[kind, code], None if reached is None else _led_here(code, acting)))
    found += _of_the_ladder(sound, acting, entries)
    found += (problem for key, fields in stood_in.items() for problem in _beside(acting[key], fields, agencies))
    found += _gone(entries, acting)
    return sorted(found, key=lambda problem: problem.is_warning)


def stops(problems: Sequence[Problem]) -> list[Problem]:
    """Those that stop publishing."""
    return [problem for problem in problems if not problem.is_warning]


#: What stands in for the misshapen fields of a category, so that the others are checked beside them.
STAND_IN: Body = {
    "name_id": "-", "name_en": "-", "group": "x", "priority": "P4", "lead": "", "support": [], "next": [], "source": "-",
    "provenance": "proposed", "words": ["-"], "advice_id": "-", "advice_en": "-",
    "questions": [{"code": "x", "kind": "text", "id": "-", "en": "-"}],
}  # fmt: skip


def _beside(entry: Proposed, fields: set[str], agencies: set[str]) -> Iterator[Problem]:
    """What is wrong with the sound fields of a category of which others are misshapen."""
    known = {name: value for name, value in entry.body.items() if name in STAND_IN and name not in fields}
    if entry.kind.name != "category":
        return
    whole = msgspec.convert(entry.kind.whole(STAND_IN | known, entry.code), CategoryEntry, strict=True)
    for flaw in category_flaws(whole, agencies):
        if flaw.field.split(".")[0] in known:
            yield _told(flaw)


def _without_contact(agency: Proposed, leads_here: str | None) -> Problem:
    """An agency that loses its contact, or comes without one, is a mistake, and so is one to which a category leads.

    Any other that never had one is a gap to be filled.
    """
    if leads_here is not None:
        return Problem("agency", agency.code, "phones", NOT_REACHED, {"category": leads_here})
    had_none = agency.before is not None and agency.before.active and not agency.before.body.get("phones")
    return Problem("agency", agency.code, "phones", STILL_NO_CONTACT if had_none else NO_CONTACT, is_warning=had_none)


def _led_here(code: str, acting: Mapping[Key, Proposed]) -> str | None:
    """A category in use that can lead to an agency: by its lead, its support, who comes next, or an answer."""
    for (kind, _), one in acting.items():
        if kind == "category" and code in _named_by(one.body):
            return one.title or one.code
    return None


def _named_by(body: Body) -> Iterator[str]:
    questions = body.get("questions")
    added = [one.get("adds") for one in questions if isinstance(one, dict)] if isinstance(questions, list) else []
    for listed in (
        body.get("support"),
        body.get("next"),
        *(part for one in added if isinstance(one, dict) for part in one.values()),
    ):
        if isinstance(listed, list):
            yield from (one for one in listed if isinstance(one, str))
    if isinstance(body.get("lead"), str):
        yield body["lead"]


def _named_otherwise(one: Proposed, read: PackEntry) -> Iterator[Problem]:
    """An entry whose code follows from what it says, and that says something else."""
    try:
        one.kind.record_of(read, one.code)
    except msgspec.ValidationError:
        yield Problem(one.kind.name, one.code, "code", OTHER_CODE)


def _of_the_ladder(
    sound: Mapping[Key, PackEntry], acting: Mapping[Key, Proposed], entries: Mapping[Key, Proposed]
) -> Iterator[Problem]:
    """What is wrong with the ladder, office hours, holidays and service levels taken together."""
    by_kind: defaultdict[str, list[Any]] = defaultdict(list)
    for (kind, code), entry in sound.items():
        by_kind[kind].append(entry.record(Priority(code)) if kind == "target" else entry)  # type: ignore[attr-defined]
    codes = {name: {code for (kind, code) in acting if kind == name} for name in ("agency", "category")}
    groups = {str(one.body.get("group")) for (kind, _), one in acting.items() if kind == "category"}
    # What is misshapen is told by itself; nothing is said of what it would have had to fit.
    is_whole = {name: sum(kind == name for kind, _ in acting) == len(by_kind[name]) for name in ("rung", "office_hours")}
    steps = by_kind["rung"] if is_whole["rung"] else []
    rules = by_kind["agency_rule"] if is_whole["office_hours"] else []
    flaws = (
        *ladder_flaws(steps, by_kind["target"], codes["agency"], codes["category"]),
        *office_flaws(by_kind["office_hours"], rules, codes["agency"]),
        *holiday_flaws(by_kind["holiday"]),
        *level_flaws(by_kind["service_level"], groups, is_own=False),
    )
    for flaw in flaws:
        is_warning = flaw.sentences is TOO_EARLY  # harmless: nobody is told before the target time is over, whatever stands here
        yield msgspec.structs.replace(_told(flaw), code=_there(flaw, entries), is_warning=is_warning)


def _told(flaw: Flaw) -> Problem:
    return Problem(flaw.kind, flaw.code, flaw.field, flaw.indonesian, flaw.values)


def _there(flaw: Flaw, entries: Mapping[Key, Proposed]) -> str:
    """Where a flaw is told: at its entry, or at the first of its kind where that was never there."""
    if (flaw.kind, flaw.code) in entries:
        return flaw.code
    return next(code for kind, code in entries if kind == flaw.kind)


def _gone(entries: Mapping[Key, Proposed], acting: Mapping[Key, Proposed]) -> Iterator[Problem]:
    for (kind, code), entry in entries.items():
        if kind == "agency" and not entry.active and entry.is_changed:
            led = (one for one in acting.values() if one.kind.name == "category" and one.body.get("lead") == code)
            for category in led:
                yield Problem(kind, code, "code", STILL_USED, {"category": category.title or category.code})
    for name in {kind for kind, _ in entries}:
        if not KINDS[name].may_be_none and not any(kind == name for kind, _ in acting):
            first = next(entry for (kind, _), entry in entries.items() if kind == name)
            yield Problem(name, first.code, "code", TOO_FEW, {"kind": first.kind.word})


def _misshapen(key: Key, body: Body, entry: type[PackEntry], before: str = "") -> Iterator[Problem]:
    """Everything in which a body is not of the pack's format, field by field; `before` is the way to it."""
    known = {field.encode_name: field for field in msgspec.structs.fields(entry)}
    for name in body.keys() - known.keys():
        yield _problem(key, before + name, f"Object contains unknown field `{name}`")
    for name, field in known.items():
        if name not in body:
            if field.required:
                yield _problem(key, before + name, f"Object missing required field `{name}`")
            continue
        value = body[name]
        inside: list[Problem] = []
        if name == "questions" and isinstance(value, list) and all(isinstance(one, dict) for one in value):
            inside = [found for at, one in enumerate(value) for found in _misshapen(key, one, QuestionEntry, f"questions.{at}.")]
        yield from inside
        if not inside:
            try:
                msgspec.convert(value, field.type, strict=True)
            except msgspec.ValidationError as error:
                yield _problem(key, before + name, str(error))


def _problem(key: Key, field: str, message: str) -> Problem:
    """msgspec's message about a field, in our words, with the place within the field that it names."""
    said = _AT.fullmatch(message)
    what, at = (said["what"], said["at"] or "") if said else (message, "")
    inner = re.findall(r"[a-z_0-9]+", at.replace("[...]", "").removeprefix("key in "))
    for pattern, sentence in SENTENCES:
        if match := pattern.match(what):
            return Problem(*key, ".".join((field, *inner)), sentence, match.groupdict())
    return Problem(*key, ".".join((field, *inner)), OTHERWISE)
