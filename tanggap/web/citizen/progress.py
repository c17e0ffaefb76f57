"""A report's progress as steps with plain words, from what the citizen may see."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from tanggap.city.model import Catalogue
from tanggap.feedback.model import CitizenView, Progress
from tanggap.feedback.service import citizen_view
from tanggap.incident import store as rows
from tanggap.incident.model import ENDING, Assignment, AssignmentState, Disposition, Report
from tanggap.incident.photos import store as photo_rows
from tanggap.incident.photos.model import Photo
from tanggap.incident.timeline import store as timelines
from tanggap.incident.timeline.model import Kind
from tanggap.platform.database import Connection
from tanggap.platform.i18n import N_
from tanggap.verification.nuisance.service import thanks_testers

#: What the page says first, by how far the report is.
HEADLINES: dict[Progress, tuple[str, str]] = {
    Progress.RECEIVED: (N_("Laporan Anda sudah kami terima"), N_("Petugas 112 akan membacanya sebentar lagi.")),
    Progress.BEING_READ: (
        N_("Petugas 112 sedang memeriksa laporan Anda"),
        N_("Kalau kurang jelas, petugas dapat menelepon Anda."),
    ),
    Progress.SENT: (N_("Laporan Anda sudah diteruskan"), N_("Menunggu jawaban instansi.")),
    Progress.ACCEPTED: (N_("Laporan Anda sedang ditangani"), N_("Instansi sudah menerimanya dan menyiapkan regu.")),
    Progress.ON_THE_WAY: (N_("Petugas sedang menuju lokasi"), N_("Kalau aman, tunggulah di tempat yang mudah terlihat.")),
    Progress.ON_SCENE: (N_("Petugas sudah di lokasi"), N_("Penanganan sedang berjalan.")),
    Progress.RESOLVED: (N_("Petugas menyatakan sudah selesai. Benarkah?"), N_("Hanya Anda yang dapat memastikannya.")),
    Progress.CLOSED: (N_("Selesai"), N_("Laporan ini sudah ditutup. Terima kasih sudah melapor.")),
    Progress.NO_ACTION: (N_("Laporan ini ditutup petugas 112"), N_("Tidak ada regu yang dikirim.")),
}
#: Why nobody was sent, in a sentence.
ENDED: dict[Disposition, str] = {
    Disposition.TEST: N_("Dicatat sebagai uji coba."),
    Disposition.PRANK: N_("Dicatat sebagai bukan keadaan sebenarnya."),
    Disposition.SILENT: N_("Tidak ada keterangan yang dapat ditindaklanjuti."),
    Disposition.ABANDONED: N_("Laporan terputus sebelum lengkap."),
    Disposition.MISDIAL: N_("Dicatat sebagai salah kirim."),
    Disposition.INFORMATION: N_("Pertanyaan Anda dijawab dengan informasi."),
    Disposition.COUNSELLING: N_("Ditangani sebagai konseling."),
}
#: The order in which a report goes its way.
ORDER = (
    Progress.RECEIVED, Progress.BEING_READ, Progress.SENT, Progress.ACCEPTED, Progress.ON_THE_WAY, Progress.ON_SCENE,
    Progress.RESOLVED, Progress.CLOSED,
)  # fmt: skip
STEP_WORDS: dict[Progress, str] = {
    Progress.RECEIVED: N_("Laporan diterima"),
    Progress.BEING_READ: N_("Diperiksa petugas 112"),
    Progress.SENT: N_("Diteruskan ke instansi"),
    Progress.ACCEPTED: N_("Diterima instansi"),
    Progress.ON_THE_WAY: N_("Petugas berangkat"),
    Progress.ON_SCENE: N_("Petugas di lokasi"),
    Progress.RESOLVED: N_("Petugas menyatakan selesai"),
    Progress.CLOSED: N_("Anda membenarkan: sudah selesai"),
}
#: Steps that a report may pass by; without a time of their own they are left out once it is further.
OPTIONAL = frozenset({Progress.BEING_READ, Progress.ACCEPTED, Progress.ON_THE_WAY, Progress.ON_SCENE})


class Step(msgspec.Struct, frozen=True):
    """One step on the page: `when` is past, now or later."""

    name: str
    words: str
    at: datetime | None
    when: str


class Tracked(msgspec.Struct, frozen=True):
    """Everything the tracking page shows."""

    progress: Progress
    view: CitizenView
    headline: str
    below: str
    steps: tuple[Step, ...]
    agencies: tuple[str, ...]
    own_photos: tuple[Photo, ...]
    result_photos: tuple[Photo, ...]
    may_confirm: bool
    may_reopen: bool
    may_rate: bool


#: What a citizen reads who tried the number, where the coordinator has switched it on.
THANKED = (
    N_("112 berfungsi. Terima kasih sudah mencoba."),
    N_("Kalau kelak Anda dalam keadaan darurat, telepon 112: gratis, kapan saja, dan kami pasti menjawab."),
)


async def tracked(conn: Connection, catalogue: Catalogue, report: Report) -> Tracked:
    """A report as its citizen sees it: the agencies' pictures and their own, nobody else's."""
    city = catalogue.city.code
    view = await citizen_view(conn, city, report)
    assignments = await rows.assignments_of(conn, city, report.incident) if report.incident else []
    photos = await visible_photos(conn, city, report)
    ended = report.disposition in ENDING and view.resolved_at is None
    progress = Progress.NO_ACTION if ended and view.progress in (Progress.CLOSED, Progress.NO_ACTION) else view.progress
    headline, below = HEADLINES[progress]
    last_words = await _how_it_closed(conn, city, report) if progress is Progress.CLOSED else STEP_WORDS[Progress.CLOSED]
    if progress is Progress.NO_ACTION and report.disposition in ENDED:
        below = ENDED[report.disposition]
    if report.disposition is Disposition.TEST and await thanks_testers(conn, city):
        headline, below = THANKED
    return Tracked(
        progress=progress,
        view=view,
        headline=headline,
        below=below,
        steps=() if progress is Progress.NO_ACTION else tuple(steps_of(view, report, assignments, last_words)),
        agencies=agency_names(catalogue, view, assignments),
        own_photos=tuple(photo for photo in photos if photo.agency is None),
        result_photos=tuple(photo for photo in photos if photo.agency is not None),
        may_confirm=progress is Progress.RESOLVED,
        may_reopen=progress in (Progress.RESOLVED, Progress.CLOSED),
        may_rate=progress is Progress.CLOSED and view.stars is None and view.resolved_at is not None,
    )


async def visible_photos(conn: Connection, city: str, report: Report) -> list[Photo]:
    """The pictures that a citizen may see: their own, and those that agencies took."""
    if report.incident is None:
        return await photo_rows.photos_of(conn, city, report=report.id)
    photos = await photo_rows.photos_of(conn, city, incident=report.incident, report=report.id)
    return [photo for photo in photos if photo.agency is not None or photo.report == report.id]


def agency_names(catalogue: Catalogue, view: CitizenView, assignments: Sequence[Assignment]) -> tuple[str, ...]:
    """Who acts, or while nobody has answered yet, who was asked: one by its full name, several by their short ones."""
    answered = {o.agency for o in assignments if o.acknowledged_at is not None and (o.is_live or o.state is AssignmentState.DONE)}
    codes = [code for code in view.agencies if code in answered] or list(view.agencies)
    found = [catalogue.agencies_by_code[code] for code in codes if code in catalogue.agencies_by_code]
    return (found[0].name,) if len(found) == 1 else tuple(agency.short for agency in found)


async def _how_it_closed(conn: Connection, city: str, report: Report) -> str:
    """Who said that it is done: this citizen, another one, or nobody in time."""
    entries = await timelines.of_incident(conn, city, report.incident) if report.incident else []
    for entry in reversed(entries):
        if entry.kind is Kind.CONFIRMED:
            return STEP_WORDS[Progress.CLOSED] if entry.report == report.id else N_("Pelapor lain membenarkan: sudah selesai")
        if entry.kind in (Kind.REOPENED, Kind.RESOLVED):
            break
    return N_("Ditutup tanpa tanggapan Anda") if any(e.kind is Kind.RESOLVED for e in entries) else N_("Ditutup petugas 112")


def steps_of(view: CitizenView, report: Report, assignments: Sequence[Assignment], last_words: str) -> list[Step]:
    """The steps of the page, each past, now or later, with its time where it has one."""
    here = ORDER.index(view.progress)
    times = _times(view, report, assignments)
    steps = []
    for place, step in enumerate(ORDER):
        at = times.get(step) if place <= here else None
        if place < here and at is None and step in OPTIONAL:
            continue
        when = "now" if place == here else "past" if place < here else "later"
        steps.append(Step(step.value, last_words if step is Progress.CLOSED else STEP_WORDS[step], at, when))
    return steps


def _times(view: CitizenView, report: Report, assignments: Sequence[Assignment]) -> dict[Progress, datetime | None]:
    """When each step was reached. After «belum selesai» only what was asked anew counts."""
    live = [o for o in assignments if o.is_live]
    shown = live or [o for o in assignments if o.state is AssignmentState.DONE]

    def first(name: str) -> datetime | None:
        return min((at for o in shown if (at := getattr(o, name)) is not None), default=None)

    return {
        Progress.RECEIVED: view.received_at,
        Progress.BEING_READ: report.claimed_at or report.disposed_at,
        Progress.SENT: first("sent_at"),
        Progress.ACCEPTED: first("acknowledged_at"),
        Progress.ON_THE_WAY: first("en_route_at"),
        Progress.ON_SCENE: first("on_scene_at"),
        Progress.RESOLVED: view.resolved_at,
        Progress.CLOSED: view.closed_at,
    }


def find_photo(photos: Sequence[Photo], photo_id: UUID) -> Photo | None:
    """The picture with that id among those that may be seen."""
    return next((photo for photo in photos if photo.id == photo_id), None)
