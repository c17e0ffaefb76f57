"""What the citizen sees: a few plain steps, never a code."""

from datetime import datetime
from enum import StrEnum

import msgspec

from tanggap.incident.model import Assignment, AssignmentState, Disposition, Incident, IncidentState, Report, ReportState


class Verdict(StrEnum):
    """What a citizen says of the result."""

    CONFIRMED = "confirmed"
    NOT_DONE = "not_done"
    RATED = "rated"


class Progress(StrEnum):
    """How far a report is, as a citizen would say it."""

    RECEIVED = "received"  # «Laporan diterima»
    BEING_READ = "being_read"  # «Sedang diperiksa petugas 112»
    SENT = "sent"  # «Diteruskan ke …»
    ACCEPTED = "accepted"  # «Diterima oleh …»
    ON_THE_WAY = "on_the_way"
    ON_SCENE = "on_scene"
    RESOLVED = "resolved"  # «Dinyatakan selesai oleh …; apakah benar?»
    CLOSED = "closed"  # «Selesai»
    NO_ACTION = "no_action"  # ended at the desk: information, test …


class CitizenView(msgspec.Struct, frozen=True):
    """Everything the tracking page shows; nothing of other citizens, nothing of the team's notes."""

    progress: Progress
    received_at: datetime
    number: int | None
    agencies: tuple[str, ...]  # short codes of those that act
    words: str
    place: str
    category: str | None
    disposition: Disposition | None
    result: str
    resolved_at: datetime | None
    closed_at: datetime | None
    reopened: int
    may_answer: bool  # «belum selesai» / «sudah» make sense now
    stars: int | None


def progress_of(report: Report, incident: Incident | None, assignments: list[Assignment]) -> Progress:
    """How far a report is, from the rows."""
    if incident is None:
        if report.state is ReportState.WAITING:
            return Progress.RECEIVED
        return Progress.BEING_READ if report.state is ReportState.ACTIVE else Progress.NO_ACTION
    if incident.state is IncidentState.CLOSED:
        return Progress.CLOSED
    if incident.state is IncidentState.RESOLVED:
        return Progress.RESOLVED
    states = {assignment.state for assignment in assignments if assignment.is_live}
    for state, progress in (
        (AssignmentState.ON_SCENE, Progress.ON_SCENE),
        (AssignmentState.EN_ROUTE, Progress.ON_THE_WAY),
        (AssignmentState.ACKNOWLEDGED, Progress.ACCEPTED),
        (AssignmentState.SENT, Progress.SENT),
    ):
        if state in states:
            return progress
    return Progress.BEING_READ
