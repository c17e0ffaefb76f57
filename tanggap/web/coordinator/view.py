"""What the coordinator's page shows: the figures of a period, and what is open now."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from tanggap.city.kinds import Priority
from tanggap.city.model import Catalogue
from tanggap.evaluation import store
from tanggap.evaluation.model import PERIOD_SHAPE, AgencyFigures, Figures, Period, month, today
from tanggap.evaluation.periods import YEAR_SHAPE
from tanggap.incident.model import Disposition, IncidentState
from tanggap.intake.store import waiting_count
from tanggap.platform.i18n import MONTHS, N_, Locale, format_day
from tanggap.scene import Scene
from tanggap.web import words
from tanggap.web.coordinator.csv import Cell
from tanggap.web.coordinator.figures import remembered, span_title
from tanggap.web.house import House
from tanggap.web.timeline import CHANNEL_WORDS, DISPOSITION_WORDS, Translate

#: Rows of the list of what is overdue; the count above it knows all.
MOST_OVERDUE = 50
#: Earlier months that can be chosen.
MONTHS_BACK = 12
#: Bars of a chart before the rest is folded away.
MOST_BARS = 12

#: The columns of TUNTAS: how far an agency's assignments are. Attribute of AgencyFigures → heading.
AGENCY_COLUMNS: dict[str, str] = {
    "waiting": N_("Menunggu"),
    "at_work": N_("Dikerjakan"),
    "done": N_("Selesai"),
    "rejected": N_("Ditolak"),
    "expired": N_("Tak dijawab"),
    "withdrawn": N_("Ditarik"),
}


#: What came of calls.
OUTCOME_WORDS: dict[str, str] = {
    "answered": N_("dijawab"),
    "overflowed": N_("dijawab di luar pusat"),
    "abandoned": N_("penelepon menutup lebih dulu"),
    "unanswered": N_("tidak terjawab"),
    "called_back": N_("ditelepon kembali, tersambung"),
    "": N_("sedang berlangsung"),
}


class Counted(NamedTuple):
    """One bar of a chart: what it counts, how often, and in which context (a kelurahan's kecamatan)."""

    label: str
    n: int
    beside: str = ""
    code: str = ""


async def figures_of(house: House, scene: Scene, period: Period) -> Figures:
    """The figures of a period, counted anew only when something has happened."""
    return await remembered(house, scene).of(period, house.now())


async def live(house: House, now: datetime) -> dict[str, Any]:
    """What waits and what is open at this moment."""
    async with house.db.reading(house.city) as conn:
        waiting, since = await waiting_count(conn, house.city)
        counts = await store.live_counts(conn, house.city, now)
        overdue = await store.open_incidents(conn, house.city, overdue_at=now, limit=MOST_OVERDUE)
    by_priority = {priority: counts.get(priority.value, 0) for priority in Priority}
    return {
        "waiting_total": waiting,
        "waiting_since": since,
        "by_priority": by_priority,
        "open_total": sum(by_priority.values()),
        "overdue_total": counts.get("overdue", 0),
        "overdue": overdue,
    }


def charts(figures: Figures, catalogue: Catalogue, translate: Translate, locale: Locale) -> dict[str, list[Counted]]:
    """Each count with its labels, the greatest first."""
    none = translate(N_("belum ada hasil"))
    dispositions = {disposition.value: translate(DISPOSITION_WORDS[disposition]) for disposition in Disposition}
    return {
        "dispositions": [Counted(dispositions.get(code, none), n, code=code) for code, n in figures.by_disposition.items()],
        "outcomes": [Counted(translate(OUTCOME_WORDS.get(code, code)), n, code=code) for code, n in figures.by_outcome.items()],
        "channels": [Counted(translate(CHANNEL_WORDS.get(code, code)), n) for code, n in figures.by_channel.items()],
        "categories": [
            Counted(words.category_name(catalogue, code, locale) or translate(N_("tanpa kategori")), n)
            for code, n in figures.by_category.items()
        ],
        "areas": [_area(catalogue, code, n, translate) for code, n in figures.by_area.items()],
        "states": [
            Counted(translate(words.INCIDENT_WORDS[state]), figures.by_state.get(state.value, 0)) for state in IncidentState
        ],
    }


def _area(catalogue: Catalogue, code: str, n: int, translate: Translate) -> Counted:
    if not code:
        return Counted(translate(N_("tanpa lokasi")), n)
    known = code in catalogue.areas_by_code
    return Counted(words.area_name(catalogue, code), n, catalogue.kecamatan_of(code).name if known else "")


class AgencyRow(NamedTuple):
    """An agency's row in CEPAT and TUNTAS."""

    name: str
    figures: AgencyFigures
    cells: list[int]
    within_share: float | None  # of those that it had to answer


def agencies(figures: Figures, catalogue: Catalogue) -> list[AgencyRow]:
    """One row for each agency that was asked in the period."""
    return [
        AgencyRow(
            words.agency_name(catalogue, one.agency),
            one,
            [getattr(one, name) for name in AGENCY_COLUMNS],
            one.within_target / one.asked if one.asked else None,
        )
        for one in figures.agencies
    ]


class Choice(NamedTuple):
    """A period to choose from."""

    value: str
    label: str


def earlier_months(now: datetime, zone: ZoneInfo, locale: Locale) -> list[Choice]:
    """The months before this one, the newest first."""
    return [
        Choice(period.name, month_name(period, locale)) for period in (month(now, zone, n) for n in range(1, MONTHS_BACK + 1))
    ]


def month_name(period: Period, locale: Locale) -> str:
    """Nov 2026."""
    return f"{MONTHS[locale][period.start.month - 1]} {period.start.year}"


def period_title(period: Period, now: datetime, zone: ZoneInfo, locale: Locale) -> str:
    """A day, a month, a year or a span of days as the page's heading says it."""
    if period.name == today(now, zone).name:
        return format_day(period.start, zone, locale)
    if YEAR_SHAPE.fullmatch(period.name):
        return period.name
    return month_name(period, locale) if PERIOD_SHAPE.fullmatch(period.name) else span_title(period, zone, locale)


def figure_rows(figures: Figures, catalogue: Catalogue, translate: Translate, locale: Locale) -> Iterator[list[Cell]]:
    """All figures of a period as rows: what is counted, of what, and the number."""
    funnel = figures.funnel
    yield [translate(N_("Ukuran")), translate(N_("Rincian")), translate(N_("Nilai"))]
    for label, value in (
        (N_("Laporan masuk"), funnel.received),
        (N_("Laporan diverifikasi"), funnel.verified),
        (N_("Kejadian dibuka"), funnel.incidents),
        (N_("Kejadian diteruskan"), funnel.handed_over),
        (N_("Kejadian diterima instansi"), funnel.acknowledged),
        (N_("Kejadian selesai"), funnel.resolved),
        (N_("Kejadian dibenarkan pelapor"), funnel.confirmed),
        (N_("Dibuka kembali"), figures.reopened),
    ):
        yield [translate(label), "", value]
    headings = {
        "outcomes": N_("Panggilan menurut hasil"), "dispositions": N_("Laporan menurut hasil verifikasi"),
        "channels": N_("Laporan menurut saluran"),
        "categories": N_("Kejadian menurut kategori"), "areas": N_("Kejadian menurut kelurahan"),
        "states": N_("Kejadian menurut keadaan"),
    }  # fmt: skip
    for name, counted in charts(figures, catalogue, translate, locale).items():
        for one in counted:
            yield [translate(headings[name]), one.label, one.n]
    for hour, n in enumerate(figures.by_hour):
        yield [translate(N_("Laporan menurut jam")), f"{hour:02}", n]
    for row in agencies(figures, catalogue):
        yield [translate(N_("Penugasan instansi")), row.name, row.figures.asked]
        for heading, n in zip(AGENCY_COLUMNS.values(), row.cells, strict=True):
            yield [f"{translate(N_('Penugasan'))}: {translate(heading)}", row.name, n]
        yield [translate(N_("Dijawab dalam target")), row.name, row.figures.within_target]
        yield [translate(N_("Median jawaban (detik)")), row.name, row.figures.acknowledge_median_s]
