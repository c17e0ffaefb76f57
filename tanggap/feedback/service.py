"""What the citizen sees and says: confirmed, rated, or «belum selesai»."""

from datetime import datetime

from tanggap.feedback import store
from tanggap.feedback.model import CitizenView, Progress, Verdict, progress_of
from tanggap.incident import store as rows
from tanggap.incident.model import Actor, Assignment, AssignmentState, Incident, IncidentState, Report
from tanggap.incident.refusals import WrongState
from tanggap.incident.service import change_state, record
from tanggap.incident.timeline.model import Kind
from tanggap.platform.database import Connection, Transaction
from tanggap.platform.ids import new_id
from tanggap.platform.text import clean_text

MAX_WORDS = 4_000


async def citizen_view(conn: Connection, city: str, report: Report) -> CitizenView:
    """What the tracking page of a report shows."""
    incident = await rows.incident(conn, city, report.incident) if report.incident else None
    assignments = await rows.assignments_of(conn, city, incident.id) if incident else []
    progress = progress_of(report, incident, assignments)
    acting = [o for o in assignments if o.is_live or o.state is AssignmentState.DONE]
    done = [o for o in assignments if o.state is AssignmentState.DONE]
    return CitizenView(
        progress=progress,
        received_at=report.received_at,
        number=incident.number if incident else None,
        agencies=tuple(dict.fromkeys(o.agency for o in acting)),
        words=report.words,
        place=report.place_label or report.address_words,
        category=incident.category if incident else report.category,
        disposition=report.disposition,
        result=done[-1].result if done else "",
        resolved_at=incident.resolved_at if incident else None,
        closed_at=incident.closed_at if incident else None,
        reopened=incident.reopened if incident else 0,
        may_answer=progress in (Progress.RESOLVED, Progress.CLOSED),
        stars=await store.last_stars(conn, city, report.id),
    )


async def rate(tx: Transaction, city: str, report: Report, stars: int | None, words: str, by: Actor, now: datetime) -> None:
    """Stars (1–5) and thanks."""
    said = clean_text(words, MAX_WORDS).text
    await store.add(tx, city, new_id(), report, Verdict.RATED, stars, said, now)
    await record(tx, city, Kind.RATED, by, now, report=report, body={"stars": stars, "words": said})


async def confirm(
    tx: Transaction, city: str, report: Report, incident: Incident, stars: int | None, words: str, by: Actor, now: datetime
) -> Incident:
    """The citizen says it really is done: the incident is closed. The caller holds the incident's lock."""
    if incident.state is IncidentState.CLOSED:
        return incident
    if incident.state is not IncidentState.RESOLVED:
        raise WrongState(now=incident.state.value, to="closed")
    said = clean_text(words, MAX_WORDS).text
    assignments = await rows.assignments_of(tx, city, incident.id)
    await store.add(tx, city, new_id(), report, Verdict.CONFIRMED, stars, said, now)
    body = {"stars": stars, "words": said}
    await record(tx, city, Kind.CONFIRMED, by, now, report=report, incident=incident, assignments=assignments, body=body)
    return await change_state(tx, city, incident, IncidentState.CLOSED, now)


async def not_done(
    tx: Transaction, city: str, report: Report, incident: Incident, words: str, by: Actor, now: datetime
) -> list[Assignment]:
    """The citizen says «belum selesai». Returns the assignments whose agencies said they were done.

    Raises:
        WrongState: nobody has said that it is done.
    """
    if incident.state not in (IncidentState.RESOLVED, IncidentState.CLOSED):
        raise WrongState(now=incident.state.value, to="reopened")
    said = clean_text(words, MAX_WORDS).text
    assignments = await rows.assignments_of(tx, city, incident.id)
    await store.add(tx, city, new_id(), report, Verdict.NOT_DONE, None, said, now)
    await record(
        tx, city, Kind.NOT_DONE, by, now, report=report, incident=incident, assignments=assignments, body={"words": said}
    )
    return [o for o in assignments if o.state is AssignmentState.DONE]
