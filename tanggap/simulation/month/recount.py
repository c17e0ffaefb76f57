"""Counting a period again from the timeline alone, line by line, with no SQL and no view: figures are held against it."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from statistics import median
from typing import Any
from uuid import UUID

import msgspec

from tanggap.evaluation.model import AgencyFigures, Figures, Period
from tanggap.incident.timeline.model import Kind
from tanggap.simulation.month.store import Entry

#: A call is answered in time within this (NENA-STA-020.1).
IN_TIME_S = 15.0
#: A median may differ by rounding: the timeline keeps whole seconds of some durations.
TOLERANCE_S = 1.0


class _Asked(msgspec.Struct):
    """One request to an agency, as the timeline tells of it."""

    agency: str
    sent_at: datetime
    due_at: datetime
    state: str = "sent"
    acknowledged_at: datetime | None = None
    en_route_at: datetime | None = None
    on_scene_at: datetime | None = None
    done_at: datetime | None = None


class _Told(msgspec.Struct):
    """One report."""

    received_at: datetime
    channel: str
    disposition: str = ""
    call_outcome: str = ""
    answered_at: datetime | None = None


class _Opened(msgspec.Struct):
    """One incident."""

    opened_at: datetime
    category: str
    heard_at: datetime  # when its first report was heard
    is_merged: bool = False
    sent_at: datetime | None = None
    is_acknowledged: bool = False
    due_at: datetime | None = None
    resolved_at: datetime | None = None
    is_confirmed: bool = False
    is_closed: bool = False
    reopened: int = 0


class Recount:
    """What the timeline says, entry after entry."""

    def __init__(self) -> None:
        self.reports: dict[UUID, _Told] = {}
        self.incidents: dict[UUID, _Opened] = {}
        self.asked: dict[str, _Asked] = {}
        self.stars: list[tuple[datetime, int]] = []

    def add(self, entry: Entry) -> None:
        """Take the next entry in."""
        report = self.reports.get(entry.report) if entry.report else None
        incident = self.incidents.get(entry.incident) if entry.incident else None
        if entry.kind == Kind.RECEIVED and entry.report is not None:
            self.reports[entry.report] = _Told(entry.at, entry.body["channel"])
        elif entry.kind == Kind.OPENED and entry.incident is not None:
            heard_at = (report.answered_at or report.received_at) if report else entry.at
            self.incidents[entry.incident] = _Opened(entry.at, entry.body["category"] or "", heard_at, due_at=_due(entry))
        elif report is not None and entry.kind in _OF_REPORT:
            self._of_report(report, entry)
        elif "assignment" in entry.body:
            self._of_agency(entry, incident)
        elif incident is not None:
            _of_incident(incident, entry)
        if incident is not None:
            incident.due_at = _due(entry) or incident.due_at
        stars = entry.body.get("stars")
        if entry.kind in (Kind.RATED, Kind.CONFIRMED) and stars:
            self.stars.append((entry.at, stars))

    def _of_report(self, report: _Told, entry: Entry) -> None:
        if entry.kind == Kind.DISPOSED:
            report.disposition = entry.body["disposition"]
        elif entry.kind == Kind.DISPOSITION_UNDONE:
            report.disposition = ""
        elif entry.kind == Kind.CALL_ANSWERED:
            report.call_outcome = "answered" if entry.body["where"] == "desk" else "overflowed"
            report.answered_at = entry.at
        elif entry.kind == Kind.CALL_ABANDONED:
            report.call_outcome = entry.body["outcome"]
        elif entry.kind == Kind.CALLED_BACK and entry.body["outcome"] == "reached":
            report.call_outcome = "called_back"

    def _of_agency(self, entry: Entry, incident: _Opened | None) -> None:
        name = entry.body["assignment"]
        if entry.kind == Kind.SENT:
            due = datetime.fromisoformat(entry.body["answer_due_at"])
            self.asked[name] = _Asked(entry.agency or "", entry.at, due)
            if incident is not None:
                incident.sent_at = incident.sent_at or entry.at
            return
        asked = self.asked[name]
        if entry.kind == Kind.ACKNOWLEDGED:
            asked.acknowledged_at = entry.at
            if incident is not None:
                incident.is_acknowledged = True
        elif entry.kind in _MOMENTS:
            setattr(asked, _MOMENTS[Kind(entry.kind)], entry.at)
        if entry.kind in _STATES:
            asked.state = _STATES[Kind(entry.kind)]

    def counted(self, period: Period) -> dict[str, Any]:
        """The figures of a period, under the names that `shown` gives to the evaluation's."""
        told = [one for one in self.reports.values() if period.start <= one.received_at < period.end]
        opened = [one for one in self.incidents.values() if period.start <= one.opened_at < period.end and not one.is_merged]
        stars = [given for at, given in self.stars if period.start <= at < period.end]
        found: dict[str, Any] = {
            "reports": len(told),
            "calls": sum(one.channel == "call" for one in told),
            "calls in time": sum(bool(one.answered_at) and waited_s(one) <= IN_TIME_S for one in told),
            "incidents": len(opened),
            "handed over": sum(one.sent_at is not None for one in opened),
            "acknowledged": sum(one.is_acknowledged for one in opened),
            "resolved": sum(one.resolved_at is not None for one in opened),
            "confirmed": sum(one.is_confirmed for one in opened),
            "reopened": sum(one.reopened for one in opened),
            "closed": sum(one.is_closed for one in opened),
            "stars": len(stars),
        }
        found |= _named("disposition", Counter(one.disposition for one in told))
        found |= _named("outcome", Counter(one.call_outcome for one in told if one.channel == "call"))
        found |= _named("category", Counter(one.category for one in opened))
        for agency in sorted({one.agency for one in self.asked.values()}):
            of = [one for one in self.asked.values() if one.agency == agency and period.start <= one.sent_at < period.end]
            found |= {f"{agency} {name}": value for name, value in _agency(of).items()} if of else {}
        return found


_OF_REPORT = frozenset({Kind.DISPOSED, Kind.DISPOSITION_UNDONE, Kind.CALL_ANSWERED, Kind.CALL_ABANDONED, Kind.CALLED_BACK})
_MOMENTS: Mapping[Kind, str] = {Kind.EN_ROUTE: "en_route_at", Kind.ON_SCENE: "on_scene_at", Kind.DONE: "done_at"}
_STATES: Mapping[Kind, str] = {
    Kind.ACKNOWLEDGED: "at work", Kind.EN_ROUTE: "at work", Kind.ON_SCENE: "at work", Kind.DONE: "done",
    Kind.REJECTED: "rejected", Kind.EXPIRED: "expired", Kind.WITHDRAWN: "withdrawn",
}  # fmt: skip


def waited_s(report: _Told) -> float:
    """Seconds from the first ring until somebody answered."""
    return ((report.answered_at or report.received_at) - report.received_at).total_seconds()


def _due(entry: Entry) -> datetime | None:
    """When the incident is due from this entry on, where it says so."""
    said = entry.body.get("due_at")
    return datetime.fromisoformat(said) if isinstance(said, str) else None


def _of_incident(incident: _Opened, entry: Entry) -> None:
    if entry.kind == Kind.RESOLVED:
        incident.resolved_at = entry.at
    elif entry.kind == Kind.REOPENED:
        incident.reopened += 1
        incident.resolved_at, incident.is_closed, incident.is_confirmed = None, False, False
    elif entry.kind == Kind.CONFIRMED:
        incident.is_confirmed = incident.is_closed = True
    elif entry.kind == Kind.CLOSED:
        incident.is_closed = True
    elif entry.kind == Kind.MERGED:
        incident.is_merged = True
    elif entry.kind == Kind.AMENDED and "category" in entry.body.get("fields", {}):
        incident.category = entry.body["fields"]["category"] or ""


def _agency(asked: list[_Asked]) -> dict[str, Any]:
    answered = [(one.acknowledged_at - one.sent_at).total_seconds() for one in asked if one.acknowledged_at]
    states = Counter(one.state for one in asked)
    return {
        "asked": len(asked),
        "acknowledged": len(answered),
        "within target": sum(one.acknowledged_at is not None and one.acknowledged_at <= one.due_at for one in asked),
        "acknowledge median": median(answered) if answered else None,
        **{state: states[state] for state in ("at work", "done", "rejected", "expired", "withdrawn")},
    }


def _named(name: str, counts: Counter[str]) -> dict[str, Any]:
    return {f"{name} {key}": value for key, value in counts.items() if value}


def shown(figures: Figures) -> dict[str, Any]:
    """The evaluation's figures under the recount's names."""
    funnel = figures.funnel
    found: dict[str, Any] = {
        "reports": figures.reports, "calls": figures.calls, "calls in time": figures.calls_in_time,
        "incidents": figures.incidents, "handed over": funnel.handed_over, "acknowledged": funnel.acknowledged,
        "resolved": funnel.resolved, "confirmed": funnel.confirmed, "reopened": figures.reopened,
        "closed": figures.by_state.get("closed", 0), "stars": figures.stars_count,
    }  # fmt: skip
    found |= _named("disposition", Counter(figures.by_disposition))
    found |= _named("outcome", Counter(figures.by_outcome))
    found |= _named("category", Counter(figures.by_category))
    for one in figures.agencies:
        found |= {f"{one.agency} {name}": value for name, value in _shown_agency(one).items()}
    return found


def _shown_agency(one: AgencyFigures) -> dict[str, Any]:
    return {
        "asked": one.asked, "acknowledged": one.acknowledged, "within target": one.within_target,
        "acknowledge median": one.acknowledge_median_s, "at work": one.at_work, "done": one.done,
        "rejected": one.rejected, "expired": one.expired, "withdrawn": one.withdrawn,
    }  # fmt: skip


def differences(recounted: Mapping[str, Any], figures: Mapping[str, Any]) -> list[str]:
    """Every figure that is not what the recount says, as a sentence; none when they are equal."""
    found = []
    for name in sorted(recounted.keys() | figures.keys()):
        ours, theirs = recounted.get(name, 0), figures.get(name, 0)
        is_close = "median" in name and ours is not None and theirs is not None and abs(ours - theirs) <= TOLERANCE_S
        if ours != theirs and not is_close:
            found.append(f"{name}: the timeline says {ours}, the figures say {theirs}")
    return found
