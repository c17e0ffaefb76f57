"""Several reports about one incident: one more joins it, or is taken out again; and how loud it is by how many call."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tanggap.incident import store as rows
from tanggap.incident.model import Actor, Disposition, Incident, Report, ReportState
from tanggap.incident.refusals import WrongState
from tanggap.incident.service import count_reports, record
from tanggap.incident.timeline.model import Kind
from tanggap.platform.database import Transaction
from tanggap.scene import Scene
from tanggap.triage.duplicates import alarm_level, people
from tanggap.verification import service as verification


async def join(tx: Transaction, scene: Scene, report_id: UUID, incident_id: UUID, by: Actor, now: datetime) -> Incident:
    """Say that a report is about a known incident: one incident, one more report. Its agencies see that more people call.

    Raises:
        WrongState: the report belongs to another incident, or was closed; or the incident was merged away.
    """
    incident = await rows.lock_incident(tx, scene.city, incident_id)
    report = await rows.lock_report(tx, scene.city, report_id)
    if report.incident == incident_id:
        return incident
    if report.incident is not None or report.state is ReportState.CLOSED or incident.merged_into is not None:
        raise WrongState(now=report.state.value, to="joined")
    report = await verification.dispose(tx, scene.city, report_id, Disposition.DUPLICATE, by, now, incident=incident_id)
    return await joined(tx, scene, report, incident, by, now)


async def join_all(
    tx: Transaction, scene: Scene, incident_id: UUID, reports: Sequence[UUID], by: Actor, now: datetime
) -> tuple[Incident, int]:
    """Join reports that still wait to a known incident, one act for a burst. One that was taken meanwhile is left to who took it.

    Returns the incident and how many were joined. Raises WrongState when the incident was merged away.
    """
    incident = await rows.lock_incident(tx, scene.city, incident_id)
    many = 0
    for report_id in sorted(set(reports)):
        report = await rows.lock_report(tx, scene.city, report_id)
        if report.state is ReportState.WAITING and report.incident is None:
            incident = await join(tx, scene, report_id, incident_id, by, now)
            many += 1
    return incident, many


async def part(tx: Transaction, scene: Scene, report_id: UUID, by: Actor, now: datetime) -> Report:
    """Take a joined report out of its incident again: it is on the desk of `by` as it was, with all it says.

    Raises:
        WrongState: it was not joined to an incident that others told of.
    """
    old, report = await one_of_several(tx, scene, report_id, to="parted")
    if report.disposition is not Disposition.DUPLICATE:
        raise WrongState(now=report.state.value, to="parted")
    assignments = await rows.assignments_of(tx, scene.city, old.id)
    await record(tx, scene.city, Kind.PARTED, by, now, report=report, incident=old, assignments=assignments)
    await rows.change_report(tx, scene.city, report_id, incident=None)
    parted = await verification.undo_disposition(tx, scene.city, report_id, by, now)
    await count_reports(tx, scene.city, old.id)
    await alarmed(tx, scene, old.id, by, now)
    return parted


async def one_of_several(tx: Transaction, scene: Scene, report_id: UUID, to: str) -> tuple[Incident, Report]:
    """An incident and one of the reports that tell of it, both locked, the incident first.

    Raises:
        WrongState: the report belongs to no incident, or is its only one; it cannot be `to`.
    """
    found = await rows.report(tx, scene.city, report_id)
    if found.incident is None:
        raise WrongState(now=found.state.value, to=to)
    incident = await rows.lock_incident(tx, scene.city, found.incident)
    report = await rows.lock_report(tx, scene.city, report_id)
    if report.incident != incident.id or incident.report_count <= 1:
        raise WrongState(now=incident.state.value, to=to)
    return incident, report


async def joined(tx: Transaction, scene: Scene, report: Report, incident: Incident, by: Actor, now: datetime) -> Incident:
    """Tell an incident's agencies of one more report; it takes the report's place where it had none."""
    assignments = await rows.assignments_of(tx, scene.city, incident.id)
    body = {"words": report.words[:500], "place": report.place_label or report.address_words}
    await record(tx, scene.city, Kind.JOINED, by, now, report=report, incident=incident, assignments=assignments, body=body)
    place = report.location
    if incident.lat is None and place is not None:
        await rows.change_incident(
            tx, scene.city, incident.id, lat=place.lat, lon=place.lon, uncertainty_m=place.uncertainty_m, area=place.area,
            place_label=place.label,
        )  # fmt: skip
    await count_reports(tx, scene.city, incident.id)
    return await alarmed(tx, scene, incident.id, by, now)


async def alarmed(tx: Transaction, scene: Scene, incident_id: UUID, by: Actor, now: datetime) -> Incident:
    """Set the alarm level by how many people call about an incident; its agencies are told when it rises."""
    incident = await rows.incident(tx, scene.city, incident_id)
    callers = people([report.caller for report in await rows.reports_of(tx, scene.city, incident_id)])
    level = alarm_level(callers)
    if level == incident.alarm:
        return incident
    changed = await rows.change_incident(tx, scene.city, incident_id, alarm=level)
    if level > incident.alarm:
        assignments = await rows.assignments_of(tx, scene.city, incident_id)
        body = {"level": level, "callers": callers}
        await record(tx, scene.city, Kind.ALARM, by, now, incident=changed, assignments=assignments, body=body)
    return changed
