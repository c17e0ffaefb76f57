"""The story of 112: receive → locate → verify → triage → route → respond → close.

Start reading here. One function for each thing that happens; each takes an open transaction and writes the state, its
timeline entry and whatever must follow together, or nothing. Nobody is told anything before that transaction commits.
Everything that follows a commit (live screens, clocks, escalation) is driven from those rows.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from tanggap import joining, whereabouts
from tanggap.casework import close, incident_of, reopened
from tanggap.city.kinds import Priority
from tanggap.feedback import service as feedback
from tanggap.feedback import store as feedback_rows
from tanggap.handing_over import ask, competent, is_complete, ready_report, with_category
from tanggap.incident import callers
from tanggap.incident import service as incidents
from tanggap.incident import store as rows
from tanggap.incident.model import (
    CITIZEN,
    ENDING,
    SYSTEM,
    Actor,
    Assignment,
    AssignmentState,
    Disposition,
    Incident,
    IncidentState,
    Report,
)
from tanggap.incident.photos import service as photos
from tanggap.incident.photos.model import CleanPhoto, Photo
from tanggap.incident.refusals import NotFound, WrongState
from tanggap.intake import service as intake
from tanggap.intake.gathering import Gathering
from tanggap.intake.model import Changes, Claim, Contact, Described, Received
from tanggap.location.estimate import Estimate
from tanggap.location.learning import service as learning
from tanggap.location.sources import service as sources
from tanggap.people.model import Person
from tanggap.platform.database import Connection, Transaction
from tanggap.platform.i18n import N_
from tanggap.platform.jobs import defer
from tanggap.response import service as response
from tanggap.routing import service as routing
from tanggap.routing.escalation import service as escalation
from tanggap.routing.escalation import store as timers
from tanggap.routing.model import AssignmentRole, Attention
from tanggap.scene import Scene
from tanggap.verification import service as verification
from tanggap.verification.nuisance.service import THANK, THANKED_AFTER, thanks_testers

#: A resolved incident about which no citizen says anything is closed after this time.
SILENCE_IS_CONSENT = timedelta(days=3)


# ── 1 · a contact comes in ───────────────────────────────────────────────────────────────────────────────────────────


async def receive(conn: Connection, scene: Scene, contact: Contact, now: datetime) -> Received:
    """Store what a citizen said, as it was said. One statement; nothing is judged before it is stored."""
    return await intake.receive(conn, scene.city, scene.keyring, whereabouts.completed(scene, contact), now)


async def receive_together(gathering: Gathering, scene: Scene, contact: Contact, now: datetime) -> Received:
    """As `receive`, committed with whatever else comes in at this moment; told after that commit.

    Raises:
        DatabaseAway: it is not stored, or that cannot be known.
    """
    return await intake.receive_together(gathering, scene.keyring, whereabouts.completed(scene, contact), now)


async def claim(tx: Transaction, scene: Scene, report: UUID, by: Actor, now: datetime) -> Report:
    """A call taker takes a waiting report."""
    return await intake.claim(tx, scene.city, report, by, now)


async def claim_together(tx: Transaction, scene: Scene, claims: Sequence[Claim]) -> None:
    """Call takers take the reports of the calls that they have answered; what does not wait any more is passed over."""
    await intake.claim_together(tx, scene.city, claims)


async def take_over(tx: Transaction, scene: Scene, report: UUID, by: Actor, reason: str, now: datetime) -> Report:
    """Another desk takes an active report, and says why."""
    return await intake.take_over(tx, scene.city, report, by, reason, now)


async def release(tx: Transaction, scene: Scene, report: UUID, by: Actor, now: datetime) -> Report:
    """A call taker puts a report back in the line."""
    return await intake.release(tx, scene.city, report, by, now)


async def describe(tx: Transaction, scene: Scene, report: UUID, changes: Changes, by: Actor, now: datetime) -> Described:
    """Save what is being typed: words, address, point, category, answers. A point brings its kelurahan along.

    What the first report of an incident says is what the incident says: the agencies see the change at once.
    """
    before = await rows.lock_report(tx, scene.city, report)
    described = await intake.describe(tx, scene.city, scene.keyring, report, whereabouts.with_area(scene, changes), by, now)
    await whereabouts.amend_from_report(tx, scene, before, described.report, by, now)
    return described


# ── 2 · 3 · where is it, is it real ──────────────────────────────────────────────────────────────────────────────────


#: A device, a network or a link says where it is, by its report or by a number; the caller is asked for a point.
add_location = whereabouts.tell_location
add_location_of_number = whereabouts.device_located_by_number
join_waiting_locations = whereabouts.join_waiting
ask_for_point = whereabouts.link_for_point
asked_by = whereabouts.report_of_link


async def estimate(conn: Connection, scene: Scene, report: Report, now: datetime) -> Estimate | None:
    """Where a report is by all that is known of it: its point or its words, devices, networks; with what disagrees."""
    words = report.address_words if sources.may_words_say(report) else ""
    found = scene.gazetteer.find(words) if words.strip() else None
    return await sources.estimate_of(conn, scene.catalogue, report, found, now)


async def dispose(tx: Transaction, scene: Scene, report: UUID, disposition: Disposition, by: Actor, now: datetime) -> Report:
    """Say what a report turned out to be. One that nobody needs to go for ends here, and calls its agencies back.

    A genuine one teaches the gazetteer, when it did not know the words for its place.
    """
    if disposition is Disposition.DUPLICATE:
        raise WrongState(to=disposition.value)
    ended = await verification.dispose(tx, scene.city, report, disposition, by, now)
    if ended.incident is not None and disposition in ENDING:
        incident = await rows.lock_incident(tx, scene.city, ended.incident)
        if incident.report_count <= 1:
            await close(tx, scene, incident.id, disposition.value, by, now)
    if disposition is Disposition.GENUINE:
        await learning.learn(tx, scene.city, scene.gazetteer, ended, by, now)
    if disposition is Disposition.TEST and ended.caller is not None and await thanks_testers(tx, scene.city):
        await defer(tx, THANK, {"report": str(report)}, run_at=now + THANKED_AFTER)
    return ended


async def undo_disposition(tx: Transaction, scene: Scene, report: UUID, by: Actor, now: datetime) -> Report:
    """Take a wrong disposition back; the report is on the desk again."""
    return await verification.undo_disposition(tx, scene.city, report, by, now)


async def call_back(tx: Transaction, scene: Scene, report: UUID, answered: bool, by: Actor, now: datetime) -> Report:
    """The number was called back; whether somebody answered is evidence."""
    return await verification.called_back(tx, scene.city, report, answered, by, now)


# ── 4 · 5 · what is it, whose is it ──────────────────────────────────────────────────────────────────────────────────


async def hand_over(
    tx: Transaction, scene: Scene, report_id: UUID, agencies: Sequence[str] | None, by: Actor, now: datetime
) -> Incident:
    """Make a report an incident and ask the agencies to act: the first of `agencies` leads; None takes the catalogue's.

    A P1 goes out as soon as there is a category and any location; its report stays on the desk, so that verification goes on
    beside it. Handing over again asks only agencies that were not asked yet.

    Raises:
        Incomplete: no category, or neither a point nor words for the place.
        WrongState: the report was closed as something else.
    """
    report = await ready_report(tx, scene, report_id)
    incident = await incident_of(tx, scene, report, by, now)
    whom = await competent(tx, scene, incident, report) if agencies is None else agencies
    if whom:
        await ask(tx, scene, incident, whom, by, now)
    else:
        await rows.change_incident(tx, scene.city, incident.id, attention=Attention.NO_AGENCY.value)
    if incident.priority is not Priority.P1 and report.disposition is None:
        await dispose(tx, scene, report.id, Disposition.GENUINE, by, now)
    return await rows.incident(tx, scene.city, incident.id)


async def hand_over_unattended(tx: Transaction, scene: Scene, report_id: UUID, by: Actor, now: datetime) -> Incident:
    """Route a report that no call taker looks at (a machine sent it): by its category or its words, else to the supervisor."""
    report = await rows.lock_report(tx, scene.city, report_id)
    if report.incident is not None:
        return await rows.incident(tx, scene.city, report.incident)
    report = await with_category(tx, scene, report)
    if is_complete(report):
        return await hand_over(tx, scene, report_id, None, by, now)
    incident = await incident_of(tx, scene, report, by, now)
    return await rows.change_incident(tx, scene.city, incident.id, attention=Attention.NOT_SENT.value)


#: Several reports tell of one thing: one joins a known incident, or all of a burst; a wrong one is taken out again.
join = joining.join
join_all = joining.join_all
part = joining.part


# ── 6 · the agency answers, goes, finishes ───────────────────────────────────────────────────────────────────────────


async def acknowledge(tx: Transaction, scene: Scene, assignment: UUID, by: Actor, now: datetime) -> Assignment:
    """The agency says: ours."""
    return await routing.acknowledge(tx, scene.catalogue, assignment, by, now)


async def reject(
    tx: Transaction, scene: Scene, assignment: UUID, reason: str, by: Actor, now: datetime
) -> tuple[Assignment, str | None]:
    """The agency says «not ours», and why; the next competent agency is asked in the same breath, or the supervisor must look."""
    return await routing.reject(tx, scene.catalogue, assignment, reason, by, now)


async def progress(
    tx: Transaction, scene: Scene, assignment_id: UUID, to: AssignmentState, note: str, by: Actor, now: datetime
) -> Assignment:
    """The crew is on the way, on scene, or done. When the last agency is done, the incident is resolved."""
    assignment, incident = await routing.held(tx, scene.city, assignment_id, by)
    changed = await response.progress(tx, scene.city, assignment, incident, to, note, by, now)
    if to is AssignmentState.DONE:
        if assignment.role == AssignmentRole.LEAD:
            for waiting in await response.unanswered_support(tx, scene.city, incident.id):
                await routing.withdraw(tx, scene.city, incident, waiting, N_("Sudah ditangani"), SYSTEM, now)
        await response.resolve_when_done(tx, scene.city, incident.id, by, now)
    await escalation.replan_incident(tx, scene.catalogue, incident.id, now)
    return changed


async def add_photo(
    tx: Transaction, scene: Scene, clean: CleanPhoto, by: Actor, now: datetime, *,
    report: UUID | None = None, assignment: UUID | None = None,
) -> Photo:  # fmt: skip
    """A picture by a citizen (with the report) or by an agency (with its assignment)."""
    if assignment is not None:
        held, incident = await routing.held(tx, scene.city, assignment, by)
        return await photos.add_photo(tx, scene.city, clean, by, now, incident=incident, assignment=held)
    if report is None:
        raise NotFound(kind="report")
    return await photos.add_photo(tx, scene.city, clean, by, now, report=await rows.report(tx, scene.city, report))


# ── 7 · the citizen sees it, and says whether it really is done ──────────────────────────────────────────────────────


async def report_of_token(conn: Connection, scene: Scene, token: str) -> Report:
    """The report that a citizen's token opens. Raises NotFound."""
    return await feedback_rows.by_track(conn, scene.city, intake.token_hash(token))


async def confirm(tx: Transaction, scene: Scene, report: Report, stars: int | None, words: str, now: datetime) -> None:
    """«Sudah selesai»: the incident is closed. With a rating, when the citizen gives one."""
    if report.incident is None:
        raise WrongState(now=report.state.value, to="closed")
    incident = await rows.lock_incident(tx, scene.city, report.incident)
    if incident.state is IncidentState.CLOSED:
        await feedback.rate(tx, scene.city, report, stars, words, CITIZEN, now)
    else:
        await feedback.confirm(tx, scene.city, report, incident, stars, words, CITIZEN, now)


async def not_done(tx: Transaction, scene: Scene, report: Report, words: str, now: datetime) -> Incident:
    """«Belum selesai»: the incident is open again, and the agency that finished it is asked anew, with the citizen's words."""
    if report.incident is None:
        raise WrongState(now=report.state.value, to="reopened")
    incident = await rows.lock_incident(tx, scene.city, report.incident)
    finished = await feedback.not_done(tx, scene.city, report, incident, words, CITIZEN, now)
    return await reopened(tx, scene, incident, finished, words, CITIZEN, now)


async def note(
    tx: Transaction, scene: Scene, words: str, by: Actor, now: datetime, *,
    report: UUID | None = None, incident: UUID | None = None,
) -> None:  # fmt: skip
    """A note on the timeline of a report or an incident."""
    told = await rows.report(tx, scene.city, report) if report else None
    about = await rows.incident(tx, scene.city, incident) if incident else None
    await incidents.add_note(tx, scene.city, by, words, now, report=told, incident=about)


async def reveal_number(tx: Transaction, scene: Scene, report: UUID, person: Person, now: datetime) -> str:
    """The caller's number, and an audit row that says who looked. An agency sees it only while it acts on the incident."""
    return await callers.reveal_number(tx, scene.city, scene.keyring, report, person, now)


# ── timers: what the clock does by itself ────────────────────────────────────────────────────────────────────────────


async def fire_timers(tx: Transaction, scene: Scene, now: datetime) -> int:
    """Let the timers that are due fire: an agency that did not answer, start or finish in time is told on, rung by rung.

    Returns how many fired; when that is many, there may be more.
    """
    return await escalation.fire_due(tx, scene.city, now)


async def next_timer_at(conn: Connection, scene: Scene) -> datetime | None:
    """When the next timer is due; None when there is none. For a clock that is not the machine's."""
    return await timers.next_due_at(conn, scene.city)


async def plan_missing_timers(tx: Transaction, scene: Scene, now: datetime) -> int:
    """Plan the timers of what was handed over before there were any. Returns for how many incidents."""
    return await escalation.plan_missing(tx, scene.catalogue, now)


async def close_silent(tx: Transaction, scene: Scene, now: datetime) -> int:
    """Close incidents that were resolved long enough ago without a citizen's word. Returns how many."""
    found = await feedback_rows.resolved_before(tx, scene.city, now - SILENCE_IS_CONSENT)
    for incident_id in found:
        await close(tx, scene, incident_id, N_("Tidak ada tanggapan pelapor"), SYSTEM, now)
    return len(found)
