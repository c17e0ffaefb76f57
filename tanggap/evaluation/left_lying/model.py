"""What lies, why, how bad that is, and who looks after it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from tanggap.city.kinds import Priority
from tanggap.incident.refusals import NotFound, TanggapRefusal
from tanggap.platform.i18n import N_


class Kind(StrEnum):
    """What sort of thing lies; its id is that of the call, the report, the incident, the assignment, the delivery."""

    CALL = "call"  # never answered, and the caller was not reached since
    REPORT = "report"  # without a disposition, longer than its time
    LOST = "lost"  # genuine, and no incident tells of it: there should be none
    INCIDENT = "incident"  # no agency has it, or only the supervisor can go on
    ASSIGNMENT = "assignment"  # not answered, not started or not finished in time
    REOPENED = "reopened"  # a citizen or the supervisor said that it was not done
    DELIVERY = "delivery"  # a message that reached nobody


#: A report on somebody's desk lies from this long after it was taken.
ON_A_DESK = timedelta(minutes=15)

#: Why something lies, as a sentence that says what to do about it.
WHY: Mapping[str, str] = {
    "never_answered": N_("Panggilan tidak terjawab. Telepon kembali."),
    "waiting": N_("Belum diambil siapa pun. Ambil, atau serahkan."),
    "active": N_("Sudah diambil, belum ada hasil verifikasi."),
    "lost": N_("Laporan nyata tanpa kejadian. Buka, lalu teruskan."),
    "no_agency": N_("Belum ada instansi yang memegangnya. Teruskan."),
    "all_rejected": N_("Semua instansi yang berwenang menolak. Putuskan siapa yang menangani."),
    "not_sent": N_("Belum diteruskan ke instansi mana pun. Teruskan."),
    "reopened": N_("Dibuka kembali: belum benar-benar selesai."),
    "unanswered": N_("Instansi belum menjawab. Ingatkan, atau alihkan."),
    "not_started": N_("Instansi belum berangkat. Ingatkan."),
    "not_finished": N_("Melewati batas waktu selesai. Ingatkan."),
    "undelivered": N_("Pesan tidak sampai. Kirim ulang, atau beri tahu dengan cara lain."),
}


class Lying(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the list.

    It is sorted by harm: the most urgent first, and of one priority what should have been done the longest ago. A call that
    nobody answered and a report whose category is not known count as P2, because nobody knows how urgent they are; a call whose
    caller pressed «danger now» counts as P1.
    """

    kind: Kind
    why: str  # a key of WHY
    subject: UUID
    priority: Priority
    overdue_at: datetime  # since when it should have been acted on
    report: UUID | None
    incident: UUID | None
    number: int | None
    category: str | None
    place: str
    words: str
    agency: str | None
    masked: str | None  # of the caller, or of the address that was not reached
    recipient: str | None  # of a message
    owner: UUID | None
    owner_name: str | None
    taken_at: datetime | None


class Listed(msgspec.Struct, frozen=True):
    """The list as far as a screen shows it, and how much there is of each kind."""

    rows: tuple[Lying, ...]
    by_kind: Mapping[Kind, int]
    unowned: int

    @property
    def total(self) -> int:
        """How many things lie."""
        return sum(self.by_kind.values())


class NotLying(NotFound):
    """Somebody has just seen to it."""

    slug = "not-lying"
    sentence = N_("Ini tidak ada lagi di daftar: baru saja ditangani.")


class NobodyChosen(TanggapRefusal):
    """An owner who is not of the centre's people."""

    slug = "nobody-chosen"
    sentence = N_("Pilih kepada siapa ini diserahkan.")
