"""Saying what a report turned out to be, and taking that back; and what speaks for and against it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from tanggap.city.model import Catalogue
from tanggap.incident import store as rows
from tanggap.incident.model import REPORT_NEXT, Actor, Disposition, Report, ReportState, step
from tanggap.incident.refusals import WrongState
from tanggap.incident.service import record
from tanggap.incident.timeline.model import Kind
from tanggap.platform.database import Connection, Transaction
from tanggap.verification import store
from tanggap.verification.ledger import ledger
from tanggap.verification.model import Hear, Ledger
from tanggap.verification.order import SAID_BY_HAND, SilentStep


async def dispose(
    tx: Transaction, city: str, report_id: UUID, disposition: Disposition, by: Actor, now: datetime, incident: UUID | None = None
) -> Report:
    """Say what a report turned out to be, and end it at the desk. Already so disposed: nothing changes.

    Raises:
        WrongState: it is closed with another disposition; undo that first.
    """
    report = await rows.lock_report(tx, city, report_id)
    if report.state is ReportState.CLOSED:
        if report.disposition is disposition:
            return report
        raise WrongState(now=report.state.value, to=disposition.value)
    changes: dict[str, Any] = {
        "state": ReportState.CLOSED.value, "disposition": disposition.value, "disposed_at": now, "disposed_by": by.id
    }  # fmt: skip
    if report.claimed_by is None:
        changes |= {"claimed_by": by.id, "claimed_at": now}
    if incident is not None:
        changes["incident"] = incident
    report = await rows.change_report(tx, city, report_id, **changes)
    await record(tx, city, Kind.DISPOSED, by, now, report=report, body={"disposition": disposition.value})
    return report


async def undo_disposition(tx: Transaction, city: str, report_id: UUID, by: Actor, now: datetime) -> Report:
    """Take a disposition back: the report is active again on the desk of `by`.

    Raises:
        WrongState: the report has none, or has become an incident: split it off instead.
    """
    report = await rows.lock_report(tx, city, report_id)
    if report.incident is not None or report.disposition is None:
        raise WrongState(now=report.state.value, to="active")
    step(REPORT_NEXT, report.state, ReportState.ACTIVE)
    was = report.disposition
    report = await rows.change_report(
        tx, city, report_id, state=ReportState.ACTIVE.value, disposition=None, disposed_at=None, disposed_by=None,
        claimed_by=by.id, claimed_at=now,
    )  # fmt: skip
    await record(tx, city, Kind.DISPOSITION_UNDONE, by, now, report=report, body={"was": was.value})
    return report


async def ledgers(
    conn: Connection, catalogue: Catalogue, reports: Sequence[UUID], hear: Hear, now: datetime
) -> dict[UUID, Ledger]:
    """The evidence on each of `reports`, as it stands now, by the weights in force. It is shown; it decides nothing."""
    city = catalogue.city
    known, weights = await store.facts(conn, city.code, reports, now, city.timezone)
    return {report: ledger(facts, hear(facts.words), weights) for report, facts in known.items()}


async def called_back(tx: Transaction, city: str, report_id: UUID, answered: bool, by: Actor, now: datetime) -> Report:
    """Keep that the number was called back, and whether somebody answered."""
    report = await rows.lock_report(tx, city, report_id)
    await store.add_callback(tx, city, report, answered, by.id, by.name, now)
    await record(tx, city, Kind.PHONED_BACK, by, now, report=report, body={"answered": answered})
    return report


async def silent_step(tx: Transaction, city: str, report_id: UUID, taken: SilentStep, by: Actor, now: datetime) -> Report:
    """Keep that a step was taken with a contact who says nothing. It ends nothing.

    Raises:
        WrongState: the report is closed, or the step is one that is kept by itself.
    """
    report = await rows.lock_report(tx, city, report_id)
    if report.state is ReportState.CLOSED or taken not in SAID_BY_HAND:
        raise WrongState(now=report.state.value, to=taken.value)
    await record(tx, city, Kind.SILENT_STEP, by, now, report=report, body={"step": taken.value})
    return report
