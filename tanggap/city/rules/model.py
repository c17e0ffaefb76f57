"""The draft of the rules: what was edited, the whole that it would make, and every way in which that can be refused."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from tanggap.city.rules.kinds import KINDS, Body, RuleKind
from tanggap.platform.i18n import N_
from tanggap.platform.refusals import Refusal

Key = tuple[str, str]  # kind, code


class RulesRefusal(Refusal):
    """Something that a coordinator asked for cannot be done."""


class UnknownRule(RulesRefusal):
    """There is no such entry, kind of entry, or version."""

    slug = "not-found"
    sentence = N_("Aturan atau versi itu tidak ada.")


class StaleRule(RulesRefusal):
    """Somebody else saved the entry since this page was read; what was typed is still on the page."""

    slug = "stale"
    sentence = N_("Aturan ini baru saja diubah orang lain. Ketikan Anda masih di bawah; bandingkan, lalu simpan lagi.")


class DraftIsScheduled(RulesRefusal):
    """The draft waits for its time; what was agreed is not changed behind anybody's back."""

    slug = "wrong-state"
    sentence = N_("Rancangan sudah dijadwalkan terbit. Batalkan jadwalnya dulu, lalu ubah.")


class DraftMoved(RulesRefusal):
    """The draft is no longer what the person who publishes it has seen."""

    slug = "stale"
    sentence = N_("Rancangan berubah sejak halaman ini dibuka. Lihat lagi perubahannya, lalu terbitkan.")


class NotScheduled(RulesRefusal):
    """There is no time to take away: it was already, or the draft came into force."""

    slug = "wrong-state"
    sentence = N_("Tidak ada jadwal lagi: sudah dibatalkan, atau rancangan sudah terbit.")


class DraftIsUnfit(RulesRefusal):
    """The draft breaks a rule of the pack's format; `problems` says where."""

    slug = "draft-unfit"
    sentence = N_("Rancangan belum dapat diterbitkan: ada yang harus diperbaiki dulu.")

    def __init__(self, problems: Iterable["Problem"]) -> None:
        self.problems = tuple(problems)
        super().__init__(problems=len(self.problems))


class DraftIsEmpty(RulesRefusal):
    """The draft is what is in force already."""

    slug = "draft-empty"
    sentence = N_("Tidak ada perubahan untuk diterbitkan.")


class UnfitCode(RulesRefusal):
    """A new entry's code is taken, or not written as codes are."""

    slug = "unfit-code"
    sentence = N_("Kode harus diawali huruf kecil, hanya berisi huruf kecil, angka, _ atau -, dan belum dipakai.")


class UnfitEntry(RulesRefusal):
    """A new entry has no code of its own, and what it would be named by is missing, unknown or taken."""

    slug = "unfit-entry"
    sentence = N_("Belum dapat ditambah: isiannya belum lengkap, atau aturan itu sudah ada.")


class HolidaysUnclear(RulesRefusal):
    """A line of pasted holidays is none; none of them is taken."""

    slug = "holidays-unclear"
    sentence = N_("Baris {line} bukan hari libur: «{said}». Tidak ada yang diubah; hari libur yang berlaku tetap.")


class NotThatTime(RulesRefusal):
    """The time for publishing cannot be read, or is over."""

    slug = "not-that-time"
    sentence = N_("Waktu terbit belum benar: pilih tanggal dan jam yang akan datang.")


class Editor(NamedTuple):
    """Who changes the rules."""

    id: UUID | None
    name: str


class Standing(msgspec.Struct, frozen=True):
    """An entry in force: its body, and whose word it is."""

    kind: str
    code: str
    body: Body
    active: bool
    owner: str  # pack | city
    rank: int
    edited_at: datetime | None = None
    is_sound: bool = True  # False: the row cannot be read, and the last version that could serves


class Edit(msgspec.Struct, frozen=True):
    """One entry of the draft."""

    kind: str
    code: str
    rev: int
    body: Body
    retired: bool
    dropped: bool
    at: datetime
    by: UUID | None
    by_name: str


class Schedule(msgspec.Struct, frozen=True):
    """When the draft comes into force. `refused_at`: its time came, and it did not pass."""

    at: datetime
    why: str
    by: UUID | None
    by_name: str
    asked_at: datetime
    refused_at: datetime | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether it will still be published."""
        return self.refused_at is None


class PackWord(msgspec.Struct, frozen=True):
    """What the pack says of an entry now."""

    kind: str
    code: str
    body: Body
    changed_at: datetime
    seen_at: datetime | None


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong in a draft, and exactly where."""

    kind: str
    code: str
    field: str  # path in the entry: questions.0.when
    sentence: str  # a gettext key
    values: dict[str, str] = {}
    is_warning: bool = False  # does not stop publishing

    @property
    def anchor(self) -> str:
        """Where on the entry's page the field stands: a question's fields are found at the question."""
        parts = self.field.split(".")
        return "-".join(parts[:2]) if parts[0] == "questions" and len(parts) > 1 else parts[0]


class Proposed(NamedTuple):
    """An entry as it would stand once the draft is in force."""

    kind: RuleKind
    code: str
    body: Body
    active: bool
    before: Standing | None
    is_changed: bool

    @property
    def is_new(self) -> bool:
        """Whether there is no such entry yet."""
        return self.before is None

    @property
    def title(self) -> str:
        """What people call it; empty where only its code says it."""
        return self.kind.title(self.body)


class Version(msgspec.Struct, frozen=True):
    """One version of the rules, without its rows."""

    version: int
    act: str  # pack | publish | undo
    restores: int | None
    why: str
    changes: int
    at: datetime
    by: UUID | None
    by_name: str


def proposed(standing: Mapping[Key, Standing], edits: Mapping[Key, Edit]) -> dict[Key, Proposed]:
    """The whole that the draft makes: every entry in force with the edits over it, then the new ones."""
    found: dict[Key, Proposed] = {}
    for key, entry in standing.items():
        edit = edits.get(key)
        body, active = (edit.body, not edit.retired) if edit and not edit.dropped else (entry.body, entry.active)
        is_changed = body != entry.body or active != entry.active
        found[key] = Proposed(KINDS[entry.kind], entry.code, body, active, entry, is_changed)
    for key, edit in edits.items():
        if key not in standing and not edit.dropped and not edit.retired and edit.kind in KINDS:
            found[key] = Proposed(KINDS[edit.kind], edit.code, edit.body, True, None, True)
    return found


def mark_of(edits: Mapping[Key, Edit]) -> str:
    """What tells one state of the draft from another, so that nobody publishes what they have not seen."""
    said = [(edit.kind, edit.code, edit.rev) for edit in edits.values()]
    return hashlib.sha256(msgspec.json.encode(sorted(said))).hexdigest()[:16]


def changed(entries: Mapping[Key, Proposed]) -> Iterator[Proposed]:
    """The entries that the draft changes."""
    return (entry for entry in entries.values() if entry.is_changed)


def standing_of(kind: RuleKind, row: Mapping[str, Any]) -> Standing:
    """A table's row as an entry; one that cannot be read has an empty body, which no check lets pass."""
    edited_at = row.get("edited_at")
    try:
        body = kind.body(msgspec.convert(row, kind.record))
    except (msgspec.ValidationError, AttributeError, TypeError):
        body = {}
    return Standing(
        kind.name,
        str(row.get(kind.key)),
        body,
        bool(row.get("active", True)),
        str(row.get("owner", "pack")),
        int(row.get("rank") or 0),
        datetime.fromisoformat(edited_at) if isinstance(edited_at, str) else None,
        is_sound=bool(body),
    )


def standing_from(rows: Mapping[str, Iterable[Mapping[str, Any]]]) -> dict[Key, Standing]:
    """Every entry of the tables' rows (table → rows), kind by kind."""
    entries = (standing_of(kind, row) for kind in KINDS.values() for row in rows.get(kind.name, ()))
    return {(entry.kind, entry.code): entry for entry in entries}
