"""What somebody must be told of, and who that is."""

from enum import StrEnum
from uuid import UUID

import msgspec


class Occasion(StrEnum):
    """Why somebody is told."""

    SENT = "sent"  # an agency is asked to act
    UNANSWERED = "unanswered"  # it has not said «ours» in time
    NOT_STARTED = "not_started"  # it has not gone in time
    NOT_FINISHED = "not_finished"  # it is not done in time
    WITHDRAWN = "withdrawn"  # it need not go after all
    REOPENED = "reopened"  # a citizen or the supervisor says it is not done
    UNDELIVERED = "undelivered"  # a message to somebody else could not be delivered


class ContactStep(StrEnum):
    """Whom of an agency: each stands behind the one before."""

    DUTY = "duty"  # its duty desk
    SECOND = "second"  # its second contact
    HEAD = "head"  # its head


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to be told: to contacts of an agency, or to the people on duty in a role of the centre."""

    occasion: Occasion
    agency: str | None = None
    step: ContactStep = ContactStep.DUTY
    role: str | None = None  # a people.model.Role of the centre, in place of an agency
    incident: UUID | None = None
    assignment: UUID | None = None
    is_urgent: bool = False  # danger to life: goes before everything else
    after_s: int | None = None  # how long it has waited, when it is told because nobody acted
    is_example: bool = False  # of the demonstration: nobody outside is told
