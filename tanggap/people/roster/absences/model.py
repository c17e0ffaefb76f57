"""Absences: somebody is away for some days, on leave or sick; their turns in those days count as empty."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from tanggap.people.roster.model import RosterRefusal
from tanggap.platform.i18n import N_

#: No absence is noted for longer, in days: after a year somebody looks again.
MOST_DAYS = 366
MAX_WORDS = 200


class AbsenceKind(StrEnum):
    """Why somebody is away."""

    LEAVE = "leave"
    SICK = "sick"
    OTHER = "other"


ABSENCE_WORDS: Mapping[AbsenceKind, str] = {
    AbsenceKind.LEAVE: N_("cuti"), AbsenceKind.SICK: N_("sakit"), AbsenceKind.OTHER: N_("keperluan lain"),
}  # fmt: skip


class Absence(msgspec.Struct, frozen=True):
    """From one day of the city to another, both included."""

    id: UUID
    person: UUID
    kind: AbsenceKind
    first: date
    last: date
    words: str
    noted_by_name: str
    noted_at: datetime
    withdrawn_at: datetime | None = None


class AbsenceUnclear(RosterRefusal):
    """The days cannot be read, end before they begin, are over, or are too many."""

    slug = "absence-unclear"
    sentence = N_("Periksa alasan dan tanggalnya: dari hari pertama sampai hari terakhir, belum lewat, paling lama setahun.")
