"""Handing a report over: whether enough is known of it, which agencies it is for, and asking them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tanggap.city.rules.as_of import as_of
from tanggap.incident import store as rows
from tanggap.incident.model import ENDING, Actor, Assignment, Incident, Report, ReportState
from tanggap.incident.refusals import Incomplete, WrongState
from tanggap.platform.database import Transaction
from tanggap.routing import service as routing
from tanggap.routing.model import AssignmentRole
from tanggap.scene import Scene


def is_complete(report: Report) -> bool:
    """Whether enough is known to send somebody: a category, and a point or words for the place."""
    return report.category is not None and (report.lat is not None or bool(report.address_words.strip()))


async def ready_report(tx: Transaction, scene: Scene, report_id: UUID) -> Report:
    """A report that can be handed over, locked.

    Raises:
        Incomplete: no category, or neither a point nor words for the place.
        WrongState: the report was closed as something else.
    """
    report = await rows.lock_report(tx, scene.city, report_id)
    if not is_complete(report):
        raise Incomplete(category=report.category, has_place=report.location is not None)
    if report.state is ReportState.CLOSED and report.disposition in ENDING:
        raise WrongState(now=report.state.value, to="assigned")
    return report


async def with_category(tx: Transaction, scene: Scene, report: Report) -> Report:
    """A report with the category its words say, where it had none and they say one."""
    if report.category is not None:
        return report
    suggested = scene.suggester.suggest(report.words, most=1)
    if not suggested:
        return report
    return await rows.change_report(tx, scene.city, report.id, category=suggested[0].category)


async def competent(tx: Transaction, scene: Scene, incident: Incident, report: Report) -> list[str]:
    """The agencies that the incident's rules name for a report, the lead first: by its category, and what the answers add."""
    catalogue = await as_of(tx, scene.catalogue, incident.catalogue_version)
    proposed = routing.propose(catalogue, report.category)
    added = catalogue.category(report.category).added(report.answers) if report.category and proposed.lead else []
    return [agency for agency in dict.fromkeys((proposed.lead, *proposed.support, *added)) if agency]


async def ask(
    tx: Transaction, scene: Scene, incident: Incident, agencies: Sequence[str], by: Actor, now: datetime
) -> list[Assignment]:
    """Ask agencies to act on an incident; the first leads when nobody does. Returns whom there was something to tell."""
    existing = await rows.assignments_of(tx, scene.city, incident.id)
    has_lead = any(one.is_live and one.role == AssignmentRole.LEAD for one in existing)
    asked = [(agency, AssignmentRole.SUPPORT if n or has_lead else AssignmentRole.LEAD) for n, agency in enumerate(agencies)]
    return await routing.send(tx, scene.catalogue, incident, asked, by, now)
