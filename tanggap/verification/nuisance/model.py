"""Callers who call for nothing again and again, and the measures that people take."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from tanggap.incident.refusals import TanggapRefusal
from tanggap.platform.i18n import N_

#: A caller stands on the list who called this often for nothing …
OFTEN = 3
#: … within this time.
LATELY = timedelta(days=30)
#: A measure ends by itself after this many days unless somebody says otherwise, and never lasts longer than the other.
USUAL_DAYS, MOST_DAYS = 30, 180
MAX_NOTE = 500


class MeasureKind(StrEnum):
    """What people do about it. None of them keeps a call from being answered."""

    SPOKEN = "spoken"
    FAMILY = "family"
    EDUCATED = "educated"
    POLICE = "police"
    OTHER = "other"


MEASURE_WORDS: Mapping[MeasureKind, str] = {
    MeasureKind.SPOKEN: N_("diajak bicara"),
    MeasureKind.FAMILY: N_("keluarga dihubungi"),
    MeasureKind.EDUCATED: N_("diberi penjelasan tentang 112"),
    MeasureKind.POLICE: N_("dilaporkan ke polisi"),
    MeasureKind.OTHER: N_("lain-lain"),
}


class Measure(msgspec.Struct, frozen=True):
    """One thing that was done, by whom, and until when it stands."""

    id: UUID
    kind: MeasureKind
    note: str
    at: datetime
    until: datetime
    ended_at: datetime | None
    actor_name: str

    def stands(self, now: datetime) -> bool:
        """Whether it is still in force."""
        return self.ended_at is None and now < self.until


class Recurring(msgspec.Struct, frozen=True):
    """A caller on the list: the masked number, what their calls of late turned out to be, and what was tried."""

    caller: UUID
    masked: str
    unreal: int
    real: int
    last_at: datetime
    measures: tuple[Measure, ...]


class MeasureUnclear(TanggapRefusal):
    """A measure is one of the kinds, for a number of days."""

    slug = "measure-unclear"
    sentence = N_("Pilih tindakan dan berapa hari berlakunya (1 sampai 180).")
