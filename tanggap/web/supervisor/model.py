"""The rows of the supervisor's screen."""

from datetime import datetime
from uuid import UUID

import msgspec

from tanggap.city.kinds import Priority
from tanggap.incident.model import AssignmentState, IncidentState, ReportState
from tanggap.platform.i18n import N_


class Contact(msgspec.Struct, frozen=True):
    """A report that waits or is being handled, without anything that names the caller."""

    id: UUID
    received_at: datetime
    channel: str
    state: ReportState
    words: str
    place: str
    category: str | None
    priority: Priority | None
    claimed_at: datetime | None
    masked: str | None
    holder: str | None


class Asked(msgspec.Struct, frozen=True):
    """An agency of an unfinished incident, and how far it is."""

    id: UUID
    agency: str
    role: str
    state: AssignmentState
    sent_at: datetime
    answer_due_at: datetime


class Case(msgspec.Struct, frozen=True):
    """An unfinished incident with the agencies that were asked."""

    id: UUID
    number: int
    state: IncidentState
    category: str | None
    priority: Priority
    summary: str
    place: str
    area: str | None
    opened_at: datetime
    due_at: datetime | None
    attention: str | None
    report_count: int
    reopened: int
    asked: tuple[Asked, ...]


#: What a page says after an act, by the word in its address.
DONE_WORDS: dict[str, str] = {
    "taken": N_("Laporan kini di meja Anda. Lanjutkan di konsol."),
    "released": N_("Laporan kembali ke antrean, di tempatnya semula."),
    "assigned": N_("Diteruskan. Instansi sudah melihatnya."),
    "reassigned": N_("Dialihkan. Instansi lama diberi tahu alasannya."),
    "merged": N_("Digabung. Laporan-laporannya kini di kejadian ini."),
    "split": N_("Dipisah. Laporan itu kini kejadian sendiri; teruskan ke instansi."),
    "reopened": N_("Dibuka kembali."),
    "closed": N_("Ditutup. Bila keliru, buka kembali dari halaman ini."),
    "amended": N_("Perbaikan disimpan. Instansi sudah melihatnya."),
    "noted": N_("Catatan disimpan."),
}


class LiveCall(msgspec.Struct, frozen=True):
    """A call with somebody on the line: who calls, who talks, since when."""

    id: UUID
    report: UUID
    state: str
    direction: str
    trunk: str
    rang_at: datetime
    answered_at: datetime | None
    is_urgent: bool
    masked: str | None
    operator: str | None
    answered_where: str
