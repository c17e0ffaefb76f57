"""What is told of calls most often, as steps on rows in memory: many calls at once, so that few statements write them. Pure.

A fact that no longer fits (an answer to a call that has ended) changes nothing.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tanggap.incident.model import SYSTEM, Actor, Report, ReportState
from tanggap.incident.service import entry_of
from tanggap.incident.timeline.model import Entry, Kind
from tanggap.intake.model import Claim
from tanggap.telephony.model import (
    UNANSWERED,
    Call,
    CallBackState,
    CallEvent,
    CallState,
    Direction,
    EventKind,
    Outcome,
    may_follow,
    outcome_at_end,
)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One fact of one call."""

    call: UUID
    at: datetime
    event: UUID  # made when it happened: events are read in the order of their ids


class Queued(Told, frozen=True, kw_only=True):
    """Nobody is free: the caller waits, and hears the announcement when there is one."""

    announced: bool = False


class Offered(Told, frozen=True, kw_only=True):
    """An operator's phone rings."""

    person: UUID


class Answered(Told, frozen=True, kw_only=True):
    """Somebody has answered: an operator (`by`), who takes the report with it, or someone outside the centre (None)."""

    by: Actor | None
    where: str = "desk"


class Ended(Told, frozen=True, kw_only=True):
    """Nobody is on the line any more; `by` is caller, operator or network. One that nobody answered is to be called back."""

    by: str


class Story:
    """Calls and their reports as they are read and locked, what facts make of them, and what is to be written."""

    def __init__(self, calls: Iterable[Call], reports: Iterable[Report]) -> None:
        """`reports` are needed of those calls that are answered or end."""
        self.calls = {call.id: call for call in calls}
        self.reports = {report.id: report for report in reports}
        self.changed: set[UUID] = set()
        self.events: list[tuple[Call, CallEvent]] = []
        self.claims: list[Claim] = []
        self.entries: list[Entry] = []
        self.missed: list[tuple[Call, datetime]] = []  # that nobody answered, and when they ended
        self.heard: list[tuple[Call, Answered]] = []

    def tell(self, told: Told) -> None:
        """Go one step on."""
        call = self.calls.get(told.call)
        if call is None:
            return
        if isinstance(told, Queued):
            self._queued(call, told)
        elif isinstance(told, Offered):
            first = call.offered_at or told.at
            self._moved(call, told, CallState.OFFERED, EventKind.OFFERED, told.person, operator=told.person, offered_at=first)
        elif isinstance(told, Answered):
            self._answered(call, told)
        elif isinstance(told, Ended):
            self._ended(call, told)

    def _queued(self, call: Call, told: Queued) -> None:
        if told.announced:
            self.events.append((call, CallEvent(told.event, told.at, EventKind.ANNOUNCED, None, {})))
        if call.state is not CallState.QUEUED:
            event = _next(told.event) if told.announced else told.event
            self._moved(call, told, CallState.QUEUED, EventKind.QUEUED, None, event=event, operator=None)

    def _answered(self, call: Call, told: Answered) -> None:
        if not may_follow(call.state, CallState.TALKING) or call.state is CallState.HELD:
            return
        by = told.by
        call = self._moved(
            call, told, CallState.TALKING, EventKind.ANSWERED, by.id if by else None, {"where": told.where},
            answered_at=call.answered_at or told.at, operator=by.id if by else None, answered_where=told.where,
            outcome=Outcome.ANSWERED if by is not None else Outcome.OVERFLOWED,
        )  # fmt: skip
        report = self.reports[call.report]
        if by is not None and report.state is ReportState.WAITING:
            self.claims.append(Claim(report.id, by, told.at))
            self.reports[report.id] = msgspec.structs.replace(report, state=ReportState.ACTIVE, claimed_by=by.id)
        body = {"call": str(call.id), "after_s": round(call.wait_s(told.at), 1), "where": told.where}
        self.entries.append(entry_of(Kind.CALL_ANSWERED, by or SYSTEM, told.at, report=report, body=body))
        if call.direction is not Direction.OUT:
            self.heard.append((call, told))

    def _ended(self, call: Call, told: Ended) -> None:
        if call.is_over:
            return
        was_heard = call.state not in UNANSWERED
        outcome = outcome_at_end(call, told.by)
        changes: dict[str, Any] = {"ended_at": told.at, "ended_by": told.by, "outcome": outcome}
        if not was_heard and call.direction is not Direction.OUT and call.caller is not None:
            changes |= {"call_back_state": CallBackState.DUE, "call_back_at": told.at}
        kind = EventKind.ENDED if was_heard else EventKind.ABANDONED
        body = {"by": told.by, "outcome": outcome.value}
        call = self._moved(call, told, CallState.ENDED, kind, call.operator, body, **changes)
        if call.direction is Direction.OUT and not was_heard:
            return  # its try to call back says it
        report = self.reports[call.report]
        since = call.answered_at or call.rang_at
        spoken = {"call": str(call.id), "outcome": outcome.value, "after_s": round((told.at - since).total_seconds(), 1)}
        said = Kind.CALL_ENDED if was_heard else Kind.CALL_ABANDONED
        self.entries.append(entry_of(said, SYSTEM, told.at, report=report, body=spoken))
        if not was_heard:
            self.missed.append((call, told.at))

    def _moved(
        self, call: Call, told: Told, to: CallState, kind: EventKind, person: UUID | None, body: dict[str, Any] | None = None,
        event: UUID | None = None, **changes: Any,
    ) -> Call:  # fmt: skip
        """Move a call to a state that may follow; else leave it as it is."""
        if call.state is not to and not may_follow(call.state, to):
            return call
        moved = msgspec.structs.replace(call, state=to, rev=call.rev + 1, **changes)
        self.calls[call.id] = moved
        self.changed.add(call.id)
        self.events.append((call, CallEvent(event or told.event, told.at, kind, person, body or {})))
        return moved


def _next(event: UUID) -> UUID:
    """An id that sorts right behind another."""
    return UUID(int=event.int + 1)
