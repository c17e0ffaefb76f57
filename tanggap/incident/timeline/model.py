"""The entries of the timeline: what happened, to what, by whom, and who may see it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from tanggap.incident.model import SYSTEM, Actor


class Kind(StrEnum):
    """What a timeline entry says happened."""

    RECEIVED = "received"
    CLAIMED = "claimed"
    RELEASED = "released"
    DESCRIBED = "described"
    DISPOSED = "disposed"
    DISPOSITION_UNDONE = "disposition_undone"
    OPENED = "opened"
    JOINED = "joined"
    SPLIT = "split"
    MERGED = "merged"
    AMENDED = "amended"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    DONE = "done"
    ESCALATED = "escalated"
    REMINDED = "reminded"  # the centre asked an agency once more
    RESOLVED = "resolved"
    CONFIRMED = "confirmed"
    NOT_DONE = "not_done"
    RATED = "rated"
    CLOSED = "closed"
    REOPENED = "reopened"
    NOTE = "note"
    PHOTO = "photo"
    LOCATED = "located"  # a device or a network said where it is
    LINK_MADE = "link_made"  # an address at which the caller sends a point
    PARTED = "parted"  # a joined report was taken out again
    PHONED_BACK = "phoned_back"  # a call taker says that the number was phoned back, and whether somebody answered
    ALARM = "alarm"  # so many people call about it that it is more than it seemed
    CALL_ANSWERED = "call_answered"
    CALL_ABANDONED = "call_abandoned"  # nobody had answered when it ended
    CALL_ENDED = "call_ended"
    CALL_CUT = "call_cut"  # the desk's phone died in the middle of the call
    CALL_PASSED = "call_passed"  # who talked passed the call on
    CALL_TAKEN_OUTSIDE = "call_taken_outside"  # and somebody outside the centre has answered it
    CALL_WHISPERED = "call_whispered"  # a supervisor spoke to the call taker alone
    CALL_JOINED = "call_joined"  # a supervisor spoke to both
    CALL_HANDED_ON = "call_handed_on"  # its call taker gave it to somebody who can what it needs
    CALL_KEYS = "call_keys"  # the caller said something by keys
    CALL_TEXT = "call_text"  # the caller began to write within the call
    CALL_TEXT_KEPT = "call_text_kept"  # what both sides wrote is sealed; its hash is in the body
    CALL_TEXT_DELETED = "call_text_deleted"
    CALLED_BACK = "called_back"
    LINK_SENT = "link_sent"  # a message to the caller, with an address at which they can write or send their point
    SILENT_STEP = "silent_step"  # a step of what is done with a caller who says nothing
    RECORDED = "recorded"  # a call's recording is sealed; its hash is in the body
    RECORDING_HELD = "recording_held"  # kept beyond its time, or no longer
    RECORDING_DELETED = "recording_deleted"


class Entry(msgspec.Struct, frozen=True):
    """One row of the timeline, as it is written; the database adds its place in the chain."""

    subject: UUID
    kind: Kind
    at: datetime
    report: UUID | None = None
    incident: UUID | None = None
    agency: str | None = None
    audience: tuple[str, ...] = ()
    actor: Actor = SYSTEM
    body: dict[str, Any] = {}
    is_example: bool = False


class Recorded(msgspec.Struct, frozen=True):
    """One row of the timeline, as it is read. `cursor` is its place in the live feed: transaction and position."""

    subject: UUID
    seq: int
    cursor: tuple[int, int]
    at: datetime
    kind: Kind
    report: UUID | None
    incident: UUID | None
    agency: str | None
    audience: tuple[str, ...]
    actor: UUID | None
    actor_name: str
    body: dict[str, Any]
