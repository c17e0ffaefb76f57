"""The figures of CEPAT, TEPAT and TUNTAS: which there are, and what was counted of each. One column of one view defines each.

The views stand in platform/migrations/0021_figures.sql and 0032_times.sql, with a comment on every column;
nothing else defines a figure.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from tanggap.city.model import Catalogue
from tanggap.evaluation.model import Period
from tanggap.platform.i18n import N_


class Pillar(StrEnum):
    """What the coordinator wants to know."""

    CEPAT = "cepat"  # fast
    TEPAT = "tepat"  # right
    TUNTAS = "tuntas"  # finished


class Grain(StrEnum):
    """What one row of a view is."""

    CALL = "call"
    REPORT = "report"
    INCIDENT = "incident"
    ASSIGNMENT = "assignment"


class Unit(StrEnum):
    """What a figure's values are."""

    SECONDS = "s"  # a duration, whole seconds, a started one counted whole
    WORKDAYS = "workdays"  # days on which the city's offices are open, without its holidays
    SHARE = "share"  # of those that were judged, how many it is true of
    STARS = "stars"  # 1 to 5


class By(StrEnum):
    """What figures can be told apart by."""

    AGENCY = "agency"
    CATEGORY = "category"
    AREA = "area"  # kelurahan
    HOUR = "hour"  # of the city's day
    SHIFT = "shift"  # of the roster; where none was made for that time, of the hours at which shifts begin


class Figure(msgspec.Struct, frozen=True):
    """One figure: its name, and the column that defines it."""

    code: str
    pillar: Pillar
    grain: Grain
    column: str
    unit: Unit
    name: str  # a gettext key
    said: str  # what exactly is counted, a gettext key
    more_is_better: bool = True

    @property
    def is_duration(self) -> bool:
        """Whether it has a median and a ninetieth percentile."""
        return self.unit in (Unit.SECONDS, Unit.WORKDAYS)

    def can_be_told_by(self, by: By) -> bool:
        """Whether its rows have this dimension: no agency has a call or a report."""
        return by is not By.AGENCY or self.grain in (Grain.INCIDENT, Grain.ASSIGNMENT)


def _duration(code: str, grain: Grain, column: str, name: str, said: str, unit: Unit = Unit.SECONDS) -> Figure:
    return Figure(code, Pillar.CEPAT, grain, column, unit, name, said, more_is_better=False)


FIGURES: tuple[Figure, ...] = (
    _duration(
        "answer", Grain.CALL, "answer_s", N_("Panggilan dijawab"),
        N_("Dari dering pertama sampai dijawab, di meja atau di luar pusat. Yang tidak terjawab dihitung lewat target."),
    ),
    _duration(
        "processing", Grain.INCIDENT, "processing_s", N_("Diteruskan ke instansi"),
        N_("Dari panggilan dijawab (atau laporan masuk) sampai instansi pertama diberi tahu."),
    ),
    _duration(
        "acknowledgement", Grain.ASSIGNMENT, "acknowledgement_s", N_("Diterima instansi"),
        N_("Dari penugasan dikirim sampai instansi menyatakan menerimanya."),
    ),
    Figure(
        "acknowledged_in_time", Pillar.CEPAT, Grain.ASSIGNMENT, "is_acknowledged_in_time", Unit.SHARE,
        N_("Diterima dalam target prioritasnya"),
        N_("Dari penugasan yang diterima atau habis waktunya: yang diterima sebelum batasnya."),
    ),
    _duration(
        "turnout", Grain.ASSIGNMENT, "turnout_s", N_("Berangkat"), N_("Dari diterima instansi sampai regu berangkat."),
    ),
    _duration(
        "arrival", Grain.ASSIGNMENT, "arrival_s", N_("Tiba di lokasi"), N_("Dari penugasan dikirim sampai regu tiba di lokasi."),
    ),
    _duration(
        "first_answer", Grain.INCIDENT, "first_answer_days", N_("Jawaban pertama"),
        N_("Hari kerja sesudah hari laporan masuk sampai instansi pertama menerima; hari yang sama dihitung 0."), Unit.WORKDAYS,
    ),
    _duration(
        "resolution", Grain.INCIDENT, "resolution_s", N_("Selesai ditangani"),
        N_("Dari kejadian dibuka sampai instansi menyatakan selesai; bila dibuka kembali, selesai yang terakhir."),
    ),
    Figure(
        "first_agency_right", Pillar.TEPAT, Grain.ASSIGNMENT, "was_right", Unit.SHARE, N_("Instansi pertama tepat"),
        N_("Dari kejadian yang instansi pertamanya sudah jelas: yang tidak ditolak dan tidak dialihkan."),
    ),
    Figure(
        "location_corrected", Pillar.TEPAT, Grain.INCIDENT, "was_moved", Unit.SHARE, N_("Lokasi diperbaiki kemudian"),
        N_("Dari kejadian yang diteruskan: yang titiknya diubah sesudah instansi pertama diberi tahu."), more_is_better=False,
    ),
    Figure(
        "disposition_reversed", Pillar.TEPAT, Grain.REPORT, "was_reversed", Unit.SHARE, N_("Hasil verifikasi dibatalkan"),
        N_("Dari laporan yang pernah diberi hasil verifikasi: yang hasilnya pernah dibatalkan."), more_is_better=False,
    ),
    Figure(
        "duplicates_missed", Pillar.TEPAT, Grain.INCIDENT, "is_missed_duplicate", Unit.SHARE, N_("Duplikat terlewat"),
        N_("Dari semua kejadian yang dibuka: yang kemudian ternyata sama dengan kejadian lain, lalu digabung."),
        more_is_better=False,
    ),
    Figure(
        "finished", Pillar.TUNTAS, Grain.INCIDENT, "is_finished", Unit.SHARE, N_("Selesai"),
        N_("Dari kejadian yang dibuka: yang dinyatakan selesai oleh instansi. Yang ditutup tanpa itu tidak dihitung selesai."),
    ),
    Figure(
        "in_time", Pillar.TUNTAS, Grain.INCIDENT, "is_in_time", Unit.SHARE, N_("Selesai tepat waktu"),
        N_("Dari kejadian yang selesai atau lewat batas: yang selesai sebelum batas waktunya."),
    ),
    Figure(
        "reopened", Pillar.TUNTAS, Grain.INCIDENT, "was_reopened", Unit.SHARE, N_("Dibuka kembali"),
        N_("Dari kejadian yang pernah selesai: yang harus dibuka kembali."), more_is_better=False,
    ),
    Figure(
        "confirmed", Pillar.TUNTAS, Grain.INCIDENT, "is_confirmed", Unit.SHARE, N_("Dibenarkan pelapor"),
        N_("Dari kejadian yang selesai: yang dibenarkan warga sendiri. Diam tidak dihitung setuju."),
    ),
    Figure(
        "rating", Pillar.TUNTAS, Grain.REPORT, "stars", Unit.STARS, N_("Nilai warga"),
        N_("Rata-rata bintang (1–5) yang terakhir diberikan pelapor untuk laporannya."),
    ),
)  # fmt: skip
FIGURES_BY_CODE: Mapping[str, Figure] = {figure.code: figure for figure in FIGURES}


class Reached(msgspec.Struct, frozen=True):
    """How a figure stands against one level that the city wants."""

    code: str  # of the level
    share: float  # wanted, 0–1
    within: int | None  # seconds or working days
    n: int  # judged
    met: int

    @property
    def is_reached(self) -> bool | None:
        """Whether the level is reached; None when nothing was judged."""
        return self.met >= self.share * self.n if self.n else None


class Measure(msgspec.Struct, frozen=True):
    """What was counted of one figure."""

    figure: str
    n: int = 0  # how many were measured or judged
    met: int = 0  # of a share: how many it is true of
    p50: int | None = None  # of a duration, nearest rank
    p90: int | None = None
    mean: float | None = None  # of stars
    levels: tuple[Reached, ...] = ()

    @property
    def share(self) -> float | None:
        """Of a share: its value, 0–1; None when nothing was judged."""
        return self.met / self.n if self.n else None


class Group(msgspec.Struct, frozen=True):
    """The figures of everything, or of what has one key: an agency's code, an hour …"""

    key: str
    calls: int
    reports: int
    incidents: int  # merged ones left out
    assignments: int
    measures: dict[str, Measure]  # by figure


class Totals(msgspec.Struct, frozen=True):
    """All that came in, whatever it turned out to be; '' stands for «not known yet»."""

    calls: dict[str, int]  # by outcome
    calls_by_disposition: dict[str, int]
    reports: dict[str, int]  # by disposition
    channels: dict[str, int]  # reports
    incidents: dict[str, int]  # by state, merged ones left out
    assignments: dict[str, dict[str, int]]  # agency → state → how many


class Performance(msgspec.Struct, frozen=True):
    """The figures of one period, all together and told apart by one dimension."""

    period: Period
    totals: Totals
    all: Group
    by: By | None = None
    groups: tuple[Group, ...] = ()


class Days(msgspec.Struct, frozen=True):
    """The whole days of the city that a period is, and where its shifts begin."""

    period: Period
    zone: ZoneInfo
    shift_starts: Sequence[int]


def days_of(period: Period, catalogue: Catalogue) -> Days:
    """A period in the city's own days."""
    return Days(period, ZoneInfo(catalogue.city.timezone), catalogue.city.shift_starts)


def shift_of(hour: int, starts: Sequence[int]) -> int:
    """Which of the day's shifts an hour belongs to, by its place in `starts`; the last one reaches into the morning."""
    begun = [place for place, start in enumerate(starts) if start <= hour]
    return begun[-1] if begun else len(starts) - 1
