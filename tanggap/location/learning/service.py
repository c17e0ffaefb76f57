"""What is done with lessons: a confirmed report is noted; a coordinator approves, merges, rejects, or takes that back."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from tanggap.incident.model import Actor, Report
from tanggap.location.gazetteer import Gazetteer
from tanggap.location.learning import store
from tanggap.location.learning.model import (
    AlreadyDecided,
    Lesson,
    LessonKind,
    NameMissing,
    PlaceMissing,
    Proposal,
    ProposalState,
    lesson,
    picked,
)
from tanggap.location.spelling import words
from tanggap.people.audit import record_access
from tanggap.people.model import Person
from tanggap.platform.database import Transaction
from tanggap.platform.text import clean_text

LONGEST_NAME = 120
#: Whence a learnt place is known.
SOURCE = "petugas 112"
#: The kind of a place about which nothing is known but its name.
UNKNOWN_KIND = "landmark"


class Audited(StrEnum):
    """What this room writes into the audit."""

    PLACE_APPROVED = "place_approved"
    PLACE_MERGED = "place_merged"
    PLACE_REJECTED = "place_rejected"
    PLACE_UNDONE = "place_undone"


def lesson_of(gazetteer: Gazetteer, report: Report) -> Lesson | None:
    """What a confirmed report teaches this gazetteer; from memory."""
    if report.location_source not in ("map", "words") or not report.address_words.strip():
        return None
    found = gazetteer.find(report.address_words)
    chosen = picked(report, found)
    entry = gazetteer.entry(chosen.place) if chosen else None
    names = [" ".join(words(name)) for name in (entry.name, *entry.names)] if entry else []
    return lesson(report, found, names)


async def learn(tx: Transaction, city: str, gazetteer: Gazetteer, report: Report, by: Actor, now: datetime) -> None:
    """Note what a confirmed report teaches. Nothing to learn costs no statement; anything else costs one."""
    if by.id is None or by.agency is not None:
        return
    taught = lesson_of(gazetteer, report)
    if taught is not None:
        await store.note(tx, city, taught, report, by.id, now)


async def approve(
    tx: Transaction, city: str, gazetteer: Gazetteer, proposal_id: UUID, name: str, kind: str, by: Person, now: datetime
) -> Proposal:
    """Take the words into the gazetteer: as another name of the place that was picked, or as a new place.

    Raises:
        AlreadyDecided: it is approved or rejected.
        NameMissing: nothing is left of `name`.
        PlaceMissing: the place that was picked is gone.
    """
    proposal = await _undecided(tx, city, proposal_id)
    name = clean_text(name, LONGEST_NAME).text.strip()
    if not name:
        raise NameMissing
    if proposal.place is not None:
        await _write_alias(tx, city, gazetteer, proposal, proposal.place, name)
    else:
        said = (proposal.said,) if " ".join(words(name)) != proposal.said else ()
        new = store.Written(
            _code(proposal), kind or UNKNOWN_KIND, name, said, proposal.lat, proposal.lon, proposal.uncertainty_m, proposal.area,
            SOURCE,
        )  # fmt: skip
        await store.write_place(tx, city, new)
    return await _decided(tx, city, proposal, ProposalState.APPROVED, Audited.PLACE_APPROVED, name, by, now)


async def merge(
    tx: Transaction, city: str, gazetteer: Gazetteer, proposal_id: UUID, into: str, by: Person, now: datetime
) -> Proposal:
    """Say that the words are another name of an existing place.

    Raises:
        AlreadyDecided, PlaceMissing.
    """
    proposal = await _undecided(tx, city, proposal_id)
    await _write_alias(tx, city, gazetteer, proposal, into, proposal.said)
    return await _decided(tx, city, proposal, ProposalState.APPROVED, Audited.PLACE_MERGED, proposal.said, by, now)


async def reject(tx: Transaction, city: str, proposal_id: UUID, by: Person, now: datetime) -> Proposal:
    """Say no. The same words at the same place are counted on, and not proposed again. Raises AlreadyDecided."""
    proposal = await _undecided(tx, city, proposal_id)
    return await _decided(tx, city, proposal, ProposalState.REJECTED, Audited.PLACE_REJECTED, proposal.said, by, now)


async def undo(tx: Transaction, city: str, proposal_id: UUID, by: Person, now: datetime) -> Proposal:
    """Take a decision back: the proposal waits again, and what it made is out of use. Undone already: nothing changes."""
    proposal = await store.lock(tx, city, proposal_id)
    if proposal.state is ProposalState.PROPOSED:
        return proposal
    if proposal.made is not None:
        await store.retire_place(tx, city, proposal.made)
    await store.decide(tx, city, proposal.id, ProposalState.PROPOSED.value, None, None, None)
    await _audit(tx, city, proposal, Audited.PLACE_UNDONE, proposal.said, by, now)
    return await store.proposal(tx, city, proposal_id)


def _code(proposal: Proposal) -> str:
    return f"learned-{proposal.id.hex}"


async def _undecided(tx: Transaction, city: str, proposal_id: UUID) -> Proposal:
    proposal = await store.lock(tx, city, proposal_id)
    if proposal.state is not ProposalState.PROPOSED:
        raise AlreadyDecided(now=proposal.state.value)
    return proposal


async def _write_alias(tx: Transaction, city: str, gazetteer: Gazetteer, proposal: Proposal, place: str, name: str) -> None:
    entry = gazetteer.entry(place)
    if entry is None:
        raise PlaceMissing
    alias = store.Written(
        _code(proposal), entry.kind, name, (), entry.lat, entry.lon, entry.uncertainty_m, entry.area, SOURCE, same_as=place
    )
    await store.write_place(tx, city, alias)


async def _decided(
    tx: Transaction, city: str, proposal: Proposal, state: ProposalState, act: Audited, name: str, by: Person, now: datetime
) -> Proposal:
    made = _code(proposal) if state is ProposalState.APPROVED else None
    await store.decide(tx, city, proposal.id, state.value, by.id, now, made)
    await _audit(tx, city, proposal, act, name, by, now)
    return await store.proposal(tx, city, proposal.id)


async def _audit(tx: Transaction, city: str, proposal: Proposal, act: Audited, name: str, by: Person, now: datetime) -> None:
    await record_access(tx, city, by, act, f"proposal:{proposal.id}", {"name": name, "said": proposal.said}, now)


def kinds_known(gazetteer: Gazetteer) -> list[str]:
    """The kinds that the gazetteer has, for a choice; never that of an area."""
    return sorted(set(gazetteer.kinds) - {"kelurahan", "kecamatan"} | {UNKNOWN_KIND})


__all__ = ["Audited", "LessonKind", "approve", "kinds_known", "learn", "lesson_of", "merge", "reject", "undo"]
