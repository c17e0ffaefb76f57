"""Whether a draft may come into force: the pack's own rules over the whole, each mistake with its exact place."""

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from tanggap.city.category_checks import category_flaws
from tanggap.city.pack_format import AgencyEntry, CategoryEntry, PackEntry
from tanggap.city.rules.model import Key, Problem, Proposed
from tanggap.platform.i18n import N_

NO_CONTACT = N_("Instansi tanpa nomor kontak tidak dapat dihubungi. Isi sedikitnya satu nomor.")
STILL_NO_CONTACT = N_("Instansi ini belum punya nomor kontak di paket kota.")
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
    (re.compile(r"Expected `str` matching regex .+"), N_("Kode: huruf kecil, angka, _ atau -, diawali huruf.")),
    (re.compile(r"Expected `int`.*"), N_("Isi dengan angka.")),
    (re.compile(r"Expected `float`.*"), N_("Isi dengan angka.")),
)
OTHERWISE = N_("Isian ini tidak benar.")
_AT = re.compile(r"(?P<what>.*?)(?: - at `(?P<at>(?:key in )?\$.*)`)?", re.DOTALL)


def check(entries: Mapping[Key, Proposed]) -> list[Problem]:
    """All that is wrong with a whole, in the order of its entries; warnings among it."""
    found: list[Problem] = []
    sound: dict[Key, PackEntry] = {}
    acting = {key: entry for key, entry in entries.items() if entry.active}
    for key, one in entries.items():
        if not one.active and not one.is_changed:
            continue
        try:
            read = msgspec.convert(one.kind.whole(one.body, one.code), one.kind.entry, strict=True)
        except msgspec.ValidationError as error:
            found.append(_misshapen(key, str(error)))
        else:
            sound |= {key: read} if one.active else {}
    agencies = {code for (kind, code) in acting if kind == "agency"}
    for (kind, code), entry in sound.items():
        if isinstance(entry, CategoryEntry):
            found += (Problem(kind, code, flaw.field, flaw.indonesian, flaw.values) for flaw in category_flaws(entry, agencies))
        elif isinstance(entry, AgencyEntry) and not entry.phones:
            found.append(_without_contact(acting[kind, code]))
    found += _gone(entries, acting)
    return sorted(found, key=lambda problem: problem.is_warning)


def stops(problems: Sequence[Problem]) -> list[Problem]:
    """Those that stop publishing."""
    return [problem for problem in problems if not problem.is_warning]


def _without_contact(agency: Proposed) -> Problem:
    """An agency that loses its contact, or comes without one, is a mistake; one that never had one is a gap to be filled."""
    had_none = agency.before is not None and agency.before.active and not agency.before.body.get("phones")
    return Problem("agency", agency.code, "phones", STILL_NO_CONTACT if had_none else NO_CONTACT, is_warning=had_none)


def _gone(entries: Mapping[Key, Proposed], acting: Mapping[Key, Proposed]) -> Iterator[Problem]:
    for (kind, code), entry in entries.items():
        if kind == "agency" and not entry.active and entry.is_changed:
            led = (one for one in acting.values() if one.kind.name == "category" and one.body.get("lead") == code)
            for category in led:
                yield Problem(kind, code, "code", STILL_USED, {"category": category.title or category.code})
    for name in {kind for kind, _ in entries}:
        if not any(kind == name for kind, _ in acting):
            first = next(entry for (kind, _), entry in entries.items() if kind == name)
            yield Problem(name, first.code, "code", TOO_FEW, {"kind": first.kind.word})


def _misshapen(key: Key, message: str) -> Problem:
    """msgspec's message about an entry, with the place it names."""
    said = _AT.fullmatch(message)
    what, at = (said["what"], said["at"] or "") if said else (message, "")
    field = ".".join(re.findall(r"[a-z_0-9]+", at.replace("[...]", "")))
    for pattern, sentence in SENTENCES:
        if match := pattern.match(what):
            values = match.groupdict()
            missing = values.get("field", "")
            return Problem(*key, ".".join(filter(None, (field, missing))) or "code", sentence, values)
    return Problem(*key, field or "code", OTHERWISE)
