"""What a desk or a crew does with one assignment. Each act locks first: the second of two people learns what the first did.

Sending the same act again changes nothing: a phone that lost its connection may repeat it.
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from tanggap import flow
from tanggap.incident import store as rows
from tanggap.incident.model import Assignment, AssignmentState, Incident
from tanggap.incident.photos.model import CleanPhoto
from tanggap.incident.refusals import NotFound, NotYours, TanggapRefusal, WrongState
from tanggap.incident.timeline import store as timelines
from tanggap.incident.timeline.model import Kind
from tanggap.people.model import Person
from tanggap.platform.database import Transaction
from tanggap.platform.i18n import N_
from tanggap.platform.text import clean_text
from tanggap.response.service import MAX_NOTE
from tanggap.routing.service import MAX_REASON, held
from tanggap.scene import Scene, actor_of
from tanggap.web.photos.uploads import not_kept_yet

#: The steps of an assignment as they stand in a form's field `ke`.
STEPS: dict[str, AssignmentState] = {
    "terima": AssignmentState.ACKNOWLEDGED,
    "berangkat": AssignmentState.EN_ROUTE,
    "tiba": AssignmentState.ON_SCENE,
    "selesai": AssignmentState.DONE,
}
#: The same note by the same person within this time is the same note, sent twice.
SAME_NOTE = timedelta(minutes=10)


class NoReason(TanggapRefusal):
    """«Not ours» needs a reason, for the next agency and for the catalogue."""

    slug = "no-reason"
    sentence = N_("Pilih atau tulis alasannya, supaya instansi berikutnya mengerti.")


class NothingSaid(TanggapRefusal):
    """A note needs words or a picture."""

    slug = "nothing-said"
    sentence = N_("Tulis catatan atau pilih foto lebih dahulu.")


class Taken(msgspec.Struct, frozen=True):
    """An assignment after an act; `already` says that somebody had done it before."""

    assignment: Assignment
    incident: Incident
    already: bool = False


async def lock_own(tx: Transaction, scene: Scene, person: Person, assignment_id: UUID) -> tuple[Assignment, Incident]:
    """An assignment of the person's agency with its incident, both locked. Another agency's is not there. Raises NotFound."""
    if person.agency is None:
        raise NotFound(kind="assignment")
    try:
        return await held(tx, scene.city, assignment_id, actor_of(person))
    except NotYours as refusal:
        raise NotFound(kind="assignment") from refusal


async def take_step(
    tx: Transaction, scene: Scene, person: Person, assignment_id: UUID, to: AssignmentState, note: str, now: datetime
) -> Taken:
    """Accept, set out, arrive or finish.

    Raises:
        NotFound: not an assignment of this agency.
        WrongState: a colleague was quicker with something else, or finished with other words.
    """
    before, incident = await lock_own(tx, scene, person, assignment_id)
    said = clean_text(note, MAX_NOTE).text
    if before.state is to is AssignmentState.DONE and said not in ("", before.result):
        raise WrongState(now=before.state.value, to=to.value)
    reached = before.state is to
    if to is AssignmentState.ACKNOWLEDGED:
        reached = before.is_live and before.state is not AssignmentState.SENT
        after = await flow.acknowledge(tx, scene, assignment_id, actor_of(person), now)
    else:
        after = await flow.progress(tx, scene, assignment_id, to, said, actor_of(person), now)
    return Taken(after, incident, already=reached and before.answered_by != person.id)


async def give_back(
    tx: Transaction, scene: Scene, person: Person, assignment_id: UUID, reason: str, seen: str, now: datetime
) -> tuple[Taken, str | None]:
    """Say «not ours», with a reason. Returns the agency that is asked instead; None when the supervisor must look.

    `seen` is the state that stood on the page: what a colleague has accepted meanwhile is not given back by a stale page.

    Raises:
        NoReason: no reason was given.
        WrongState: it is in another state than the page showed.
        NotFound: not an assignment of this agency.
    """
    before, incident = await lock_own(tx, scene, person, assignment_id)
    said = clean_text(reason.strip(), MAX_REASON).text
    if not said:
        raise NoReason
    if before.state is AssignmentState.REJECTED and before.reason == said:
        return Taken(before, incident), None
    if seen and seen != before.state.value:
        raise WrongState(now=before.state.value, to=AssignmentState.REJECTED.value)
    after, following = await flow.reject(tx, scene, assignment_id, said, actor_of(person), now)
    return Taken(after, incident), following


async def add_note(tx: Transaction, scene: Scene, person: Person, assignment_id: UUID, words: str, now: datetime) -> None:
    """Write a note that everybody at work on the incident sees. Raises NotFound."""
    _, incident = await lock_own(tx, scene, person, assignment_id)
    said = clean_text(words.strip(), MAX_NOTE).text
    if not said:
        return
    timeline = await timelines.of_incident(tx, scene.city, incident.id)
    repeated = any(
        entry.kind is Kind.NOTE and entry.actor == person.id and entry.body.get("words") == said and now - entry.at < SAME_NOTE
        for entry in timeline
    )
    if not repeated:
        await flow.note(tx, scene, said, actor_of(person), now, incident=incident.id)


async def add_photos(
    tx: Transaction, scene: Scene, person: Person, assignment_id: UUID, photos: tuple[CleanPhoto, ...], now: datetime
) -> None:
    """Keep pictures with an assignment, each once. Raises NotFound."""
    _, incident = await lock_own(tx, scene, person, assignment_id)
    if not photos:
        return
    timeline = await timelines.of_incident(tx, scene.city, incident.id)
    for photo in not_kept_yet(photos, timeline, person.agency):
        await flow.add_photo(tx, scene, photo, actor_of(person), now, assignment=assignment_id)


class Revealed(msgspec.Struct, frozen=True):
    """A reporter's number and name, as one person saw them, once."""

    report: UUID
    number: str
    name: str


async def reveal(tx: Transaction, scene: Scene, person: Person, assignment_id: UUID, report_id: UUID, now: datetime) -> Revealed:
    """A reporter's number and name, while the agency acts on the incident; the look is audited.

    Raises:
        NotFound: the report is not about this incident, the assignment is over, or no number is known.
    """
    _, incident = await lock_own(tx, scene, person, assignment_id)
    if (await rows.report(tx, scene.city, report_id)).incident != incident.id:
        raise NotFound(kind="report")
    number = await flow.reveal_number(tx, scene, report_id, person, now)
    sealed = await rows.caller_name_sealed(tx, scene.city, report_id)
    return Revealed(report_id, number, scene.keyring.decrypt("name", sealed) if sealed else "")
