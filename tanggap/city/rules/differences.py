"""What differs between two bodies of an entry, field by field, in words that a coordinator reads."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tanggap.city.categories import YES_NO_ANSWERS
from tanggap.city.rules.kinds import KINDS, Body
from tanggap.city.rules.model import Key, Proposed, Standing
from tanggap.platform.i18n import N_

#: The names of fields, as gettext keys; a part of a path that does not stand here is a code or an answer.
FIELD_WORDS: Mapping[str, str] = {
    "code": N_("Kode"), "name": N_("Nama"), "short": N_("Singkatan"), "handles_id": N_("Menangani"),
    "handles_en": N_("Menangani (Inggris)"), "address": N_("Alamat"), "phones": N_("Nomor kontak"), "bases": N_("Pangkalan"),
    "provenance": N_("Asal"), "source": N_("Dasar"), "name_id": N_("Nama"), "name_en": N_("Nama (Inggris)"),
    "group": N_("Kelompok"), "priority": N_("Prioritas"), "lead": N_("Instansi utama"), "support": N_("Instansi pendukung"),
    "next": N_("Berikutnya bila ditolak"), "words": N_("Kata-kata pelapor"), "advice_id": N_("Saran untuk pelapor"),
    "advice_en": N_("Saran (Inggris)"), "questions": N_("Pertanyaan"), "kind": N_("Jenis"), "id": N_("Kalimat"),
    "en": N_("Kalimat (Inggris)"), "choices": N_("Pilihan jawaban"), "raises": N_("menaikkan prioritas"),
    "when": N_("ditanyakan setelah"), "adds": N_("menambah instansi"), "advises": N_("saran"), "value": N_("Jawaban"),
    "tell": N_("Yang diberi tahu"), "clock": N_("Yang ditunggu"), "after": N_("Setelah"), "unit": N_("Satuan"),
    "again_minutes": N_("Diulang tiap (menit)"), "category": N_("Kategori"), "agency": N_("Instansi"), "day": N_("Hari"),
    "opens": N_("Buka"), "closes": N_("Tutup"), "pauses": N_("Berhenti di luar jam kantor"),
    "off_hours": N_("Di luar jam kantor mulai dari"), "date": N_("Tanggal"), "figure": N_("Ukuran"),
    "share": N_("Bagian yang harus tercapai"), "within": N_("Dalam"), "priorities": N_("Prioritas"), "groups": N_("Kelompok"),
    "acknowledge_s": N_("Dijawab dalam"), "travel_s": N_("Tiba dalam"), "resolve_s": N_("Selesai dalam"), "note": N_("Catatan"),
}  # fmt: skip
_ORDER = {name: place for place, name in enumerate(FIELD_WORDS)}
ANSWER_WORDS: Mapping[str, str] = dict(zip(YES_NO_ANSWERS, (N_("Ya"), N_("Tidak"), N_("Tidak tahu")), strict=True))


class Difference(NamedTuple):
    """One field that is not the same. Values are texts; seconds where `is_duration`."""

    path: tuple[str, ...]
    old: str
    new: str
    gone: tuple[str, ...] = ()  # of a list: what is no longer in it
    come: tuple[str, ...] = ()  # of a list: what is new in it

    @property
    def is_duration(self) -> bool:
        """Whether the values are seconds."""
        return self.path[-1].endswith("_s")


class Changed(NamedTuple):
    """An entry that is not the same: what became of it, and its fields."""

    kind: str
    code: str
    title: str
    became: str  # new | changed | retired | revived
    differences: tuple[Difference, ...] = ()


def differences(old: Body, new: Body) -> tuple[Difference, ...]:
    """The fields in which two bodies differ, in the order of the entry."""
    before, after = dict(_fields(old)), dict(_fields(new))
    paths = list(dict.fromkeys([*after, *before]))
    return tuple(_difference(path, before.get(path), after.get(path)) for path in paths if before.get(path) != after.get(path))


def changes_of(entries: Mapping[Key, Proposed]) -> list[Changed]:
    """What a draft changes, against what is in force."""
    return [
        changed_between(one.before, Standing(one.kind.name, one.code, one.body, one.active, "city", 0))
        for one in entries.values()
        if one.is_changed
    ]


def changes_between(old: Mapping[Key, Standing], new: Mapping[Key, Standing]) -> list[Changed]:
    """What differs between two versions."""
    found = []
    for key in dict.fromkeys([*new, *old]):
        one, other = old.get(key), new.get(key)
        if other is None and one is not None and one.active:
            found.append(Changed(*key, _title(one), "retired"))
        elif other is not None and (one is None or (one.body, one.active) != (other.body, other.active)):
            found.append(changed_between(one, other))
    return found


def changed_between(old: Standing | None, new: Standing) -> Changed:
    """What became of one entry."""
    before = old.body if old else {}
    became = "changed" if old and old.active == new.active else "new" if not old else "revived" if new.active else "retired"
    return Changed(new.kind, new.code, _title(new), became, differences(before, new.body))


def _title(entry: Standing) -> str:
    return KINDS[entry.kind].title(entry.body)


_Value = str | tuple[str, ...]


def _fields(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], _Value]]:
    """Every field below `value` that says something; lists of entries are keyed by their codes, and their order is a field."""
    if isinstance(value, dict):
        for key, part in sorted(value.items(), key=lambda item: _ORDER.get(item[0], len(_ORDER))):
            yield from _fields(part, (*path, str(key)))
    elif isinstance(value, list) and value and all(isinstance(part, dict) for part in value):
        names = [str(part.get("code", part.get("value", place))) for place, part in enumerate(value, 1)]
        yield path, tuple(names)
        for name, part in zip(names, value, strict=True):
            yield from _fields({key: one for key, one in part.items() if one != name}, (*path, name))
    elif isinstance(value, list):
        if value:
            yield path, tuple(map(str, value))
    elif value not in (None, ""):
        yield path, str(value)


def _difference(path: tuple[str, ...], old: _Value | None, new: _Value | None) -> Difference:
    if isinstance(old, str | None) and isinstance(new, str | None):
        return Difference(path, old or "", new or "")
    before, after = _listed(old), _listed(new)
    gone = tuple(one for one in before if one not in after)
    come = tuple(one for one in after if one not in before)
    return Difference(path, ", ".join(before), ", ".join(after), gone, come)


def _listed(value: _Value | None) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value or ()
