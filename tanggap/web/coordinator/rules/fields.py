"""Which fields each kind of entry has on its page, and by what they are filled in. A new kind is a new line in `FIELDS`."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from tanggap.city.categories import QuestionKind
from tanggap.city.kinds import Priority, Provenance
from tanggap.city.ladder import HOLIDAY_WORDS, TOLD_WORDS
from tanggap.city.rules.differences import FIELD_WORDS
from tanggap.city.rules.kinds import Body
from tanggap.city.service_levels import LEVEL_FIGURES
from tanggap.city.working_time import Unit as WaitUnit
from tanggap.evaluation.figures import FIGURES
from tanggap.platform.i18n import N_, UNITS
from tanggap.web.console.model import GROUP_WORDS

__all__ = [
    "FIELDS",
    "NEW",
    "OPTIONAL",
    "PRIORITY_OPTIONS",
    "QUESTION_WORDS",
    "SIZES",
    "UNITS",
    "Field",
    "Input",
    "percent_of",
    "split_duration",
]


class Input(StrEnum):
    """By what a field is filled in."""

    TEXT = "text"
    LONG = "long"
    LINES = "lines"  # one value a line
    OPTION = "option"
    AGENCY = "agency"
    AGENCIES = "agencies"  # in order
    DURATION = "duration"
    NUMBER = "number"
    PERCENT = "percent"  # of a share, 0 to 1
    CHECKS = "checks"  # any of the options
    TIME = "time"
    QUESTIONS = "questions"


class Field(NamedTuple):
    """One field of an entry's page."""

    name: str
    input: Input = Input.TEXT
    hint: str = ""
    options: Mapping[str, str] = {}
    fallback: str = ""  # the field whose text is taken where this one is left empty
    may_be_none: bool = False  # left empty it says nothing

    @property
    def label(self) -> str:
        """Its name, as a gettext key."""
        return FIELD_WORDS[self.name]


PROVENANCE_WORDS = {Provenance.SOURCED.value: N_("Bersumber"), Provenance.PROPOSED.value: N_("Usulan")}
PHRASE_WORDS = {
    "greeting": N_("diucapkan petugas"), "reply": N_("dikirim ke pelapor"), "announcement": N_("pengumuman"),
    "reason": N_("alasan instansi menolak"),
}  # fmt: skip
QUESTION_WORDS = {
    QuestionKind.YES_NO.value: N_("ya atau tidak"), QuestionKind.CHOICE.value: N_("pilihan"),
    QuestionKind.NUMBER.value: N_("angka"), QuestionKind.TEXT.value: N_("teks bebas"),
}  # fmt: skip
PRIORITY_OPTIONS = {priority.value: priority.word for priority in Priority}
UNIT_WORDS = {
    WaitUnit.SECONDS.value: N_("detik"), WaitUnit.MINUTES.value: N_("menit"), WaitUnit.HOURS.value: N_("jam"),
    WaitUnit.DAYS.value: N_("hari"), WaitUnit.WORKING_DAYS.value: N_("hari kerja"),
}  # fmt: skip
LEVEL_WORDS = {figure.code: figure.name for figure in FIGURES if figure.code in LEVEL_FIGURES}
SAME_AS_INDONESIAN = N_("Kosong: kalimat Indonesia dipakai.")

_PROVENANCE = Field("provenance", Input.OPTION, options=PROVENANCE_WORDS)
_SOURCE = Field("source", hint=N_("Keputusan, surat, atau sumber yang menjadi dasar."))

FIELDS: Mapping[str, tuple[Field, ...]] = {
    "category": (
        Field("name_id"),
        Field("name_en", hint=SAME_AS_INDONESIAN, fallback="name_id"),
        Field("priority", Input.OPTION, N_("Jawaban pertanyaan dapat menaikkannya, tidak pernah menurunkan."), PRIORITY_OPTIONS),
        Field("group", Input.OPTION, N_("Judul di daftar kategori; laporan kembar dicari di dalam kelompok."), GROUP_WORDS),
        Field("lead", Input.AGENCY, N_("Yang pertama diminta bertindak.")),
        Field("support", Input.AGENCIES, N_("Diminta bersamaan.")),
        Field("next", Input.AGENCIES, N_("Diminta berurutan bila yang sebelumnya menolak.")),
        Field("advice_id", Input.LONG, N_("Dibacakan kepada pelapor.")),
        Field("advice_en", Input.LONG, SAME_AS_INDONESIAN, fallback="advice_id"),
        Field("questions", Input.QUESTIONS),
        Field("words", Input.LINES, N_("Satu ungkapan per baris, huruf kecil, seperti diucapkan warga.")),
        _PROVENANCE,
        _SOURCE,
    ),
    "agency": (
        Field("name"),
        Field("short", hint=N_("Nama di tombol dan daftar.")),
        Field("phones", Input.LINES, N_("Satu nomor per baris; wajib ada.")),
        Field("address"),
        Field("handles_id", Input.LONG, N_("Apa yang ditangani.")),
        Field("handles_en", Input.LONG, SAME_AS_INDONESIAN, fallback="handles_id"),
        _PROVENANCE,
        _SOURCE,
    ),
    "target": (
        Field("acknowledge_s", Input.DURATION, N_("Sejak diteruskan sampai instansi menjawab.")),
        Field("travel_s", Input.DURATION, N_("Sejak diterima sampai tiba di lokasi.")),
        Field("resolve_s", Input.DURATION, N_("Sejak diteruskan sampai selesai.")),
        Field("note", Input.LONG, N_("Dasar angka-angka ini.")),
        _PROVENANCE,
    ),
    "rung": (
        Field("after", Input.NUMBER, N_("Sejak jamnya mulai; tidak pernah sebelum waktu target habis.")),
        Field("unit", Input.OPTION, options=UNIT_WORDS),
        Field("again_minutes", Input.NUMBER, N_("Hanya untuk koordinator; kosong: diberi tahu sekali."), may_be_none=True),
        _PROVENANCE,
        _SOURCE,
    ),
    "office_hours": (Field("opens", Input.TIME), Field("closes", Input.TIME), _PROVENANCE, _SOURCE),
    "agency_rule": (
        Field("pauses", Input.CHECKS, N_("Untuk prioritas ini hanya jam kantor yang dihitung."), PRIORITY_OPTIONS),
        Field(
            "off_hours", Input.OPTION, N_("Untuk prioritas lain pada malam dan hari libur; kosong: seperti biasa."),
            {told.value: word for told, word in TOLD_WORDS.items()}, may_be_none=True,
        ),
        _PROVENANCE,
        _SOURCE,
    ),
    "holiday": (
        Field("id"),
        Field("en", hint=SAME_AS_INDONESIAN, fallback="id"),
        Field("kind", Input.OPTION, options={kind.value: word for kind, word in HOLIDAY_WORDS.items()}),
        _PROVENANCE,
        _SOURCE,
    ),
    "service_level": (
        Field("figure", Input.OPTION, options=LEVEL_WORDS),
        Field("share", Input.PERCENT, N_("Dalam persen.")),
        Field(
            "within", Input.NUMBER, N_("Detik; hari kerja untuk jawaban pertama; kosong bila ukurannya sudah sebuah bagian."),
            may_be_none=True,
        ),
        Field("priorities", Input.CHECKS, N_("Tanpa pilihan: semua."), PRIORITY_OPTIONS),
        Field("groups", Input.CHECKS, N_("Tanpa pilihan: semua."), GROUP_WORDS),
        Field("note", Input.LONG, N_("Dasar angka-angka ini.")),
        _PROVENANCE,
        _SOURCE,
    ),
    "phrase": (
        Field("id", Input.LONG, N_("{number} menjadi nomor laporan, {agency} nama instansi.")),
        Field("en", Input.LONG, SAME_AS_INDONESIAN, fallback="id"),
        Field("kind", Input.OPTION, options=PHRASE_WORDS),
        _PROVENANCE,
    ),
}  # fmt: skip

#: Fields that may be left empty.
OPTIONAL = frozenset(
    {"address", "support", "next", "name_en", "advice_en", "handles_en", "en", "again_minutes", "off_hours", "within"}
)
#: The sizes of the units of durations, in seconds, the largest first.
SIZES = tuple(size for size, _ in UNITS)

#: What a new entry begins with, by kind; its texts are still to be written.
NEW: Mapping[str, Body] = {
    "category": {
        "name_id": "", "name_en": "", "group": "other", "priority": "P3", "lead": "", "support": [], "next": [],
        "provenance": "proposed", "source": "", "words": [], "advice_id": "", "advice_en": "",
        "questions": [{"code": "q1", "kind": "yes_no", "id": "", "en": ""}],
    },
    "agency": {
        "name": "", "short": "", "handles_id": "", "handles_en": "", "provenance": "proposed", "source": "", "address": "",
        "phones": [], "bases": [],
    },
    "phrase": {"kind": "reply", "id": "", "en": "", "provenance": "proposed"},
    "service_level": {
        "figure": "answer", "share": 0.9, "provenance": "proposed", "source": "", "within": 15, "groups": [], "priorities": [],
        "note": "",
    },
}  # fmt: skip


def percent_of(value: object) -> str:
    """A share as a percentage, as it is typed: 90, 97,5; what is no number stays as it was typed."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value) if value is not None else ""
    return f"{100 * value:.4f}".rstrip("0").rstrip(".").replace(".", ",")


def split_duration(value: object) -> tuple[str, int]:
    """Seconds as a number and the largest unit that says them whole; what is no number stays as it was typed, in minutes."""
    if not isinstance(value, int) or isinstance(value, bool):
        return (str(value) if value is not None else "", 60)
    unit = next((unit for unit in SIZES if value and value % unit == 0), 1)
    return str(value // unit), unit
