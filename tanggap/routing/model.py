"""Who is asked, in which order, and until when an answer is awaited."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from tanggap.incident.model import Assignment, AssignmentState, Incident
from tanggap.platform.ids import new_id


class AssignmentRole(StrEnum):
    """The lead answers for the incident; support comes along."""

    LEAD = "lead"
    SUPPORT = "support"


class Attention(StrEnum):
    """Why an incident stands on the supervisor's screen."""

    NO_AGENCY = "no_agency"  # nobody competent is known for it
    ALL_REJECTED = "all_rejected"  # every competent agency said «not ours»
    UNANSWERED = "unanswered"  # asked, and no answer in time
    NOT_SENT = "not_sent"  # open without any agency
    REOPENED = "reopened"  # the citizen says it is not done


class Proposal(msgspec.Struct, frozen=True):
    """The agencies that the catalogue proposes for a category."""

    lead: str | None
    support: tuple[str, ...] = ()


def next_competent(order: Sequence[str], asked: Collection[str]) -> str | None:
    """The first agency of the catalogue's order that has not given the incident back."""
    return next((agency for agency in order if agency not in asked), None)


def new_assignment(incident: Incident, agency: str, role: AssignmentRole, answer_due_at: datetime, now: datetime) -> Assignment:
    """An agency asked at `now`, which has said nothing yet."""
    return Assignment(
        city=incident.city, id=new_id(), incident=incident.id, agency=agency, role=role.value, state=AssignmentState.SENT,
        sent_at=now, answer_due_at=answer_due_at, acknowledged_at=None, en_route_at=None, on_scene_at=None, done_at=None,
        ended_at=None, reason="", result="", answered_by=None, rev=1, is_example=incident.is_example,
    )  # fmt: skip
